"""Blocks and entries that a text tells from others of their kind."""

from __future__ import annotations

from support.doubted import kept, rules

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
    assert rules(ROUTES, shown, "posts.js") & {"registered", "ambiguous", "rival"}


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
    found = rules(base, shown, "Orders.java")
    assert found, "the old form is not kept beside the new one"
