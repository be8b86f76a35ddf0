"""Among which lines of the file each line of a snippet is looked for."""

from __future__ import annotations

from bot.merging.evidence import Material
from bot.merging.snippet import read_base, read_snippet

BASE = (
    "def water_the_beds():",
    "    open_the_valve()",
    "    return finish()",
    "def weed_the_beds():",
    "    fetch_a_basket()",
    "    return finish()",
    "def rake_the_paths():",
    "    fetch_the_rake()",
    "    return finish()",
)


def windows(snippet: str) -> list[range | None]:
    return Material(read_snippet(snippet, BASE, "garden.py"), read_base(BASE)).windows


def test_a_segment_is_looked_for_between_those_that_are_held() -> None:
    found = windows(
        "def water_the_beds():\n# ...\n    return finish()\n    log()\n# ...\ndef rake_the_paths():\n    sweep()\n"
    )
    assert found[1] == range(6)
    assert found[3] == found[4] == range(1, 6)
    assert found[6] == range(1, 9)


def test_segments_in_another_order_than_the_file_has_say_nothing() -> None:
    found = windows("def rake_the_paths():\n# ...\n    return finish()\n# ...\ndef water_the_beds():\n    sweep()\n")
    assert found == [None] * len(found)
