"""The part of the doctor that asks the services: nothing is changed there, and nothing of the repository is sent."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from bot.app import morph_client, planner_client
from bot.chat.endpoint import Key
from bot.chat.model_list import Purpose, why_not
from bot.cli.finding import Finding, Health
from bot.errors import Code, ServiceError, UsageError
from bot.github.addresses import Addresses
from bot.github.client import Access
from bot.http import Http
from bot.pacing import Timing
from bot.probe import Right, asking, requests_left, right_on
from bot.review.records import RepositoryName

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.planner import PlannerClient
    from bot.settings import Settings

_NO_PLANNER = f"requests in plain language fail ({Code.SERVICE_ERROR})"
_SHOWN_MODELS = 12


def online_findings(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """What the services say that have a key here. What is not set up is told by the doctor's other part."""
    with suppress(UsageError):  # told by the doctor's other part
        if settings.morph_key:
            yield from _morph(settings)
    with suppress(UsageError):
        if settings.morpheus_key:
            yield from _planner(settings)
    try:
        yield from _github(environ)
    except UsageError as error:
        yield Finding(Health.BROKEN, "GitHub", str(error), "set it right, or leave it out")


def _broken(part: str, error: ServiceError, cost: str) -> Finding:
    return Finding(Health.BROKEN, part, str(error), f"mend that, or ask again later; until then, {cost}")


# --- Morph ---


def _morph(settings: Settings) -> Iterator[Finding]:
    with morph_client(settings) as client:
        try:
            models = client.models()
        except ServiceError as error:
            if _keeps_none(error):
                said = "it answers, but lists no models: whether the key is good shows with the first merge"
                yield Finding(Health.GOOD, "Morph, asked", said)
                return
            yield _broken("Morph, asked", error, "the local engine merges, and declines what it cannot prove")
            return
    yield Finding(Health.GOOD, "Morph, asked", f"the key is accepted; it has {len(models)} models")


def _keeps_none(error: ServiceError) -> bool:
    """Whether the service has no such page: others than the one that it is made for need not have it."""
    return not error.down and error.status in (None, 404, 405)


# --- the planner ---


def _planner(settings: Settings) -> Iterator[Finding]:
    with planner_client(settings) as client:
        yield from _model(settings, client)
        yield from _health(client)
        yield from _credit(client)


def _model(settings: Settings, client: PlannerClient) -> Iterator[Finding]:
    part = "planner's models"
    try:
        models = client.models()
    except ServiceError as error:
        if _keeps_none(error):
            yield Finding(Health.GOOD, part, "it lists none: whether it has the model shows with the first request")
            return
        yield _broken(part, error, _NO_PLANNER)
        return
    for name, purpose, variable in (
        (settings.morpheus_model, Purpose.CHAT, "MORPHEUS_MODEL"),
        (settings.morpheus_embedding_model, Purpose.EMBEDDINGS, "MORPHEUS_EMBEDDING_MODEL"),
    ):
        reason = why_not(name, models, purpose) if name else None
        if reason is not None:
            yield Finding(Health.BROKEN, part, f"{name} {reason}", f"set {variable} to a model that it has")
        elif name:
            yield Finding(Health.GOOD, part, f"{name} is there")
    if not settings.morpheus_model:
        names = [model.name for model in models if model.purpose in ("", Purpose.CHAT)]
        more = ", …" if len(names) > _SHOWN_MODELS else ""
        said = f"it has {', '.join(names[:_SHOWN_MODELS])}{more}" if names else "it has none"
        yield Finding(Health.ABSENT, part, said, "set MORPHEUS_MODEL to one of them")


def _health(client: PlannerClient) -> Iterator[Finding]:
    try:
        troubles = client.troubles()
    except ServiceError:
        return  # the list of models has told already whether it can be reached; not every server has such a page
    if troubles:
        said = f"it says of itself: {'; '.join(troubles)}"
        yield Finding(Health.BROKEN, "planner's health", said, f"wait; until then, {_NO_PLANNER}")
    else:
        yield Finding(Health.GOOD, "planner's health", "it says that all its parts are well")


def _credit(client: PlannerClient) -> Iterator[Finding]:
    part = "planner's account"
    try:
        balance = client.balance()
    except ServiceError as error:
        if not _keeps_none(error):
            yield _broken(part, error, _NO_PLANNER)
        return
    said = f"the key is accepted; {balance.available:f} {balance.currency} may be spent"
    if balance.available <= 0:
        yield Finding(Health.BROKEN, part, said, f"add credit; until then, {_NO_PLANNER}")
    else:
        yield Finding(Health.GOOD, part, said)


# --- GitHub ---


def _github(environ: Mapping[str, str]) -> Iterator[Finding]:
    token = environ.get("GITHUB_TOKEN", "").strip()
    if not token:
        said = "GITHUB_TOKEN is not set: review comments are read from saved files only, and nothing is answered"
        yield Finding(Health.ABSENT, "GitHub", said, "set a token that may read pull requests and write contents")
        return
    addresses, key = Addresses.of(environ), Key.parse(token, "GITHUB_TOKEN")
    named = environ.get("GITHUB_REPOSITORY", "").strip()
    repository = RepositoryName.parse(named)
    if named and repository is None:
        raise UsageError("GITHUB_REPOSITORY: not the name of a repository (owner/name)")
    part = "GitHub"
    with Http() as transport:
        client = asking(Access(addresses, key), transport, Timing.real())
        try:
            left = requests_left(client)
            counted = "this server counts no requests" if left is None else f"{left} requests are left this hour"
            yield Finding(Health.GOOD, part, f"the token is accepted; {counted}")
            part = "GitHub's permissions"
            if repository is not None:
                yield _right(repository, right_on(client, repository))
            else:
                said = "GITHUB_REPOSITORY is not set: what the token may do there was not asked"
                yield Finding(Health.ABSENT, part, said, "set it to owner/name to have that asked")
        except ServiceError as error:
            yield _broken(part, error, "review comments cannot be read there, and nothing can be pushed")


def _right(repository: RepositoryName, right: Right) -> Finding:
    part = "GitHub's permissions"
    match right:
        case Right.WRITE:
            return Finding(Health.GOOD, part, f"the token may push to {repository}")
        case Right.READ:
            said = f"the token may read {repository}, and not push to it: results can be shown, not landed"
            return Finding(Health.ABSENT, part, said, "give it `contents: write` and `pull-requests: write`")
        case Right.UNKNOWN:
            said = f"GitHub does not say what this token may do with {repository}"
            return Finding(Health.ABSENT, part, said, "see that the job grants `contents: write`")
