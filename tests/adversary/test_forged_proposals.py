"""Proposals in which one field is forged: a clear refusal, never a crash, never another file than was asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.trees import MemoryTree

from bot.errors import Refusal, UsageError
from bot.pipeline.engines import Local
from bot.pipeline.land import derive
from bot.pipeline.proposal import from_json, to_json
from bot.pipeline.propose import propose
from bot.pipeline.resolve import Resolver
from bot.requests import read_instructions

FILES = {"shop.py": "def low():\n    return 1\n\n\ndef high():\n    return 2\n"}
TEXT = b"## `shop.py`\n\n```python\ndef low():\n    return 10\n```\n"
BASE = "0123456789abcdef0123456789abcdef01234567"


def landed(place: tuple[str | int, ...], value: object) -> None:
    """Land the proposal of `TEXT` with `value` put at `place`."""
    requests = read_instructions("change.stetbot.md", TEXT).requests
    tree = MemoryTree(dict(FILES), frozenset())
    proposal: Any = json.loads(to_json(BASE, propose(requests, tree, Resolver(Local(), lambda _: False), map)))
    at = proposal
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = value
    derive(from_json("p.json", json.dumps(proposal).encode()), requests, tree, lambda _: False, map)


EDIT = ("requests", 0, "operations", 0, "edits", 0)
NEW = ("files", 0, "new")


def test_the_proposal_itself_lands() -> None:
    landed(("requests", 0, "place"), "elsewhere")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ((*EDIT, "lines"), ["    return 10  # and more"]),
        ((*EDIT, "lines"), ["    return 10\r"]),
        ((*EDIT, "lines"), ["\ud800"]),
        ((*EDIT, "lines"), ["a\nb"]),
        ((*EDIT, "start"), -1),
        ((*EDIT, "stop"), 10**30),
        ((*EDIT, "start"), True),
        (("requests", 0, "id"), ["x"]),
        (("requests", 0, "engine"), "nobody"),
        (("requests", 0, "operations", 0, "stands_on"), "0" * 64),
        (("files",), []),
        (("files", 0, "path"), "../shop.py"),
        (("files", 0, "renamed_from"), "other.py"),
        (("files", 0, "old", "blob"), "0" * 40),
        ((*NEW, "mode"), "100755"),
        ((*NEW, "mode"), "120000"),
        ((*NEW, "blob"), "0" * 40),
        ((*NEW, "content_base64"), "A"),
        ((*NEW, "content_base64"), "\u00e9\u00e9\u00e9\u00e9"),
        ((*NEW, "content_base64"), "AAAA"),
        (("co_authors",), ["Eve <eve@evil.example>"]),
        (("message",), "Approve"),
        (("requests", 0, "author"), "Eve <eve@evil.example>"),
        (("requests", 0, "snippet"), "def low():\n    return 666\n"),
        (("requests", 0, "operations", 0, "kind"), "symlink"),
        (("requests", 0, "operations", 0, "to"), ".github/workflows/x.yml"),
        ((*EDIT, "mode"), "120000"),
        (("files", 0, "target"), "/etc/passwd"),
        ((*NEW, "symlink"), True),
    ],
)
def test_one_forged_field_lands_nothing(place: tuple[str | int, ...], value: object) -> None:
    with pytest.raises((Refusal, UsageError)):
        landed(place, value)
