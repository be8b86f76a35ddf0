"""Lists of models, embeddings, accounts and health: read strictly, whoever sends them."""

from __future__ import annotations

import base64
import json
import struct
from decimal import Decimal

import pytest
from support.recordings import recording

from bot.chat.account import Balance, Charge, Charges, read_balance, read_charges, reconciled
from bot.chat.completion import Tokens
from bot.chat.embeddings import Embedded, cosine, read_embeddings
from bot.chat.health import read_troubles
from bot.chat.model_list import ListedModel, Purpose, read_models, why_not
from bot.chat.reading import AnswerError

MODELS = (
    ListedModel("kimi-k2.7-code", "LLM", "0x0A"),
    ListedModel("glm-5.2", "LLM"),
    ListedModel("text-embedding-bge-m3", "EMBEDDING"),
)


def body(number: str) -> dict[str, object]:
    value = json.loads(b"".join(recording(number).pieces).partition(b"\r\n\r\n")[2])
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize(
    "name", ["kimi-k2.7-code", "KIMI-K2.7-Code", "moonshotai/kimi-k2.7-code", "kimi-k2.7-code:web", "0x0A"]
)
def test_a_name_is_known_in_each_form_that_the_gateway_takes(name: str) -> None:
    assert why_not(name, MODELS, Purpose.CHAT) is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("kimi-k2-7-code", "close to it are kimi-k2.7-code"),
        ("0x0a", "is not among its models; it has kimi-k2.7-code, glm-5.2"),
        ("", "is not among its models"),
        ("text-embedding-bge-m3", "is of the type EMBEDDING, not LLM; it has kimi-k2.7-code, glm-5.2"),
    ],
)
def test_a_name_that_another_model_would_answer_to_is_refused(name: str, said: str) -> None:
    assert said in (why_not(name, MODELS, Purpose.CHAT) or "")


def test_a_name_may_have_a_colon_and_a_list_no_types() -> None:
    assert why_not("qwen3:8b", (ListedModel("qwen3:8b"),), Purpose.CHAT) is None
    assert why_not("qwen3:8b", (ListedModel("qwen3:8b"),), Purpose.EMBEDDINGS) is None
    assert "it has none" in (why_not("qwen3:8b", (), Purpose.CHAT) or "")
    many = tuple(ListedModel(f"model-{number}") for number in range(30))
    assert "model-7 and 22 more" in (why_not("zzz", many, Purpose.CHAT) or "")


def test_the_gateways_list_is_read_and_what_has_no_name_is_passed_over() -> None:
    models = read_models(body("19"))
    assert [model.name for model in models if model.purpose == "LLM"] == [
        "mistral-31-24b", "kimi-k2.7-code", "glm-5.2", "gpt-oss-120b",
    ]  # fmt: skip
    assert read_models({"data": [{"id": 7}, "x", {"id": "m", "modelType": 1}]}) == (ListedModel("m"),)


@pytest.mark.parametrize("answer", [None, [], {}, {"data": {}}, {"error": "no"}])
def test_what_is_no_list_of_models_is_no_answer(answer: object) -> None:
    with pytest.raises(AnswerError):
        read_models(answer)


def embedding(index: int, vector: object) -> dict[str, object]:
    return {"object": "embedding", "index": index, "embedding": vector}


def test_embeddings_belong_to_their_texts_whatever_their_order() -> None:
    packed = base64.b64encode(struct.pack("<2f", 0.5, 2.0)).decode()
    answer = {"data": [embedding(1, packed), embedding(0, [1, 0.25])], "usage": {"prompt_tokens": 7}}
    assert read_embeddings(answer, 2) == Embedded(((1.0, 0.25), (0.5, 2.0)), Tokens(7, 0))


@pytest.mark.parametrize(
    "data",
    [
        None, [], [embedding(0, [1.0])], [embedding(0, [1.0]), embedding(0, [1.0])],
        [embedding(0, [1.0]), embedding(2, [1.0])], [embedding(0, [1.0]), embedding(1, [1.0, 2.0])],
        [embedding(0, []), embedding(1, [])], [embedding(0, ["1"]), embedding(1, [1.0])],
        [embedding(0, "?"), embedding(1, [1.0])], [embedding(0, "AAA="), embedding(1, [1.0])],
        [embedding(0, [float("nan")]), embedding(1, [1.0])], [embedding(0, None), embedding(1, [1.0])],
        [embedding(0, [True]), embedding(1, [1.0])], [embedding(0, [10**400]), embedding(1, [1.0])],
    ],
)  # fmt: skip
def test_an_embedding_too_few_or_of_another_kind_is_no_answer(data: object) -> None:
    with pytest.raises(AnswerError):
        read_embeddings({"data": data}, 2)


def test_likeness_is_the_cosine() -> None:
    assert cosine((1.0, 0.0), (2.0, 0.0)) == pytest.approx(1)
    assert cosine((1.0, 0.0), (0.0, 3.0)) == 0
    assert cosine((1.0, 1.0), (-1.0, -1.0)) == pytest.approx(-1)
    assert cosine((0.0, 0.0), (1.0, 0.0)) == 0


def test_amounts_are_decimals() -> None:
    assert read_balance(body("20")) == Balance(Decimal("9.9987035"), Decimal("9.9987035"), "USD")
    exponent = {"total_available": "1.0E-7", "paid": {"available": 0}, "currency": "<b>"}
    assert read_balance(exponent) == Balance(Decimal("1.0E-7"), Decimal(0))


@pytest.mark.parametrize(
    "amount",
    [None, "", "NaN", "Infinity", "ten", 1.5, True, [], "1E+999999", "1E-999999", 10**400, f"0.{'3' * 9_000}"],
    ids=lambda amount: repr(amount)[:20],
)
def test_an_amount_that_is_none_is_no_answer(amount: object) -> None:
    with pytest.raises(AnswerError):
        read_balance({"total_available": amount, "paid": {"available": "1"}})


def charge(amount: str, request_id: object = "a1", tokens: object = 5) -> dict[str, object]:
    return {"amount_total": amount, "request_id": request_id, "tokens_total": tokens}


def test_charges_are_reconciled_by_the_ids_of_requests() -> None:
    page = {"items": [charge("-0.10"), charge("0.20", "b2"), charge("9", None), charge("9", "z")], "has_more": True}
    charges = read_charges(page)
    assert charges.more
    assert charges.entries[0] == Charge(Decimal("0.10"), 5, "a1")
    found = reconciled(charges.entries, ("a1", "b2", "c3"))
    assert (found.found, found.requests, found.amount, found.tokens) == (2, 3, Decimal("0.30"), 10)
    assert read_charges({"items": []}) == Charges((), more=False)


def test_a_charge_that_two_pages_show_is_one() -> None:
    """A page is cut at a number: what is posted meanwhile shifts the ones behind it."""
    first = [{**charge("0.20"), "id": "e2"}, {**charge("0.10"), "id": "e1"}]
    second = [{**charge("0.10"), "id": "e1"}, {**charge("0.40"), "id": "e0"}, charge("1"), charge("1")]
    entries = (*read_charges({"items": first}).entries, *read_charges({"items": second}).entries)
    found = reconciled(entries, ("a1",))
    assert (found.amount, found.tokens, found.listed) == (Decimal("2.70"), 25, 5)


@pytest.mark.parametrize("answer", [{}, {"items": None}, {"items": ["x"]}, {"items": [charge("x")]}, {"error": "no"}])
def test_what_is_no_page_of_charges_is_no_answer(answer: object) -> None:
    with pytest.raises(AnswerError):
        read_charges(answer)


def test_the_gateway_says_ok_and_names_what_is_not() -> None:
    well = body("57")
    assert read_troubles(well) == ()
    ill = {**well, "database": "unhealthy: gone", "model_service": {"status": "degraded"}}
    assert read_troubles(ill) == ("database: unhealthy: gone", "model service: degraded")
    assert read_troubles({"status": "ok"}) == ()
    with pytest.raises(AnswerError):
        read_troubles({"database": "healthy"})


@pytest.mark.parametrize("tokens", [True, -1, 10**400, "5", None], ids=lambda tokens: repr(tokens)[:20])
def test_tokens_of_a_charge_that_are_no_count_are_none(tokens: object) -> None:
    (entry,) = read_charges({"items": [charge("1", tokens=tokens)]}).entries
    assert entry.tokens == 0
