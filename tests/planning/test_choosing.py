"""A request that names no file: candidates by embeddings or by words, and one edit within the change set."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from support.planners import USAGE, Scripted, asking, edit, run, words
from support.trees import MemoryTree

from bot.errors import Code, ServiceError
from bot.outcomes import Applied, Refused, Usage
from bot.pipeline.choosing import Ranker
from bot.pipeline.land import Terms, derive
from bot.pipeline.proposal import from_json, to_json
from bot.pipeline.writers import PlannerWriter
from bot.planning import CandidateFile, by_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FILES = {
    "shop/cart.py": "def net(items):\n    return sum(items)\n",
    "shop/tax.py": "def vat(price):\n    return price * 0.2\n",
    "web/page.ts": "export function page() {\n  return render();\n}\n",
    "other.py": "x = 1\n",
}
SET = ("shop/cart.py", "shop/tax.py", "web/page.ts")
TAXED = "def vat(price):\n    return price * 0.25\n"


def files(names: Sequence[str] = SET) -> list[CandidateFile]:
    return [CandidateFile(name, FILES[name], f"blob-{name}") for name in names]


@dataclass
class Embedding:
    vectors: tuple[tuple[float, ...], ...]
    usage: Usage = USAGE


@dataclass
class Embedder:
    """Counts three words: what a text is about is as plain as that."""

    asked: list[tuple[str, ...]] = field(default_factory=list)
    down: bool = False
    words: tuple[str, ...] = ("items", "price", "render")

    def embed(self, texts: Sequence[str]) -> Embedding:
        self.asked.append(tuple(texts))
        if self.down:
            raise ServiceError("The planner is down", down=True)
        return Embedding(tuple(tuple(float(text.count(word)) for word in self.words) for text in texts))


@dataclass
class Store:
    """Keeps vectors as a disk would."""

    kept: dict[str, Sequence[float]] = field(default_factory=dict)

    def get(self, key: str) -> Sequence[float] | None:
        return self.kept.get(key)

    def put(self, vectors: Mapping[str, Sequence[float]]) -> None:
        self.kept.update(vectors)


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("In `shop/tax.py` the rate is old.", "shop/tax.py"),
        ("tax.py has the old rate", "shop/tax.py"),
        ("The tax is 25 % now.", "shop/tax.py"),
        ("`vat` should use 25 %.", "shop/tax.py"),
        ("The page should be rendered once.", "web/page.ts"),
        ("`net` of an empty cart", "shop/cart.py"),
        ("Anything", "shop/cart.py"),
    ],
)
def test_by_words_the_file_that_is_named_or_holds_what_is_named_comes_first(said: str, first: str) -> None:
    assert by_words(files(), said)[0].path == first


def test_by_embeddings_the_likeliest_file_comes_first() -> None:
    ranked = Ranker(Embedder()).ranked("render the page, and render it once", files())
    assert ranked[0].path == "web/page.ts"


def test_a_blob_is_embedded_once_in_a_run() -> None:
    embedder = Embedder()
    ranker = Ranker(embedder)
    ranker.ranked("price", files())
    ranker.ranked("items", files())
    changed = CandidateFile("shop/cart.py", "items render\n", "blob-new")
    ranker.ranked("items", [changed, *files()[1:]])
    assert [len(texts) for texts in embedder.asked] == [4, 1, 2]


def test_the_same_blob_under_another_path_is_another_text() -> None:
    embedder = Embedder()
    one, other = (CandidateFile(path, "x = 1\n", "blob") for path in ("render/render.py", "price/price.py"))
    assert Ranker(embedder).ranked("price", [one, other])[0] is other
    assert len(embedder.asked[0]) == 3


def test_a_blob_that_an_earlier_run_embedded_is_not_embedded_again() -> None:
    store, first, second = Store(), Embedder(), Embedder()
    Ranker(first, store, "here").ranked("price", files())
    ranked = Ranker(second, store, "here").ranked("render the page", files())
    assert ranked[0].path == "web/page.ts"
    assert [len(texts) for texts in (*first.asked, *second.asked)] == [4, 1]


@pytest.mark.parametrize("other", ["another service", "another model"])
def test_vectors_of_another_model_or_service_are_not_taken(other: str) -> None:
    store, embedder = Store(), Embedder()
    Ranker(Embedder(), store, "here").ranked("price", files())
    Ranker(embedder, store, other).ranked("price", files())
    assert [len(texts) for texts in embedder.asked] == [4]


def test_vectors_of_another_length_are_made_anew() -> None:
    """A service may serve another model under the same name."""
    store = Store()
    Ranker(Embedder(), store, "here").ranked("price", files())
    longer = Embedder(words=("items", "price", "render", "vat"))
    assert Ranker(longer, store, "here").ranked("vat vat", files())[0].path == "shop/tax.py"
    assert [len(texts) for texts in longer.asked] == [1, 3]
    assert {len(vector) for vector in store.kept.values()} == {4}
    ranker = Ranker(longer, store, "here")
    ranker.ranked("vat", files())
    longer.words = ("items",)
    ranker.ranked("items", files())
    assert {len(vector) for vector in store.kept.values()} == {1}


def test_where_the_embeddings_cannot_be_had_words_decide() -> None:
    assert Ranker(Embedder(down=True)).ranked("The tax is 25 % now.", files())[0].path == "shop/tax.py"


def test_the_planner_edits_one_file_of_the_change_set() -> None:
    planner = Scripted([edit("shop/tax.py", TAXED)])
    request = words("", "The tax is 25 % now.", among=SET)
    done = run(asking(planner), [request], FILES)
    assert isinstance(done.outcomes[0], Applied), done.outcomes
    assert [file.path for file in done.files] == ["shop/tax.py"]
    shown = planner.prompts[0].user
    assert shown.index("shop/tax.py") < shown.index("shop/cart.py")
    assert "x = 1" not in shown


def test_a_doubtful_choice_goes_back_once_with_its_file_alone() -> None:
    planner = Scripted(
        [edit("shop/tax.py", "def nowhere():\n    return 1\n# ... existing code ...\nx"), edit("shop/tax.py", TAXED)]
    )
    done = run(asking(planner), [words("", "The tax is 25 % now.", among=SET)], FILES)
    assert isinstance(done.outcomes[0], Applied), done.outcomes
    assert "The file is 'shop/tax.py'" in planner.prompts[1].user
    assert "<doubts-" in planner.prompts[1].user


@pytest.mark.parametrize("target", ["other.py", "../shop/tax.py", "", "shop/TAX.py"])
def test_a_file_outside_of_the_change_set_is_refused(target: str) -> None:
    done = run(asking(Scripted([edit(target, TAXED)])), [words("", "The tax is 25 %.", among=SET)], FILES)
    (outcome,) = done.outcomes
    assert isinstance(outcome, Refused)
    assert outcome.code is Code.WRONG_FILE
    assert done.files == ()


def test_files_that_keep_secrets_are_neither_shown_nor_embedded() -> None:
    embedder = Embedder()
    planner = Scripted([edit("shop/tax.py", TAXED)])
    kept = {**FILES, ".env": "A_TOKEN=render\n"}
    request = words("", "The tax is 25 % now.", among=(*SET, ".env"))
    done = run(PlannerWriter(planner, ranker=Ranker(embedder)), [request], kept)
    assert isinstance(done.outcomes[0], Applied)
    assert "A_TOKEN" not in planner.prompts[0].user + "".join(text for texts in embedder.asked for text in texts)
    assert ".env" not in planner.prompts[0].user


def test_without_a_readable_file_nobody_is_asked() -> None:
    planner = Scripted([])
    (outcome,) = run(asking(planner), [words("", "Change it.", among=("gone.py",))], FILES).outcomes
    assert isinstance(outcome, Refused)
    assert outcome.code is Code.UNKNOWN_PATH


def test_a_choice_lands_from_its_proposal() -> None:
    request = words("", "The tax is 25 % now.", among=SET)
    done = run(asking(Scripted([edit("shop/tax.py", TAXED)])), [request], FILES)
    proposal = from_json("p.json", to_json("c" * 40, done).encode())
    landed = derive(proposal, [request], MemoryTree(dict(FILES)), Terms(lambda _: False, {}), map).proposed
    assert [file.path for file in landed.files] == ["shop/tax.py"]


def test_of_a_huge_change_the_likeliest_files_are_embedded_and_named_and_the_rest_is_counted() -> None:
    many = {f"gen/part_{number}.py": f"def part_{number}():\n    return {number}\n" for number in range(900)}
    everything = {**many, **FILES}
    embedder = Embedder()
    planner = Scripted([edit("shop/tax.py", TAXED)])
    writer = PlannerWriter(planner, ranker=Ranker(embedder))
    done = run(writer, [words("", "The price in `vat` has a tax of 25 % now.", among=tuple(everything))], everything)
    assert isinstance(done.outcomes[0], Applied), done.outcomes
    assert [len(texts) for texts in embedder.asked] == [1 + 200]
    shown = planner.prompts[0].user
    assert "shop/tax.py" in shown
    assert shown.count("gen/part_") < 250
    assert "and 699 more" in shown
