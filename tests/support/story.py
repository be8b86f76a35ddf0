"""The main job's story: a repository of many files, one instruction file with a snippet for each, and what came of it.

The cases come from the committed set or from a corpus (`STETBOT_CORPUS`). They are scored as users would: *exact* is
equal to the byte, *blank* differs in blank lines or trailing white space only, *declined* means that the file stayed as
it was, to the byte, and everything else is *wrong*.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from support import warm
from support.cases import load_cases
from support.gitrepo import GitRepo

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable, Sequence

STETBOT = str(Path(sys.executable).parent / "stetbot")


@dataclass(frozen=True, slots=True)
class StoryCase:
    """One file of the repository, the snippet for it, and the right answer (None: to decline is right)."""

    path: str
    original: bytes
    update: str
    expected: bytes | None
    comment: str = ""


def committed_cases() -> tuple[StoryCase, ...]:
    """The cases of our own writing, each under a folder of its own."""
    return tuple(
        StoryCase(f"{number}/{case.path}", case.original, case.update, case.expected, case.comment)
        for number, case in enumerate(load_cases())
        if case.update.strip()  # an empty snippet is an error of its file, not a section to decline
    )


def corpus(name: str) -> tuple[StoryCase, ...] | None:
    """The cases of the corpus file `name`, or None where there is no corpus."""
    folder = os.environ.get("STETBOT_CORPUS")
    if not folder or not (Path(folder) / name).is_file():
        return None
    with gzip.open(Path(folder) / name, "rt", encoding="utf-8") as lines:
        cases = [json.loads(line) for line in lines]
    return tuple(
        StoryCase(
            f"{number}/{case['repo']}/{case['path']}",
            case["original"].encode(),
            case["update"],
            case["expected"].encode(),
            case.get("comment", ""),
        )
        for number, case in enumerate(cases)
    )


def instruction_file(cases: Iterable[StoryCase]) -> str:
    """One Markdown instruction file with a section for each case."""
    sections = ["# Apply what was asked for\n"]
    for case in cases:
        longest = max((len(run) for run in re.findall(r"`{3,}|~{3,}", case.update)), default=2)
        fence = "`" * (longest + 1)
        end = "" if case.update.endswith("\n") else "\n"
        sections.append(f"## `{case.path}`\n\n{fence}\n{case.update}{end}{fence}\n")
    return "\n".join(sections)


def repository(root: Path, cases: Sequence[StoryCase]) -> GitRepo:
    """A repository with the cases' originals, committed."""
    repo = GitRepo(root)
    for case in cases:
        repo.write(case.path, case.original)
    repo.git("config", "core.autocrlf", "false")
    repo.commit("The files as they were")
    return repo


def stetbot(
    repo: GitRepo, *arguments: str, environment: dict[str, str] | None = None, timeout: float = 600
) -> subprocess.CompletedProcess[bytes]:
    """Run the installed command in `repo`, with nothing of this machine's settings."""
    return warm.run(
        "stetbot", arguments, folder=repo.path, environment=repo.environment | (environment or {}), timeout=timeout
    )


@dataclass(frozen=True, slots=True)
class Score:
    """The counts, and the paths of the wrong ones."""

    exact: int
    blank: int
    wrong: int
    declined: int
    wrong_paths: tuple[str, ...] = ()

    @property
    def cases(self) -> int:
        return self.exact + self.blank + self.wrong + self.declined

    def __str__(self) -> str:
        total = self.cases or 1
        return ", ".join(
            f"{name} {count} ({100 * count / total:.1f} %)"
            for name, count in (
                ("exact", self.exact),
                ("blank", self.blank),
                ("wrong", self.wrong),
                ("declined", self.declined),
            )
        )


def score(repo: GitRepo, revision: str, cases: Sequence[StoryCase]) -> Score:
    """Compare each blob of `revision` with the right answer."""
    results = {case.path: _judge(case, blob) for case, blob in zip(cases, _blobs(repo, revision, cases), strict=True)}
    counts = Counter(results.values())
    wrong = tuple(path for path, result in results.items() if result == "wrong")
    return Score(counts["exact"], counts["blank"], counts["wrong"], counts["declined"], wrong)


def _judge(case: StoryCase, blob: bytes) -> str:
    if blob == case.original:
        return "declined"
    if case.expected is None:
        return "wrong"
    if blob == case.expected:
        return "exact"
    return "blank" if _solid(blob) == _solid(case.expected) else "wrong"


def _solid(data: bytes) -> list[bytes]:
    return [line.rstrip() for line in data.split(b"\n") if line.strip()]


def _blobs(repo: GitRepo, revision: str, cases: Sequence[StoryCase]) -> list[bytes]:
    names = "".join(f"{revision}:{case.path}\n" for case in cases).encode()
    output = repo.git_bytes("cat-file", "--batch", stdin=names)
    blobs = []
    for _ in cases:
        head, output = output.split(b"\n", 1)
        size = int(head.rsplit(b" ", 1)[1])
        blobs.append(output[:size])
        output = output[size + 1 :]
    return blobs
