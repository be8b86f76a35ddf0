"""The one tool that a planner has, the same said in words for servers without tools, and what an answer asks for.

Nothing here is trusted: whether a call names the right file, and what may become of its snippet, is decided by others.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.chat.completion import refuse_half, refuse_nul
from bot.chat.leaked import has_leaked_calls, leaked_calls, without_thinking
from bot.chat.reading import DECODER, AnswerError, Retry, read_json, whole_characters
from bot.chat.request import Tool
from bot.planning.records import EditCall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.chat.completion import Completion
    from bot.chat.tool_calls import ToolCall

_FIELDS = {
    "target_file": "Path of the file to change, exactly as the request gives it.",
    "instructions": "One sentence in the first person that says what this edit does.",
    "code_edit": (
        "The changed lines, in the order of the file, each group with two or three unchanged lines around it."
        " Everything left out is stood for by a comment of the file's own language that reads: ... existing code ..."
    ),
}
EDIT_FILE = Tool(
    "edit_file",
    "Change one existing file. All changes of a file go into one call.",
    {
        "type": "object",
        "properties": {name: {"type": "string", "description": told} for name, told in _FIELDS.items()},
        "required": list(_FIELDS),
        "additionalProperties": False,
    },
)
# Said after the rules where the server takes no tools.
IN_WORDS = """\
You have no tools in this conversation; where the rules speak of calling edit_file, answer in text of exactly this form:
first a line `target_file: ` with the path, then a line `instructions: ` with the sentence, then the code_edit as one
fenced code block, whose fence is longer than any run of backticks or tildes inside it. Write nothing else. If you make
no edit, write one sentence that says why, and no code block."""


class Form(enum.Enum):
    """How the planner is asked for its edit."""

    TOOL = "tool"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class PlanAnswer:
    """The calls of an answer, in its order; none: the model declined, and `said` is what it said."""

    calls: tuple[EditCall, ...]
    said: str = field(default="", repr=False)


def read_answer(completion: Completion, form: Form) -> PlanAnswer:
    """What the answer asks for: that of the first choice that can be used. Raises AnswerError, of the first choice."""
    try:
        return _read_choice(completion, form)
    except AnswerError:
        for other in completion.others:
            try:
                return _read_choice(other, form)
            except AnswerError:
                continue
        raise


def _read_choice(choice: Completion, form: Form) -> PlanAnswer:
    if choice.calls:
        # Arguments that are a whole JSON object show that the answer ended where it should, if nobody says so.
        refuse_half(choice.finish, ("stop", "tool_calls", "function_call", None))
        return PlanAnswer(tuple(_edit_call(call) for call in choice.calls))
    refuse_half(choice.finish, ("stop", "tool_calls", "function_call"))
    refuse_nul(choice.text)
    text = without_thinking(choice.text)
    if text is None:
        raise _useless("thought to the end of its answer", form)
    if has_leaked_calls(text):
        calls = leaked_calls(text)
        if not calls:
            raise _useless("wrote a tool call into its text that cannot be read", form)
        return PlanAnswer(tuple(_edit_call(call) for call in calls))
    if not text.strip():
        raise _useless("answered with neither a tool call nor text", form)
    return _from_words(_with_line_feeds(text), form)


def _useless(problem: str, form: Form) -> AnswerError:
    """What servers make of tools that they do not know well; without tools they do better."""
    return AnswerError(problem, retry=Retry.OTHERWISE if form is Form.TOOL else Retry.AGAIN)


# --- calls ---


def _edit_call(call: ToolCall) -> EditCall:
    name = call.name.removeprefix("functions.")
    if name != EDIT_FILE.name:
        raise AnswerError("called a tool that it was not given", retry=Retry.AGAIN, quoted=name[:80])
    try:
        arguments = read_json(call.arguments.encode("utf-8", "surrogatepass"))
    except AnswerError:
        raise AnswerError("called edit_file with arguments that are not JSON", retry=Retry.AGAIN) from None
    if not isinstance(arguments, dict):
        raise AnswerError("called edit_file with arguments that are no object", retry=Retry.AGAIN)
    return _edit_of(arguments)


def _edit_of(arguments: dict[str, object]) -> EditCall:
    values = {name: arguments.get(name) for name in _FIELDS}
    # The sentence is for people: an edit without one is an edit all the same.
    values["instructions"] = values["instructions"] or ""
    for name, value in values.items():
        if not isinstance(value, str) or (not value.strip() and name != "instructions"):
            raise AnswerError(f"called edit_file without {name}", retry=Retry.AGAIN)
        refuse_nul(value)
    return EditCall(**{name: _with_line_feeds(whole_characters(str(value))) for name, value in values.items()})


def _with_line_feeds(text: str) -> str:
    """Lines end with "\n" inside; the file's own endings are put back where it is written."""
    return text.replace("\r\n", "\n")


# --- words ---

_HEADER = re.compile(r"(?m)^[ \t>*_`#-]*(?P<name>target_file|instructions)[*_`]*[ \t]*:(?P<value>.*)$")
# What a model that has no tools writes in place of a call.
_JSON_OF_A_CALL = re.compile(r"\s*\{[^{}]{0,200}(?:edit_file|target_file|code_edit|\"arguments\")")
_OPENING = re.compile(r" {0,3}(?P<mark>`{3,}|~{3,})(?P<info>[^`]*)")


@dataclass(frozen=True, slots=True)
class _Fence:
    """A fenced block: where it begins in the text, what its info string says, its lines."""

    at: int
    info: str
    lines: tuple[str, ...]


def _from_words(text: str, form: Form) -> PlanAnswer:
    fences = tuple(_fences(text, form))
    if not fences:
        bare = _json_edit(text)
        if bare is None and _JSON_OF_A_CALL.match(text):
            raise _useless("answered with JSON that is no edit", form)
        return PlanAnswer((bare,)) if bare is not None else PlanAnswer((), text.strip())
    if len(fences) > 1:
        raise _useless(f"answered with {len(fences)} code blocks where one was asked for", form)
    (fence,) = fences
    headers: dict[str, str] = {}
    for match in _HEADER.finditer(text[: fence.at]):
        if match["name"] in headers:
            raise _useless(f"answered with {match['name']} twice", form)
        headers[match["name"]] = match["value"].strip("`*\"' \t")
    if not headers.get("target_file"):
        as_json = _json_edit("\n".join(fence.lines))
        if as_json is not None:
            return PlanAnswer((as_json,))
        # Whose file it is cannot be guessed: gateways were seen to mix up the answers of two requests.
        raise _useless("answered with code and did not say for which file", form)
    if not any(line.strip() for line in fence.lines):
        raise _useless("answered with an empty code block", form)
    code = "".join(f"{line}\n" for line in fence.lines)
    return PlanAnswer((EditCall(headers["target_file"], headers.get("instructions", ""), code),))


def _fences(text: str, form: Form) -> Iterator[_Fence]:
    at, opening, begun = 0, None, 0
    lines: list[str] = []
    for line in text.split("\n"):
        if opening is None:
            opening = _OPENING.fullmatch(line)
            begun, lines = at, []
        elif _closes(line, opening["mark"]):
            yield _Fence(begun, opening["info"].strip(), tuple(lines))
            opening = None
        else:
            lines.append(line)
        at += len(line) + 1
    if opening is not None:
        raise _useless("answered with a code block that does not end", form)


def _closes(line: str, mark: str) -> bool:
    bare = line.strip()
    return len(bare) >= len(mark) and set(bare) == {mark[0]}


def _json_edit(text: str) -> EditCall | None:
    """The edit where `text` is a call's JSON: the arguments alone, or name and arguments."""
    value = _json(text)
    if isinstance(value, dict) and "name" in value:
        named = value["name"] == EDIT_FILE.name
        value = value.get("arguments", value.get("parameters")) if named else None
        value = _json(value) if isinstance(value, str) else value
    if not isinstance(value, dict) or not {"target_file", "code_edit"} <= value.keys():
        return None
    return _edit_of(value)


def _json(text: str) -> object:
    """The JSON object that `text` is, None if it is none."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        value: object = DECODER.decode(text)
    except (ValueError, RecursionError):
        return None
    return value
