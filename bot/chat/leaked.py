"""What belongs elsewhere and stands in the text of an answer: a model's thinking, and tool calls.

A server whose parser does not know its model hands on the model's own notation as text. Each notation below is the
documented one of a family of models; a call that can be read in one way only is taken as if the server had read it, any
other makes the answer useless. None of it is ever taken for code.
"""

from __future__ import annotations

import json
import re

from bot.chat.reading import DECODER
from bot.chat.tool_calls import ToolCall

_OPENED = re.compile(r"\s*<(think|thinking|thought)>")
_CLOSED = re.compile(r"</(?:think|thinking|thought)>")
_FENCE = re.compile(r"(?m)^ {0,3}(?:`{3,}|~{3,})")

_NAME = r"(?:functions\.)?(?P<name>[A-Za-z_][\w-]*)"
# What begins a call: after its end stand the arguments, as JSON.
_NAMED = tuple(
    re.compile(head)
    for head in (
        rf"<\|tool_call_begin\|>\s*{_NAME}(?::\d+)?\s*<\|tool_call_argument_begin\|>\s*",
        rf"<\uff5ctool\u2581call\u2581begin\uff5c>(?:function<\uff5ctool\u2581sep\uff5c>)?{_NAME}\s*(?:<\uff5ctool\u2581sep\uff5c>|```(?:json)?)\s*",
        rf"\[TOOL_CALLS\]\s*{_NAME}\s*(?:\[ARGS\]\s*)?(?=\{{)",
        rf"<function={_NAME}>\s*(?=\{{)",
    )
)
# After these stands an object, or a list of objects, with name and arguments.
_WHOLE = re.compile(r"(?:<tool_call>|<function_call>|<\|tool_call\|>|<\|python_tag\|>|\[TOOL_CALLS\])\s*(?=[\[{])")
# Arguments one by one, each as it is: no escaping, so nothing may stand inside that looks like its end.
_FUNCTION = re.compile(rf"<function={_NAME}>")
_PARAMETER = re.compile(r"\s*<parameter=(?P<key>\w+)>\n?(?P<value>.*?)\n?</parameter>\s*", re.DOTALL)
_TAGGED = re.compile(rf"<tool_call>\s*{_NAME}\s*(?=<arg_key>)")
_ARGUMENT = re.compile(
    r"\s*<arg_key>\s*(?P<key>\w+)\s*</arg_key>\s*<arg_value>\n?(?P<value>.*?)\n?</arg_value>\s*", re.DOTALL
)
_MARKS = re.compile(
    r"<\|?tool_calls?(?:_section)?(?:_begin)?\|?>|<tool_calls?>|<function=|<function_call>|<arg_key>|<\uff5ctool\u2581"
    r"|\[TOOL_CALLS\]|<\|python_tag\|>"
)
_ARGUMENT_NAMES = ("arguments", "parameters")


def without_thinking(text: str) -> str | None:
    """`text` without the thinking that it begins with, None where that never ends.

    Some templates put the opening tag into the prompt: then only the closing one stands in the answer.
    """
    if (opened := _OPENED.match(text)) is not None:
        _, closed, rest = text[opened.end() :].partition(f"</{opened.group(1)}>")
        return rest.lstrip() if closed else None
    end = _CLOSED.search(text)
    fence = _FENCE.search(text)
    return text[end.end() :].lstrip() if end is not None and (fence is None or end.start() < fence.start()) else text


def has_leaked_calls(text: str) -> bool:
    """Whether a tool call's notation stands in `text`, before any code: code may speak of such notations."""
    mark, fence = _MARKS.search(text), _FENCE.search(text)
    return mark is not None and (fence is None or mark.start() < fence.start())


def leaked_calls(text: str) -> tuple[ToolCall, ...]:
    """The calls that leaked into `text`; none where they cannot be read, or not in one way only."""
    found = [calls for read in (_with_name, _as_objects, _by_parameters) if (calls := read(text))]
    # One notation inside of another: a call's own text may speak of calls, or be made to.
    return found[0] if len(found) == 1 else ()


def _with_name(text: str) -> tuple[ToolCall, ...]:
    for head in _NAMED:
        found = [(match["name"], _value_at(text, match.end())) for match in head.finditer(text)]
        if found:
            return _all_or_none([(name, value) for name, value in found])
    return ()


def _as_objects(text: str) -> tuple[ToolCall, ...]:
    calls: list[tuple[object, object]] = []
    for match in _WHOLE.finditer(text):
        value = _value_at(text, match.end())
        for item in value if isinstance(value, list) else [value]:
            if not isinstance(item, dict):
                return ()
            arguments = next((item[key] for key in _ARGUMENT_NAMES if key in item), None)
            calls.append((item.get("name"), arguments))
    return _all_or_none(calls)


def _by_parameters(text: str) -> tuple[ToolCall, ...]:
    for head, end, part, ending in (
        (_FUNCTION, "</function>", _PARAMETER, "</parameter>"),
        (_TAGGED, "</tool_call>", _ARGUMENT, "</arg_value>"),
    ):
        found: list[tuple[object, object]] = []
        at = 0
        while (match := head.search(text, at)) is not None:
            at = text.find(end, match.end())
            if at < 0:
                return ()
            found.append((match["name"], _parameters(text[match.end() : at], part, ending)))
        if found:
            return _all_or_none(found)
    return ()


def _parameters(inside: str, part: re.Pattern[str], ending: str) -> dict[str, str] | None:
    found: dict[str, str] = {}
    at = 0
    while (match := part.match(inside, at)) is not None:
        if match["key"] in found:
            return None
        found[match["key"]] = match["value"]
        at = match.end()
    return found if at == len(inside) and inside.count(ending) == len(found) else None


def _value_at(text: str, at: int) -> object:
    try:
        value: object = DECODER.raw_decode(text, at)[0]
    except (ValueError, RecursionError):
        return None
    return value


def _all_or_none(calls: list[tuple[object, object]]) -> tuple[ToolCall, ...]:
    """The calls, if each has a name and an object of arguments."""
    read = []
    for name, arguments in calls:
        match arguments:
            case dict():
                written = json.dumps(arguments, ensure_ascii=False)
            case str():
                written = arguments
            case _:
                return ()
        if not isinstance(name, str):
            return ()
        read.append(ToolCall(name, written))
    return tuple(read)
