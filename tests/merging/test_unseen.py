"""What edits of other projects taught: renames that all uses follow, overloads, stubs, comments of several lines."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from support.doubted import kept, rules
from support.readings import reading

from bot.merging import merge
from bot.merging.bulk import bulk
from bot.merging.names import defined_name, subject

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.merging.placement import Step

SCHEME = """\
    class Scheme {
      constructor(room) {
        this.room = room
      },

      // Prefered light
      get preferedLight() {
        return this.room.light
      },

      show() {
        return this.preferedLight + 1
      },
    }
    """


def test_a_name_is_spelled_otherwise_where_all_uses_follow() -> None:
    shown = """\
        // ... existing code ...
          },

          // Preferred light
          get preferredLight() {
            return this.room.light
          // ... existing code ...
          show() {
            return this.preferredLight + 1
          // ... existing code ...
        """
    assert "replaced" not in rules(SCHEME, shown, "scheme.js")
    one = shown.replace("this.preferredLight + 1", "this.preferedLight + 2")
    assert rules(SCHEME, one, "scheme.js"), "the old name is still used"


OVERLOADS = """\
    class Reader {
        /**
         * Get a count.
         * @return the value
         */
        static int getCount(Room room, int other) {
            try {
                return room.count();
            } catch (Missing ignore) {
                // not there
            }

            return other;
        }

        static int getCount(Room room) {
            return getCount(room, 0);
        }

        /**
         * Get a name.
         * @return the value
         */
        static String getName(Room room, String other) {
            return other;
        }
    }
    """


def test_an_overload_does_not_stand_for_the_one_that_goes() -> None:
    shown = """\
        // ... existing code ...
            /**
             * Get a double.
             * @return the value
             */
            static double getDouble(Room room, double other) {
                try {
                    return room.size();
                } catch (Missing ignore) {
                    // not there
                }

                return other;
            }

            static int getCount(Room room) {
        // ... existing code ...
        """
    assert kept(OVERLOADS, shown, "Reader.java", "    static int getCount(Room room, int other) {")


def test_a_stub_on_one_line_leaves_nothing_out() -> None:
    base = """\
        class Client(Protocol):
            def get(self, key: str) -> bytes:
                ...

            def put(self, key: str, value: bytes) -> None:
                ...
        """
    shown = """\
        class Client(Protocol):
            def get(self, key: str) -> bytes: ...

            def put(self, key: str, value: bytes) -> None: ...
        """
    assert "abridged" not in rules(base, shown, "client.py")


def test_a_union_of_queries_defines_nothing() -> None:
    assert defined_name("union all") is None
    assert defined_name("union Value {") == "Value"


def test_every_assignment_says_what_it_sets() -> None:
    for sign in ("=", "+=", "??=", "||=", "<<=", "**=", "//=", ":=", "|="):
        assert subject(f"state.seq {sign} other(1)") == "state.seq"
    for sign in ("==", "<=", ">=", "!=", "=>"):
        assert subject(f"state.seq {sign} other(1)") is None


def test_a_text_without_depth_did_not_lose_it() -> None:
    base = """\
        # Rooms

        [old](https://rooms.test/old)

        ```sh
            make rooms
            make halls
        ```
        """
    shown = """\
        # Rooms

        [one](https://rooms.test/one)
        [two](https://rooms.test/two)

        ```sh
        make rooms
        make halls
        ```
        """
    answer = merge(tuple(dedent(base).rstrip().split("\n")), dedent(shown), "rooms.md")
    assert "[two](https://rooms.test/two)" in answer.lines
    assert "make halls" in answer.lines


class Near:
    """A choice in which a reading that takes less out loses so much."""

    def __init__(self, loss: float) -> None:
        self.loss = loss

    def losses_within(self, most: Sequence[int], count: Callable[[tuple[Step, ...]], int]) -> tuple[float, ...]:
        assert list(most) == [7]
        assert count(()) == 0
        return (self.loss,)


def test_much_does_not_go_where_little_need_go() -> None:
    entries = [f'  "entry {number}",' for number in range(14)]
    best, it = reading(["start([", *entries, "]);", "stop();"], ["start([", "]);", "stop();"], (0, 17))
    assert [doubt.rule for doubt in bulk(best, it, Near(2.0))] == ["bulk"]
    assert list(bulk(best, it, Near(9.0))) == []
    fewer, it = reading(["start([", *entries[:13], "]);", "stop();"], ["start([", "]);", "stop();"], (0, 16))
    assert list(bulk(fewer, it, Near(2.0))) == []
