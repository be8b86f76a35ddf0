"""Which paths a request may name, and which of them deserve a second look. Pure: the disk and git are asked elsewhere.

A path is refused if any file system that this commit may be checked out on could take it for something else: for the
`.git` folder, a device, a stream, or a place outside the repository. The list follows git's own `verify_path`
(read-cache.c, path.c: HFS+ ignores some code points, NTFS knows `git~1`, streams and trailing dots), and adds what git
lets pass (reference: CVE-2014-9390, CVE-2019-1352, CVE-2021-21300).
"""

from __future__ import annotations

import re
import unicodedata
from itertools import chain
from typing import TYPE_CHECKING

from bot.errors import Code, Refusal
from bot.hidden import UNSEEN, WRITTEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Code points that HFS+ ignores in names (git's utf8.c, next_hfs_char), and further ones that show nothing.
_INVISIBLE = re.compile(f"[{UNSEEN}]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Joiners and variation selectors are left out: names with emoji, and those of some scripts, are written with them.
_UNSEEN = re.compile(f"(?![{WRITTEN}])[{UNSEEN}]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHORT_GIT = re.compile(r"git~\d+\Z")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])(?: *\..*)?\Z", re.DOTALL)
# https://learn.microsoft.com/openspecs/windows_protocols/ms-fscc, 8.3 names.
_SHORT = re.compile(r"[^./~]{1,7}~[0-9]{1,6}(?:\.[^./]{1,3})?")
_DRIVE = re.compile(r"[A-Za-z]:")
_LONGEST_PATH = 4096
INSTRUCTION_ENDINGS = (".stetbot.md", ".stetbot.yaml", ".stetbot.yml", ".stetbot.json", ".stetbot.jsonl")
_LONGEST_NAME = 255


def check_path(path: str) -> str:
    """`path` as git writes it: relative to the repository's root, `/` between names, no `.` and no empty name.

    Raises Refusal(DENIED_PATH) for whatever leaves the repository, reaches into `.git`, or means something else on
    another file system. A leading `-` is fine: a path is data, never an option.
    """
    names = [name for name in path.split("/") if name not in ("", ".")]
    problem = next(chain(_wrong_shape(path), *map(_wrong_name, names)), None)
    if problem:
        raise _denied(path, problem)
    return "/".join(names)


def _wrong_shape(path: str) -> Iterator[str]:
    """What is wrong with the whole path; only the first sentence counts, later ones rely on it."""
    if not path.strip():
        yield "is empty"
    if _CONTROL.search(path):
        yield "holds a control character"
    if _SURROGATE.search(path):
        yield "is not UTF-8"
    if "\\" in path:
        yield "holds a backslash; names are parted by /"
    if path.startswith("/") or _DRIVE.match(path):
        yield "is absolute; paths are relative to the repository's root"
    if _BIDI.search(path):
        yield "holds a character that turns the direction of writing"
    if _UNSEEN.search(path):
        yield "holds a character that shows nothing, so that two files could look the same"
    if not unicodedata.is_normalized("NFC", path):
        yield "is not in Unicode's normal form NFC, so that two files could look the same"
    if len(path.encode()) > _LONGEST_PATH:
        yield f"is longer than {_LONGEST_PATH} bytes"
    if path.endswith(("/", "/.")) or path == ".":
        yield "names a folder, not a file"


def _wrong_name(name: str) -> Iterator[str]:
    if name == "..":
        yield "leaves the repository with .."
    # As a case-insensitive file system, one that drops invisible code points, and one that drops final dots sees it.
    bare = _INVISIBLE.sub("", name).casefold().split(":")[0].rstrip(". ")
    if bare == ".git" or _SHORT_GIT.match(bare):
        yield "reaches into .git"
    if ":" in name:
        yield "holds a colon, which names a drive or a stream on Windows"
    if name.endswith((".", " ")):
        yield "has a name that ends in a dot or a space, which Windows drops"
    if _DEVICE.match(bare):
        yield f"has the name of a Windows device ({name})"
    if len(name.encode()) > _LONGEST_NAME:
        yield f"has a name longer than {_LONGEST_NAME} bytes"


def _denied(path: str, problem: str) -> Refusal:
    shown = _CONTROL.sub("\ufffd", _SURROGATE.sub("\ufffd", path[:200]))
    return Refusal(
        Code.DENIED_PATH, f"the path {shown!r} {problem}", "name a file of the repository by its path from the root"
    )


# Names and folders in small letters, as `seen_alike` gives them.
_AGENTS = frozenset({
    "agents.md", "agents.override.md", "agent.md", "claude.md", "claude.local.md", "gemini.md", "qwen.md", "warp.md",
    ".cursorrules", ".cursorignore", ".windsurfrules", ".clinerules", ".roorules", ".goosehints", ".augment-guidelines",
    ".aider.conf.yml", ".aiderignore", ".mcp.json", "opencode.json", "opencode.jsonc", "copilot-instructions.md",
})  # fmt: skip
_CI_NAMES = frozenset({
    ".gitlab-ci.yml", ".travis.yml", "azure-pipelines.yml", "azure-pipelines.yaml", "bitbucket-pipelines.yml",
    "jenkinsfile", "appveyor.yml", ".appveyor.yml", ".drone.yml", ".cirrus.yml", "cloudbuild.yaml", "cloudbuild.yml",
    "buildspec.yml", "buildspec.yaml", "bitrise.yml", "codefresh.yml", "wercker.yml", "circle.yml", ".readthedocs.yml",
    ".readthedocs.yaml", "netlify.toml", "vercel.json", "action.yml", "action.yaml", "codeowners", ".woodpecker.yml",
    ".woodpecker.yaml", "dependabot.yml", "dependabot.yaml", "renovate.json", "renovate.json5", ".renovaterc",
    ".renovaterc.json", ".mergify.yml",
})  # fmt: skip
_HOOK_NAMES = frozenset({
    ".pre-commit-config.yaml", ".pre-commit-config.yml", ".pre-commit-hooks.yaml", "prek.toml", ".lintstagedrc",
    ".huskyrc", ".overcommit.yml",
})  # fmt: skip
# Each in any of the formats that its tool reads.
_HOOK_STEMS = (".huskyrc.", ".lintstagedrc.", "lint-staged.config.", "lefthook.", ".lefthook.", "lefthook-local.",
               ".lefthook-local.")  # fmt: skip
_ENTERED = frozenset({
    ".envrc", ".devcontainer.json", "mise.toml", ".mise.toml", "mise.local.toml", ".mise.local.toml", ".exrc",
    ".nvimrc", ".nvim.lua", ".dir-locals.el",
})  # fmt: skip
_INSTALLERS = frozenset({".npmrc", ".yarnrc", ".yarnrc.yml", ".pnpmfile.cjs", ".pnpmfile.mjs", "bunfig.toml"})
_LOCKS = frozenset({
    "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb", "deno.lock",
    "uv.lock", "poetry.lock", "pdm.lock", "pipfile.lock", "pixi.lock", "pylock.toml", "conda-lock.yml", "cargo.lock",
    "gemfile.lock", "gems.locked", "composer.lock", "go.sum", "go.work.sum", "flake.lock", "mix.lock", "rebar.lock",
    "packages.lock.json", "paket.lock", "package.resolved", "pubspec.lock", "podfile.lock", "gradle.lockfile",
    "stack.yaml.lock", "cabal.project.freeze", "chart.lock", ".terraform.lock.hcl",
})  # fmt: skip
_OWN = frozenset({".stetbot.toml"})
_BY_CI = "it configures continuous integration"
_AS_HOOK = "it runs as a git hook"
_TO_AGENTS = "agents take instructions from it"
_BY_EDITORS = "editors run what stands in it"
_BY_INSTALLERS = "whoever builds or installs runs what it names"
_FOLDERS = {
    ".github": "it is GitHub's configuration, and workflows run with the repository's rights",
    **dict.fromkeys((
        ".circleci", ".buildkite", ".gitlab", ".gitea", ".forgejo", ".woodpecker", ".semaphore", ".teamcity", ".tekton",
        ".azuredevops", ".azure-pipelines",
    ), _BY_CI),
    **dict.fromkeys((".husky", ".githooks", ".lefthook"), _AS_HOOK),
    **dict.fromkeys((
        ".claude", ".cursor", ".codex", ".gemini", ".roo", ".kiro", ".junie", ".amazonq", ".continue", ".windsurf",
        ".clinerules", ".opencode", ".agents", ".augment", ".trae",
    ), _TO_AGENTS),
    **dict.fromkeys((".yarn", ".cargo"), _BY_INSTALLERS),
    ".mise": "it runs when somebody enters the folder",
    ".devcontainer": "it runs when a development container starts",
    **dict.fromkeys((".vscode", ".idea", ".zed"), _BY_EDITORS),
}  # fmt: skip


def seen_alike(path: str) -> str:
    """`path` as the least careful file system takes it: without case (`\u017f` is an `s`), and what is not seen."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", path).casefold())


def is_short_name(path: str) -> bool:
    """Whether a name in `path` has the short form that Windows gives to others: `GITHUB~1` may be `.github` there."""
    return any(_SHORT.fullmatch(name) for name in path.split("/"))


def warned_path(path: str) -> str | None:
    """Why a change of this path deserves a second look, as the end of a sentence; None for an ordinary file.

    `path` has passed `check_path`. Local doors say it and go on; the doors of a pull request refuse.
    """
    names = seen_alike(path).split("/")
    for folder in names[:-1]:
        if folder in _FOLDERS:
            return _FOLDERS[folder]
    name = "jenkinsfile" if names[-1].startswith("jenkinsfile.") else names[-1]
    if name in (".gitattributes", ".gitmodules", ".gitconfig", ".lfsconfig"):
        return "it tells git how to treat other files"
    if name.startswith(_HOOK_STEMS):
        return _AS_HOOK
    for group, reason in (
        (_CI_NAMES, f"{_BY_CI} or its rights"),
        (_HOOK_NAMES, _AS_HOOK),
        (_AGENTS, _TO_AGENTS),
        (_ENTERED, "it runs when somebody enters the folder"),
        (_INSTALLERS, _BY_INSTALLERS),
        (_LOCKS, "it is a lock file, which its own tool should write"),
        (_OWN, "it configures stetbot"),
    ):
        if name in group:
            return reason
    return None


def is_instruction_path(path: str) -> bool:
    """Whether hooks and workflows take the file at `path` for an instruction file."""
    return path.endswith(INSTRUCTION_ENDINGS) or ".stetbot" in path.split("/")[:-1]


def similar_paths(path: str, names: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """Those of `names` that somebody who wrote `path` may have meant, best first: the same file name, then the look."""
    from rapidfuzz import fuzz, process

    wanted = path.rsplit("/", 1)[-1].casefold()
    known = list(names)
    same = [name for name in known if name.rsplit("/", 1)[-1].casefold() == wanted]
    pool = same or known
    found = process.extract(path, pool, scorer=fuzz.ratio, limit=most, score_cutoff=0 if same else 70)
    return tuple(name for name, _, _ in found)
