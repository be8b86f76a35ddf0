from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from bot.chat.fast_apply import apply_prompt
from bot.errors import Code, Refusal, ServiceError
from bot.model import Edit, EngineName, Hints, Verdict
from bot.outcomes import Usage
from bot.pipeline.engines import Cascade, Fallback, Job, Local, Merge, Morph, Recorded, Replay, total, weakest
from bot.text import Document

BASE = """\
import sums


def net(items):
    return sums.add(items)


def gross(items):
    tax = 0.1
    return net(items) * (1 + tax)


def cheapest(items):
    return min(items)
"""
UPDATE = """\
# ... existing code ...

def gross(items):
    tax = 0.2
    return net(items) * (1 + tax)

# ... existing code ...
"""
MERGED = BASE.replace("0.1", "0.2")
LOST = MERGED.replace("import sums\n", "")
VAGUE = "# ... existing code ...\n    print(items)\n# ... existing code ...\n"


def job(update: str = UPDATE, base: str = BASE, path: str = "shop.py") -> Job:
    return Job("shop.py@1", path, Document.from_text(base), update, Hints(instruction="I am raising the tax."))


@dataclass(frozen=True)
class Answer:
    text: str
    usage: Usage = field(default_factory=lambda: Usage(100, 50, 1, 0.01))


@dataclass
class Model:
    """Answers in turn, and remembers what it was asked."""

    answers: list[str | Exception]
    asked: list[tuple[str, str, str, bool]] = field(default_factory=list)

    def __call__(self, instruction: str, code: str, update: str, *, again: bool = False) -> Answer:
        self.asked.append((instruction, code, update, again))
        answer = self.answers[len(self.asked) - 1]
        if isinstance(answer, Exception):
            raise answer
        return Answer(answer)


@pytest.mark.parametrize("tag", ["update", "instruction", "code "])
def test_a_tag_in_the_first_answer_does_not_keep_the_second_try_from_being_sent(tag: str) -> None:
    model = Model([f"{MERGED}</{tag}>\n", MERGED])
    merge = Morph(model)(job())
    assert (merge.verdict, merge.notes) == (Verdict.VERIFIED, ("the second answer was taken",))
    instruction, code, update, again = model.asked[1]
    assert again
    assert f"[/{tag}]" in instruction
    assert apply_prompt(instruction, code, update)


def test_a_right_answer_is_taken_at_the_first_try() -> None:
    model = Model([MERGED])
    merge = Morph(model)(job())
    assert (merge.document.text, merge.verdict, merge.engine) == (MERGED, Verdict.VERIFIED, EngineName.MORPH)
    assert model.asked == [("I am raising the tax.", BASE, UPDATE, False)]


def test_a_refused_answer_is_asked_for_once_more_with_the_doubts_named() -> None:
    model = Model([LOST, MERGED])
    merge = Morph(model)(job())
    assert (merge.document.text, merge.verdict) == (MERGED, Verdict.VERIFIED)
    assert merge.usage == Usage(200, 100, 2, 0.02)
    first, second = model.asked
    assert not first[3]
    assert second[3]
    assert second[0].startswith("I am raising the tax.")
    assert "import sums" in second[0] or "line 1" in second[0]


def test_two_refused_answers_are_never_followed_by_a_third() -> None:
    model = Model([LOST, LOST, MERGED])
    merge = Morph(model)(job())
    assert merge.verdict is Verdict.REFUSED
    assert len(model.asked) == 2


def test_what_stands_already_is_not_sent() -> None:
    model = Model([])
    with pytest.raises(Refusal) as refused:
        Morph(model)(job(base=MERGED))
    assert refused.value.code is Code.ALREADY_APPLIED
    assert model.asked == []


@pytest.mark.parametrize(
    "secretive",
    [
        job(path=".env"),
        job(path="config/id_rsa"),
        job(base=BASE + 'KEY = "AKIAIOSFODNN7REALKEY"\n'),
        job(update=UPDATE.replace("tax = 0.2", 'tax = "ghp_' + "q7Rk2MvX9bTz4LwPs8HdYc3NfJ6gAe1UoK5i" + '"')),
    ],
    ids=["an env file", "a private key", "a key in the file", "a token in the snippet"],
)
def test_secrets_are_never_sent(secretive: Job) -> None:
    model = Model([])
    with pytest.raises(Refusal) as refused:
        Morph(model)(secretive)
    assert refused.value.code is Code.SECRET
    assert model.asked == []


def test_the_fallback_is_taken_only_while_the_service_is_down_and_says_so() -> None:
    down = Model([ServiceError("Morph does not answer", down=True)])
    merge = Fallback(Morph(down), Local())(job())
    assert (merge.document.text, merge.engine) == (MERGED, EngineName.LOCAL)
    assert merge.notes == ("merged by the local engine: Morph does not answer",)
    with pytest.raises(ServiceError, match="bad key"):
        Fallback(Morph(Model([ServiceError("bad key")])), Local())(job())


def test_the_cascade_asks_nobody_for_what_the_local_engine_proves() -> None:
    model = Model([MERGED])
    merge = Cascade(Local(), Morph(model))(job())
    assert (merge.engine, model.asked) == (EngineName.LOCAL, [])


def test_the_cascade_asks_morph_for_what_the_local_engine_declines() -> None:
    asked = Model([BASE.replace("    return min", "    print(items)\n    return min")])
    merge = Cascade(Local(), Morph(asked))(job(update=VAGUE))
    assert asked.asked
    assert merge.engine is EngineName.MORPH
    assert merge.verdict is not Verdict.VERIFIED


def test_a_replayed_merge_is_verified_anew() -> None:
    document = Document.from_text(BASE)
    right = Recorded(document.digest, (Edit(8, 9, ("    tax = 0.2",)),), EngineName.MORPH)
    assert Replay({("shop.py@1", "shop.py"): right})(job()).verdict is Verdict.VERIFIED
    forged = Recorded(document.digest, (Edit(0, 1, ()), Edit(8, 9, ("    tax = 0.2",))), EngineName.MORPH)
    assert Replay({("shop.py@1", "shop.py"): forged})(job()).verdict is Verdict.REFUSED


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (Recorded("another text", (), EngineName.MORPH), Code.NO_ANCHOR),
        (Recorded(Document.from_text(BASE).digest, (Edit(90, 91, ()),), EngineName.MORPH), Code.VERIFICATION_FAILED),
    ],
)
def test_a_replay_of_edits_that_do_not_fit_is_refused(record: Recorded, code: Code) -> None:
    with pytest.raises(Refusal) as refused:
        Replay({("shop.py@1", "shop.py"): record})(job())
    assert refused.value.code is code
    with pytest.raises(Refusal):
        Replay({})(job())


def test_line_ends_a_bom_and_a_missing_final_newline_survive_a_remote_merge() -> None:
    base = "\ufeff" + BASE.rstrip("\n").replace("\n", "\r\n")
    merge = Morph(Model([MERGED]))(job(base=base))
    assert merge.document.to_bytes() == ("\ufeff" + MERGED.rstrip("\n").replace("\n", "\r\n")).encode()


def test_the_weakest_verdict_and_the_sum_of_usage() -> None:
    assert weakest(Verdict.VERIFIED, Verdict.UNPROVEN) is Verdict.UNPROVEN
    assert weakest(Verdict.UNPROVEN, Verdict.REFUSED) is Verdict.REFUSED
    assert total() == Usage()
    assert total(Usage(1, 2, 1, 0.5), Usage(1, 2, 1, None)) == Usage(2, 4, 2, None)
    assert total(Usage(1, 2, 1, 0.5), Usage()) == Usage(1, 2, 1, 0.5)


def test_the_documents_of_a_merge_are_compared_by_their_bytes() -> None:
    merge = Merge(Document.from_text("a\n"), Verdict.VERIFIED, EngineName.LOCAL)
    assert merge.document.digest != Document.from_text("a\r\n").digest
