"""Whether lines that a marker keeps stay inside the block, or the section, that the line shown before it begins.

class Circle:                   a marker under a header, and behind it lines that are deeper than the header: then it
# ... existing code ...     stands for lines of that block, and does not lead into the next one, whatever lines
def area(self):             that one has
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.merging.structure import ends_block, has_depth

if TYPE_CHECKING:
    from bot.merging.snippet import Base

_TITLE = re.compile(r"#{1,6}\s")
_TEXTS = (".md", ".markdown", ".mdx")
_TABLES = (".toml", ".ini", ".cfg", ".conf", ".properties", ".editorconfig", ".gitconfig")
# Lines that stand no deeper than a header, and do not end its block.
_GOES_ON = re.compile(
    r"[)}\]>]|(?:else|elif|elsif|except|finally|rescue|ensure|catch|when|case|default|then|begin|do)\b"
    r"|(?:public|private|protected|signals|\w+ slots)\s*:"
    r"|#|//|/\*|\*|<!--|--|@|\[\w[\w.]*(?:\(.*\))?\]$|\"{3}|'{3}"
)


def goes_beyond(header: int, lines: range, base: Base, path: str, *, deeper: bool) -> bool:
    """Whether `lines` go beyond the section that the line `header` begins, or its block if new lines are `deeper`."""
    found = base.lines
    level = level_of(found[header].key, path)
    if level:
        return any(0 < level_of(found[at].key, path) <= level for at in lines)
    here = found[header].indent
    if not deeper or not lines or found[lines.start].indent <= here:
        return False
    return any(found[at].indent <= here and ends_there(found[at].key, path) for at in lines)


def block_end(header: int, base: Base, path: str) -> int:
    """The base line behind the block, or the section, that the line `header` begins."""
    found = base.lines
    level, here = level_of(found[header].key, path), found[header].indent
    for at in range(header + 1, len(found)):
        if level:
            if 0 < level_of(found[at].key, path) <= level:
                return at
        elif found[at].indent <= here and has_depth(found[at].key, path):
            return at
    return len(found)


def ends_there(key: str, path: str) -> bool:
    """Whether a line no deeper than a header begins something else: it neither ends its block nor goes on."""
    return has_depth(key, path) and _GOES_ON.match(key) is None and not ends_block(key)


def level_of(key: str, path: str) -> int:
    """How deep the title of a section is; 0 for a line that is none."""
    if path.endswith(_TABLES):
        return 1 if key.startswith("[") and key.endswith("]") else 0
    if path.endswith(_TEXTS):
        return len(key) - len(key.lstrip("#")) if _TITLE.match(key) else 0
    return 0
