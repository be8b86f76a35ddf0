"""Review text as a person sees it: what a model is shown must not hold more than what a maintainer can read.

Anybody may write a review comment. GitHub does not show HTML comments, the attributes of tags, the texts behind images
and links, reference definitions; nobody sees zero-width, direction and tag characters. All of that goes. Tags that
frame a prompt, ours or a chat template's, lose their bracket, so that text stays text. Code spans and fences are shown
as they are, so only what is invisible goes from them.
"""

from __future__ import annotations

import re
import unicodedata

from bot.hidden import UNSEEN

_UNSEEN = re.compile(f"[{UNSEEN}]")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_FENCE = re.compile(r"[ \t]*(?P<run>`{3,}|~{3,})[^`\n]*")
_RUN = re.compile("`+")
_CODE = re.compile(r"(?P<run>`+)(?!`)(?P<code>[^\n]*?[^`\n])(?P=run)(?!`)")
# Asked only where an end follows: then all that it looks at goes.
_COMMENT = re.compile(r"<!--(?:-?>|.*?-->)", re.DOTALL)
# Every run in these patterns is bounded, so that no text costs more than its length.
# Declarations, CDATA and processing instructions are HTML too, and invisible.
_DECLARATION = re.compile(r"<(?:![A-Za-z\[]|\?)[^<>]{0,2000}>")
_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>a|abbr|article|aside|audio|b|blockquote|br|canvas|center|dd|del|details|dfn|div|dl|dt|em"
    r"|figure|font|form|h[1-6]|hr|i|iframe|img|input|ins|kbd|li|mark|meta|object|ol|p|picture|pre|q|s|samp|section"
    r"|small|source|span|strike|strong|sub|summary|sup|svg|table|tbody|td|tfoot|th|thead|tr|tt|u|ul|var|video|wbr)"
    r"(?:[\s/][^<>]{0,4000})?>",
    re.IGNORECASE,
)
_NOTHING_TO_READ = frozenset({"img", "input", "meta", "object", "source", "iframe"})
_REFERENCE = re.compile(
    r"^[ ]{0,3}\[[^\[\]\n]{1,999}\]:[ \t]{0,99}\S.*(?:\n[ \t]{1,99}[\"'(].*[\"')][ \t]{0,99}$)?",
    re.MULTILINE,
)
_IMAGE = re.compile(r"!\[[^\[\]]{0,2000}\](?:\([^()]{0,2000}\)|\[[^\[\]]{0,2000}\])?")
# TeX's way to leave room for a text that is not shown; to the formula's end, whatever braces there are.
_PHANTOM = re.compile(r"\\[hv]?phantom(?![a-zA-Z])[^$]{0,4000}")
_LINK = re.compile(r"\[(?P<text>[^\[\]\n]{0,2000})\]\((?P<to>[^\s()]{0,2000})[^()]{0,2000}\)")
# The frames of prompts: our own, those of apply models, of chat templates and of tool calls. Some servers make the
# marks of a template out of a text that looks like them; brackets that only look like one may be read as one.
_OPEN = "[<\u2039\u2329\u3008\ufe64\uff1c]"
_FRAME = re.compile(
    rf"{_OPEN}(?=(?:\s{{0,9}}/\s{{0,9}})?(?:request|file|excerpt|outline|lines|doubts|earlier|candidates?|instructions?|code"
    r"|update|system|user|assistant|developer|tools?|tool_[a-z_]+|function[a-z_]*|parameter|invoke|think|thinking"
    r"|edit_file|antml|start_of_turn|end_of_turn)\b)"
    rf"|{_OPEN}(?=/?[|\uff5c])|{_OPEN}(?=/?(?:s|bos|eos|sop|eop)>)|<(?=<\s*/?\s*SYS)"
    r"|\[(?=/?(?:INST|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_CONTENT|TOOL_RESULTS|SYSTEM_PROMPT|gMASK)\]|e~\[)|\](?=~!?b[\[\]])",
    re.IGNORECASE,
)
_ENTITIES = {"[": "&#91;", "]": "&#93;"}


def visible(text: str) -> str:
    """`text` (Markdown, "\n" line ends) without what its reader does not see, and with no tag that frames a prompt."""
    shown = _without_unseen(text)
    # As a whole once more: a frame may begin in one piece (an escaped bracket) and go on in the next.
    return neutral(re.sub(r"\n{3,}", "\n\n", "".join(_pieces(shown)))).strip()


def plain(text: str) -> str:
    """`text` that is no Markdown without the characters that nobody sees, and with no tag that frames a prompt."""
    return neutral(_without_unseen(text)).strip()


def neutral(text: str) -> str:
    """`text` with nothing in it that could end or begin a frame of a prompt; brackets become entities."""
    return _FRAME.sub(lambda found: _ENTITIES.get(found[0], "&lt;"), text)


def _without_unseen(text: str) -> str:
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    seen = _UNSEEN.sub("", text.replace("\u2028", "\n").replace("\u2029", "\n"))
    return "".join(one for one in seen if one in "\n\t" or unicodedata.category(one) not in _INVISIBLE)


def _pieces(text: str) -> list[str]:
    """Prose made plain and code left alone, in turn; whatever begins first holds, as in a browser."""
    pieces: list[str] = []
    prose: list[str] = []
    at, last = 0, text.rfind("-->")
    while at < len(text):
        code, hidden, end = _next(text, at, last)
        if code is None and not hidden:
            prose.append(text[at])
        elif code is not None:
            pieces += [_plain("".join(prose)), neutral(code)]
            prose = []
        at = end
    return [*pieces, _plain("".join(prose))]


def _next(text: str, at: int, last: int) -> tuple[str | None, bool, int]:
    """What begins at `at`: code (its text), something hidden, or neither; and where it ends.

    `last` is where the last end of a comment stands.
    """
    begins = at == 0 or text[at - 1] == "\n"
    match text[at]:
        case "\\" if text[at + 1 : at + 2] in ("`", "<"):
            # An escaped backtick opens no code, an escaped bracket no comment.
            return text[at : at + 2], False, at + 2
        case "<" if (end := _hidden(text, at, last)) is not None:
            return None, True, end
        case "`" | "~" | " " | "\t" if begins and (fence := _FENCE.match(text, at)):
            return _fenced(text, at, fence)
        case "`":
            code = _CODE.match(text, at) or _RUN.match(text, at)
            return (code[0], False, code.end()) if code is not None else (None, False, at + 1)
        case _:
            return None, False, at + 1


def _hidden(text: str, at: int, last: int) -> int | None:
    """Where the HTML that begins at `at` and is not shown ends; None if it is shown."""
    comment = _COMMENT.match(text, at) if last >= at + 2 else None
    found = comment or _DECLARATION.match(text, at)
    if found is not None:
        return found.end()
    # A browser hides all that follows a comment without an end.
    opens = text.startswith("<!--", at) and not text[text.rfind("\n", 0, at) + 1 : at].strip()
    return len(text) if opens else None


def _fenced(text: str, at: int, fence: re.Match[str]) -> tuple[str, bool, int]:
    closing = re.compile(rf"^[ \t]*{re.escape(fence['run'][0])}{{{len(fence['run'])},}}[ \t]*$", re.MULTILINE)
    found = closing.search(text, fence.end())
    end = len(text) if found is None else found.end()
    return text[at:end], False, end


def _plain(prose: str) -> str:
    """Prose without the parts of HTML and Markdown that are not shown."""
    text = _REFERENCE.sub("", prose)
    text = _IMAGE.sub("(an image)", text)
    text = _LINK.sub(lambda found: f"[{found['text']}]({found['to']})", text)
    text = _PHANTOM.sub("", text)
    text = _TAG.sub(_bare, text)
    return neutral(text)


def _bare(tag: re.Match[str]) -> str:
    name = tag["name"].lower()
    return "" if name in _NOTHING_TO_READ else f"<{tag['close']}{name}>"
