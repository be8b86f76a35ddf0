"""What is read of a pull request: all pages, all comments, typed."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from support.github.server import Reply, said

from bot.errors import UsageError
from bot.github import reading
from bot.review.records import Kind, Lifecycle, Permission, Person, RepositoryName
from bot.review.threads import Side

if TYPE_CHECKING:
    from support.github.scene import Scene

ME = "stetbot[bot]"


def test_a_pull_request_is_read_with_its_two_ends(scene: Scene) -> None:
    pull = reading.pull_request(scene.client(), scene.name, scene.pull.number)
    assert (pull.repository, pull.number, pull.lifecycle) == (scene.name, scene.pull.number, Lifecycle.OPEN)
    assert (pull.head.repository, pull.head.branch, pull.head.commit) == (scene.name, "topic", scene.first)
    assert (pull.base.branch, pull.base.commit) == ("main", scene.base.tip("main"))
    assert not pull.from_fork


def test_a_fork_that_is_gone_has_no_repository(scene: Scene) -> None:
    scene.pull.source = None
    pull = reading.pull_request(scene.client(), scene.name, scene.pull.number)
    assert pull.head.repository is None
    assert pull.from_fork


@pytest.mark.parametrize(("name", "number"), [("octo/shop", 4711), ("octo/none", 1)])
def test_what_is_not_there_is_a_usage_error(scene: Scene, name: str, number: int) -> None:
    repo = RepositoryName.parse(name)
    assert repo is not None
    with pytest.raises(UsageError, match=f"there is no pull request {name}#{number}"):
        reading.pull_request(scene.client(), repo, number)


def test_250_threads_and_a_thread_of_130_comments_are_read_page_by_page(scene: Scene) -> None:
    threads = [scene.suggest(10, f"value_10 = {number}") for number in range(250)]
    for number in range(129):
        scene.world.reply(threads[7], scene.world.account("ada"), f"Word {number}")
    pull = reading.pull_request(scene.client(), scene.name, scene.pull.number)
    found = reading.threads(scene.client(), pull, ME)
    assert [thread.id for thread in found] == [thread.node for thread in threads]
    assert [len(thread.comments) for thread in found] == [130 if thread is threads[7] else 1 for thread in threads]
    assert found[7].comments[-1].note.body == "Word 128"
    assert found[7].comments[-1].reply
    names = [seen.operation for seen in scene.github.seen]
    assert (names.count("Threads"), names.count("ThreadComments")) == (3, 1)


def test_a_thread_is_read_with_its_lines_then_and_now(scene: Scene) -> None:
    scene.suggest(11, "one", "two", start=10)
    scene.work.write("a.py", "# a new first line\n" + scene.at_head())
    scene.work.commit("Above")
    scene.push()
    (thread,) = reading.threads(scene.client(), reading.pull_request(scene.client(), scene.name, scene.pull.number), ME)
    assert (thread.start_line, thread.line) == (11, 12)
    assert (thread.original_start_line, thread.original_line) == (10, 11)
    assert (thread.side, thread.outdated, thread.resolved) == (Side.RIGHT, False, False)
    comment = thread.comments[0]
    assert comment.original_commit == scene.first
    assert comment.diff_hunk.endswith("-value_10 = 10\n+value_10 = 11\n value_11 = 11")
    assert comment.note.author == Person("grace", Kind.USER, scene.world.account("grace").id)


def test_a_thread_whose_lines_changed_is_outdated(scene: Scene) -> None:
    scene.suggest(10, "other")
    scene.work.write("a.py", scene.at_head().replace("value_10 = 11", "value_10 = 12"))
    scene.work.commit("Changed")
    scene.push()
    (thread,) = reading.threads(scene.client(), reading.pull_request(scene.client(), scene.name, scene.pull.number), ME)
    assert thread.outdated
    assert thread.line is None
    assert thread.original_line == 10


def test_who_wrote_is_told_apart_a_bot_a_ghost_a_person(scene: Scene) -> None:
    scene.world.account("helper", "Bot")
    for login in ("helper", None, "grace"):
        scene.world.thread(scene.pull, login, "a.py", 10, "Hm.")
    threads = reading.threads(scene.client(), reading.pull_request(scene.client(), scene.name, scene.pull.number), ME)
    authors = [thread.comments[0].note.author for thread in threads]
    assert [author and (author.login, author.kind) for author in authors] == [
        ("helper[bot]", Kind.BOT),
        None,
        ("grace", Kind.USER),
    ]


def test_permissions_are_asked_of_the_collaborators_once_and_when_they_matter(scene: Scene) -> None:
    scene.base.permissions |= {"mona": "maintain", "tri": "triage", "root": "admin"}
    for login in ("mona", "tri", "root", "stranger"):
        scene.world.account(login)
    found = reading.Permissions(scene.client(), scene.name)
    assert len(found) == 0
    assert len(scene.github.seen) == 0
    for login in ("mona", "tri", "mona", "root", "stranger", "nobody", "mona"):
        assert found.get(login) is not None
    assert dict(found) == {
        "mona": Permission.WRITE,
        "tri": Permission.READ,
        "root": Permission.ADMIN,
        "stranger": Permission.READ,
        "nobody": Permission.NONE,
    }
    assert len(scene.github.seen) == 5


def test_the_pushes_of_a_branch_are_told_newest_first(scene: Scene) -> None:
    scene.work.write("a.py", "x\n")
    scene.work.commit("More")
    second = scene.push(by="grace")
    found = reading.pushes(scene.client(), scene.name, "topic")
    assert [(push.by and push.by.login, push.before, push.after) for push in found] == [
        ("grace", scene.first, second),
        ("ada", "0" * 40, scene.first),
    ]


def test_a_page_that_github_gives_up_on_is_asked_for_in_smaller_pieces(scene: Scene) -> None:
    for number in range(25):
        scene.suggest(10, f"value_10 = {number}")
    scene.github.obstacles.append(
        lambda seen: (
            said(502, {"message": "Bad gateway"})
            if seen.operation == "Threads" and seen.body["variables"]["first"] == 100
            else None
        )
    )
    pull = reading.pull_request(scene.client(), scene.name, scene.pull.number)
    assert len(reading.threads(scene.client(), pull, ME)) == 25


@pytest.mark.parametrize("operation", ["Threads", "ThreadComments", "Talk"])
def test_a_page_that_is_larger_than_what_is_read_is_asked_for_in_smaller_pieces(scene: Scene, operation: str) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    for number in range(120):
        scene.world.reply(thread, scene.world.account("eve"), f"No {number}.")
        scene.world.say(scene.pull, "eve", f"No {number}.")
    huge = Reply(200, gzip.compress(b" " * (64 * 1024 * 1024 + 1), 1), {"Content-Encoding": "gzip"})
    scene.github.obstacles.append(
        lambda seen: huge if seen.operation == operation and seen.body["variables"]["first"] > 10 else None
    )
    pull = reading.pull_request(scene.client(), scene.name, scene.pull.number)
    if operation == "Threads":
        scene.github.obstacles.append(
            lambda seen: huge if seen.operation == operation and seen.body["variables"]["comments"] > 10 else None
        )
    (found,) = reading.threads(scene.client(), pull, ME)
    assert len(found.comments) == 121
    assert len(reading.talk(scene.client(), pull, ME)) == 120


def test_pushes_that_are_not_told_are_none(scene: Scene) -> None:
    scene.github.obstacles.append(lambda seen: said(404, {"message": "Not Found"}) if "activity" in seen.path else None)
    assert reading.pushes(scene.client(), scene.name, "topic") == ()


def test_what_the_tokens_account_wrote_is_its_own_even_where_github_does_not_say_so(scene: Scene) -> None:
    thread = scene.suggest(10, "x", by="stetbot")
    scene.world.reply(thread, scene.world.account("grace"), "Hm.")
    other = scene.world.token("else", kind="Bot")
    pull = reading.pull_request(scene.client(), scene.name, scene.pull.number)
    for token, me in ((scene.token, ""), (other, ME)):
        (found,) = reading.threads(scene.client(token), pull, me)
        assert [comment.mine for comment in found.comments] == [True, False]
