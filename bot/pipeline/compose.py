"""Join what many requests want of one view into one text per path, or name those that exclude each other.

Rule: every edit is anchored to the same view, so edits of different lines join in any order to the same text. Two
requests that want different things of the same lines, of the same insertion point or of the same path exclude each
other, and both are refused: which of them came first decides nothing. Equal wishes count once. An edit that only
touches another's border does not overlap it.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import TYPE_CHECKING

from bot.model import LineRange
from bot.outcomes import Change, Create, Delete, Rename, SetMode
from bot.pipeline.views import FileState, View, parents
from bot.syntax import error_count
from bot.text import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.model import Edit
    from bot.outcomes import Operation


@dataclass(frozen=True, slots=True)
class Claim:
    """One request's operations: `owner` is its index in the run, `name` what messages call it."""

    owner: int
    name: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two claims that exclude each other (or one that excludes itself), and where."""

    first: int
    second: int
    where: str


@dataclass(frozen=True, slots=True)
class Composition:
    """The view after all claims that could be joined; `moved` maps a new path to the one it had before this round."""

    view: View
    conflicts: tuple[Conflict, ...]
    touched: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)


def compose(view: View, claims: Sequence[Claim]) -> Composition:
    """Join `claims` on `view`. Those named in a conflict are left out; the others are all in."""
    conflicts = list(_conflicts(claims))
    out = {owner for conflict in conflicts for owner in (conflict.first, conflict.second)}
    while True:
        kept = [claim for claim in claims if claim.owner not in out]
        composition = joined(view, kept)
        broken = list(_broken_together(view, composition))
        if not broken:
            return Composition(composition.view, tuple(conflicts), composition.touched, composition.moved)
        conflicts += broken
        out |= {owner for conflict in broken for owner in (conflict.first, conflict.second)}


def _conflicts(claims: Sequence[Claim]) -> Iterable[Conflict]:
    by_path: defaultdict[str, list[tuple[int, Operation]]] = defaultdict(list)
    arriving: defaultdict[str, list[tuple[int, Operation]]] = defaultdict(list)
    for claim in claims:
        for operation in claim.operations:
            by_path[operation.path].append((claim.owner, operation))
            if isinstance(operation, Create):
                arriving[operation.path].append((claim.owner, operation))
            elif isinstance(operation, Rename):
                arriving[operation.to].append((claim.owner, operation))
    for path, wishes in by_path.items():
        yield from _conflicts_of_path(path, wishes)
    yield from _twins({path: [owner for owner, _ in wishes] for path, wishes in arriving.items()})
    for path, wishes in arriving.items():
        for (owner, operation), (other, wish) in combinations(wishes, 2):
            if operation != wish:
                yield Conflict(owner, other, f"both put a file at {path}")
        for above in parents(path):
            for (owner, _), (other, _) in product(arriving.get(above, ()), wishes):
                yield Conflict(owner, other, f"one puts a file at {above}, the other below it")


def _twins(arriving: Mapping[str, Sequence[int]]) -> Iterable[Conflict]:
    """New paths that some file systems take for one; those that are there already are the tree's to compare."""
    spelled: defaultdict[str, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for path, owners in arriving.items():
        for name in (*parents(path), path):
            spelled[unicodedata.normalize("NFC", name).casefold()][name] += owners
    for names in spelled.values():
        for (name, owners), (twin, others) in combinations(names.items(), 2):
            said = f"{name} and {twin} differ in case or accents alone: some file systems take them for one"
            yield from (Conflict(owners[0], other, said) for other in others)
            yield from (Conflict(owner, others[0], said) for owner in owners[1:])


def _conflicts_of_path(path: str, wishes: Sequence[tuple[int, Operation]]) -> Iterable[Conflict]:
    # Changes of lines, by the thousand in one file, exclude each other by their lines alone: see `_overlaps`.
    special = [at for at, (_, wish) in enumerate(wishes) if not _is_plain(wish)]
    pairs = {(min(at, other), max(at, other)) for at in special for other in range(len(wishes)) if at != other}
    for one, two in sorted(pairs):
        (owner, operation), (other, wish) = wishes[one], wishes[two]
        if operation == wish:
            continue
        match operation, wish:
            case (Delete(), _) | (_, Delete()):
                yield Conflict(owner, other, f"one deletes {path}, the other needs it")
            case Rename(), Rename():
                yield Conflict(owner, other, f"both move {path}")
            case SetMode(), SetMode():
                yield Conflict(owner, other, f"both set the mode of {path}")
            case Change(), Change() if _final_newlines_differ(operation, wish):
                yield Conflict(owner, other, f"both set the final newline of {path}")
            case _:
                continue
    edits = [(edit, owner) for owner, operation in wishes if isinstance(operation, Change) for edit in operation.edits]
    yield from _overlaps(path, edits)


def _is_plain(operation: Operation) -> bool:
    return isinstance(operation, Change) and operation.final_newline is None


def _final_newlines_differ(one: Change, other: Change) -> bool:
    return None not in (one.final_newline, other.final_newline) and one.final_newline != other.final_newline


def _overlaps(path: str, edits: list[tuple[Edit, int]]) -> Iterable[Conflict]:
    edits.sort(key=lambda item: (item[0].start, item[0].stop, item[1]))
    for at, (edit, owner) in enumerate(edits):
        for place in range(at + 1, len(edits)):
            later, other = edits[place]
            if later.start > edit.stop:
                break
            if later != edit and _exclude(edit, later):
                yield Conflict(owner, other, f"both change {path} at {_lines(edit, later)}")


def _exclude(one: Edit, other: Edit) -> bool:
    if one.start == one.stop and other.start == other.stop:
        return one.start == other.start
    if one.start == one.stop:
        return other.start < one.start < other.stop
    if other.start == other.stop:
        return one.start < other.start < one.stop
    return one.start < other.stop and other.start < one.stop


def _lines(one: Edit, other: Edit) -> str:
    first = max(one.start, other.start) + 1
    last = max(first, min(one.stop, other.stop))
    return LineRange(first, last).spoken


def joined(view: View, claims: Sequence[Claim]) -> Composition:
    """Join `claims` that are known not to exclude each other."""
    changed = dict(view.changed)
    touched: defaultdict[str, list[int]] = defaultdict(list)
    moved: dict[str, str] = {}
    wishes: defaultdict[str, list[Operation]] = defaultdict(list)
    for claim in claims:
        for operation in claim.operations:
            wishes[operation.path].append(operation)
            where = operation.to if isinstance(operation, Rename) else operation.path
            touched[where].append(claim.owner)
    for path, operations in wishes.items():
        state = _result(view, path, operations)
        targets = {operation.to for operation in operations if isinstance(operation, Rename)}
        changed[path] = None if targets else state
        for to in targets:
            changed[to] = state
            moved[to] = path
            touched[to] = touched.pop(path, []) + touched[to]
    owners = {path: tuple(dict.fromkeys(indexes)) for path, indexes in touched.items()}
    origins = {path: was for path, was in view.origins.items() if path not in moved.values()}
    origins |= {to: view.origins.get(path, path) for to, path in moved.items()}
    return Composition(View(view.base, changed, origins), (), owners, moved)


def _result(view: View, path: str, operations: Sequence[Operation]) -> FileState | None:
    if any(isinstance(operation, Delete) for operation in operations):
        return None
    for operation in operations:
        if isinstance(operation, Create):
            return FileState(Document.from_text(operation.text), operation.executable)
    state = view.read(path)
    edits = {edit for operation in operations if isinstance(operation, Change) for edit in operation.edits}
    newlines = {operation.final_newline for operation in operations if isinstance(operation, Change)} - {None}
    modes = {operation.executable for operation in operations if isinstance(operation, SetMode)}
    return FileState(
        state.document.splice(
            sorted(edits, key=lambda edit: (edit.start, edit.stop)),
            final_newline=newlines.pop() if newlines else None,
        ),
        modes.pop() if modes else state.executable,
        state.blob,
    )


def _broken_together(view: View, composition: Composition) -> Iterable[Conflict]:
    """Requests that are each sound and together leave a file with more syntax errors than it had."""
    for path, owners in composition.touched.items():
        state = composition.view.changed.get(path)
        before = composition.moved.get(path, path)
        if len(owners) < 2 or state is None:
            continue
        old = error_count(before, view.read(before).document.text)
        new = error_count(path, state.document.text)
        if old is not None and new is not None and new > old:
            for owner in owners[1:]:
                yield Conflict(owners[0], owner, f"together they break the syntax of {path}")
