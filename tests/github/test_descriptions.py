"""What we send is as GitHub describes its API; and the check that says so says no where it should."""

from __future__ import annotations

import json

import pytest
from support.checkout import ROOT
from support.github.descriptions import load_schema, rest_description, wrong_document

from bot.github import queries

PERMISSION = "/repos/{owner}/{repo}/collaborators/{username}/permission"
COMMENT = "/repos/{owner}/{repo}/issues/{issue_number}/comments"


@pytest.mark.parametrize("name", sorted(queries.DOCUMENTS))
def test_each_document_is_valid_by_githubs_schema(name: str) -> None:
    assert wrong_document(load_schema(), queries.DOCUMENTS[name]) == []


def test_every_document_of_the_module_is_listed() -> None:
    texts = {
        value for key, value in vars(queries).items() if key.isupper() and isinstance(value, str) and key[0] != "_"
    }
    assert texts == set(queries.DOCUMENTS.values())


def test_a_field_that_github_does_not_have_is_found() -> None:
    wrong = queries.RESOLVE.replace("isResolved", "wasResolved")
    assert wrong_document(load_schema(), wrong) == [
        "Cannot query field 'wasResolved' on type 'PullRequestReviewThread'. Did you mean 'isResolved'?"
    ]


def test_a_wrong_request_is_found() -> None:
    rest = rest_description()
    route = rest.route("POST", "/repos/octo/shop/issues/7/comments")
    assert route == (COMMENT, {"owner": "octo", "repo": "shop", "issue_number": "7"})
    assert rest.wrong_request("POST", *route, {}, {"body": "x"}) == []
    assert rest.wrong_request("POST", *route, {}, {}) != []
    assert rest.wrong_request("POST", *route, {}, {"body": 7}) != []
    assert rest.wrong_request("POST", *route, {}, {"body": "x", "event": "APPROVE"}) != []
    assert rest.wrong_request("POST", *route, {"page": "x"}, {"body": "x"}) != []
    assert rest.route("DELETE", "/repos/octo/shop/issues/7/comments") is None


def test_a_wrong_answer_is_found() -> None:
    rest = rest_description()
    assert rest.wrong_answer("GET", PERMISSION, 200, {"permission": "write"}) != []
    assert rest.wrong_answer("GET", PERMISSION, 200, {"permission": "write", "role_name": "write", "user": None}) == []
    assert rest.wrong_answer("GET", PERMISSION, 299, {}) != []
    assert rest.wrong_answer("GET", PERMISSION, 403, {"message": "no"}) == []


def test_the_cuts_carry_their_origin_and_licence() -> None:
    folder = ROOT / "tests" / "support" / "github"
    rest = "\n".join(json.loads((folder / "rest.json").read_text("utf-8"))["notice"])
    schema = (folder / "schema.graphql").read_text("utf-8")
    for text, package in ((rest, "@octokit/openapi 23.0.2"), (schema, "@octokit/graphql-schema 15.26.1")):
        assert f"A cut of {package}" in text
        assert "Permission is hereby granted, free of charge" in text
