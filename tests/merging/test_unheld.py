"""What goes below common lines, what would never run, and what would be brought in twice."""

from __future__ import annotations

from textwrap import dedent

from support.doubted import kept, rules

from bot.merging import merge

ZONES = """\
    class Zone {
      /**
       * The kind of this zone.
       * @abstract
       */
      get kind() {
        throw new AbstractError();
      }

      /**
       * The name of this zone.
       * @abstract
       */
      get name() {
        throw new AbstractError();
      }

      get place() {
        return this.name;
      }
    }
    """


def test_a_copied_comment_takes_no_definition_out() -> None:
    shown = """\
        // ... existing code ...
            throw new AbstractError();
          }

          /**
           * The place name of this zone.
           * Defaults to the name.
           * @abstract
           */
          get place() {
            return this.name;
          }
        // ... existing code ...
        """
    assert kept(ZONES, shown, "zone.js")


def test_below_a_telling_line_a_definition_may_go() -> None:
    shown = """\
        // ... existing code ...
          get kind() {
            throw new AbstractError();
          }

          get place() {
            return this.name;
          }
        // ... existing code ...
        """
    assert rules(ZONES, shown, "zone.js") == set()


TYPES = """\
    from os import sep
    from pathlib import Path

    from attic import Self

    KIND = 1
    """


def test_a_name_is_not_imported_twice_from_two_places() -> None:
    shown = """\
        from os import sep
        from pathlib import Path
        from typing import Self
        # ... existing code ...
        """
    assert "imported" in rules(TYPES, shown, "types.py")
    assert "imported" not in rules(TYPES, shown.replace("import Self", "import Any"), "types.py")


CHECK = """\
    def check(rooms):
        total = len(rooms)
        if total > 3:
            log(total)
        emit("{} rooms", total)
    """


def test_code_that_stays_is_not_left_behind_a_jump() -> None:
    shown = """\
        def check(rooms):
            total = len(rooms)
            if total > 3:
                log(total)
            return render(
                rooms,
            )
            # ... existing code ...
        """
    assert "unreached" in rules(CHECK, shown, "check.py")
    assert "unreached" not in rules(CHECK, shown.replace("return render", "render"), "check.py")


HANDLERS = """\
    class Handlers {
        @Override
        public void first() {
            run(1);
        }

        @Override
        public void second() {
            run(2);
        }
    }
    """


def test_a_definition_goes_with_its_decorator_though_the_next_has_the_same() -> None:
    shown = """\
        class Handlers {
            @Override
            public void second() {
                run(2);
            }
        // ... existing code ...
        """
    assert rules(HANDLERS, shown, "Handlers.java") == set()


SETTINGS = """\
    spec do |s|
      s.name = "first"
      s.files = "a/*.rb"
      s.hidden = "b/*.rb"
      s.left_out = "c/*.rb"

      # fail early
      s.ready = true
    end
    """


def test_a_changed_line_that_stands_in_its_place_stays_there() -> None:
    shown = """\
        # ...
            s.files = "a/*.rb"
            s.hidden = "b/*.rb"
          s.left_out = "c/*.rb", "d/*.rb"

            # fail early
        # ... rest unchanged
        """
    answer = merge(tuple(dedent(SETTINGS).rstrip().split("\n")), dedent(shown), "a.podspec")
    assert '  s.left_out = "c/*.rb", "d/*.rb"' in answer.lines
