"""Text of others inside Markdown of ours: shown as it is, never obeyed.

GitHub reads Markdown, then HTML, then looks for `@names`, `#numbers` and addresses in what is left. Prose is therefore
written with character references (which can never be markup, CommonMark 2.5), and a zero-width space parts what would
notify somebody or link somewhere. Code stands in fences that are longer than any inside.
"""

from __future__ import annotations

import re

from bot.report import one_line, printable

# More than anybody reads of a path, a command, a reason; and a bound for a text in which every character grows.
_LONGEST_CODE = 400
_LONGEST_PROSE = 6_000
_SMALLEST = 200
_MARKUP = re.compile(r"[\\`*_{}\[\]()<>#|~&!:/@$\"'^=+-]")
_BREAK = "&#8203;"


def escaped(text: str) -> str:
    """`text` on one line as prose: no markup, no mention, no link, no reference to an issue; cut if it is too long."""
    most = _LONGEST_PROSE
    while len(shown := _escaped(text[:most])) > _LONGEST_PROSE:
        most //= 2
    return shown if len(text) <= most else f"{shown}\u2026"


def _escaped(text: str) -> str:
    shown = _MARKUP.sub(lambda found: f"&#{ord(found[0])};", one_line(text))
    parted = re.sub(r"&#(64|35);", rf"&#\1;{_BREAK}", shown)
    parted = re.sub(r"&#58;&#47;&#47;", f"&#58;{_BREAK}&#47;&#47;", parted)
    parted = re.sub(r"(?i)\b(www)\.", rf"\1{_BREAK}.", parted)
    parted = re.sub(r"(?i)\b(GH)&#45;(?=\d)", rf"\1{_BREAK}&#45;", parted)
    # A number begins a list where a line begins with it.
    return re.sub(r"\A(\d{1,9})(?=[.)])", rf"{_BREAK}\1", parted)


def code(text: str) -> str:
    """`text` on one line as a code span, in which nothing is obeyed; not for table cells. What is too long is cut."""
    shown = one_line(text if len(text) <= _LONGEST_CODE else f"{text[:_LONGEST_CODE]}\u2026")
    if not shown:
        return "(nothing)"
    fence = "`" * (_longest_run(shown, "`") + 1)
    padded = f" {shown} " if shown[0] in "` " or shown[-1] in "` " else shown
    return f"{fence}{padded}{fence}"


def fenced(text: str, info: str = "") -> str:
    """`text` in a fence that no line of it can close, with what a terminal or reader would obey shown as codes."""
    shown = printable(text.replace("\r\n", "\n"))
    character = min("`", "~", key=lambda each: _longest_run(shown, each))
    fence = character * max(3, _longest_run(shown, character) + 1)
    return f"{fence}{info}\n{shown.removesuffix(chr(10))}\n{fence}"


def block(text: str, info: str, most: int) -> str | None:
    """`text` in a fence of at most that many characters in all; None if it does not fit: a cut fence is none."""
    shown = fenced(text, info)
    return shown if len(shown) <= most else None


def cut_block(text: str, info: str, most: int, what: str) -> str:
    """As much of `text` in a fence as has room, and that there is more."""
    room = most
    while room > _SMALLEST:
        shown = block(cut(printable(text.replace("\r\n", "\n")), room, what), info, most)
        if shown is not None:
            return shown
        room //= 2
    return f"({what} cannot be shown here)"


def suggestion(lines: tuple[str, ...]) -> str:
    """A suggestion block of these lines, to the byte. Only for texts that have been looked at for hidden characters."""
    text = "".join(f"{line}\n" for line in lines)
    fence = "`" * max(3, _longest_run(text, "`") + 1)
    return f"{fence}suggestion\n{text}{fence}"


def details(title: str, body: str) -> str:
    """`body` folded away under a title of ours."""
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"


def cut(text: str, most: int, what: str) -> str:
    """`text`, if it has at most that many characters; else its first lines, and that there are more."""
    if len(text) <= most:
        return text
    kept = text[:most].rpartition("\n")[0]
    return f"{kept}\n[{what} goes on; it is cut here]" if kept else f"[{what} is too long to be shown here]"


def cut_bytes(text: str, most: int, what: str) -> str:
    """The same, for a limit that counts bytes of UTF-8."""
    data = text.encode("utf-8", "replace")
    return text if len(data) <= most else cut(text, len(data[:most].decode("utf-8", "ignore")), what)


def _longest_run(text: str, character: str) -> int:
    return max((len(run) for run in re.findall(f"{re.escape(character)}+", text)), default=0)
