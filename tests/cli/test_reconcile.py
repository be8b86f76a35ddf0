"""`--morpheus-reconcile`: what the planner's account was charged stands in the report."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING

import pytest
from support.calls import ASKED, call, instructions, shop
from support.morph_client import KEY
from support.morph_server import MorphRequest, MorphServer, Reply, dump, error, http
from support.planner import HERE, MODEL, calling, tool_call

if TYPE_CHECKING:
    from pathlib import Path

    from support.calls import Run

WORDS = "# Say\n\n## `cart.py`\n\nFirst of nothing must be None.\n"


def planned(request: MorphRequest, number: int) -> Reply:
    """The edit of `cart.py`, under an id of the service's own."""
    del request
    edit = {"target_file": "cart.py", "instructions": "I do.", "code_edit": f"# ... existing code ...\n\n\n{ASKED}"}
    head, body = calling(tool_call(arguments=json.dumps(edit))).pieces
    assert isinstance(head, bytes)
    return Reply((head.replace(b"\r\n\r\n", b"\r\nx-request-id: id-%d\r\n\r\n" % number), body))


@pytest.mark.parametrize("ids", [(None,), ("0f3a", None)], ids=["no ids", "other ids"])
def test_where_the_account_names_requests_otherwise_nothing_is_made_up(
    tmp_path: Path, ids: tuple[str | None, ...]
) -> None:
    done, _ = run(tmp_path, charges(*ids), "--morpheus-reconcile", "--json")
    assert done.code == 0, done.said
    report = json.loads(done.out)
    assert report["charged"] is None
    (warning,) = report["warnings"]
    assert f"lists {len(ids)} charge" in warning
    assert "names a request of this run" in warning


def run(tmp_path: Path, usage: Reply, *options: str) -> tuple[Run, MorphServer]:
    numbers = count()

    def others(request: MorphRequest) -> Reply:
        return usage if "/billing/usage" in request.path else HERE(request)

    with MorphServer(lambda request: planned(request, next(numbers)), others=others) as server:
        environment = {"MORPHEUS_API_KEY": KEY, "MORPHEUS_API_URL": server.url, "MORPHEUS_MODEL": MODEL}
        repo = shop(tmp_path)
        return call(repo, "apply", instructions(tmp_path, WORDS), *options, environment=environment), server


def charges(*request_ids: str | None, **more: object) -> Reply:
    charge = {"amount_total": "0.0125", "tokens_total": 57, **more}
    items = [{**charge, "request_id": request_id} for request_id in request_ids]
    return http(200, dump({"items": items, "has_more": False}))


@pytest.mark.parametrize(
    ("ids", "said"),
    [(("id-0", "of another run"), "0.0125 for 1 of 1"), ((), "0 for 0 of 1"), (("id-0", None), "0.0125 for 1 of 1")],
)
def test_the_report_says_what_was_charged_for_how_many_of_the_requests(
    tmp_path: Path, ids: tuple[str, ...], said: str
) -> None:
    done, _ = run(tmp_path, charges(*ids), "--morpheus-reconcile")
    assert done.code == 0, done.said
    assert f"; charged ${said} requests to the planner" in done.said


def test_programs_get_it_as_a_decimal(tmp_path: Path) -> None:
    done, _ = run(tmp_path, charges("id-0"), "--morpheus-reconcile", "--json")
    assert json.loads(done.out)["charged"] == {"dollars": "0.0125", "requests": 1, "of": 1}


def test_a_charge_that_cannot_be_looked_up_is_a_warning(tmp_path: Path) -> None:
    done, _ = run(tmp_path, error(404, "no accounts here"), "--morpheus-reconcile", "--json")
    assert done.code == 0, done.said
    report = json.loads(done.out)
    assert report["charged"] is None
    assert any("charged is not known" in warning and "HTTP 404" in warning for warning in report["warnings"])


def test_nobody_looks_without_being_asked(tmp_path: Path) -> None:
    done, server = run(tmp_path, charges("id-0"))
    assert done.code == 0, done.said
    assert "charged" not in done.said
    assert not any("billing" in request.path for request in server.asides)
