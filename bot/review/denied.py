"""The paths that no comment may change: what runs, or steers what runs, with other people's rights.

The local doors warn of them, where the person who commits also looks. On a pull request one comment would be enough,
so they are refused. Matching is by the whole path from the repository's root, as the least careful file system takes
it: where case counts for nothing, `.GITHUB/workflows/x.yml` runs too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.asks import Plain, RenameFile
from bot.errors import Code, Refusal
from bot.paths import check_path, is_short_name, seen_alike, warned_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.asks import Request

# `*`, and what is like it; a folder's name is taken as one.
_RUNS = {"**/": "(?:[^/]++/)*", "**": ".*", "*": "[^/]*"}
_KNOWN = {"?": "[^/]"}
# No setting lifts these: who may write them has the rights of the workflows, or chooses the settings.
_ALWAYS = (".git*", ".git*/**", "**/.gitattributes", "**/.gitmodules", ".stetbot.toml")
_BY_DEFAULT = ("**/.git*",)


@dataclass(frozen=True, slots=True)
class PathRules:
    """Patterns (`*` in a name, `**` across folders), matched from the root; they come from the base branch alone."""

    deny: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()

    def reason(self, path: str) -> str | None:
        """Why `path` may not be changed through a pull request, as the end of a sentence; None if it may."""
        if is_short_name(path):
            return "Windows takes its name for the short form of another one"
        if _any(_ALWAYS, path):
            return warned_path(path) or "it tells git or GitHub what to do with other files"
        if _any(self.deny, path):
            return "the settings of the base branch keep it"
        if _any(self.allow, path):
            return None
        return warned_path(path) or ("git reads it" if _any(_BY_DEFAULT, path) else None)

    def refusal(self, path: str) -> Refusal | None:
        """The refusal for `path`, which may be written in any way that comes to the same file."""
        clean = check_path(path)
        reason = self.reason(clean)
        if reason is None:
            return None
        return Refusal(Code.DENIED_PATH, f"{clean} is not changed from a pull request: {reason}", "change it by hand")


def denied_request(request: Request, rules: PathRules) -> Refusal | None:
    """The refusal for a request that names a denied path; asked before a service sees anything of it."""
    for part in request.parts:
        if isinstance(part.ask, Plain) and not part.path:
            named: tuple[str, ...] = part.ask.among
        else:
            named = (part.path, part.ask.to) if isinstance(part.ask, RenameFile) else (part.path,)
        for path in named:
            try:
                refusal = rules.refusal(path)
            except Refusal as wrong:
                return wrong
            if refusal is not None:
                return refusal
    return None


def allowed_among(paths: Iterable[str], rules: PathRules) -> tuple[str, ...]:
    """Those of `paths`, as a server names them, that may be changed: what is denied is not even to be chosen from."""
    found = []
    for path in paths:
        try:
            if rules.refusal(path) is None and check_path(path) == path:
                found.append(path)
        except Refusal:
            continue
    return tuple(found)


def check_paths(paths: Iterable[str], rules: PathRules) -> None:
    """Raise Refusal(denied-path) if one of the paths is denied, whatever led to it: the last look before a push."""
    for path in paths:
        refusal = rules.refusal(path)
        if refusal is not None:
            raise refusal


def _any(patterns: Iterable[str], path: str) -> bool:
    return any(_compiled(pattern).fullmatch(seen_alike(path)) for pattern in patterns)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    """`**/` is any number of folders, `**` at the end everything below, `*` and `?` stay within a name."""
    pattern = re.sub(r"(?:\*\*/)+", "**/", seen_alike(pattern).removeprefix("/"))
    return re.compile(_regex(re.split(r"(\*\*/|\*\*|\*|\?)", pattern)), re.DOTALL)


def _regex(pieces: Sequence[str]) -> str:
    """What is between a wildcard and the next one that can take as much is taken where it first stands.

    A later place leaves the next one less to choose from, so that none needs to be tried: many stars cost no more time
    than one. The same holds for the folders between two `**`.
    """
    at = next((at for at, piece in enumerate(pieces) if piece in _RUNS), len(pieces))
    head = "".join(_KNOWN.get(piece, re.escape(piece)) for piece in pieces[:at])
    if at == len(pieces):
        return head
    rest = pieces[at + 1 :]
    stop = next((stop for stop, piece in enumerate(rest) if _takes_over(pieces[at], piece)), len(rest))
    between = "".join(rest[:stop])
    match pieces[at]:
        case "**/":
            is_sure = between.endswith("/")  # whole folders, and always as many
        case "**":
            is_sure = "*" not in between
        case _:
            is_sure = "/" not in between and "**" not in between
    if stop == len(rest) or not is_sure:
        return head + _RUNS[pieces[at]] + _regex(rest)
    return f"{head}(?>{_RUNS[pieces[at]]}?{_regex(rest[:stop])}){_regex(rest[stop:])}"


def _takes_over(run: str, later: str) -> bool:
    return later in {run, "**"} if run == "**/" else later == run
