"""Fresh cases for the other benches: edits that nobody has tuned on, made of the releases of packages.

    python bench/releases.py OUT.jsonl.gz npm:commander pypi:structlog ... [--releases 8] [--most 12]

Two releases of a package that follow each other hold the same files, and where one changed a little, that is a real
edit: its text before, and after. Each is written down in five styles of snippet that are made by rule, as in

    context3, context1   the lines round each change, that many to each side, and markers between
    function             the block round each change
    noedge               context3 without the markers at the two ends
    variants             context3 with other words in the markers

and `bench/merge.py OUT.jsonl.gz` says how the engine does. The packages are fetched by npm's and pip's own clients;
what they hold stays under its own licence. Edits whose snippet could not show what goes (at the first or the last line
of the file), and those of white space alone, are left out.
"""

from __future__ import annotations

import argparse
import difflib
import gzip
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

STYLES = ("context3", "context1", "function", "noedge", "variants")
WORDS = ("... rest of code ...", "... other code ...", "... existing methods ...", "... (unchanged)")
SMALLEST, LARGEST = 15, 1500  # lines of a file
MOST_HUNKS, MOST_CHANGED, LONGEST = 6, 25, 400
LONGEST_BLOCK = 40
# The comment that a marker is, by the end of the file's name.
SIGNS = {
    "// {}": ".js .mjs .cjs .ts .tsx .jsx .java .kt .swift .c .h .cc .cpp .hpp .m .mm .go .rs .php .scss .less .cs"
    " .json",
    "# {}": ".py .rb .podspec .sh .yml .yaml .toml .ex .exs",
    "/* {} */": ".css",
    "<!-- {} -->": ".md .html .vue .svelte",
    "-- {}": ".sql .lua",
}
MARKERS = {end: sign for sign, ends in SIGNS.items() for end in ends.split()}
_VERSIONS = re.compile(r"Available versions: (.*)")
_CLOSES = re.compile(r"\s*(?:[\])}]|end\b)")


@dataclass(frozen=True, slots=True)
class Edit:
    """One file of a package, before and after a release."""

    package: str
    release: str
    path: str
    original: str
    expected: str

    @property
    def id(self) -> str:
        return f"{self.package.replace('/', '__')}-{self.release}-{hashlib.sha256(self.path.encode()).hexdigest()[:6]}"


Opcode = tuple[str, int, int, int, int]


def changes(old: Sequence[str], new: Sequence[str]) -> list[Opcode]:
    """What a line diff finds changed: kind, and the lines before and after."""
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return [code for code in matcher.get_opcodes() if code[0] != "equal"]


def is_fit(edit: Edit) -> bool:
    """Whether an edit is of a size that a snippet has, and one that a snippet can show."""
    old, new = edit.original.splitlines(), edit.expected.splitlines()
    if "\r" in edit.original or not SMALLEST <= len(old) <= LARGEST or max(map(len, (*old, *new))) > LONGEST:
        return False
    found = changes(old, new)
    size = sum(max(b - a, d - c) for _, a, b, c, d in found)
    if not 0 < len(found) <= MOST_HUNKS or size > MOST_CHANGED:
        return False
    first, last = found[0], found[-1]
    at_edge = (first[0] == "delete" and first[1] == 0) or (last[0] == "delete" and last[2] == len(old))
    solid = any(line.strip() for _, a, b, c, d in found for line in (*old[a:b], *new[c:d]))
    return solid and not at_edge and re.sub(r"[\d.]+", "", edit.original) != re.sub(r"[\d.]+", "", edit.expected)


def snippet(edit: Edit, style: str, word: str) -> str:
    """The edit as a snippet of one of the `STYLES`; `word` is what the markers say."""
    old, new = edit.original.splitlines(), edit.expected.splitlines()
    sign = MARKERS[Path(edit.path).suffix]
    shown: list[tuple[int, int]] = []  # lines of the new text
    for _, a, b, c, d in changes(old, new):
        first, last = _block(old, a, b) if style == "function" else _context(old, a, b, 1 if style == "context1" else 3)
        start, stop = c - (a - first), d + (last - b)
        if shown and start <= shown[-1][1]:
            start, stop = shown[-1][0], max(stop, shown.pop()[1])
        shown.append((start, stop))
    lines: list[str] = []
    for number, (start, stop) in enumerate(shown):
        if start > 0 and not (style == "noedge" and number == 0):
            lines.append(_lead(new[start]) + sign.format(word))
        lines += new[start:stop]
    if shown[-1][1] < len(new) and style != "noedge":
        beside = new[shown[-1][0]] if style == "function" else new[shown[-1][1] - 1]
        lines.append(_lead(beside) + sign.format(word))
    return "\n".join(lines) + "\n"


def _context(old: Sequence[str], first: int, last: int, lines: int) -> tuple[int, int]:
    """The lines round `first:last`; a single one is one that says something."""
    above, below = max(0, first - lines), min(len(old), last + lines)
    if lines == 1:
        while above > 0 and not old[above].strip():
            above -= 1
        while below < len(old) and not old[below - 1].strip():
            below += 1
    return above, below


def _block(old: Sequence[str], first: int, last: int) -> tuple[int, int]:
    """The block round `first:last`, by indentation, with its header; three lines where it is long."""
    depth = min((_depth(line) for line in old[first : max(last, first + 1)] if line.strip()), default=0)
    above, below = first, last
    while above > 0 and not (old[above - 1].strip() and _depth(old[above - 1]) < depth):
        above -= 1
    above = max(0, above - 1)
    while below < len(old) and (not old[below].strip() or _depth(old[below]) >= depth):
        below += 1
    if below < len(old) and _CLOSES.match(old[below]):
        below += 1
    while below > last and not old[below - 1].strip():
        below -= 1
    return (above, below) if below - above <= LONGEST_BLOCK else _context(old, first, last, 3)


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _lead(line: str) -> str:
    return line[: _depth(line)]


def rows(edits: Sequence[Edit]) -> Iterator[dict[str, str]]:
    """A case for each edit and style, as `bench/cases.py` reads it; a style with the bytes of another is left out."""
    for number, edit in enumerate(edits):
        seen: set[str] = set()
        for style in STYLES:
            update = snippet(
                edit, style, WORDS[number % len(WORDS)] if style == "variants" else "... existing code ..."
            )
            if update not in seen:
                seen.add(update)
                yield {
                    "id": f"{edit.id}-{style}",
                    "repo": edit.package,
                    "path": edit.path,
                    "language": Path(edit.path).suffix[1:],
                    "style": style,
                    "original": edit.original,
                    "update": update,
                    "expected": edit.expected,
                }


def files_of(archive: Path) -> dict[str, str]:
    """The text files of a package, by path."""
    found: dict[str, bytes] = {}
    if archive.suffix in {".whl", ".zip"}:
        with zipfile.ZipFile(archive) as zipped:
            found = {name: zipped.read(name) for name in zipped.namelist() if Path(name).suffix in MARKERS}
    else:
        with tarfile.open(archive) as tarred:
            for member in tarred:
                content = tarred.extractfile(member) if Path(member.name).suffix in MARKERS else None
                if content is not None:
                    found[member.name.split("/", 1)[-1]] = content.read()
    return {path: text for path, data in found.items() if (text := _decoded(data)) is not None}


def _decoded(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def edits_of(package: str, releases: Sequence[tuple[str, dict[str, str]]], most: int) -> list[Edit]:
    """The edits of fit size from each release to the next, one of each file."""
    found: dict[str, Edit] = {}
    for (_, before), (release, after) in pairwise(releases):
        for path in sorted(before.keys() & after.keys()):
            edit = Edit(package, release, path, before[path], after[path])
            if path not in found and before[path] != after[path] and is_fit(edit):
                found[path] = edit
    chosen = sorted(found.values(), key=lambda edit: edit.id)
    return chosen[:most]


def fetched(given: str, number: int, folder: Path) -> list[tuple[str, dict[str, str]]]:
    """The last releases of a package (`npm:name` or `pypi:name`), oldest first."""
    registry, _, name = given.partition(":")
    clients: dict[str, Callable[[str, int, Path], Iterator[tuple[str, Path]]]] = {"npm": _npm, "pypi": _pypi}
    if registry not in clients or not name:
        raise SystemExit(f"{given}: write npm:NAME or pypi:NAME")
    return [(release, files_of(archive)) for release, archive in clients[registry](name, number, folder)]


def _npm(name: str, number: int, folder: Path) -> Iterator[tuple[str, Path]]:
    found = json.loads(_said("npm", "view", name, "versions", "--json"))
    releases = [found] if isinstance(found, str) else found
    for release in [release for release in releases if "-" not in release][-number:]:
        packed = _said("npm", "pack", f"{name}@{release}", "--silent", "--pack-destination", str(folder))
        yield release, folder / packed.splitlines()[-1]


def _pypi(name: str, number: int, folder: Path) -> Iterator[tuple[str, Path]]:
    pip = (sys.executable, "-m", "pip")
    listed = _VERSIONS.search(_said(*pip, "index", "versions", name))
    for release in reversed(listed[1].split(", ")[:number] if listed else []):
        into = folder / release
        _said(*pip, "download", "-q", "--no-deps", "--only-binary", ":all:", "-d", str(into), f"{name}=={release}")
        yield release, next(into.iterdir())


def _said(*command: str) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {(done.stderr.strip() or 'failed').splitlines()[0]}")
    return done.stdout


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("output", type=Path, help="a .jsonl.gz file")
    parser.add_argument("packages", nargs="+", metavar="npm:NAME|pypi:NAME")
    parser.add_argument("--releases", type=int, default=8, help="how many of each package (default: 8)")
    parser.add_argument("--most", type=int, default=12, help="edits of one package (default: 12)")
    given = parser.parse_args()
    edits: list[Edit] = []
    for package in given.packages:
        with tempfile.TemporaryDirectory() as folder:
            found = edits_of(package.partition(":")[2], fetched(package, given.releases, Path(folder)), given.most)
        print(f"{package}: {len(found)} edits")
        edits += found
    with gzip.open(given.output, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows(edits))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
