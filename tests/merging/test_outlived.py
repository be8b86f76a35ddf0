"""A definition that nothing uses any more beside a new one that took its place: it may be meant to go."""

from __future__ import annotations

from support.doubted import rules

ROOMS = """\
    import math


    def area(room):
        return room.width * room.depth


    def show(room):
        print(area(room))


    def total(rooms):
        return sum(area(room) for room in rooms)
    """
SHOWN = """\
    def size(room):
        return math.prod(room.sides)


    def show(room):
        print(size(room))


    def total(rooms):
        return sum(size(room) for room in rooms)
    """


def test_a_definition_that_all_uses_leave_for_the_new_one_beside_it_may_be_meant_to_go() -> None:
    assert rules(ROOMS, SHOWN, "rooms.py") == {"outlived"}


def test_one_that_is_still_used_or_was_not_used_before_stays() -> None:
    assert rules(ROOMS, SHOWN.replace("sum(size(room)", "sum(area(room) + size(room)"), "rooms.py") == set()
    unused = ROOMS.replace("print(area(room))", "print(room)").replace("sum(area(room)", "sum(room.width")
    assert "outlived" not in rules(unused, SHOWN, "rooms.py")
