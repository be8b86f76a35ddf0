"""Requests in plain words in the pipeline: asked once, once more with the doubts, confined, proposed, landed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from support.planners import USAGE, Scripted, asking, edit, run, words
from support.trees import MemoryTree

from bot.asks import OriginalLines, RenameFile
from bot.errors import Code, Refusal, ServiceError
from bot.model import LineRange
from bot.outcomes import Applied, Refused, Unchanged, Usage
from bot.pipeline.engines import Morph
from bot.pipeline.land import Terms, derive
from bot.pipeline.proposal import from_json, to_json
from bot.pipeline.propose import propose
from bot.pipeline.resolve import Resolver
from bot.pipeline.writers import PlannerWriter
from bot.planning import EditCall

if TYPE_CHECKING:
    from bot.pipeline.propose import Proposed

SHOP = """\
import math

RATE = 0.2


def net(items):
    total = 0
    for item in items:
        total += item.price
    return total


def gross(items):
    return net(items) * (1 + RATE)
"""
COUNTED = """\
# ... existing code ...
def net(items):
    total = 0
    for item in items:
        total += item.price * item.count
    return total
# ... existing code ...
"""
# Where it goes is plain, but not how much of the old code it replaces.
LOOSE = """\
        total += item.price * item.count
    return total


def gross(items):
    return net(items)
"""
FAR = COUNTED.replace("# ... existing code ...\n", "", 1)
FAR = f"# ... existing code ...\n{FAR}def gross(items):\n    return net(items)\n"
LOST = "# ... existing code ...\nlog.flush()\n# ... existing code ...\n"
NET = LineRange(8, 9)
COUNT = words("shop.py", "Count the items.", NET)


def outcome(proposed: Proposed) -> Applied | Refused | Unchanged:
    (found,) = proposed.outcomes
    return found


def text(proposed: Proposed, path: str = "shop.py") -> str | None:
    return next((file.new.document.text for file in proposed.files if file.path == path and file.new), None)


def test_what_is_proved_is_asked_about_once() -> None:
    planner = Scripted([edit("shop.py", COUNTED)])
    done = run(asking(planner), [COUNT], {"shop.py": SHOP})
    assert isinstance(outcome(done), Applied)
    assert text(done) == SHOP.replace("item.price", "item.price * item.count")
    assert len(planner.prompts) == 1


def test_without_a_planner_words_are_refused_and_the_remedy_says_how_to_get_one() -> None:
    refused = outcome(run(None, [COUNT], {"shop.py": SHOP}))
    assert isinstance(refused, Refused)
    assert refused.code is Code.NO_PLANNER
    assert "MORPHEUS_API_KEY" in refused.remedy


@pytest.mark.parametrize(
    ("first", "doubt"),
    [(FAR, "changes line 14 of shop.py"), (LOST, "nothing in the snippet says where")],
    ids=["unproven", "refused"],
)
def test_a_doubtful_snippet_goes_back_once_with_the_doubt_named(first: str, doubt: str) -> None:
    planner = Scripted([edit("shop.py", first), edit("shop.py", COUNTED)])
    done = run(asking(planner), [COUNT], {"shop.py": SHOP})
    assert isinstance(outcome(done), Applied)
    assert text(done) == SHOP.replace("item.price", "item.price * item.count")
    second = planner.prompts[1].user
    assert doubt in second
    assert first.strip() in second
    assert doubt not in planner.prompts[0].user


def test_there_is_no_third_try() -> None:
    planner = Scripted([edit("shop.py", FAR), edit("shop.py", FAR), edit("shop.py", COUNTED)])
    refused = outcome(run(asking(planner), [COUNT], {"shop.py": SHOP}))
    assert isinstance(refused, Refused)
    assert refused.code is Code.UNPROVEN
    assert len(planner.prompts) == 2


def test_a_worse_second_snippet_does_not_take_the_place_of_the_first() -> None:
    planner = Scripted([edit("shop.py", FAR), edit("shop.py", LOST)])
    done = run(asking(planner), [COUNT], {"shop.py": SHOP}, accept=True)
    assert isinstance(outcome(done), Applied)
    assert text(done) == SHOP.replace("item.price", "item.price * item.count").replace(" * (1 + RATE)", "")


@pytest.mark.parametrize(
    "trouble",
    [
        ServiceError("The planner is down", down=True),
        Refusal(Code.BUDGET, "not asked: 1 request is made"),
        "No.",
        edit("other.py", COUNTED),
        (edit("shop.py", COUNTED), edit("shop.py", COUNTED)),
    ],
    ids=["service", "budget", "declined", "wrong file", "two edits"],
)
def test_where_the_second_try_fails_the_first_counts_and_a_note_says_so(trouble: Any) -> None:
    planner = Scripted([edit("shop.py", FAR), trouble])
    refused = outcome(run(asking(planner), [COUNT], {"shop.py": SHOP}))
    assert isinstance(refused, Refused)
    assert refused.code is Code.UNPROVEN
    assert refused.candidate is not None
    assert any("asked again" in note for note in refused.candidate.notes), refused.candidate.notes


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("It is fine as it is.", Code.NO_CHANGE),
        (ServiceError("The planner is down", down=True), Code.SERVICE_ERROR),
        (Refusal(Code.BUDGET, "not asked: spent"), Code.BUDGET),
        (edit("./shop.py", COUNTED), None),
        (edit("shop.py", COUNTED.replace("\n", "\r\n")), None),
    ],
    ids=["declined", "down", "budget", "a path with a dot", "line ends of another system"],
)
def test_an_answer_comes_to_its_code(answer: Any, code: Code | None) -> None:
    found = outcome(run(asking(Scripted([answer])), [COUNT], {"shop.py": SHOP}))
    assert (found.code if isinstance(found, Refused) else None) is code, found


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (ServiceError("The planner is down", down=True), "run again later"),
        (ServiceError("The planner wants fewer requests", Code.RATE_LIMITED), "run again later"),
        (ServiceError("The planner did not accept the key; set a valid key"), ""),
    ],
    ids=["down", "busy", "wrong"],
)
def test_who_is_told_to_run_again_is_helped_by_it(error: ServiceError, remedy: str) -> None:
    found = outcome(run(asking(Scripted([error])), [COUNT], {"shop.py": SHOP}))
    assert isinstance(found, Refused)
    assert found.remedy == remedy


def test_what_stands_already_is_no_failure() -> None:
    done = run(asking(Scripted([edit("shop.py", SHOP[SHOP.index("def net") :])])), [COUNT], {"shop.py": SHOP})
    assert isinstance(outcome(done), Unchanged)


@pytest.mark.parametrize("key", ["sk-local", "lm-studio", "sk-no-key-required", "none"])
def test_a_word_in_place_of_a_key_keeps_no_code_away(key: str) -> None:
    snippet = COUNTED.replace("total = 0", "total = 0  # sk no key required, taskLocal, LM Studio, None")
    writer = PlannerWriter(Scripted([edit("shop.py", snippet)]), (key,))
    assert isinstance(outcome(run(writer, [COUNT], {"shop.py": SHOP})), Applied)


@pytest.mark.parametrize("key", ["sk-local", "correct-horse-battery"])
def test_a_key_made_of_words_is_one_where_it_stands_as_it_is(key: str) -> None:
    snippet = COUNTED.replace("total = 0", f"total = 0  # {key}")
    writer = PlannerWriter(Scripted([edit("shop.py", snippet)]), (key,))
    found = outcome(run(writer, [COUNT], {"shop.py": SHOP}))
    assert isinstance(found, Refused)
    assert found.code is Code.SECRET


@pytest.mark.parametrize("path", [".env", "deploy/key.pem"])
def test_files_that_keep_secrets_are_not_sent(path: str) -> None:
    planner = Scripted([])
    found = outcome(run(asking(planner), [words(path, "Change it.")], {path: "A = 1\n"}))
    assert isinstance(found, Refused)
    assert found.code is Code.SECRET
    assert planner.prompts == []


def test_a_request_with_a_secret_in_its_words_is_not_sent() -> None:
    planner = Scripted([])
    said = words("shop.py", f"Use ghp_{'aB3dE5gH7j' * 4} here.")
    found = outcome(run(asking(planner), [said], {"shop.py": SHOP}))
    assert isinstance(found, Refused)
    assert found.code is Code.SECRET
    assert planner.prompts == []


@pytest.mark.parametrize("path", ["shop.py", ""])
def test_a_request_of_the_length_of_a_book_is_not_sent(path: str) -> None:
    planner = Scripted([])
    book = words(path, "Change it. " * 20_000, among=("shop.py",))
    found = outcome(run(asking(planner), [book], {"shop.py": SHOP}))
    assert isinstance(found, Refused)
    assert found.code is Code.TOO_LARGE
    assert planner.prompts == []


@pytest.mark.timeout(20)  # to look for secrets in all of it takes minutes
@pytest.mark.parametrize(
    "answer", [edit("shop.py", "x = 1\n" * 10_000_000), EditCall("shop.py", "I do. " * 10_000_000, COUNTED)]
)
def test_an_answer_of_the_length_of_a_library_is_not_looked_at(answer: EditCall) -> None:
    refused = outcome(run(asking(Scripted([answer])), [COUNT], {"shop.py": SHOP}))
    assert isinstance(refused, Refused)
    assert refused.code is Code.TOO_LARGE


SENT = """\
import math
import sendhome

RATE = 0.2


def net(items):
    sendhome.all(items)
    total = 0
# ... existing code ...
"""


@pytest.mark.parametrize(
    ("said", "lands"),
    [
        ("Count with `sendhome`.", True),
        ("Count the items. <!-- sendhome -->", False),
        ('Count the items. <img src="x" alt="sendhome">', False),
        ("Count the items. [//]: # (sendhome)", True),
        ("Count the items.\n\n[//]: # (sendhome)\n", False),
    ],
    ids=["said", "in an HTML comment", "in an attribute", "seen", "in a definition"],
)
def test_a_module_that_the_request_names_where_nobody_sees_it_is_not_known(said: str, lands: bool) -> None:
    planner = Scripted([edit("shop.py", SENT)] * 2)
    found = outcome(run(asking(planner), [words("shop.py", said, NET)], {"shop.py": SHOP}))
    assert isinstance(found, Applied if lands else Refused), found
    if isinstance(found, Refused):
        assert found.code is Code.UNPROVEN
        assert "line 2" in found.reason


def test_requests_on_one_file_meet_and_each_is_asked_about_once() -> None:
    planner = Scripted(
        [
            edit("shop.py", COUNTED),
            edit("shop.py", "# ... existing code ...\n\n\ndef gross(items):\n    return net(items) * 1.2\n"),
        ]
    )
    both = [COUNT, words("shop.py", "Twenty per cent.", LineRange(14, 14))]
    done = run(asking(planner), both, {"shop.py": SHOP})
    assert [type(found) for found in done.outcomes] == [Applied, Applied]
    assert "item.count" in str(text(done))
    assert "* 1.2" in str(text(done))
    assert len(planner.prompts) == 2


def test_requests_that_want_different_things_are_both_refused() -> None:
    planner = Scripted([edit("shop.py", COUNTED), edit("shop.py", COUNTED.replace("count", "number"))])
    both = [COUNT, words("shop.py", "Number the items.", NET)]
    done = run(asking(planner), both, {"shop.py": SHOP})
    assert [found.code for found in done.refused] == [Code.OVERLAPPING, Code.OVERLAPPING]
    assert len(planner.prompts) == 2


def test_a_file_that_moves_is_planned_under_its_old_name() -> None:
    part = COUNT.parts[0]
    moving = replace(COUNT, parts=(replace(part, ask=RenameFile("store.py", part.ask)),))
    done = run(asking(Scripted([edit("shop.py", COUNTED)])), [moving], {"shop.py": SHOP})
    assert isinstance(outcome(done), Applied)
    assert "item.count" in str(text(done, "store.py"))


def test_a_comment_on_lines_that_have_moved_is_confined_to_where_they_are_now() -> None:
    lines = tuple(SHOP.split("\n"))
    moved = SHOP.replace("RATE = 0.2\n", "RATE = 0.2\nLIMIT = 10\nMOST = 20\n")
    original = OriginalLines("c0ffee", lines[7:9], lines[5:7], lines[9:10])
    part = replace(COUNT.parts[0], lines=NET, original=original)
    planner = Scripted([edit("shop.py", COUNTED)])
    done = run(asking(planner), [replace(COUNT, parts=(part,))], {"shop.py": moved})
    assert isinstance(outcome(done), Applied), outcome(done)
    assert "about lines 10-11" in planner.prompts[0].user


def test_a_comment_whose_lines_are_gone_is_outdated_and_nobody_is_asked() -> None:
    original = OriginalLines("c0ffee", ("    return None  # once",), ("def once():",), ())
    part = replace(COUNT.parts[0], original=original)
    planner = Scripted([])
    found = outcome(run(asking(planner), [replace(COUNT, parts=(part,))], {"shop.py": SHOP}))
    assert isinstance(found, Refused)
    assert found.code is Code.OUTDATED
    assert planner.prompts == []


@dataclass
class Apply:
    """An apply model that gives these texts, one after the other."""

    texts: list[str]
    again: list[bool] = field(default_factory=list)

    def __call__(self, instruction: str, code: str, update: str, *, again: bool = False) -> ApplyAnswer:
        del instruction, code, update
        self.again.append(again)
        return ApplyAnswer(self.texts.pop(0))


@dataclass
class ApplyAnswer:
    text: str
    usage: Usage = USAGE


def test_a_planned_snippet_that_morph_merges_wrongly_goes_to_the_planner_and_not_to_morph_again() -> None:
    right = SHOP.replace("item.price", "item.price * item.count")
    model = Apply([right.replace("RATE = 0.2", "RATE = 0.0"), right])
    planner = Scripted([edit("shop.py", COUNTED), edit("shop.py", COUNTED)])
    resolver = Resolver(Morph(model), lambda _: False, asking(planner))
    done = propose([COUNT], MemoryTree({"shop.py": SHOP}), resolver, map)
    assert isinstance(outcome(done), Applied), outcome(done)
    assert text(done) == right
    assert model.again == [False, False]
    assert "<doubts-" in planner.prompts[1].user


def test_what_is_asked_of_one_file_in_two_parts_is_confined_for_each() -> None:
    gross = words("shop.py", "Twenty-five per cent.", LineRange(4, 4)).parts[0]
    both = replace(COUNT, parts=(*COUNT.parts, replace(gross, path="rate.py")))
    planner = Scripted([edit("shop.py", COUNTED), edit("rate.py", FAR), edit("rate.py", FAR)])
    refused = outcome(run(asking(planner), [both], {"shop.py": SHOP, "rate.py": SHOP}))
    assert isinstance(refused, Refused)
    assert refused.code is Code.UNPROVEN
    assert "rate.py" in refused.reason


# --- landing ---


def landed(data: dict[str, Any], *, accept: bool = False) -> Proposed:
    proposal = from_json("p.json", json.dumps(data).encode())
    return derive(proposal, [COUNT], MemoryTree({"shop.py": SHOP}), Terms(lambda _: accept, {}), map).proposed


def proposed_json(snippet: str, *, accept: bool = False) -> dict[str, Any]:
    planner = Scripted([edit("shop.py", snippet), edit("shop.py", snippet)])
    data: dict[str, Any] = json.loads(
        to_json("c" * 40, run(asking(planner), [COUNT], {"shop.py": SHOP}, accept=accept))
    )
    return data


def test_a_planned_proposal_lands_without_asking_the_planner_again() -> None:
    assert text(landed(proposed_json(COUNTED))) == SHOP.replace("item.price", "item.price * item.count")


def test_a_proposal_with_an_edit_out_of_range_lands_only_where_it_is_accepted_again() -> None:
    data = proposed_json(FAR, accept=True)
    with pytest.raises(Refusal, match="the planner changes line 14"):
        landed(data)
    assert "return net(items)\n" in str(text(landed(data, accept=True)))


@pytest.mark.parametrize(
    "forge",
    [
        lambda written: written.update(target_file="other.py"),
        lambda written: written.update(code_edit=COUNTED.replace("item.count", "item.number")),
        lambda written: written.update(code_edit=""),
        lambda written: written.update(code_edit=COUNTED.replace("total = 0", f"total = 'ghp_{'aB3dE5gH7j' * 4}'")),
    ],
    ids=["another file", "another snippet", "no snippet", "a secret"],
)
def test_a_forged_snippet_lands_nothing(forge: Any) -> None:
    data = proposed_json(COUNTED)
    forge(data["requests"][0]["written"][0])
    with pytest.raises(Refusal, match="verification-failed"):
        landed(data)


def test_a_proposal_that_lost_its_snippet_lands_nothing() -> None:
    data = proposed_json(COUNTED)
    data["requests"][0]["written"] = []
    with pytest.raises(Refusal, match="nothing is recorded"):
        landed(data)
