"""Git attributes of paths, as the `.gitattributes` files of one commit say: not those of the work tree.

`check-attr --source` is young (git 2.40), so the files stand in a tiny index of their own, outside the repository.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.repo.command import Git, Helper

_ASKED = ("text", "eol", "crlf", "filter", "working-tree-encoding")
_UTF_8 = re.compile(r"utf-?8", re.IGNORECASE)  # for git, no other encoding than that of what it stores
_NOTHING = ("unspecified", "unset")


@dataclass(frozen=True, slots=True)
class Attributes:
    """What git would do with a file on its way between work tree and repository.

    `text` is git's word for it ("set", "unset", "auto", "unspecified"); `eol` is "lf", "crlf" or "".
    """

    text: str = "unspecified"
    eol: str = ""
    filter: str = ""
    encoding: str = ""

    @property
    def normalised(self) -> bool:
        """Whether line ends become "\n" when the file is stored."""
        return self.text in ("set", "auto") or (self.text == "unspecified" and bool(self.eol))

    def line_end(self, native: str, *, unspecified: str) -> str | None:
        """How lines end in a checkout: `native` for what is text, `unspecified` for what nothing is said of.

        None: as they are stored.
        """
        if self.text == "unset":
            return None
        if self.eol:
            return "\r\n" if self.eol == "crlf" else "\n"
        return native if self.normalised else unspecified


class AttributeReader:
    """Answers for one tree. `note` names its `.gitattributes` files as they are come across."""

    def __init__(self, git: Git, info_attributes: Path) -> None:
        self._git = git
        self._local = info_attributes.is_file()
        self._files: dict[str, str] = {}
        self._stale = True
        self._helper: Helper | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def note(self, path: str, blob: str) -> None:
        """The tree has the `.gitattributes` file `path`, with this blob."""
        if path not in self._files:
            self._files[path] = blob
            self._stale = True

    def close(self) -> None:
        if self._helper:
            self._helper.stop()
            self._helper = None
        if self._folder:
            self._folder.cleanup()
            self._folder = None

    def of(self, path: str) -> Attributes:
        """The attributes of `path`, by the files noted so far and the repository's own `info/attributes`."""
        if not self._files and not self._local:
            return Attributes()
        if self._stale or self._helper is None:
            self._helper = self._restarted()
        self._helper.ask(path.encode() + b"\0")
        said = dict(self._answer(self._helper) for _ in _ASKED)
        text = {"set": "set", "unset": "unset", "input": "set"}.get(said["crlf"], "unspecified")
        if said["text"] != "unspecified":
            text = said["text"]
        eol = said["eol"] if said["eol"] in ("lf", "crlf") else "lf" if said["crlf"] == "input" else ""
        named = {name: "" if said[name] in _NOTHING else said[name] for name in ("filter", "working-tree-encoding")}
        encoding = named["working-tree-encoding"]
        return Attributes(text, eol, named["filter"], "" if _UTF_8.fullmatch(encoding) else encoding)

    def _answer(self, helper: Helper) -> tuple[str, str]:
        """One record of check-attr -z: path, attribute, value."""
        _, name, value = helper.field(), helper.field(), helper.field()
        return name.decode(), value.decode("utf-8", "replace")

    def _restarted(self) -> Helper:
        self.close()
        self._folder = tempfile.TemporaryDirectory(prefix="stetbot-")
        index = {"GIT_INDEX_FILE": str(Path(self._folder.name) / "index")}
        lines = "".join(f"100644 {blob}\t{path}\0" for path, blob in self._files.items())
        self._git.run("update-index", "-z", "--index-info", stdin=lines.encode("utf-8", "surrogateescape"), env=index)
        self._stale = False
        return self._git.start("check-attr", "--cached", "--stdin", "-z", *_ASKED, env=index)
