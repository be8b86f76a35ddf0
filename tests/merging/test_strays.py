"""Lines that would end up where nobody looked for them; each rule on a small file, and where it must be silent."""

from __future__ import annotations

from textwrap import dedent

from support.doubted import kept, rules

from bot.merging import merge
from bot.model import Verdict

COMPOSE = """\
    services:
      web:
        image: garden/web
        ports:
          - "80:80"
      db:
        image: garden/db
        volumes:
          - seeds:/data
    volumes:
      seeds:
    """


def test_a_line_behind_a_marker_in_a_block_lands_in_the_block() -> None:
    shown = """\
          db:
            # ... existing code ...
            restart: always
        """
    base = tuple(dedent(COMPOSE).rstrip("\n").split("\n"))
    answer = merge(base, dedent(shown), "compose.yml")
    assert answer.verdict is Verdict.VERIFIED
    assert answer.lines == (*base[:9], "    restart: always", *base[9:])


SHAPES = """\
    class Circle:
        def __init__(self, radius):
            self.radius = radius

        def area(self):
            return 3 * self.radius**2


    class Square:
        def __init__(self, side):
            self.side = side

        def scale(self, factor):
            self.side *= factor
            return self

        def area(self):
            return self.side**2
    """


def test_a_member_of_one_block_does_not_take_the_place_of_another_ones() -> None:
    shown = """\
        class Circle:
            # ... existing code ...
            def scale(self, factor):
                self.radius *= factor
                return self

            def area(self):
                # ... existing code ...
        """
    assert "strayed" in rules(SHAPES, shown, "shapes.py")
    own = shown.replace("Circle", "Square").replace("radius", "side").replace("return self", "return self.side")
    assert rules(SHAPES, own, "shapes.py") == set()


NGINX = """\
    server {
        server_name shop.garden;
        root /srv/shop;

        location /static/ {
            expires 1d;
        }
    }

    server {
        server_name admin.garden;

        location /api/ {
            proxy_pass http://admin;
            proxy_read_timeout 60s;
        }

        location /static/ {
            expires 1d;
        }
    }
    """


def test_nor_does_a_neighbour_of_the_line_before_the_marker() -> None:
    shown = """\
            server_name shop.garden;
            # ... existing code ...
            location /api/ {
                proxy_pass http://shop;
            }

            location /static/ {
                # ... existing code ...
        """
    assert {"leapt", "ambiguous", "edge", "rival"} & rules(NGINX, shown, "garden.conf")


def test_a_section_that_is_new_does_not_land_in_a_later_one_of_the_same_name() -> None:
    base = """\
        # Changes

        ## Next

        ### Added

        - Beds.

        ## 1.0

        ### Added

        - Gates.

        ### Removed

        - Fences of the north.
        - Walls of the south.
        """
    shown = """\
        ## Next
        <!-- ... existing code ... -->

        ### Removed

        - The old roof.

        <!-- ... existing code ... -->
        """
    assert "strayed" in rules(base, shown, "CHANGES.md")


def test_a_line_behind_a_marker_in_a_section_does_not_land_in_another() -> None:
    base = """\
        [garden]
        owner = "Ada"
        beds = 12

        [tools]
        rake = 2
        """
    shown = """\
        [garden]
        # ... existing code ...
        licence = "none"
        """
    assert "strayed" in rules(base, shown, "garden.toml")


def test_a_line_at_the_end_of_a_file_has_not_strayed() -> None:
    base = """\
        def water(bed):
            bed.water()


        def weed(bed):
            bed.weed()
        """
    shown = """\
        # ... existing code ...


        def harvest(bed):
            return bed.take()
        """
    assert "strayed" not in rules(base, shown, "garden.py")


def test_a_decorator_keeps_what_it_decorates() -> None:
    base = """\
        class Bed:
            rows = 4

            @property
            def area(self):
                return self.rows * self.width
        """
    shown = """\
        class Bed:
            # ... existing code ...

            @property
            def empty(self):
                return not self.plants
        """
    assert "bereft" in rules(base, shown, "bed.py")
    whole = shown.rstrip(" ") + "\n    @property\n    def area(self):\n        return self.rows * self.width\n"
    assert "bereft" not in rules(base, whole, "bed.py")


MOVED = """\
    def sow(bed):
        bed.rake()
        bed.water()
        bed.cover()
    """


def test_lines_that_were_moved_do_not_stand_twice() -> None:
    swapped = """\
        def sow(bed):
            bed.rake()
            bed.cover()
            bed.water()
        """
    assert "twice" in rules(MOVED, swapped, "bed.py")


def test_new_code_may_repeat_a_phrase() -> None:
    shown = """\
        def sow(bed):
            bed.rake()
            if bed.dry:
                bed.cover()
                return
            bed.water()
        """
    assert "twice" not in rules(MOVED, shown, "bed.py")


def test_the_line_that_stands_as_it_is_shown_is_the_one_that_is_meant() -> None:
    base = """\
        .shed {
          color: brown;
          width: 4rem;
        }
        @media (max-width: 30rem) {
          .shed {
            display: none;
          }
        }
        """
    shown = """\
        .shed {
          display: flex;
          // ... existing code ...
        }
        """
    found = rules(base, shown, "garden.scss")
    assert found, "nothing says that the nested block is meant"


def test_dots_among_other_statements_are_no_code() -> None:
    base = """\
        def plan(garden):
            beds = garden.beds()
            beds.sort()
            return beds
        """
    shown = """\
        def plan(garden):
            ...
            beds.reverse()
            return beds
        """
    assert {"ellipsis", "left-to"} & rules(base, shown, "plan.py")
    body = """\
        # ... existing code ...
            return beds


        class Empty:
            ...
        """
    assert "ellipsis" not in rules(base, body, "plan.py")


def test_a_new_header_takes_no_lines_from_one_that_stays() -> None:
    base = """\
        def skip(error):
            if STRICT:
                raise error
            else:
                log(error)
                return None
        """
    shown = """\
        # ... existing code ...


        def skip_or_stop(error):
            if STRICT or error.fatal:
                raise error
            else:
                log(error)
                return None
        """
    found = rules(base, shown, "skip.py")
    assert found, "the old function would lose its end"


def test_a_bracket_that_only_holds_what_follows_takes_nothing_out() -> None:
    base = """\
        {
          "name": "garden",
          "version": "2.1.0",
          "private": true,
          "dependencies": {
            "rake": "1.0.0",
            "spade": "3.2.1"
          }
        }
        """
    shown = """\
        {
          "dependencies": {
            // ...
            "spade": "3.3.0"
          }
        }
        """
    assert "scaffold" in rules(base, shown, "package.json")
    assert "scaffold" not in rules(
        base, shown.replace('{\n          "dep', '{\n          // ...\n          "dep'), "package.json"
    )


def test_a_comment_that_lost_its_quotes_may_be_misquoted() -> None:
    base = """\
        // Lends the `Book` once.
        function lend(book) {
          mark(book);
        }
        """
    shown = """\
        // Lends the Book once.
        function lend(book) {
          check(book);
          mark(book);
        }
        """
    assert "trailing" in rules(base, shown, "lend.js")
    assert "trailing" not in rules(base, shown.replace("  check(book);\n", ""), "lend.js")


def test_a_line_moved_past_a_marker_does_not_stand_twice() -> None:
    base = """\
        def send(letter, post):
            if not letter.lines:
                raise Empty(letter)
            text = print_out(letter)
            post.take(text)
        """
    shown = """\
        def send(letter, post):
            text = print_out(letter)
            if not letter.lines:
                # ... existing code ...
            post.take(text)
        """
    assert "twice" in rules(base, shown, "post.py")


def test_a_comment_is_not_parted_from_what_it_describes() -> None:
    base = """\
        import { sum } from './sum'

        // Broken pots do not count,
        // and neither do saucers.
        function total(pots) {
          return sum(pots.filter((pot) => pot.whole));
        }
        """
    shown = """\
        // ... existing code ...
        function count(pots) {
          return pots.length;
        }

        function total(pots) {
          // ... existing code ...
        }
        """
    assert "parted" in rules(base, shown, "pots.js")
    above = shown.replace("function count", "// All of them.\nfunction count")
    assert "parted" not in rules(base, above, "pots.js")


def test_a_value_is_looked_for_in_the_block_that_is_shown() -> None:
    base = """\
        [
          {
            "id": "p-1",
            "name": "pot",
            "price": 900,
            "tags": ["kitchen", "gift"],
            "stock": 12
          },
          {
            "id": "p-2",
            "name": "pan",
            "price": 1200,
            "tags": ["kitchen"],
            "stock": 40
          },
          {
            "id": "p-3",
            "name": "lid",
            "price": 4900,
            "tags": ["shelf"],
            "stock": 3
          },
          {
            "id": "p-4",
            "name": "rack",
            "price": 12900,
            "tags": ["shelf", "wall"],
            "stock": 7
          }
        ]
        """
    shown = """\
          {
            "id": "p-2",
            // ... existing code ...
            "stock": 38
          },
        """
    assert rules(base, shown, "pots.json"), "the stock of another one is not to change"


def test_many_lines_do_not_go_for_want_of_a_marker() -> None:
    base = """\
        jobs:
          test:
            runs-on: small
            needs: lint
            steps:
              - uses: actions/checkout@v4
              - run: pip install .
              - run: pytest
              - run: coverage report

          deploy:
            needs: test
            runs-on: small
        """
    shown = """\
          test:
            runs-on: large
            needs: lint

          deploy:
            needs: test
            runs-on: large
        """
    assert "left-out" in rules(base, shown, "ci.yml")
    assert "left-out" not in rules(base, shown.replace("needs: lint\n", "needs: lint\n    # ...\n"), "ci.yml")


def test_a_statement_on_one_line_does_not_stand_beside_its_old_form() -> None:
    base = """\
        import { api } from './api';
        import type {
          Order,
          Pot,
        } from './types';

        export const list = (pots: Pot[]): Order => api.order(pots);
        """
    shown = """\
        import { api } from './api';
        import type { Order, Pan, Pot } from './types';
        // ... existing code ...
        """
    assert rules(base, shown, "list.ts") == set()
    assert not kept(base, shown, "list.ts", "  Order,")
    other = shown.replace("import type { Order, Pan, Pot } from './types';", "import { log } from './log';")
    assert "rewrapped" not in rules(base, other, "list.ts")
    sheet = """\
        .bed {
          @include frame(
            $colour-of-the-north-wall,
            $colour-of-the-gravel-path,
            $colour-of-the-old-greenhouse
          );

          td {
            padding: 0;
          }
        }
        """
    alone = """\
        .bed {
          @include frame($colour-of-the-north-wall, $colour-of-the-gravel-path, $colour-of-the-old-greenhouse);
          // ...
        }
        """
    assert "rewrapped" in rules(sheet, alone, "bed.scss")


def test_a_line_that_says_what_two_said_takes_the_place_of_both_or_is_doubted() -> None:
    base = """\
        import os

        from . import pots
        from . import pans
        from .shelf import place
        """
    shown = """\
        from . import pots, pans
        from .shelf import place
        """
    assert "subsumed" in rules(base, shown, "kitchen.py")


def test_a_line_that_stands_in_a_later_function_does_not_stretch_a_segment_to_it() -> None:
    base = """\
        func (r *Shed) Put(name string) {
          entry := find(name)
          r.entries[name] = entry
        }

        func (r *Shed) Take(name string) {
          delete(r.entries, name)
        }

        func (r *Shed) Sweep() {
          r.lock.Lock()
          defer r.lock.Unlock()
          r.sweep()
        }
        """
    shown = """\
        func (r *Shed) Put(name string) {
          r.lock.Lock()
          defer r.lock.Unlock()
          // ... existing code ...
        }
        """
    assert rules(base, shown, "shed.go"), "no function is to go"


def test_a_header_that_goes_with_its_lines_moved_out_is_meant() -> None:
    base = """\
        def take(shed):
            if shed.open:
                shed.enter()
                return shed.rake
            return None
        """
    shown = """\
        def take(shed):
            shed.enter()
            return shed.rake
        """
    assert "across" not in rules(base, shown, "shed.py")


def test_a_definition_given_anew_does_not_stand_beside_its_old_form() -> None:
    base = """\
        class Shed {
            fun first(): Tool? {
                return tools.firstOrNull()
            }

            fun total(): Int {
                var sum = 0
                for (tool in tools) sum += tool.count
                return sum
            }
        }
        """
    shown = """\
                return tools.firstOrNull()
            }

            fun total(): Int = tools.sumOf { it.count }

            // ... existing code ...
        """
    assert rules(base, shown, "Shed.kt")
    other = shown.replace("fun total(): Int", "fun total(kind: Kind): Int")
    assert "redeclared" not in rules(base, other, "Shed.kt")


def test_nor_does_a_key_stand_beside_its_old_block() -> None:
    base = """\
        const plan = {
          rows: 4,
          beds: {
            flat: true,
            raised: false,
          },
        };
        """
    shown = """\
        const plan = {
          // ... existing code ...
          beds: loadBeds(),
          paths: 2,
        };
        """
    assert "redeclared" in rules(base, shown.replace("  paths: 2,\n", ""), "plan.ts")


def test_two_statements_in_a_row_do_not_set_the_same() -> None:
    base = """\
        class Shed {
          constructor(garden, options) {
            this.garden = garden;
            this.log = new Log(garden, {
              limit: 200,
              delay: 300,
            });
            this.tools = [];
          }
        }
        """
    shown = """\
          constructor(garden, options) {
            // ... existing code ...
            this.log = new Log(garden, options.log);
            this.tools = [];
            // ... existing code ...
        """
    assert rules(base, shown, "shed.js")
    used = shown.replace("this.log = new Log(garden, options.log)", "this.log = this.log.with(options)")
    assert "reassigned" not in rules(base, used, "shed.js")


def test_the_end_of_a_block_is_no_line_that_was_moved() -> None:
    base = """\
        {{- $names := list "rake" "spade" }}
        rules:
        {{- if $.rake }}
        - rake
        {{- end }}
        - spade
        {{- end -}}
        {{- end -}}
        """
    shown = """\
        {{- $names := list "rake" "spade" }}
        {{- if $.tools }}
        rules:
        # ... existing code ...
        - spade
        {{- end }}
        {{- end -}}
        {{- end -}}
        """
    assert "twice" not in rules(base, shown, "rules.yaml")
