"""What a line opens and closes: brackets, and the words and tags that other languages have for them.

Each sign is an opening one, or the closing one of a kind; strings are left out. A
`Balance` is what does not match: so two runs of lines can be compared.

    brackets        ( ) [ ] { }                       everywhere
    templates       {{ if }} {{ end }}, {% if %} {% endif %}, {{#each}} {{/each}}
    preprocessor    #if #endif, #region #endregion    C and its kin
    words           if() endif(), foreach() ...       CMake
                    if fi, case esac, do done         shells;  def/class/do ... end   Ruby, Lua, Crystal, Julia
                    do ... end, fn ... end            Elixir
    tags            <div> </div>, <br/>               HTML and its kin
    text            /* */, <!-- -->, three quotes     an odd number of these quotes leaves a string open
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.elements import VOID
from bot.merging.lexis import LONGEST, without_strings

if TYPE_CHECKING:
    from collections.abc import Sequence

_BRACKET = re.compile(r"[()\[\]{}]")
_TEMPLATE = re.compile(
    r"\{\{-?\s*(?:(?P<go>if|range|with|define|block)\b|(?P<goend>end)\b|(?P<bar>\#)|(?P<barend>/))"
    r"|\{%-?\s*(?:(?P<jinjaend>end\w+)|(?P<jinja>if|for|macro|call|filter|block|snapshot|test|materialization|docs|raw"
    r"|comment|with|autoescape|trans|blocktrans|blocktranslate|set\s+[\w.]+\s*-?%))"
)
_TRIPLE = re.compile(r'"{3}|\'{3}')
_COMMENT = re.compile(r"(?P<open>/\*|<!--)|(?P<close>\*/|-->)")
_DIRECTIVE = re.compile(r"\s*#\s*(?:(?P<open>if|ifdef|ifndef|region)|(?P<close>endif|endregion))\b")
_TAG = re.compile(r"(?<![\w)\]])<(?P<open>[A-Za-z][\w.:-]*)(?=[\s>/]|$)|(?P<self>/>)|</(?P<close>[A-Za-z][\w.:-]*)?")
_SHELL = re.compile(
    r"(?:^|[;&|]|\bthen|\belse|\bdo)\s*(?P<open>if|case|for|while|until|select)\b|(?:^|;)\s*(?P<close>fi|esac|done)\b"
)
_END = re.compile(
    r"^(?P<open>(?:private\s+|protected\s+|local\s+|async\s+)?(?:def|class|module|if|unless|while|until|case|begin|for|function|struct|macro)\b)"
    r"|(?<!^)(?P<inner>\bdo(?=\s*(?:\|[^|]*\|)?\s*$)|\bfunction\s*\(|=\s*(?:if|case|begin|unless)\b)|\b(?P<close>end)\b(?!\s*[=:?!])"
)
_DO = re.compile(r"(?P<open>\bdo\s*$|\bfn\b)|\b(?P<close>end)\b(?!\s*[:=?!])")
_CMAKE = re.compile(r"(?P<close>end)?(?P<word>if|foreach|while|function|macro|block)\s*\(", re.IGNORECASE)
_VOID = VOID | {"doctype"}
_CMAKES = (".cmake", "CMakeLists.txt")
_SHELLS = (".sh", ".bash", ".zsh", ".ksh", ".bats")
_ELIXIR = (".ex", ".exs")
_ENDED = (".rb", ".lua", ".cr", ".jl", ".rake", ".gemspec", "Gemfile", "Rakefile", "Podfile", ".podspec")
_TAGGED = (
    ".html",
    ".htm",
    ".vue",
    ".xml",
    ".svg",
    ".jsx",
    ".tsx",
    ".erb",
    ".hbs",
    ".svelte",
    ".cshtml",
    ".xaml",
    ".csproj",
)
_DIRECTED = (".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".hh", ".m", ".mm", ".cs", ".swift", ".glsl")
_WORDED = ((_SHELLS, _SHELL), (_ELIXIR, _DO), (_ENDED, _END))
_OPENING = {")": "(", "]": "[", "}": "{"}


@lru_cache(maxsize=1 << 14)
def signs_of(text: str, path: str) -> tuple[str, ...]:
    """The opening and closing signs of one line of a file at `path`, in order; a closing one begins with `/`."""
    if len(text) > LONGEST:
        return tuple(_brackets(text))
    quoted = '"' in text or "'" in text or "`" in text
    plain = without_strings(text)
    quotes = ['"'] * len(_TRIPLE.findall(text)) if quoted else []
    if "{{" in plain or "{%" in plain:
        template, plain = _templates(plain)
    else:
        template = ()
    found = _brackets(plain)
    commented = "*" in plain or "--" in plain
    comments = ["*" if match["open"] else "/*" for match in _COMMENT.finditer(plain)] if commented else []
    return (*template, *found, *quotes, *comments, *_others(plain, text, path))


def _brackets(plain: str) -> list[str]:
    return ["/" + opening if (opening := _OPENING.get(sign)) else sign for sign in _BRACKET.findall(plain)]


def _templates(plain: str) -> tuple[tuple[str, ...], str]:
    """The signs of template tags, and the line without these tags' own brackets."""
    found = tuple(
        "/%" if match["goend"] or match["barend"] or match["jinjaend"] else "%" for match in _TEMPLATE.finditer(plain)
    )
    return found, re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", plain)


def _others(plain: str, text: str, path: str) -> list[str]:
    if path.endswith(_TAGGED):
        return _tags(text)
    if path.endswith(_DIRECTED):
        match = _DIRECTIVE.match(plain)
        return [] if match is None else ["#" if match["open"] else "/#"]
    if path.endswith(_CMAKES):
        found = _CMAKE.match(plain.strip())
        return [] if found is None else ["/w" if found["close"] else "w"]
    worded = next((words for endings, words in _WORDED if path.endswith(endings)), None)
    if worded is None:
        return []
    key = plain.strip() if worded is _SHELL else plain.split("#", 1)[0].strip()
    return ["/w" if match["close"] else "w" for match in worded.finditer(key)]


def _tags(text: str) -> list[str]:
    found: list[str] = []
    in_void = False  # the tag that is open is one that has no end anyway
    for match in _TAG.finditer(text):
        if match["open"]:
            in_void = match["open"].lower() in _VOID
            if not in_void:
                found.append("<")
        elif not (match["self"] and in_void):
            found.append("/<")
    return found


@dataclass(frozen=True, slots=True)
class Balance:
    """What a run of lines closes of others, and what it leaves open: of brackets, and of words and tags."""

    closed: str
    opened: str
    ended: str
    begun: str

    @property
    def brackets(self) -> tuple[str, str]:
        return self.closed, self.opened

    @property
    def words(self) -> tuple[str, str]:
        return self.ended, self.begun


@lru_cache(maxsize=1 << 12)
def balance_of(signs: tuple[str, ...]) -> Balance:
    """The balance of a row of signs."""
    brackets: list[str] = []
    words: list[str] = []
    for sign in signs:
        (brackets if sign[-1] in "([{" else words).append(sign)
    return Balance(*_reduced(brackets), *_reduced(words))


def _reduced(signs: Sequence[str]) -> tuple[str, str]:
    """A row of signs without those that match: what it closes of others, and what it leaves open."""
    closed: list[str] = []
    opened: list[str] = []
    for sign in signs:
        kind = sign[-1]
        if len(sign) == 1 and not (kind == '"' and kind in opened):
            opened.append(kind)
        elif kind in opened:
            while opened.pop() != kind:
                pass
        else:
            closed.append(kind)
    return "".join(closed), "".join(opened)
