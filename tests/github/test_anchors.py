"""A comment is about the text that its author saw, at the commit that they saw it on, wherever it went since."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.github.scene import NEW, suggestion
from support.github.story import codes, review
from support.gitrepo import GitRepo

from bot.pull_request.run import Wanted

if TYPE_CHECKING:
    from pathlib import Path

    from support.github.scene import Scene
    from support.github.world import Thread

# Nothing near a line tells it from the others: only the whole file does.
PLAIN = "".join(f"case {number}:\n    stop()\n\n\n" for number in range(8))
TWINS = "".join(f"part {number}\n\n\n\n    open()\n    run()\n    close()\n\n\n\n" for number in range(2))


def commented(scene: Scene, line: int, *lines: str, text: str = PLAIN) -> Thread:
    """A suggestion for `plain.txt`, a file of the pull request."""
    if not scene.pull.hunks("plain.txt"):
        scene.work.write("plain.txt", text)
        scene.work.commit("A plain file")
        scene.push()
    return scene.world.thread(scene.pull, "grace", "plain.txt", line, suggestion(*lines))


def rewrite(scene: Scene, text: str, *, force: bool = False) -> None:
    if force:
        scene.work.git("reset", "-q", "--hard", "main")
        scene.work.write("a.py", NEW)
    scene.work.write("plain.txt", text)
    scene.work.commit("Rewrite")
    scene.push(force=force)


@pytest.mark.parametrize("force", [False, True], ids=["a push", "a forced push"])
@pytest.mark.parametrize("shape", ["full", "shallow", "empty"])
def test_a_line_like_many_others_is_found_through_the_commit_of_the_comment(
    scene: Scene, tmp_path: Path, *, force: bool, shape: str
) -> None:
    commented(scene, 6, "    go()")
    if shape == "shallow":
        scene.clone.git(
            "clone", "-q", "--depth", "1", "--branch", "main", f"file://{scene.base.git.path}", str(tmp_path / shape)
        )
    if shape != "full":
        scene.clone = GitRepo(tmp_path / shape)
    # Both neighbours change, and as many lines come in above as would make another such line take its place.
    text = "new\n" * 4 + PLAIN.replace("case 1:\n    stop()\n\n", "case one:\n    stop()\n# end\n")
    rewrite(scene, text, force=force)
    assert codes(review(scene)) == ["applied"]
    assert scene.at_head("plain.txt") == text.replace("case one:\n    stop()", "case one:\n    go()")


def test_a_place_that_looks_the_same_is_not_taken_for_the_one_that_changed(scene: Scene) -> None:
    scene.work.git("checkout", "-q", "main")
    scene.work.write("plain.txt", TWINS.replace("run()", "walk()"))
    scene.work.commit("Twins")
    scene.work.git("push", "-q", str(scene.base.git.path), "main")
    scene.work.git("checkout", "-q", "topic")
    scene.work.git("rebase", "-q", "main")
    rewrite(scene, TWINS, force=True)
    thread = commented(scene, 6, "    go()")
    assert thread.comments[0].hunk.count("\n") == 5, "the hunk shows three lines above, as git's do"
    text = TWINS.replace("run()", "wait()", 1)
    rewrite(scene, text)
    assert codes(review(scene)) == ["outdated"]
    assert scene.at_head("plain.txt") == text
    assert "`outdated`" in thread.comments[1].body


def test_numbers_of_the_server_that_are_of_another_head_decide_nothing(scene: Scene) -> None:
    """After a push GitHub needs a while to find the present lines of comments; until then it shows the old ones."""
    thread = commented(scene, 6, "    go()")
    rewrite(scene, "new\n" * 4 + PLAIN)
    thread.lines_now = (6, 6)
    assert codes(review(scene)) == ["applied"]
    assert scene.at_head("plain.txt") == "new\n" * 4 + PLAIN.replace("case 1:\n    stop()", "case 1:\n    go()")


def test_a_comment_whose_commit_is_gone_is_found_by_its_hunk(scene: Scene) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    scene.work.write("a.py", "# one more line\n" + NEW)
    scene.work.commit("Above")
    scene.push()
    for comment in thread.comments:
        comment.original = "f" * 40
    other = scene.suggest(31, "value_30 = 32")
    other.comments[0].original = None
    assert codes(review(scene)) == ["applied", "applied"]
    assert scene.at_head() == "# one more line\n" + NEW.replace("= 11", "= 12", 1).replace(
        "value_30 = 31", "value_30 = 32"
    )


def test_a_comment_that_shows_nothing_and_whose_commit_is_gone_is_outdated_whatever_its_numbers(scene: Scene) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    words = scene.world.thread(scene.pull, "grace", "a.py", 30, "Make it a hundred.")
    for each in (thread, words):
        each.comments[0].original, each.comments[0].hunk = "f" * 40, ""
        each.lines_now = each.lines
    assert codes(review(scene)) == ["outdated", "outdated"]
    assert scene.head == scene.first


def test_a_comment_that_shows_nothing_is_found_through_its_commit(scene: Scene) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    thread.comments[0].hunk = ""
    scene.work.write("a.py", "# one more line\n" + NEW)
    scene.work.commit("Above")
    scene.push()
    thread.lines_now = (10, 10)
    assert codes(review(scene)) == ["applied"]
    assert scene.at_head() == "# one more line\n" + NEW.replace("value_10 = 11", "value_10 = 12")


@pytest.mark.parametrize("shows", ["hunk and commit", "hunk", "commit"])
def test_a_carriage_return_alone_ends_no_line(scene: Scene, shows: str) -> None:
    scene.work.write("old.txt", "one\rtwo\r\r\nthree\nfour\n")
    scene.work.commit("Old line ends")
    scene.push()
    (comment,) = scene.world.thread(scene.pull, "grace", "old.txt", 2, suggestion("THREE")).comments
    comment.hunk = comment.hunk if "hunk" in shows else ""
    comment.original = comment.original if "commit" in shows else None
    assert codes(review(scene)) == ["applied"]
    assert scene.at_head("old.txt") == "one\rtwo\r\r\nTHREE\nfour\n"


def test_a_hunk_that_shows_other_lines_than_the_commit_is_what_its_author_saw(scene: Scene) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    thread.comments[0].original = scene.base.tip("main")
    assert codes(review(scene)) == ["applied"]
    assert scene.at_head() == NEW.replace("value_10 = 11", "value_10 = 12")


def test_a_file_that_was_renamed_and_changed_is_followed_from_the_commit_of_the_comment(scene: Scene) -> None:
    commented(scene, 6, "    go()")
    scene.work.git("mv", "plain.txt", "moved.txt")
    text = "new\n" * 3 + PLAIN.replace("case 1:", "case one:")
    scene.work.write("moved.txt", text)
    scene.work.commit("Rename")
    scene.push()
    scene.clone = GitRepo(scene.clone.path.parent / "empty")
    assert codes(review(scene)) == ["applied"]
    assert scene.at_head("moved.txt") == text.replace("case one:\n    stop()", "case one:\n    go()")


def test_a_second_run_does_nothing_where_the_server_still_shows_the_old_numbers(scene: Scene) -> None:
    threads = [commented(scene, 6, "    go()"), commented(scene, 10, "    go()"), commented(scene, 2)]
    first = review(scene)
    assert codes(first) == ["applied", "applied", "applied"]
    head = scene.head
    for thread in threads:
        thread.resolved_by, thread.lines_now = None, thread.lines
        del thread.comments[1:]
    assert codes(review(scene)) == ["unchanged", "unchanged", "unchanged"]
    assert scene.head == head


def test_a_snippet_is_meant_for_the_lines_that_its_comment_was_written_on(scene: Scene) -> None:
    twins = "".join(f"def {name}():\n    x = 1\n    run()\n\n\n" for name in "abc")
    scene.work.write("twins.py", twins)
    scene.work.commit("Twins")
    scene.push()
    body = (
        "One more:\n\n```python\n# ... existing code ...\n    x = 1\n    y = 2\n    run()\n# ... existing code ...\n```"
    )
    thread = scene.world.thread(scene.pull, "grace", "twins.py", 8, body, start=7)
    scene.work.write("twins.py", "import os\n\n\n\n\n" + twins)
    scene.work.commit("Above")
    scene.push()
    thread.lines_now = (7, 8)  # at the head, the same lines of another function
    assert codes(review(scene)) == ["applied"]
    wanted = twins.replace("def b():\n    x = 1\n", "def b():\n    x = 1\n    y = 2\n")
    assert scene.at_head("twins.py") == "import os\n\n\n\n\n" + wanted


def test_the_files_of_old_commits_are_read_for_those_alone_who_are_heard(scene: Scene) -> None:
    """Anybody can comment, on any commit of their own: that must cost no more than to say that they are not heard."""
    theirs: list[str] = []
    for number in range(3):
        scene.work.write("a.py", NEW + f"more = {number}\n")
        scene.work.commit(f"Commit {number}")
        theirs.append(scene.push())
        scene.suggest(10, "value_10 = 12", by="stranger")
    scene.work.git("reset", "-q", "--hard", "main")
    scene.work.write("a.py", NEW + "last = 1\n")
    scene.work.commit("All else is gone")
    mine = scene.push(force=True)
    scene.suggest(10, "value_10 = 13")
    scene.work.git("commit", "-q", "--amend", "-m", "Another")
    scene.push(force=True)
    scene.clone = GitRepo(scene.clone.path.parent / "empty")
    assert codes(review(scene, Wanted(only_show=True)))[-1] == "applied"
    scene.clone.git("cat-file", "-e", mine)
    for commit in theirs:
        scene.clone.git("cat-file", "-e", commit, fails=True)
