import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.gitrepo import isolated_environment

from bot.asks import Author, Batch, Part, Plain, Request
from bot.message import commit_message, requests_in

ADA = Author("Ada Lovelace", "ada@example.com")
BOB = Author("Bob", "bob@example.com")


def request(
    key: str = "shop/cart.py", *, author: Author | None = None, ordinal: int = 1, instruction: str = ""
) -> Request:
    return Request(key, "ab" * 32, ordinal, (Part(key, Plain(), "f.md:3", instruction),), "f.md:3", author)


def trailers(message: str) -> list[str]:
    done = subprocess.run(
        ["git", "interpret-trailers", "--parse"],
        input=message.encode(),
        capture_output=True,
        check=True,
        env=isolated_environment(Path("/nonexistent")),
    )
    return done.stdout.decode().rstrip("\n").split("\n")


def test_the_message_has_subject_body_and_trailers_with_one_blank_line_between() -> None:
    batch = Batch((), "Charge tax on every order", "Prices were shown net.")
    assert commit_message(batch, [request(author=ADA), request(ordinal=2, author=BOB)], signed_off_by=BOB) == (
        "Charge tax on every order\n\nPrices were shown net.\n\n"
        "Stetbot-Request: shop/cart.py@abababababab\nStetbot-Request: shop/cart.py@abababababab.2\n"
        "Co-authored-by: Ada Lovelace <ada@example.com>\nCo-authored-by: Bob <bob@example.com>\n"
        "Signed-off-by: Bob <bob@example.com>\n"
    )


@pytest.mark.parametrize(
    ("requests", "subject"),
    [
        ([request()], "Apply a requested change to shop/cart.py"),
        ([request(), request(ordinal=2)], "Apply 2 requested changes to shop/cart.py"),
        ([request(), request("b.py")], "Apply 2 requested changes to 2 files"),
    ],
)
def test_without_a_subject_one_is_made_of_the_requests(requests: list[Request], subject: str) -> None:
    assert commit_message(Batch(()), requests).split("\n")[0] == subject


def test_without_a_body_the_instructions_are_listed() -> None:
    message = commit_message(Batch(()), [request(instruction="I am adding\n10% tax.")])
    assert "\n\n- shop/cart.py: I am adding 10% tax.\n\nStetbot-Request: " in message


@pytest.mark.parametrize(
    "words", ["[skip ci]", "[CI Skip]", "[no ci]", "[skip actions]", "[actions skip]", "***NO_CI***"]
)
def test_what_is_said_in_passing_keeps_no_check_from_running(words: str) -> None:
    odd = request(f"{words}.py", instruction=f"Take {words} out of the workflow.")
    message = commit_message(Batch(()), [replace(odd, key="comment")])
    assert words not in message
    assert words.strip("[]*") in message
    # Who writes the message may want it so.
    assert words in commit_message(Batch((), f"Mend it {words}", ""), [replace(odd, key="comment")])


def test_other_brackets_stand_as_they_are() -> None:
    message = commit_message(Batch(()), [request(instruction="Use items[0] and [None], not [skipped] ones.")])
    assert "Use items[0] and [None], not [skipped] ones." in message


def test_a_request_that_names_no_file_is_listed_by_its_words() -> None:
    said = replace(request(instruction="Count on."), parts=(Part("", Plain(("a.py",)), "c:1", "Count on."),))
    subject, _, body, *_ = commit_message(Batch(()), [said]).split("\n")
    assert (subject, body) == ("Apply a requested change", "- Count on.")
    both = commit_message(Batch(()), [said, request()]).split("\n")[0]
    assert both == "Apply 2 requested changes"


def test_an_author_stands_once_and_the_committer_not_at_all() -> None:
    twice = [request(author=ADA), request("b", author=Author("A.", "ADA@example.com")), request("c", author=BOB)]
    assert trailers(commit_message(Batch(()), twice, without=BOB))[3:] == [
        "Co-authored-by: Ada Lovelace <ada@example.com>"
    ]


def test_no_line_is_smuggled_in_through_a_name_an_address_a_key_or_a_subject() -> None:
    evil = Author("Eve\r\nSigned-off-by: Ada <ada@example.com>", "eve@example.com>\nReviewed-by: x <y")
    message = commit_message(Batch((), "Fine\n\nCo-authored-by: x <x@x>"), [request("a\nAcked-by: me", author=evil)])
    assert message.split("\n")[0] == "Fine Co-authored-by: x <x@x>"
    assert [line.split(":")[0] for line in trailers(message)] == ["Stetbot-Request", "Co-authored-by"]


@pytest.mark.parametrize(
    "body",
    [
        "Reviewed-by: Nobody <n@example.com>",
        "Text.\n\nSigned-off-by: Nobody <n@example.com>\n\n\n",
        "Text\n---\ndiff --git a/x b/x",
        "---",
        "--- \nmore",
        "Text.\n\nA: b\n c",
        "x\r\n\r\nAcked-by: y",
    ],
)
def test_a_body_never_runs_into_the_trailers(body: str) -> None:
    message = commit_message(Batch((), "S", body), [request(author=ADA)])
    assert trailers(message) == [
        "Stetbot-Request: shop/cart.py@abababababab",
        "Co-authored-by: Ada Lovelace <ada@example.com>",
    ]


@given(subject=st.text(), body=st.text(), key=st.text(min_size=1), name=st.text(), email=st.text())
def test_whatever_the_values_the_block_has_our_trailers_alone(
    subject: str, body: str, key: str, name: str, email: str
) -> None:
    message = commit_message(Batch((), subject, body), [request(key, author=Author(name, email))])
    message.encode()
    assert "\r" not in message
    block = message.rstrip("\n").rsplit("\n\n", 1)[1].split("\n")
    assert [line.split(": ")[0] for line in block] == ["Stetbot-Request", "Co-authored-by"]


def test_the_requests_of_a_message_are_read_back() -> None:
    batch = Batch((), "S", "Stetbot-Request: not/this@one")
    requests = [request(), request("b c.py", ordinal=3, author=ADA)]
    assert requests_in(commit_message(batch, requests)) == tuple(each.id for each in requests)
