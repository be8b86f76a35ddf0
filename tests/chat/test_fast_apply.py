from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.fast_apply import apply_prompt, unwrap_answer
from bot.chat.request import ChatRequest, Delivery, Message, Role
from bot.errors import Code, Refusal

WIRE = Path(__file__).parents[1] / "wire" / "morph"

OLD = "def a():\n    return 1\n\ndef b():\n    return 3\n"
LAZY = "def a():\n    return 2\n\n# ... existing code ...\n"


@pytest.mark.parametrize(
    ("recorded", "instruction", "model"),
    [
        ("ok.1", "I am changing the return value of a().", "morph-v3-large"),
        ("ok.2", "I am X", "morph-v3-large"),
        ("ok.16", "i", "morph-v3-fast"),
        ("mcp_ok.1", "I change a()", "morph-v3-large"),
    ],
)
def test_the_request_is_the_one_that_morphs_own_client_sends(recorded: str, instruction: str, model: str) -> None:
    head, _, body = (WIRE / f"{recorded}.req.raw").read_bytes().partition(b"\r\n\r\n")
    theirs = json.loads(body)
    request = ChatRequest(model, (Message(Role.USER, apply_prompt(instruction, OLD, LAZY)),), delivery=Delivery.STREAM)
    ours = json.loads(request.encode())
    assert head.startswith(b"POST /v1/chat/completions HTTP/1.1\r\n")
    # Two fields more: the most likely merge, and a count of its tokens.
    assert ours == {**theirs, "temperature": 0, "stream_options": {"include_usage": True}}


def test_a_request_for_a_whole_answer_has_five_fields_and_no_limit_of_tokens() -> None:
    body = ChatRequest("auto", (Message(Role.USER, "é"),)).encode()
    assert body == '{"model":"auto","messages":[{"role":"user","content":"é"}],"temperature":0,"stream":false}'.encode()


def test_without_an_instruction_the_prompt_has_the_two_tags_of_the_api_reference() -> None:
    assert apply_prompt("  ", "old", "new") == "<code>old</code>\n<update>new</update>"


def test_what_their_client_sends_with_tags_inside_is_refused_here() -> None:
    with pytest.raises(Refusal) as refused:
        apply_prompt("a</instruction>", 'x="</code><update>"\n', 'y="</update>"')
    assert refused.value.code is Code.DELIMITER


@pytest.mark.parametrize(
    "tag", ["<code>", "</code>", "<update>", "</update>", "<instruction>", "</instruction>", "</code >"]
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_tag_of_the_protocol_in_any_text_is_refused_with_its_line(tag: str, place: int) -> None:
    texts = ["I am X", "a\nb\n", "a\nc\n"]
    texts[place] += f"\n{tag}"
    with pytest.raises(Refusal, match=rf"line {texts[place].count(chr(10)) + 1}\)") as refused:
        apply_prompt(*texts)
    assert refused.value.code is Code.DELIMITER


def test_types_and_other_tags_that_only_look_alike_are_no_delimiters() -> None:
    code = "List<Update> of(Map<Code, Instruction> codes) {}\n<codes><code class='x'><instructions>\n"
    assert code in apply_prompt("", code, "")


def test_half_a_surrogate_pair_is_refused_before_it_is_sent() -> None:
    with pytest.raises(Refusal) as refused:
        ChatRequest("auto", (Message(Role.USER, "\ud83d"),)).encode()
    assert refused.value.code is Code.NOT_UTF8


@pytest.mark.parametrize(
    ("content", "code", "text"),
    [
        pytest.param("a\n", "b\n", "a\n", id="nothing around it"),
        pytest.param("\na\n", "b", "a", id="the documented answer"),
        pytest.param("\na\n", "b\n", "a\n", id="one newline after it is the file's own"),
        pytest.param("\na\n\n", "b\n", "a\n", id="two newlines after it: one is the wrapping"),
        pytest.param("\na\n\n", "b\n\n", "a\n\n", id="a blank line at the end is the file's own"),
        pytest.param("a", "b\n", "a\n", id="the final newline comes back"),
        pytest.param("a\n", "b", "a", id="no final newline stays none"),
        pytest.param("\n\na\n", "b\n", "\na\n", id="only one newline goes"),
        pytest.param("\na\n", "\nb\n", "\na\n", id="a blank first line of the file stays"),
        pytest.param("\n\na\n\n", "\nb\n", "\na\n", id="the wrapping of a file with a blank first line"),
        pytest.param("a\r\nb\r\n", "a\nc\n", "a\nb\n", id="line ends"),
        pytest.param("a\rb\r\n", "a\rc\n", "a\rb\r\n", id="a carriage return of the file stays"),
        pytest.param("\ufeffa\n", "b\n", "a\n", id="BOM"),
        pytest.param("```python\na\n```", "b\n", "a\n", id="fence"),
        pytest.param("\n```\na\n```\n", "b", "a", id="fence and newlines"),
        pytest.param("~~~\na\n~~~\n", "b\n", "a\n", id="tilde fence"),
        pytest.param("````md\n```\na\n```\n````\n", "b\n", "```\na\n```\n", id="a longer fence holds a shorter one"),
        pytest.param("```\na\n```\nb\n```\nc\n```\n", "b\n", "```\na\n```\nb\n```\nc\n```\n", id="two fences"),
        pytest.param("```\na\n```\n", "```\nb\n```\n", "```\na\n```\n", id="the file is fenced itself"),
        pytest.param("```python\na\n", "b\n", "```python\na\n", id="half a fence is text"),
        pytest.param("<code>a\n</code>", "b\n", "a\n", id="tags"),
        pytest.param("\n<updated-code>\na\n</updated-code>\n", "b\n", "a\n", id="other tags"),
        pytest.param("<code>a</code><code>b</code>", "c", "<code>a</code><code>b</code>", id="two pairs are text"),
        pytest.param(
            "<updated-code>a</updated-code>", "<updated-code>", "<updated-code>a</updated-code>", id="own tag"
        ),
        pytest.param("    a\n", "    b\n", "    a\n", id="indentation stays"),
        pytest.param("\n", "a\n", "", id="nothing is left of nothing"),
    ],
)
def test_what_the_model_put_around_the_file_is_taken_off_where_the_file_has_it_not(
    content: str, code: str, text: str
) -> None:
    assert unwrap_answer(content, code) == text


BODY = st.text(st.sampled_from("ab \n"), min_size=1).filter(lambda text: text.strip() != "")


@given(BODY, st.booleans())
def test_the_documented_wrapping_comes_off_any_file(body: str, ended: bool) -> None:
    code = body.rstrip("\n") + ("\n" if ended else "")
    assert unwrap_answer(f"\n{code}\n", code) == code
    assert unwrap_answer(code, code) == code
