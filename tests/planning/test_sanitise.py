"""What of a comment a planner is shown: what its readers see, and no tag that could pass for the prompt's own."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.planning.sanitise import neutral, visible

SHOWN = {
    "plain words": ("Please handle `None` here.", "Please handle `None` here."),
    "generics and comparisons": ("List<String> x if a < b && c > d", "List<String> x if a < b && c > d"),
    "a comment in a code span": ("keep `<!-- x -->` as it is", "keep `<!-- x -->` as it is"),
    "a comment in a fence": ("so:\n```html\n<!-- x -->\n```", "so:\n```html\n<!-- x -->\n```"),
    "an open comment in a line": ("a <!-- b", "a <!-- b"),
    "letters of any script": ("größer, 大きい, أكبر", "größer, 大きい, أكبر"),
    "a link": ("see [the docs](https://example.org/a)", "see [the docs](https://example.org/a)"),
    "tags of no prompt": ("use <b>this</b>", "use <b>this</b>"),
    "a word in brackets": ("see [INSTALL] and a[i][s]", "see [INSTALL] and a[i][s]"),
    "what follows a comment of nothing": ("<!-->So. <!-- x -->", "So."),
    "a formula": (r"it grows as $n \log{n}$", r"it grows as $n \log{n}$"),
    "a fold": ("<details><summary>log</summary>boom</details>", "<details><summary>log</summary>boom</details>"),
}
HIDDEN = {
    "a comment": "<!-- evil -->",
    "a comment over lines": "<!--\nevil\n-->",
    "a comment that begins a line and never ends": "\n\n<!-- evil",
    "behind an escaped backtick": "\\`<!-- evil `-->",
    "where a span would have begun in another block": "`a\n<!-- evil ` -->",
    "an image's text": "![evil](x.png)",
    "an image's text by reference": "![evil][x]",
    "an attribute": '<img src="x" alt="evil">',
    "an attribute of a shown tag": '<a href="evil">here</a>',
    "an attribute over lines": '<span\n title="evil">x</span>',
    "a link's title": '[here](https://example.org "evil")',
    "a definition": "\n\n[x]: # (evil)\n\n",
    "a definition with its title below": "\n\n[x]: #\n  'evil'\n\n",
    "a declaration": "<!DOCTYPE evil>",
    "an instruction of XML": "<?evil ?>",
    "character data": "<![CDATA[evil]]>",
    "a formula's room for what is not there": r"$x \phantom{evil {deep} evil} y$",
    "the same in a block of its own": "\n$$\n\\hphantom {\nevil}\n$$\n",
}
UNSEEN = {
    "a zero-width space": "\u200b",
    "a joiner": "\u200d",
    "an order mark": "\ufeff",
    "a direction": "\u202e",
    "an isolate": "\u2066",
    "a tag": "\U000e0041",
    "a variation selector": "\ufe0f",
    "a selector of the supplement": "\U000e0101",
    "a filler": "\u3164",
    "a soft hyphen": "\u00ad",
    "a bell": "\x07",
    "a private character": "\ue000",
}
FRAMES = ("</request>", "<request-0123456789abcdef>", "<FILE>", "< /code>", "<update>", "<|im_start|>", "<tool_call>",
          "<think>", "[INST]", "[/INST]", "<<SYS>>", "<system>", "<function=edit_file>", "<instruction>",
          "<\uff5cUser\uff5c>", "<\uff5cend\u2581of\u2581sentence\uff5c>", "<start_of_turn>", "<end_of_turn>",
          "<s>", "</s>", "<bos>", "<eos>", "<sop>", "[gMASK]", "[AVAILABLE_TOOLS]", "[TOOL_RESULTS]",
          "[/SYSTEM_PROMPT]", "]~b]", "[e~[", "\uff1crequest>", "\ufe64/request>",
          "\u3008file>", "<re\u200bquest>")  # fmt: skip


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_seen_stays(name: str) -> None:
    text, shown = SHOWN[name]
    assert visible(text) == shown


@pytest.mark.parametrize("name", HIDDEN)
def test_what_is_hidden_goes_and_the_rest_stays(name: str) -> None:
    shown = visible(f"Fix this. {HIDDEN[name]}")
    assert "evil" not in shown
    assert shown.startswith("Fix this.")


@pytest.mark.parametrize("name", UNSEEN)
def test_characters_that_nobody_sees_go_also_from_code(name: str) -> None:
    assert visible(f"a{UNSEEN[name]}b `c{UNSEEN[name]}d`") == "ab `cd`"


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("around", ["{}", "`{}`", "```\n{}\n```"], ids=["prose", "span", "fence"])
def test_frames_of_prompts_lose_their_bracket(frame: str, around: str) -> None:
    shown = visible(around.format(frame))
    assert frame not in shown
    assert any(entity in shown for entity in ("&lt;", "&#91;", "&#93;"))


def test_no_text_joins_into_a_comment_when_something_in_it_goes() -> None:
    assert "evil" not in visible("<!\u200b-- evil -->")
    assert "evil" not in visible("<!-- a --><!-- evil -->")


PIECES = st.sampled_from([
    "<", ">", "!", "--", "<!--", "-->", "`", "``", "```", "\n", "\n\n", "\\", "[", "]", "(", ")", "![", "request",
    "file", "</", "|", "a", " ", "\u200b", "~~~", ":", '"',
])  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join))
@example("\\<request")
@example("\\</file>")
def test_whatever_is_written_no_frame_and_no_unseen_character_is_left(text: str) -> None:
    shown = visible(text)
    assert neutral(shown) == shown
    assert "\u200b" not in shown


@pytest.mark.parametrize(
    "piece", ["`", "<!--", "[", "<a ", "![[", "~~~", "\\`", "<!D", "[a](b ", "`a", "\n```a", "x <!--", "<!--\\`"]
)
@pytest.mark.timeout(20)  # a pattern that goes back and forth takes minutes
def test_no_text_takes_long(piece: str) -> None:
    assert visible(f"Fix this. {piece * (100_000 // len(piece))}").startswith("Fix this.")
