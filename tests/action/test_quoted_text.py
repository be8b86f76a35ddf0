"""What stetbot says quotes files, paths, reviewers and planners: it is shown, it fits, and nothing obeys it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt
from support.github.scene import NEW, last_of, said_of, suggestion

from bot.errors import Exit
from bot.review.state import Answer, SummaryState, answer_in, summary_in

if TYPE_CHECKING:
    from support.action import ActionRun
    from support.github.scene import Scene
    from support.github.world import Thread

FAR = "9" * 10  # the year 2286
MARKERS = (
    f"<!-- stetbot-summary v1 commands=1 runs={','.join([FAR] * 50)} -->",
    f"<!-- stetbot-summary v1 commands=1 runs={','.join([FAR] * 50)} settled= -->",
    f"<!-- stetbot v1 comment=1 sha256={'0' * 64} result=applied commit={'f' * 40} -->",
)


def beside(scene: Scene, *lines: str, path: str = "q.md") -> Thread:
    """A suggestion for a line of a file whose other lines are these."""
    text = "".join(f"{line}\n" for line in ("first", *lines, "here", *lines, "last"))
    scene.work.write(path, text)
    scene.work.commit("A file to be quoted")
    scene.push()
    return scene.world.thread(scene.pull, "grace", path, len(lines) + 2, suggestion("there"))


def ours(scene: Scene) -> list[str]:
    comments = [*scene.pull.comments, *(comment for thread in scene.pull.threads for comment in thread.comments)]
    return [comment.body for comment in comments if comment.author is scene.world.account("stetbot")]


@pytest.mark.parametrize("marker", MARKERS, ids=["an old summary", "a summary", "an answer"])
@pytest.mark.parametrize("command", ["/stetbot diff", "/stetbot apply"])
def test_a_marker_in_a_file_is_believed_by_nobody_who_reads_the_answer(
    scene: Scene, action: ActionRun, marker: str, command: str
) -> None:
    thread = beside(scene, marker)
    told = action.comment(command)
    assert told.code is Exit.DONE, told.log
    assert any(marker.split()[1] in body for body in ours(scene)), "it is quoted, or this proves nothing"
    scene.suggest(10, "value_10 = 12")
    told = action.comment("/stetbot apply")
    assert told.outputs["status"] == "done", told.log
    assert scene.at_head() == NEW.replace("value_10 = 11", "value_10 = 12")
    assert thread.resolved_by is not None
    assert len([text for text in said_of(scene.pull) if text.startswith("### stetbot")]) == 1
    if command == "/stetbot diff":
        assert "this would be applied" in said_of(scene.pull)[1], "the answer is left as it was"


LONG = {
    "hidden characters": ("\u200b" * 18_000,),
    "carriage returns": ("x" * 10 + "\r" * 15_000,),
    "both fences": ("`" * 9_000 + "~" * 9_000,),
    "backticks": ("`" * 18_000,),
    "many lines": tuple(f"{number} \u200b\u200b\u200b" for number in range(3000)),
}


@pytest.mark.parametrize("lines", LONG.values(), ids=LONG)
@pytest.mark.parametrize("command", ["/stetbot diff", "/stetbot apply"])
def test_no_answer_is_too_long_for_github_or_breaks_off_inside_a_block(
    scene: Scene, action: ActionRun, lines: tuple[str, ...], command: str
) -> None:
    thread = beside(scene, *lines)
    told = action.comment(command)
    assert told.code is Exit.DONE, told.log
    bodies = ours(scene)
    assert len(bodies) == (2 if command == "/stetbot apply" else 1), "all of it is said"
    if command == "/stetbot apply":
        assert "Applied in" in last_of(thread).body
        assert thread.resolved_by is not None
    for body in (*bodies, told.summary):
        assert_closed(body)
    assert len(told.summary.encode()) < 1024 * 1024


def assert_closed(body: str) -> None:
    """No fence is left open: what stands below a text that is cut would be swallowed by it."""
    below = f"{body}\n\nwhat others write\n"
    last = MarkdownIt("gfm-like", {"linkify": False}).parse(below)[-3:]
    assert [token.type for token in last] == ["paragraph_open", "inline", "paragraph_close"]
    assert last[1].content == "what others write"


@pytest.mark.parametrize("times", [1, 2])
def test_a_large_diff_is_no_summary_that_github_throws_away(scene: Scene, action: ActionRun, times: int) -> None:
    """It takes 1 MiB, of bytes, from all that a step writes."""
    line = "\u4e2d" * 100
    for number in range(times):
        count = 8000 // times
        scene.work.write(f"{number}.txt", "".join(f"{line}{at}\n" for at in range(count)))
        scene.work.commit("A large file")
        scene.push()
        scene.world.thread(scene.pull, "grace", f"{number}.txt", count, suggestion("short"), start=1)
        scene.world.say(scene.pull, "grace", f"/stetbot apply @{scene.head}")
    told = action.comment("/stetbot diff")
    assert told.outputs["applied"] != "0", told.log
    assert len(told.summary.encode()) < 1024 * 1024
    assert_closed(told.summary)
    for body in ours(scene):
        assert_closed(body)


@pytest.mark.parametrize(
    "path",
    [
        "[skip ci].md",
        "fixes #12.md",
        "@octo/everyone closes GH-7 [ci skip].md",
        "resolves octo/shop#3 [no ci] [skip actions] [actions skip].md",
    ],
)
def test_a_path_in_a_commit_message_starts_stops_closes_and_calls_nothing(
    scene: Scene, action: ActionRun, path: str
) -> None:
    beside(scene, path=path)
    told = action.comment("/stetbot apply")
    assert told.outputs["applied"] == "1", told.log
    assert_harmless(scene.source.git.git("log", "-1", "--format=%B", "topic"))


def test_the_words_of_a_comment_in_a_commit_message_start_stop_close_and_call_nothing(
    scene: Scene, action: ActionRun
) -> None:
    words = (
        "[skip ci] Fixes #12, closes: octo/shop#3, resolves GH-4, fix https://github.com/octo/shop/issues/5 @octo/all\n"
    )
    words += (
        "@ada [CI SKIP] a@b.example see http://github.test/octo/shop/pull/9\nskip-checks: true\n\n\nskip-checks:true"
    )
    scene.world.thread(scene.pull, "grace", "a.py", 10, f"{words}\n\n{suggestion('value_10 = 12')}")
    told = action.comment("/stetbot apply")
    assert told.outputs["applied"] == "1", told.log
    message = scene.source.git.git("log", "-1", "--format=%B", "topic")
    assert "12, closes" in message, "it is quoted, or this proves nothing"
    assert_harmless(message)


def assert_harmless(message: str) -> None:
    said = re.sub(r"(?m)^(?:Co-authored-by|Stetbot-Request): .*$", "", message)
    assert not re.search(r"\[(?:skip ci|ci skip|no ci|skip actions|actions skip)\]", said, re.IGNORECASE)
    assert not re.search(r"(?m)^skip-checks: ?true\s*\Z", message)
    assert not re.search(r"(?i)\b(?:close[sd]?|fix(?:es|ed)?|resolve[sd]?):?\s+(?:[\w.-]+/[\w.-]+)?#\d", said)
    assert not re.search(r"#\d|\bGH-\d|(?<![\w.])@\w|https?://\S+/(?:issues|pull)/\d", said, re.IGNORECASE)


def test_what_the_bot_quotes_gives_no_command_whoever_it_posts_as(scene: Scene, action: ActionRun) -> None:
    beside(scene, "/stetbot apply")
    head = scene.head
    # With a person's token the bot's comments are a person's: they begin with its own words all the same.
    token = scene.world.token("ada")
    action.comment("/stetbot diff", GITHUB_TOKEN=token)
    action.comment("/stetbot apply\u00a0 /stetbot apply", GITHUB_TOKEN=token)
    assert scene.head == head
    for comment in list(scene.pull.comments):
        if comment.author is scene.world.account("ada"):
            assert action.on_comment(comment, GITHUB_TOKEN=token).outputs["status"] == "skipped"
    assert scene.head == head


def test_markers_count_at_the_end_of_a_text_alone() -> None:
    answer, state = Answer(7, "a" * 64, "applied", "b" * 40), SummaryState((1,), (), (2,))
    assert answer_in(f"x\n\n{answer.marker()}\n") == answer
    assert summary_in(f"x\n\n{state.marker()}\n") == state
    for tail in ("\n```", " x", "\n\n<!-- stetbot-edit v2 x -->"):
        assert answer_in(f"x\n\n{answer.marker()}{tail}") is None
        assert summary_in(f"x\n\n{state.marker()}{tail}") is None
    edit = f"<!-- stetbot-edit v1 {'0' * 64} QUJD -->"
    assert answer_in(f"x\n\n{answer.marker()}\n\n{edit}") == answer
    # Somebody who may has corrected a word of it, in a browser.
    assert answer_in(f"y\r\n\r\n{answer.marker()}\r\n\r\n{edit}\r\n") == answer
    assert summary_in(f"y\r\n\r\n{state.marker()}\r\n") == state
