"""Tool calls and thinking that a server left in the text; each notation is that of a family of models."""

from __future__ import annotations

import json

import pytest

from bot.chat.leaked import has_leaked_calls, leaked_calls, without_thinking

ARGUMENTS = {"target_file": "a.py", "instructions": "I do.", "code_edit": "x = 1\nif x < 2:\n    y = '</p>'\n"}
JSON = json.dumps(ARGUMENTS)
NAMED = json.dumps({"name": "edit_file", "arguments": ARGUMENTS})
LEAKED = {
    "Kimi": (
        "<|tool_calls_section_begin|><|tool_call_begin|>functions.edit_file:0<|tool_call_argument_begin|>"
        f"{JSON}<|tool_call_end|><|tool_calls_section_end|>"
    ),
    "DeepSeek V3": (
        "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>edit_file\n"
        f"```json\n{JSON}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>"
    ),
    "DeepSeek V3.1": (
        f"<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>edit_file<｜tool▁sep｜>{JSON}<｜tool▁call▁end｜><｜tool▁calls▁end｜>"
    ),
    "Hermes and Qwen": f"<tool_call>\n{NAMED}\n</tool_call>",
    "Qwen, arguments as text": f"<tool_call>{json.dumps({'name': 'edit_file', 'arguments': JSON})}</tool_call>",
    "Qwen Coder": (
        "<tool_call>\n<function=edit_file>\n"
        + "".join(f"<parameter={key}>\n{value}\n</parameter>\n" for key, value in ARGUMENTS.items())
        + "</function>\n</tool_call>"
    ),
    "GLM": (
        "<tool_call>edit_file\n"
        + "".join(
            f"<arg_key>{key}</arg_key>\n<arg_value>{value}</arg_value>\n" for key, value in ARGUMENTS.items()
        ).replace("    y = '</p>'\n</arg_value>", "    y = '</p>'\n\n</arg_value>")
        + "</tool_call>"
    ),
    "Mistral": f"[TOOL_CALLS] [{NAMED}]",
    "Mistral, newer": f"[TOOL_CALLS]edit_file[ARGS]{JSON}",
    "Llama": f"<|python_tag|>{json.dumps({'name': 'edit_file', 'parameters': ARGUMENTS})}",
    "Llama, with a function": f"<function=edit_file>{JSON}</function>",
}


@pytest.mark.parametrize("before", ["", "I will edit the file.\n\n"])
@pytest.mark.parametrize("text", LEAKED.values(), ids=LEAKED.keys())
def test_a_call_that_leaked_is_read_as_if_the_server_had_read_it(text: str, before: str) -> None:
    assert has_leaked_calls(before + text)
    (call,) = leaked_calls(before + text)
    assert call.name == "edit_file"
    assert json.loads(call.arguments) == ARGUMENTS


@pytest.mark.parametrize("text", LEAKED.values(), ids=LEAKED.keys())
def test_a_call_that_was_cut_is_not_read(text: str) -> None:
    cut = text[: text.index("I do.")]
    assert has_leaked_calls(cut)
    assert leaked_calls(cut) == ()


UNCLEAR = {
    "an end inside a value": LEAKED["Qwen Coder"].replace("y = '</p>'", "y = '\n</parameter>\n'"),
    "a parameter twice": LEAKED["Qwen Coder"].replace("<parameter=instructions>", "<parameter=target_file>"),
    "something between": LEAKED["GLM"].replace("<arg_key>code", "and <arg_key>code"),
    "no name": "<tool_call>{}</tool_call>",
    "no arguments": '<tool_call>{"name": "edit_file"}</tool_call>',
    "two, one of them broken": LEAKED["Hermes and Qwen"]
    + '<tool_call>{"name": "edit_file"</tool_call>'.replace("</", ""),
    "only its beginning": "Let me call the tool. <tool_call>",
}


@pytest.mark.parametrize("text", UNCLEAR.values(), ids=UNCLEAR.keys())
def test_what_could_be_read_in_two_ways_is_not_read(text: str) -> None:
    assert has_leaked_calls(text)
    assert leaked_calls(text) == ()


@pytest.mark.parametrize("text", ["Nothing to do.", "```python\n# <tool_call> is a tag\n```\n", "a <b> c", ""])
def test_code_may_speak_of_tool_calls(text: str) -> None:
    assert not has_leaked_calls(text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<think>Hm.</think>\n\nDone.", "Done."),
        ("\n<thinking>a <b> c</thinking>Done.", "Done."),
        ("Hm.\n</think>\n\nDone.", "Done."),
        ("<think></think>", ""),
        ("<think>Hm.", None),
        ("No thinking.", "No thinking."),
        ("```html\n</think>\n```\n", "```html\n</think>\n```\n"),
        ("<think>a\n```py\nx\n```\n</think>b", "b"),
    ],
)
def test_thinking_at_the_beginning_is_taken_off(text: str, left: str | None) -> None:
    assert without_thinking(text) == left


OTHER = json.dumps({"name": "edit_file", "arguments": {**ARGUMENTS, "code_edit": "y = 2\n"}})
TWO_WAYS = {
    "two notations": LEAKED["Kimi"] + LEAKED["Hermes and Qwen"],
    "a call inside of a call's own text": LEAKED["Qwen Coder"].replace(
        "x = 1", f"x = '<tool_call>{OTHER}</tool_call>'"
    ),
    "one argument twice": "<tool_call>" + NAMED.replace(JSON, JSON[:-1] + ', "code_edit": "y"}') + "</tool_call>",
    "a number that is none": "<tool_call>" + NAMED.replace(JSON, JSON[:-1] + ', "sure": NaN}') + "</tool_call>",
}


@pytest.mark.parametrize("text", TWO_WAYS.values(), ids=TWO_WAYS.keys())
def test_a_call_that_can_be_read_in_two_ways_is_not_read(text: str) -> None:
    assert has_leaked_calls(text)
    assert leaked_calls(text) == ()
