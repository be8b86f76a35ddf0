"""Faults that merge models make, injected into a true merge: the 22 kinds of the public experiment, and some more."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.merging.markers import is_marker

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

_IMPORT = re.compile(r"\s*(?:import|from|use|using|#\s*include|require|@use|@import)\b")
_COMMENT = re.compile(r"\s*(?:#(?!include|!)|//|/\*|\*(?!/)|--|<!--|;)")


@dataclass(frozen=True)
class Case:
    id: str
    path: str
    style: str
    original: str
    update: str
    expected: str


Lines = list[str]


def _split(text: str) -> Lines:
    return text.split("\n")


def _join(lines: Lines) -> str:
    return "\n".join(lines)


def _hunks(case: Case) -> list[tuple[int, int, int, int]]:
    matcher = difflib.SequenceMatcher(None, _split(case.original), _split(case.expected), autojunk=False)
    return [(a, b, c, d) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"]


def _full(lines: Lines) -> list[int]:
    return [at for at, line in enumerate(lines) if line.strip()]


def _kept(case: Case) -> list[int]:
    """Significant lines of the merge that stand in the original too, outside the hunks."""
    lines = _split(case.expected)
    changed = {at for _, _, c, d in _hunks(case) for at in range(c, d)}
    return [at for at in _full(lines) if at not in changed]


def _without(lines: Lines, first: int, last: int) -> str:
    return _join(lines[:first] + lines[last:])


def drop_line(case: Case, rng: random.Random) -> str | None:
    places = _kept(case)
    if not places:
        return None
    at = rng.choice(places)
    return _without(_split(case.expected), at, at + 1)


def drop_beside(case: Case, rng: random.Random) -> str | None:
    """A kept line right before or behind a change goes: the hardest place to lose one."""
    places = set(_kept(case))
    beside = [at for _, _, c, d in _hunks(case) for at in (c - 1, d) if at in places]
    if not beside:
        return None
    at = rng.choice(beside)
    return _without(_split(case.expected), at, at + 1)


def drop_block(case: Case, rng: random.Random) -> str | None:
    lines = _split(case.expected)
    if len(lines) < 12:
        return None
    size = rng.randint(3, 10)
    at = rng.randrange(len(lines) - size)
    return _without(lines, at, at + size)


def drop_40(case: Case, rng: random.Random) -> str | None:
    lines = _split(case.expected)
    if len(lines) < 50:
        return None
    at = rng.randrange(len(lines) - 41)
    return _without(lines, at, at + 40)


def trunc_tail(case: Case, rng: random.Random) -> str | None:
    lines = _split(case.expected)
    return _join(lines[: max(1, int(len(lines) * rng.uniform(0.3, 0.9)))]) + "\n"


def trunc_few(case: Case, rng: random.Random) -> str | None:
    lines = _split(case.expected.rstrip("\n"))
    keep = len(lines) - rng.randint(1, 4)
    return _join(lines[:keep]) + "\n" if keep > 0 else None


def _marker(case: Case) -> str:
    found = [line for line in _split(case.update) if is_marker(line, case.path)]
    return found[0] if found else "// ... existing code ..."


def marker_replaces(case: Case, rng: random.Random) -> str | None:
    lines = _split(case.expected)
    if len(lines) < 12:
        return None
    size = rng.randint(3, 10)
    at = rng.randrange(len(lines) - size)
    return _join([*lines[:at], _marker(case), *lines[at + size :]])


def marker_kept(case: Case, rng: random.Random) -> str | None:
    lines = _split(case.expected)
    at = rng.randrange(len(lines))
    return _join([*lines[:at], _marker(case), *lines[at:]])


def snippet_as_file(case: Case, _rng: random.Random) -> str | None:
    return case.update.rstrip("\n") + "\n"


def snippet_stripped(case: Case, _rng: random.Random) -> str | None:
    kept = [line for line in _split(case.update.rstrip("\n")) if not is_marker(line, case.path)]
    return _join(kept) + "\n"


def noop(case: Case, _rng: random.Random) -> str | None:
    return case.original


def one_hunk_lost(case: Case, rng: random.Random) -> str | None:
    hunks = _hunks(case)
    if len(hunks) < 2:
        return None
    a, b, c, d = rng.choice(hunks)
    lines = _split(case.expected)
    return _join([*lines[:c], *_split(case.original)[a:b], *lines[d:]])


def half_hunk_lost(case: Case, rng: random.Random) -> str | None:
    """Of several new lines in a row one does not arrive."""
    lines = _split(case.expected)
    new = [at for _, _, c, d in _hunks(case) for at in range(c, d) if d - c > 1 and lines[at].strip()]
    if not new:
        return None
    at = rng.choice(new)
    return _without(lines, at, at + 1)


def dup_block(case: Case, rng: random.Random) -> str | None:
    lines = _split(case.expected)
    if len(lines) < 12:
        return None
    size = rng.randint(3, 8)
    at = rng.randrange(len(lines) - size)
    return _join(lines[: at + size] + lines[at:])


def dup_edit(case: Case, rng: random.Random) -> str | None:
    hunks = [(c, d) for _, _, c, d in _hunks(case) if d > c]
    if not hunks:
        return None
    c, d = rng.choice(hunks)
    lines = _split(case.expected)
    return _join(lines[:d] + lines[c:])


def edit_misplaced(case: Case, rng: random.Random) -> str | None:
    hunks = [(a, b, c, d) for a, b, c, d in _hunks(case) if d > c]
    original = _split(case.original)
    if not hunks or len(original) < 12:
        return None
    a, b, c, d = rng.choice(hunks)
    lines = _split(case.expected)
    rest = [*lines[:c], *original[a:b], *lines[d:]]
    places = [at for at in range(len(rest)) if abs(at - c) > 3]
    at = rng.choice(places) if places else 0
    return _join([*rest[:at], *lines[c:d], *rest[at:]])


def edit_shifted(case: Case, rng: random.Random) -> str | None:
    """New lines stand one to three lines off their place."""
    hunks = [(a, b, c, d) for a, b, c, d in _hunks(case) if d > c]
    if not hunks:
        return None
    _, _, c, d = rng.choice(hunks)
    lines = _split(case.expected)
    rest = lines[:c] + lines[d:]
    at = min(max(c + rng.choice((-3, -2, -1, 1, 2, 3)), 0), len(rest))
    return _join([*rest[:at], *lines[c:d], *rest[at:]])


def old_and_new_kept(case: Case, rng: random.Random) -> str | None:
    hunks = [(a, b, c, d) for a, b, c, d in _hunks(case) if d > c and b > a]
    if not hunks:
        return None
    a, b, c, _ = rng.choice(hunks)
    lines = _split(case.expected)
    return _join([*lines[:c], *_split(case.original)[a:b], *lines[c:]])


def new_and_old_kept(case: Case, rng: random.Random) -> str | None:
    """As `old_and_new_kept`, the old lines behind the new ones."""
    hunks = [(a, b, c, d) for a, b, c, d in _hunks(case) if d > c and b > a]
    if not hunks:
        return None
    a, b, _, d = rng.choice(hunks)
    lines = _split(case.expected)
    return _join([*lines[:d], *_split(case.original)[a:b], *lines[d:]])


def deletion_not_done(case: Case, rng: random.Random) -> str | None:
    hunks = [(a, b, c, d) for a, b, c, d in _hunks(case) if d == c]
    if not hunks:
        return None
    a, b, c, _ = rng.choice(hunks)
    lines = _split(case.expected)
    return _join([*lines[:c], *_split(case.original)[a:b], *lines[c:]])


def reindent(case: Case, rng: random.Random) -> str | None:
    lines = _split(case.expected)
    full = _full(lines)
    if not full:
        return None
    at = rng.choice(full)
    for number in range(at, min(at + 8, len(lines))):
        if lines[number].strip():
            lines[number] = "  " + lines[number]
    return _join(lines)


def comment_dropped(case: Case, rng: random.Random) -> str | None:
    lines = _split(case.expected)
    places = [at for at in _kept(case) if _COMMENT.match(lines[at])]
    if not places:
        return None
    at = rng.choice(places)
    return _without(lines, at, at + 1)


def token_flip(case: Case, rng: random.Random) -> str | None:
    lines = _split(case.expected)
    places = [at for at in _full(lines) if re.search(r"[A-Za-z]{3}", lines[at])]
    if not places:
        return None
    at = rng.choice(places)
    word = rng.choice(list(re.finditer(r"[A-Za-z]{3,}", lines[at])))
    lines[at] = lines[at][: word.start()] + word[0] + "X" + lines[at][word.end() :]
    return _join(lines)


def lines_swapped(case: Case, rng: random.Random) -> str | None:
    lines = _split(case.expected)
    full = [at for at in _full(lines)[:-1] if lines[at + 1].strip() and lines[at].strip() != lines[at + 1].strip()]
    if not full:
        return None
    at = rng.choice(full)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    return _join(lines)


def eof_strip(case: Case, _rng: random.Random) -> str | None:
    return case.expected.rstrip()


def fence(case: Case, _rng: random.Random) -> str | None:
    return "```\n" + case.expected.rstrip("\n") + "\n```\n"


def tags(case: Case, _rng: random.Random) -> str | None:
    return "<updated-code>\n" + case.expected.rstrip("\n") + "\n</updated-code>\n"


def thought(case: Case, _rng: random.Random) -> str | None:
    return "<think>\nI merge the update.\n</think>\n" + case.expected


def _imports(case: Case) -> list[int]:
    lines = _split(case.expected)
    return [at for at in _kept(case) if _IMPORT.match(lines[at])]


def drop_imports(case: Case, _rng: random.Random) -> str | None:
    gone = set(_imports(case))
    if not gone:
        return None
    return _join([line for at, line in enumerate(_split(case.expected)) if at not in gone])


def drop_1_import(case: Case, rng: random.Random) -> str | None:
    places = _imports(case)
    if not places:
        return None
    at = rng.choice(places)
    return _without(_split(case.expected), at, at + 1)


def line_ends(case: Case, _rng: random.Random) -> str | None:
    if "\r\n" in case.expected:
        return case.expected.replace("\r\n", "\n")
    return case.expected.replace("\n", "\r\n")


def byte_order_mark(case: Case, _rng: random.Random) -> str | None:
    return case.expected[1:] if case.expected.startswith("\ufeff") else "\ufeff" + case.expected


def emptied(_case: Case, _rng: random.Random) -> str | None:
    return ""


FAULTS: dict[str, Callable[[Case, random.Random], str | None]] = {
    fault.__name__: fault
    for fault in (
        drop_line, drop_beside, drop_block, drop_40, trunc_tail, trunc_few, marker_replaces, marker_kept,
        snippet_as_file, snippet_stripped, noop, one_hunk_lost, half_hunk_lost, dup_block, dup_edit, edit_misplaced,
        edit_shifted, old_and_new_kept, new_and_old_kept, deletion_not_done, reindent, comment_dropped, token_flip,
        lines_swapped, eof_strip, fence, tags, thought, drop_imports, drop_1_import, line_ends, byte_order_mark,
        emptied,
    )
}  # fmt: skip
