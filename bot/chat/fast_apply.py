"""The text protocol of apply models: a prompt of tagged parts, answered by the whole merged file.

Morph, Relace, OpenRouter and local servers take the same prompt. It has no escaping, so a text that holds one of its
tags cannot be sent: the model would read a part's end where the text has none.
"""

from __future__ import annotations

import re

from bot.errors import Code, Refusal

# Case matters: `List<Update>` is a type, `<update>` is a tag.
_TAG = re.compile(r"</?(?:instruction|code|update)\s*>")
_FENCE = re.compile(r"(`{3,}|~{3,})[ \t]*[\w+#./-]*[ \t]*")
_WRAPPERS = ("code", "updated-code")


def apply_prompt(instruction: str, code: str, update: str) -> str:
    """The user message that asks to merge `update` into `code`.

    The form with an instruction is the one that Morph's own client sends, that without is the API reference's. Texts
    have "\n" endings and no BOM. Raises Refusal (delimiter) naming the text and the line that holds a tag.
    """
    for name, text in (("instruction", instruction), ("file", code), ("snippet", update)):
        _refuse_tags(name, text)
    told = f"<instruction>{instruction.strip()}</instruction>\n" if instruction.strip() else ""
    return f"{told}<code>{code}</code>\n<update>{update}</update>"


def untagged(text: str) -> str:
    """`text` with the tags of the protocol in square brackets: what is said of an answer may quote one."""
    return _TAG.sub(lambda found: f"[{found[0][1:-1]}]", text)


def unwrap_answer(content: str, code: str) -> str:
    """The merged file that the answer `content` gives for `code`: what the model put around it is taken off.

    Each wrapping goes only where `code` does not have it itself: one code fence or pair of tags, one newline before
    the text (and then one after it, as in the documented exchange), line endings. The final newline is that of `code`.
    """
    text = content if "\r" in code else content.replace("\r\n", "\n")
    text = text if code.startswith("\ufeff") else text.removeprefix("\ufeff")
    unfenced = _without_fence(text, code)
    text = unfenced if unfenced != text else _without_tags(text, code)
    before = _newlines_at_start(text) - _newlines_at_start(code)
    after = _newlines_at_end(text) - _newlines_at_end(code)
    # A code that begins with a newline itself tells the wrapping only by both of its ends.
    if before == 1 and after == 1:
        text = text[1:-1]
    elif before >= 1 and not code.startswith("\n"):
        text = text[1:-1] if after >= 1 else text[1:]
    if code.endswith("\n"):
        return text if not text or text.endswith("\n") else f"{text}\n"
    return text.removesuffix("\n")


def _newlines_at_start(text: str) -> int:
    return len(text) - len(text.lstrip("\n"))


def _newlines_at_end(text: str) -> int:
    return len(text) - len(text.rstrip("\n"))


def _refuse_tags(name: str, text: str) -> None:
    found = _TAG.search(text)
    if found is None:
        return
    line = text.count("\n", 0, found.start()) + 1
    raise Refusal(
        Code.DELIMITER,
        f"the {name} holds {found.group()} (line {line}), a tag of the apply protocol, which has no escaping",
        "use --engine local for it",
    )


def _without_fence(text: str, code: str) -> str:
    lines = text.strip("\n").split("\n")
    opening = _FENCE.fullmatch(lines[0])
    if opening is None or len(lines) < 2:
        return text
    mark = opening.group(1)
    closing = re.compile(rf"{re.escape(mark[0])}{{{len(mark)},}}[ \t]*")
    if _FENCE.fullmatch(code.lstrip("\n").split("\n", 1)[0]):
        return text
    # The first line that closes the fence must be the last one; otherwise these are two fences of a Markdown file.
    closings = [number for number, line in enumerate(lines) if number and closing.fullmatch(line)]
    return "".join(f"{line}\n" for line in lines[1:-1]) if closings == [len(lines) - 1] else text


def _without_tags(text: str, code: str) -> str:
    bare = text.strip()
    for tag in _WRAPPERS:
        opening, closing = f"<{tag}>", f"</{tag}>"
        if opening in code or closing in code:
            continue
        if bare.startswith(opening) and bare.endswith(closing) and bare.count(opening) == bare.count(closing) == 1:
            return bare[len(opening) : -len(closing)]
    return text
