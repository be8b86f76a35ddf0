"""Blocks and entries that a text tells from others of their kind."""

from __future__ import annotations

from textwrap import dedent

from support.doubted import kept, rules

from bot.merging import merge

ROUTES = """\
    const router = routes();

    router.get('/:id', async (req, res) => {
      const post = await find(req.params.id);
      res.json(post);
    });

    router.post('/:id/like', member, async (req, res) => {
      const post = await find(req.params.id);
      if (!post) {
        return res.status(404).json({ error: 'not found' });
      }
      await post.increment('likes');
      publish('post.liked', { id: post.id });
      res.status(204).end();
    });

    router.post('/:id/comments', member, async (req, res) => {
      const post = await find(req.params.id);
      if (!post) {
        return res.status(404).json({ error: 'not found' });
      }
      const comment = await post.comment(req.body);
      res.status(201).json(comment);
    });

    module.exports = router;
    """
MARKED = """\
      res.json(post);
    });

    router.post('/:id/mark', member, async (req, res) => {
      const post = await find(req.params.id);
      if (!post) {
        return res.status(404).json({ error: 'not found' });
      }
      await req.user.mark(post);
      publish('post.marked', { id: post.id });
      res.status(204).end();
    });

    // ... existing code ...
    """


def test_one_more_of_a_kind_takes_none_of_them_out() -> None:
    assert kept(ROUTES, MARKED, "posts.js", "router.post('/:id/like', member, async (req, res) => {")


def test_the_same_one_may_change() -> None:
    shown = MARKED.replace("/mark'", "/like'").replace("req.user.mark(post)", "req.user.like(post)")
    assert "keyed" not in rules(ROUTES, shown, "posts.js")


def test_one_that_is_given_anew_does_not_stand_beside_its_old_form() -> None:
    shown = """\
        // ... existing code ...

        router.post('/:id/like', member, likes.create);

        router.post('/:id/comments', member, async (req, res) => {
          // ... existing code ...
        """
    assert "registered" in rules(ROUTES, shown, "posts.js")


def test_definitions_that_are_public_are_not_declared_twice() -> None:
    base = """\
        class Orders {
            public void cancel(Order order) {
                if (order.isPaid()) {
                    refund(order);
                }
                order.close();
            }

            public void ship(Order order) {
                order.send();
            }
        }
        """
    shown = """\
        class Orders {
            // ... existing code ...
            public void cancel(Order order) { machine.fire(order); }

            public void ship(Order order) {
        // ... existing code ...
        """
    assert "redeclared" in rules(base, shown, "Orders.java")


SERVICES = """\
    services:
      web:
        image: example/web:1.4
        ports:
          - "80:80"
        environment:
          LEVEL: info
        depends_on:
          - db
        restart: always
    """


def test_a_comment_that_comes_where_code_goes_may_name_it() -> None:
    shown = """\
        services:
          web:
            image: example/web:1.4
            # ports and environment
            depends_on:
              - db
            restart: never
        """
    assert "left-to" in rules(SERVICES, shown, "compose.yml")


def test_code_may_be_commented_out() -> None:
    base = "start(\n    1,\n);\nlog(2);\nstop(3);\nclose(4);\n"
    shown = "start(\n    1,\n);\n// log(2);\n// stop(3);\nclose(4);\n"
    assert "left-to" not in rules(base, shown, "a.js")


def test_dots_between_two_signs_leave_out_what_stood_there() -> None:
    base = """\
        <article>
          <h2>Release 2.0</h2>
          <p>
            All of it is new.
          </p>
          <a href="/2">Read</a>
        </article>
        """
    shown = """\
        <article>
          <h2>Release 2.1</h2>
          <p>...</p>
          <a href="/2">Read</a>
        </article>
        """
    assert "abridged" in rules(base, shown, "index.html")


def test_a_block_copied_out_and_set_in_another_step_comes_back_in_the_files_own() -> None:
    base = """\
        export function Feed() {
          return (
            <section busy={loading}>
              {posts.map((post) => (
                <Post key={post.id} />
              ))}
              {more && (
                <button onClick={onMore}>
                  More
                </button>
              )}
            </section>
          )
        }
        """
    shown = """\
        // ... existing code ...
        <section busy={loading}>
            {posts.map((post) => (
                <Post key={post.id} post={post} />
            ))}
            {more && (
                <button onClick={onMore}>
                    Show more
                </button>
            )}
        </section>
        // ... existing code ...
        """
    answer = merge(tuple(dedent(base).rstrip().split("\n")), dedent(shown), "Feed.jsx")
    wanted = dedent(base).replace("<Post key={post.id} />", "<Post key={post.id} post={post} />")
    assert answer.lines == tuple(wanted.replace("  More", "  Show more").rstrip().split("\n"))


def test_a_block_that_is_wrapped_in_another_step_is_not_taken_out_of_its_wrapper() -> None:
    base = """\
        function serve() {
          prepare()
          if (late) {
            warn()
          }
          finish()
        }
        """
    shown = """\
        // ... existing code ...
            if (open) {
                prepare()
                if (late) {
                    warn()
                }
            }
            finish()
        }
        """
    assert "depth" in rules(base, shown, "serve.js")
