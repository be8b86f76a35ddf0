"""What makes a reading doubtful though it is by far the weightiest one; each on the smallest file that shows it."""

from __future__ import annotations

from support.doubted import kept, rules

LOOP = """\
    async function close(rooms) {
      for (const room of rooms) {
        await lock(room);
        notify(room);
      }
      return rooms.length;
    }
    """


def test_a_comment_that_begins_with_dots_may_be_a_marker() -> None:
    shown = """\
        // ... existing code ...
            await lock(room);
            // ... tell the guests
            ring(room);
          }
        // ... existing code ...
        """
    assert rules(LOOP, shown, "rooms.js"), "it may stand for the old call, or for nothing"


def test_a_comment_that_says_that_code_is_left_out_may_be_one_too() -> None:
    shown = """\
        // rooms.js (top part unchanged)
          for (const room of rooms) {
            await lock(room);
            ring(room);
          }
          return rooms.length;
        // ... existing code ...
        """
    assert "faint" in rules(LOOP, shown, "rooms.js")


def test_a_paragraph_of_comments_that_goes_on_in_dots_is_none() -> None:
    shown = """\
        // ... existing code ...
            await lock(room);
            // guests are told last ...
            // ... and only once
            ring(room);
          }
        // ... existing code ...
        """
    assert "faint" not in rules(LOOP, shown, "rooms.js")


def test_a_comma_that_is_gone_between_two_lines_that_stay_may_be_a_slip() -> None:
    base = """\
        TOOLS = [
            "hammer and anvil",
            "saw and file",
        ]
        PRICE = 12
        """
    shown = """\
        # ...
            "hammer and anvil",
            "saw and file"
        ]
        PRICE = 13
        """
    assert "trailing" in rules(base, shown, "tools.py")
    assert "trailing" not in rules(base, shown.replace("# ...", "# ... existing code ..."), "tools.py")


def test_a_new_line_beside_one_with_the_same_words_may_be_its_new_form() -> None:
    base = """\
        class Reader
        {
            void Read()
            {
                using (var line = source.OpenLine())
                {
                    line.Prepare("first");
                    line.Send("second");
                }
            }
        }
        """
    shown = """\
        // ...
            {
                using var line = source.OpenLine();
                line.Prepare("first");
                line.Send("second");
            }
        // ...
        """
    assert "repeated" in rules(base, shown, "Reader.cs")


def test_what_goes_between_twins_has_to_be_surer() -> None:
    base = """\
        stages:
          lint:
            image: small
            ok: 1
          build:
            image: large
            cache: shared
            artifacts: dist
            needs: lint
            ok: 1
          deploy:
            target: prod
            ok: 1
        """
    shown = """\
        # ...
          build:
            ok: 1
        # ...
        """
    assert "unbounded" in rules(base, shown, "ci.yml")
    held = shown.replace("ok: 1", "needs: lint")
    assert "unbounded" not in rules(base, held, "ci.yml")


def test_a_definition_makes_no_way_while_a_likelier_one_stays() -> None:
    tests = ("should presist the store", "should keep the store of others", "should presist the store when full")
    base = "".join(f"it('{name}', function (done) {{\n  request(app)\n    .end(done)\n}})\n\n" for name in tests)
    shown = "// ...\n})\n\nit('should persist the store', function (done) {\n  request(app)\n    // ...\n"
    found = rules(base, shown, "store.test.js")
    assert found, "a title that is like two of the file is no proof of which one is meant"


CACHE = """\
    func (c *Cache) Delete(key string) error {
        c.mu.Lock()
        defer c.mu.Unlock()
        if _, ok := c.items[key]; !ok {
            return fmt.Errorf("no such key: %s", key)
        }
        delete(c.items, key)
        return nil
    }

    func (c *Cache) Len() int {
        return len(c.items)
    }
    """


def test_a_guard_at_the_head_of_a_function_does_not_take_its_body_out() -> None:
    shown = """\
        // ... existing code ...
        func (c *Cache) Delete(key string) error {
            if key == "" {
                return errors.New("empty key")
            }
        // ... existing code ...
        """
    assert rules(CACHE, shown, "cache.go")


CHECK = '''\
    def check(value):
        """Check a value."""
        if value is None:
            raise ValueError("no value")
        if value < 0:
            raise ValueError("negative")
        return value


    def scale(value, factor):
        return value * factor
    '''


def test_a_marker_in_a_block_stands_for_lines_of_the_block() -> None:
    shown = '''\
        # ... existing code ...
        def check(value):
            """Check a value."""
            if not isinstance(value, int):
                raise TypeError("not a number")
            # ... existing code ...
        # ... existing code ...
        '''
    assert "swapped" in rules(CHECK, shown, "check.py")


def test_a_marker_behind_a_header_stands_for_a_line() -> None:
    base = """\
        class Sizes:
            def size(self):
                n = len(self.items)
                print(n)
                return n
        """
    shown = """\
        # ... existing code ...
            def size(self):
                # ... existing code ...
                self.calls += 1
        # ... existing code ...
        """
    assert rules(base, shown, "sizes.py")


def test_a_comment_in_place_of_code_that_speaks_of_it_may_be_a_marker() -> None:
    base = """\
        enum Color {
          Red = 1,
          Green = 2,
          Blue = 3,
          White = 4,
        }
        """
    shown = """\
        enum Color {
          Red = 1,
          // the other colors stay
          Black = 9,
        }
        """
    assert rules(base, shown, "color.ts") & {"left-to", "swapped", "unbounded"}


def test_a_new_entry_behind_a_shown_one_does_not_take_the_next_one_out() -> None:
    base = """\
        [rules.joins]
        # References must be in FROM clause
        force_enable = False

        [rules.qualification]
        # Words to ignore for this rule
        ignore_words = None
        subqueries_ignore = False

        [rules.consistent]
        # References must be consistently used
        force_enable = False
        """
    shown = """\
        # ... existing code ...
        [rules.joins]
        # References must be in FROM clause
        force_enable = False

        [rules.aliases]
        # References must be in FROM clause
        force_enable = False

        # ... existing code ...
        """
    assert "joined" in rules(base, shown, "rules.cfg")


def test_a_marker_between_shown_lines_that_stands_for_nothing_is_a_doubt() -> None:
    shown = """\
        // ... existing code ...
            await lock(room);
            // ... existing code ...
            notify(room);
            ring(room);
          }
        // ... existing code ...
        """
    assert "unkept" in rules(LOOP, shown, "rooms.js")


def test_one_more_of_a_kind_does_not_take_the_next_one_out() -> None:
    base = """\
        <ul>
          <li><a href="/">Home</a></li>
          <li><a href="/shop">Shop</a></li>
          <li><a href="/about">About</a></li>
        </ul>
        """
    shown = """\
        <!-- ... existing code ... -->
          <li><a href="/shop">Shop</a></li>
          <li><a href="/blog">Blog</a></li>
        <!-- ... existing code ... -->
        """
    assert kept(base, shown, "nav.html")
    assert kept("#define MAX 10\n#define MIN 1\nint a;\n", "#define MAX 10\n#define LIMIT 5\n// ...\n", "limits.c")


def test_nor_does_one_more_block() -> None:
    base = """\
        <section>
          <h2>News</h2>
          <p>None today.</p>
        </section>
        <section>
          <h2>Offers</h2>
          <p>None today.</p>
        </section>
        <footer></footer>
        """
    shown = """\
        <!-- ... existing code ... -->
        <section>
          <h2>News</h2>
          <p>None today.</p>
        </section>
        <section>
          <h2>Jobs</h2>
          <p>None today.</p>
        </section>
        <!-- ... existing code ... -->
        """
    assert kept(base, shown, "page.html")


def test_a_changed_line_that_names_the_same_is_no_further_one() -> None:
    base = "name: shop\nimage: shop:1\nports: 80\nimages: none\n"
    assert not rules(base, "# ...\nname: shop\nimage: shop:2\n# ...\n", "app.yaml") & {"joined", "swapped"}


LISTS = """\
    import os  # for tests
    import re

    PATTERN = re.compile("x")
    """


def test_a_comment_that_a_line_loses_alone_may_be_forgotten() -> None:
    shown = "import os\nimport re\nimport sys\n# ... existing code ...\n"
    assert "uncommented" in rules(LISTS, shown, "lists.py")
    alone = "import os\nimport re\n# ... existing code ...\n"
    assert "uncommented" not in rules(LISTS, alone, "lists.py"), "it is there to change something"


def test_a_label_of_the_old_form_may_be_no_code() -> None:
    shown = """\
        import re

        # before
        PATTERN = re.compile("x")
        # after
        PATTERN = re.compile("y")
        """
    assert "labelled" in rules(LISTS, shown, "lists.py")


def test_of_two_equal_lines_each_has_to_take_the_white_space_that_is_shown() -> None:
    base = """\
        if swap:
            log('swapped' + name)
            prepare(name)
            swap(name)
            create(name, quick)
        else:
            log('swapped' + name)
            copy(name)
        """
    shown = """\
        if swap:
            log('swapped ' + name)
            # ...
            create(name, slow)
        else:
            log('swapped ' + name)
            copy(name)
        """
    assert rules(base, shown, "tables.py") == {"ambiguous"}
