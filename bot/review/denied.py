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
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from bot.asks import Request

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
    name = seen_alike(path)
    return any(_fits(_pieces(pattern), name) for pattern in patterns)


@lru_cache(maxsize=256)
def _pieces(pattern: str) -> tuple[str, ...]:
    pattern = re.sub(r"(?:\*\*/)+", "**/", seen_alike(pattern).removeprefix("/"))
    return tuple(filter(None, re.split(r"(\*\*/|\*\*|\*|\?)", pattern)))


def _fits(pieces: Sequence[str], name: str) -> bool:
    """Whether the pieces of a pattern match all of `name`: one after the other says where the next one may begin.

    `**/` is any number of folders, `**` at the end everything below, `*` and `?` stay within a name. No way to share
    the name out is tried twice, so a pattern of many stars costs no more than its length.
    """
    places = {0}
    for piece in pieces:
        places = set(_behind(piece, name, places))
    return len(name) in places


def _behind(piece: str, name: str, places: AbstractSet[int]) -> Iterator[int]:
    """Where the next piece may begin if this one begins at any of `places`."""
    match piece:
        case "*" | "**":
            inside = False
            for at in range(len(name) + 1):
                inside = inside or at in places
                if inside:
                    yield at
                if piece == "*" and name[at : at + 1] == "/":
                    inside = False
        case "**/":
            begins = set(places)
            for at in range(len(name) + 1):
                if at in begins:
                    yield at
                    end = name.find("/", at)
                    if end > at:
                        begins.add(end + 1)
        case "?":
            yield from (at + 1 for at in places if name[at : at + 1] not in {"", "/"})
        case _:
            yield from (at + len(piece) for at in places if name.startswith(piece, at))
