"""What `stetbot check` finds in files that are as they should be, and what it misses in those that are not.

    python bench/alarms.py CORPUS.jsonl.gz ... [--files N] [--json]

The files are the distinct texts of the corpora and, up to N in all, the sources of installed packages and of Python's
own library; each finding in them is printed, to be looked at. Then each file gets one marker: a spelling that a
language model wrote in a snippet of the corpora, in the comment syntax of the file, at a place drawn by chance that is
no string and no manual's code. A file without such a place counts as missed. Spellings of nothing but dots are left
out: in finished files these are people's own.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.cases import Case, read_all
from bot.leftovers.find import Kind, Leftover, Look, leftovers
from bot.leftovers.suspicion import may_have_leftovers
from bot.merging import is_marker
from bot.syntax import fenced_lines, language_of, string_lines
from bot.text import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SEED = 20_24
TEXT_ENDINGS = (
    *(".py", ".pyi", ".pyx", ".js", ".mjs", ".cjs", ".ts", ".c", ".h", ".hpp", ".cpp", ".rs", ".go", ".java", ".rb"),
    *(
        ".md",
        ".rst",
        ".txt",
        ".html",
        ".css",
        ".scss",
        ".toml",
        ".yaml",
        ".yml",
        ".json",
        ".cfg",
        ".ini",
        ".sh",
        ".sql",
    ),
)
_SIGNS = re.compile(r"\A\W*?(?=[\[({]*(?:\.{3}|…|\w))|(?:\s*(?:\*/|-->|#\}|\*\)))+\}?\Z")
_ONLY_DOTS = re.compile(r"[.… ]*")


@dataclass(frozen=True, slots=True)
class Text:
    """A file: where it comes from, and its text."""

    path: str
    document: Document


@dataclass
class Alarms:
    """The figures of a run."""

    files: int = 0
    flagged: list[str] = field(default_factory=list)
    leaked: int = 0
    found: int = 0
    missed: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        return {
            "files": self.files,
            "flagged": self.flagged,
            "leaked": self.leaked,
            "found": self.found,
            "missed": self.missed,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--files", type=int, default=2000, metavar="N")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    cases = read_all(options.corpora)
    texts = distinct(cases)[: options.files]
    texts += installed(options.files - len(texts))
    alarms = measure(texts, spellings(cases))
    if options.json:
        print(json.dumps(alarms.as_json()))
        return
    for line in alarms.flagged:
        print(f"flagged: {line}")
    for line in alarms.missed:
        print(f"missed: {line}")
    print(f"{len(alarms.flagged)} findings in {alarms.files} files as they are")
    print(f"{alarms.found} of {alarms.leaked} leaked markers found ({100 * alarms.found / alarms.leaked:.2f} %)")


def distinct(cases: Sequence[Case]) -> list[Text]:
    """Every original and every expected text once."""
    texts: dict[str, Text] = {}
    for case in cases:
        for text in (case.original, case.expected):
            if text is not None:
                texts.setdefault(text, Text(case.path, Document.from_text(text)))
    return list(texts.values())


def installed(most: int) -> list[Text]:
    """Sources of the environment that this runs in, every kind of file in turn so that none takes all the room."""
    roots = [Path(sysconfig.get_path(name)) for name in ("purelib", "stdlib")]
    by_ending: dict[str, list[Path]] = {}
    for path in sorted({path for root in roots for path in root.rglob("*") if path.suffix in TEXT_ENDINGS}):
        by_ending.setdefault(path.suffix, []).append(path)
    drawn = random.Random(SEED)  # noqa: S311 - a sample
    for paths in by_ending.values():
        drawn.shuffle(paths)
    turns = max(map(len, by_ending.values()), default=0)
    ordered = (paths[turn] for turn in range(turns) for paths in by_ending.values() if turn < len(paths))
    return _readable(ordered, most)


def _readable(paths: Iterable[Path], most: int) -> list[Text]:
    texts: list[Text] = []
    for path in paths:
        if len(texts) >= most:
            break
        try:
            data = path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        if "\0" not in data and data.strip() and path.is_file():
            texts.append(Text(path.as_posix(), Document.from_text(data)))
    return texts


def spellings(cases: Sequence[Case]) -> list[str]:
    """What the markers of the corpora's snippets say, without comment signs; as often as they were written."""
    found = []
    for case in cases:
        own = {line.strip() for line in case.original.split("\n")}
        for line in case.update.split("\n"):
            if line.strip() not in own and is_marker(line, case.path):
                said = _SIGNS.sub("", line.strip())
                if not _ONLY_DOTS.fullmatch(said):
                    found.append(said)
    return found


def measure(texts: Sequence[Text], markers: Sequence[str]) -> Alarms:
    """Look at every text as it is, and once more with a marker in it."""
    alarms = Alarms()
    drawn = random.Random(SEED)  # noqa: S311 - a sample
    for text in texts:
        alarms.files += 1
        for it in look(text.path, text.document):
            alarms.flagged.append(f"{text.path}:{it.line}: {it.kind.value}: {it.text[:120]}")
        marker = drawn.choice(markers)
        alarms.leaked += 1
        place = drawn.choice(tuple(_places(text)) or (-1,))
        lines = list(text.document.lines)
        indent = re.match(r"\s*", lines[place])[0] if 0 <= place < len(lines) else ""  # type: ignore[index]  # matches
        line = indent + commented(text.path, marker)
        leaked = Document.from_text("".join(f"{kept}\n" for kept in (*lines[:place], line, *lines[place:])))
        if place >= 0 and any(it.line == place + 1 and it.kind is Kind.MARKER for it in look(text.path, leaked)):
            alarms.found += 1
        else:
            alarms.missed.append(f"{text.path}:{place + 1}: {line.strip()}")
    return alarms


def look(path: str, document: Document) -> tuple[Leftover, ...]:
    """What `stetbot check` finds: the cheap look first, as it does."""
    return leftovers(document, path, Look()) if may_have_leftovers(path, document.to_bytes()) else ()


def _places(text: Text) -> Iterator[int]:
    """The lines (0-based) before which a marker could have leaked in."""
    language = language_of(text.path)
    name = language.name if language is not None else ""
    lines = text.document.lines
    indented_is_shown = name == "restructuredtext" or (not name and text.path.endswith(".txt"))
    if name == "markdown":
        quoted = fenced_lines(lines)
    elif name == "html":
        quoted = frozenset[int]()
    else:
        quoted = string_lines(text.path, text.document.text)
    yield from (
        at for at in range(len(lines)) if at not in quoted and not (indented_is_shown and lines[at][:1].isspace())
    )


def commented(path: str, said: str) -> str:
    """`said` as a comment of the file; where the language is not known, as one of shells."""
    language = language_of(path)
    if language is None or not (language.line or language.block):
        return f"# {said}"
    if language.line:
        return f"{language.line[0]} {said}"
    opening, closing = language.block[0]
    return f"{opening} {said} {closing}"


if __name__ == "__main__":
    main()
