"""What a planner's answer asks for, read from its tool calls or its words."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.completion import Completion
from bot.chat.reading import AnswerError, Retry
from bot.chat.tool_calls import ToolCall
from bot.planning.edit_tool import EDIT_FILE, Form, PlanAnswer, read_answer
from bot.planning.records import EditCall

EDIT = EditCall("a.py", "I do.", "x = 1\n")
ARGUMENTS = {"target_file": "a.py", "instructions": "I do.", "code_edit": "x = 1\n"}
WORDS = "target_file: a.py\ninstructions: I do.\n\n```python\nx = 1\n```\n"


def call(arguments: object = None, name: str = "edit_file") -> ToolCall:
    given = ARGUMENTS if arguments is None else arguments
    return ToolCall(name, given if isinstance(given, str) else json.dumps(given))


def calling(*calls: ToolCall, finish: str | None = "tool_calls", text: str = "") -> Completion:
    return Completion(text, finish, calls=calls)


@pytest.mark.parametrize("finish", ["tool_calls", "stop", "function_call", None])
def test_calls_are_read_in_their_order(finish: str | None) -> None:
    second = {**ARGUMENTS, "target_file": "b.py"}
    answer = read_answer(calling(call(), call(second), finish=finish), Form.TOOL)
    assert answer == PlanAnswer((EDIT, replace(EDIT, target_file="b.py")))


def test_what_is_said_beside_a_call_is_not_read() -> None:
    assert read_answer(calling(call(), text=WORDS.replace("a.py", "b.py")), Form.TOOL) == PlanAnswer((EDIT,))


def test_an_edit_has_line_feeds_whatever_came() -> None:
    lines = {**ARGUMENTS, "code_edit": "x = 1\r\n"}
    assert read_answer(calling(call(lines)), Form.TOOL) == PlanAnswer((EDIT,))


def test_an_edit_without_a_sentence_is_an_edit_and_more_than_was_asked_for_is_left() -> None:
    more = {"target_file": "a.py", "code_edit": "x = 1\n", "confidence": 3}
    assert read_answer(calling(call(more)), Form.TOOL).calls == (replace(EDIT, instructions=""),)


@pytest.mark.parametrize(
    ("completion", "said"),
    [
        (calling(call(name="run_shell")), "a tool that it was not given"),
        (calling(call('{"target_file": "a.py"')), "arguments that are not JSON"),
        (calling(call("[]")), "arguments that are no object"),
        (calling(call("")), "arguments that are not JSON"),
        (calling(call({**ARGUMENTS, "target_file": " "})), "without target_file"),
        (calling(call({"target_file": "a.py"})), "without code_edit"),
        (calling(call({**ARGUMENTS, "code_edit": ["x"]})), "without code_edit"),
        (calling(call({**ARGUMENTS, "instructions": 1})), "without instructions"),
    ],
)
def test_a_call_that_was_made_wrong_is_asked_for_again(completion: Completion, said: str) -> None:
    with pytest.raises(AnswerError, match=said) as raised:
        read_answer(completion, Form.TOOL)
    assert raised.value.retry is Retry.AGAIN


@pytest.mark.parametrize(
    ("completion", "said"),
    [
        (calling(call(), finish="length"), "length limit"),
        (Completion(WORDS, "length"), "length limit"),
        (Completion(WORDS, "content_filter"), "content filter"),
        (Completion(WORDS, None), "no finish_reason"),
        (Completion("a\0", "stop"), "NUL"),
        (calling(call({**ARGUMENTS, "code_edit": "x\0"})), "NUL"),
    ],
)
@pytest.mark.parametrize("form", Form)
def test_half_an_answer_is_none(completion: Completion, said: str, form: Form) -> None:
    with pytest.raises(AnswerError, match=said) as raised:
        read_answer(completion, form)
    assert raised.value.retry is Retry.FINAL


@pytest.mark.parametrize(
    "words",
    [
        WORDS,
        f"<think>Let me see: ```</think>\n{WORDS}",
        f"Here it is.\n\n{WORDS}\nThat is all.",
        WORDS.replace("target_file: a.py", "**target_file:** `a.py`").replace("instructions:", "- **instructions**:"),
        WORDS.replace("```", "~~~~"),
        WORDS.replace("\n", "\r\n"),
        f"```json\n{json.dumps(ARGUMENTS)}\n```",
        json.dumps(ARGUMENTS),
        json.dumps({"name": "edit_file", "arguments": ARGUMENTS}),
        json.dumps({"name": "edit_file", "arguments": json.dumps(ARGUMENTS)}),
        f"<tool_call>{json.dumps({'name': 'edit_file', 'arguments': ARGUMENTS})}</tool_call>",
    ],
)
@pytest.mark.parametrize("form", Form)
def test_an_edit_in_words_is_read_whoever_asked_for_words(words: str, form: Form) -> None:
    assert read_answer(Completion(words, "stop"), form) == PlanAnswer((EDIT,))


@pytest.mark.parametrize("path", ["__init__.py", "a b/c_.py", "dir/__main__.py", "résumé.txt"])
def test_a_path_in_words_keeps_its_characters(path: str) -> None:
    for written in (path, f"`{path}`", f'"{path}"'):
        words = WORDS.replace("a.py", written)
        assert read_answer(Completion(words, "stop"), Form.WORDS).calls[0].target_file == path


def test_a_fence_may_hold_shorter_fences() -> None:
    code = "# Title\n\n```sh\nls\n```\n"
    words = f"target_file: a.md\ninstructions: I do.\n\n````markdown\n{code}````\n"
    assert read_answer(Completion(words, "stop"), Form.WORDS).calls[0].code_edit == code


def test_a_fence_below_a_path_is_code_also_where_it_looks_like_a_call() -> None:
    code = json.dumps({**ARGUMENTS, "target_file": "b.py"}) + "\n"
    words = f"target_file: edits.jsonl\ninstructions: I do.\n\n```json\n{code}```\n"
    assert read_answer(Completion(words, "stop"), Form.WORDS).calls == (EditCall("edits.jsonl", "I do.", code),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "neither a tool call nor text"),
        ("<think>Hm", "thought to the end"),
        ("<tool_call>{", "tool call into its text"),
        ("```python\nx = 1\n```\n", "did not say for which file"),
        ("target_file:\n```python\nx = 1\n```\n", "did not say for which file"),
        ("```python\nx = 1\n```\ntarget_file: a.py\n", "did not say for which file"),
        ("target_file: a.py\ntarget_file: b.py\n```\nx\n```\n", "target_file twice"),
        ("target_file: a.py\n```\nx\n```\n```\ny\n```\n", "2 code blocks"),
        ("target_file: a.md\n```\n# T\n```sh\nls\n```\n```\n", "does not end|code blocks"),
        ("target_file: a.py\n```\nx = 1\n", "does not end"),
        ("target_file: a.py\n```\n\n```\n", "empty code block"),
        (json.dumps({"name": "run_shell", **ARGUMENTS}), "JSON that is no edit"),
        (json.dumps({"name": "run_shell", "arguments": ARGUMENTS}), "JSON that is no edit"),
        (json.dumps(ARGUMENTS)[:-1] + ', "code_edit": "y"}', "JSON that is no edit"),
        (json.dumps(ARGUMENTS)[:-9], "JSON that is no edit"),
    ],
)
def test_what_cannot_be_used_is_asked_for_in_words_and_then_again(text: str, said: str) -> None:
    for form, retry in ((Form.TOOL, Retry.OTHERWISE), (Form.WORDS, Retry.AGAIN)):
        with pytest.raises(AnswerError, match=said) as raised:
            read_answer(Completion(text, "stop"), form)
        assert raised.value.retry is retry


@pytest.mark.parametrize("form", Form)
def test_a_planner_may_decline(form: Form) -> None:
    assert read_answer(Completion(" The code is right already. ", "stop"), form) == PlanAnswer(
        (), "The code is right already."
    )


def test_the_first_choice_that_can_be_used_counts() -> None:
    broken, good = calling(call("{")), calling(call())
    assert read_answer(replace(broken, others=(good,)), Form.TOOL) == PlanAnswer((EDIT,))
    with pytest.raises(AnswerError, match="not JSON"):
        read_answer(replace(broken, others=(Completion("", "stop"),)), Form.TOOL)


def test_the_tool_asks_for_exactly_what_is_read() -> None:
    schema: Any = EDIT_FILE.parameters
    assert set(schema["properties"]) == set(schema["required"]) == set(ARGUMENTS)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")), st.sampled_from(Form))
def test_no_text_breaks_the_reading_of_an_answer(text: str, form: Form) -> None:
    try:
        answer = read_answer(Completion(text, "stop"), form)
    except AnswerError:
        return
    assert answer.calls or answer.said


HOSTILE = {
    "calls that never end": "<function=a>" * 30_000,
    "calls that end once": "<function=a></function>" + "<function=a>" * 30_000,
    "tagged calls": "<tool_call>a<arg_key>" * 20_000,
    "parameters": "<function=a>" + "<parameter=a>" * 30_000 + "</function>",
    "objects": "<tool_call>{" * 30_000,
    "lists": "[TOOL_CALLS]" + "[" * 200_000,
    "a name and spaces": "[TOOL_CALLS]a" + " " * 300_000 + "x",
    "spaces in a header": "target_file: a" + " " * 300_000 + "b\n```\nx\n```\n",
    "spaces before a header": " " * 300_000 + "target_file\n```\nx\n```\n",
    "fences": "```\n" * 100_001,
    "a long fence": "`" * 300_000 + "x`",
    "thoughts": "<think>" * 50_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("form", Form)
def test_a_hostile_answer_is_read_in_time(text: str, form: Form) -> None:
    """Where the time grows with the square of the length, the time-out of the tests ends this."""
    try:
        answer = read_answer(Completion(text, "stop"), form)
    except AnswerError:
        return
    assert answer.calls or answer.said
