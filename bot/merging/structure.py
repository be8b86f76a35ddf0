"""The shape of code as its lines show it: what opens, what closes, what may follow what.

Line by line and without a parser, so that it holds for half a statement, for any language and for text.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.merging.record import record

_INDENTED = (".py", ".pyi", ".yaml", ".yml", ".md", ".markdown", ".rst", ".txt", ".sass", ".pug", ".haml", ".coffee")
_PREPROCESSED = (".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".hh", ".m", ".mm", ".cs", ".swift")
_OPENERS = ("(", "{", "[", ":", "=>", "->", "%}", "&&", "||", "=", "+", ",", "\\", ".", "?")
_OPENING_END = re.compile(r"(?:\b(?:do|then|else|begin|try)|\|[\w\s,*&()]*\||(?<!/)>|&\||\|&)$")
_ENDINGS = frozenset("oney|>&")  # with what the pattern can end
_COMMENT_SIGN = re.compile(r"//|\#\s|/\*|<!--")
_OPENING_WORD = re.compile(
    r"(?:@?\w+\s+)*?(?:if|unless|while|until|for|def|class|module|case|when|begin|else|elsif|elif|rescue|ensure|in|function)\b"
)
_CLOSES = re.compile(
    r"[)}\]>.]|</|/>|-?%\}|end\b|else\b|elif\b|elsif\b|except\b|finally\b|rescue\b|ensure\b|catch\b|when\b|case\b|default\b"
    r"|fi\b|done\b|esac\b|;;|\{%-?\s*(?:end|else|elif)|\#|//|/\*|\*|<!--|--|public\b|private\b|protected\b|\+|\?|:|&&|\|\||=|\w+:"
)


_BLOCK_END = re.compile(r"(?:[)}\]]+[;,)]*|end|fi|done|esac|</\w+>|\{%-?\s*end\w+\s*-?%\})$")


def is_indented(path: str) -> bool:
    """Whether depth alone says where a block ends in files such as `path`."""
    return path.endswith(_INDENTED)


def has_depth(key: str, path: str) -> bool:
    """Whether the line's indentation says how deep it stands: a preprocessor line's does not."""
    return not (key.startswith("#") and path.endswith(_PREPROCESSED))


def opens(key: str) -> bool:
    """Whether a deeper line may follow this one."""
    if key.endswith(">") and ("</" in key or key.startswith("<!")):
        return False
    tail = key[-60:]
    if _is_open(tail) or _OPENING_WORD.match(key) is not None:
        return True
    return any(_is_open(tail[: sign.start()].rstrip()) for sign in _COMMENT_SIGN.finditer(tail))


def _is_open(code: str) -> bool:
    """Whether code ends with a sign or a word behind which a block, or the rest of a statement, follows."""
    return code.endswith(_OPENERS) or (code[-1:] in _ENDINGS and _OPENING_END.search(code) is not None)


def closes(key: str) -> bool:
    """Whether this line may stand less deep than the one before it."""
    return _CLOSES.match(key) is not None


def ends_block(text: str) -> bool:
    """Whether the line does nothing but end a block."""
    return _BLOCK_END.match(text.strip()) is not None


@record
class Shape:
    """What a line's neighbours may ask of it."""

    depth: int
    opens: bool
    closes: bool
    free: bool
    brace: bool


def shape_of(key: str, depth: int, path: str) -> Shape:
    """The shape of the line `key` at `depth`."""
    ends, starts, brace = _ends(key)
    return Shape(depth, ends, starts or is_indented(path), not has_depth(key, path), brace)


@lru_cache(maxsize=1 << 14)
def _ends(key: str) -> tuple[bool, bool, bool]:
    return opens(key), closes(key), key.endswith("{")


def may_follow(above: Shape, below: Shape) -> bool:
    """Whether `below` can be the line after `above`, as far as their depths tell."""
    if above.free or below.free:
        return True
    if below.depth > above.depth:
        return above.opens
    if below.depth < above.depth:
        return below.closes
    return below.closes or not above.brace
