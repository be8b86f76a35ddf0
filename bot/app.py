"""Assembly: settings in, the parts of a run joined, what came of it out. The only place that knows all hands."""

from __future__ import annotations

import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from bot.diffs import check, unified
from bot.entries import EXECUTABLE, REGULAR
from bot.errors import Code, Refusal, ServiceError, UsageError
from bot.outcomes import Refused, Unchanged
from bot.parallel import ordered_map
from bot.paths import warned_path
from bot.pipeline.budget import Budget, Meter, MeteredApply, MeteredEmbedder, MeteredPlanner
from bot.pipeline.choosing import Ranker
from bot.pipeline.engines import Cascade, Fallback, Local, Morph
from bot.pipeline.land import Terms, derive
from bot.pipeline.propose import Proposed, propose
from bot.pipeline.resolve import Resolver, applied_by
from bot.pipeline.writers import PlannerWriter
from bot.report import Charged, FileLine, Report, diff_counts, fallbacks, printable, readings_of
from bot.settings import EngineChoice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bot.asks import Batch, Request
    from bot.files.vectors import VectorFiles
    from bot.morph import MorphClient
    from bot.outcomes import Outcome
    from bot.pipeline.engines import Engine
    from bot.pipeline.proposal import Proposal
    from bot.pipeline.propose import FileResult, Mapper
    from bot.pipeline.writers import Writer
    from bot.planner import PlannerClient
    from bot.report import Landing, Readings
    from bot.settings import Settings
    from bot.workplace import Order, StartingPoint

# What a request comes to on a second run where its lines are gone.
TRACELESS = frozenset({Code.OUTDATED, Code.NO_ANCHOR, Code.AMBIGUOUS, Code.UNKNOWN_PATH})

T = TypeVar("T")
R = TypeVar("R")


class Place(Protocol):
    """Where a run works: the repository here, or a pull request elsewhere."""

    def starting_point(self, order: Order, settings: Settings) -> StartingPoint:
        """What the run starts from. Raises UsageError, RepositoryError."""

    def vectors(self) -> VectorFiles:
        """Where what a service has made of files of the repository is kept from run to run."""

    def landed_before(self, start: StartingPoint, order: Order) -> Mapping[str, str]:
        """The ids of requests that an earlier run has applied here, each with its commit."""

    def changed_since(self, start: StartingPoint, request: Request, commit: str) -> bool:
        """Whether a file of the request is another one now than in the commit that applied it."""

    def land(self, start: StartingPoint, batch: Batch, proposed: Proposed, order: Order, settings: Settings) -> Landing:
        """Make `proposed` real, as `order` says. Raises RepositoryError."""


def meter_for(settings: Settings) -> Meter:
    """What counts the spending of one run, from now on."""
    budget = Budget(settings.budget_tokens, settings.budget_requests, settings.budget_dollars, settings.budget_seconds)
    return Meter(budget, time.monotonic)


@contextmanager
def engine_for(settings: Settings, meter: Meter | None = None) -> Iterator[Engine]:
    """The engine that the settings ask for, its connections closed afterwards. Raises UsageError."""
    choice = settings.engine
    if choice is EngineChoice.AUTO and not settings.morph_key:
        choice = EngineChoice.LOCAL
    if choice is EngineChoice.LOCAL:
        yield Local()
        return
    if not settings.morph_key:
        raise UsageError(f"the engine {choice} needs MORPH_API_KEY; set it, or use --engine local")
    with morph_client(settings) as client:
        morph = Morph(MeteredApply(client.apply, meter or meter_for(settings)))
        match choice:
            case EngineChoice.AUTO:
                yield Fallback(morph, Local())
            case EngineChoice.CASCADE:
                yield Cascade(Local(), morph)
            case _:
                yield morph


def morph_client(settings: Settings) -> MorphClient:
    """A client for Morph as the settings say. Raises UsageError for an endpoint that is none."""
    from bot.chat.endpoint import Endpoint, Key
    from bot.chat.request import Delivery
    from bot.chat_client import Limits
    from bot.morph import MorphClient, MorphSettings

    delivery = Delivery.STREAM if settings.morph_stream else Delivery.WHOLE
    limits = Limits(total=settings.morph_deadline, idle=settings.morph_idle)
    endpoint = Endpoint.parse(settings.morph_url, "MORPH_API_URL")
    key = Key.parse(settings.morph_key or "", "MORPH_API_KEY")
    return MorphClient(MorphSettings(endpoint, key, settings.morph_model, delivery, limits))


def has_planner(settings: Settings) -> bool:
    """Whether the settings name a planner: a key and a model."""
    return bool(settings.morpheus_key and settings.morpheus_model)


def planner_lacks(settings: Settings) -> str:
    """The variables without which there is no planner, of those that are not set."""
    missing = {"MORPHEUS_API_KEY": settings.morpheus_key, "MORPHEUS_MODEL": settings.morpheus_model}
    return " and ".join(name for name, value in missing.items() if not value)


def writer_for(
    planner: PlannerClient | None, settings: Settings, meter: Meter, store: VectorFiles | None = None
) -> PlannerWriter | None:
    """Who writes the snippets of requests in plain words; None without a planner. `store` keeps what was embedded."""
    if planner is None:
        return None
    keys = tuple(key for key in (settings.morpheus_key, settings.morph_key) if key)
    embedder = MeteredEmbedder(planner, meter) if settings.morpheus_embedding_model else None
    return PlannerWriter(MeteredPlanner(planner, meter), keys, Ranker(embedder, store, planner.embeds_as))


@contextmanager
def planner_for(settings: Settings) -> Iterator[PlannerClient | None]:
    """The planner that the settings name, its connections closed afterwards; None without a key or a model.

    Nothing is sent before it is asked. Raises UsageError for an endpoint or a key that is none.
    """
    if not has_planner(settings):
        yield None
        return
    with planner_client(settings) as client:
        yield client


def planner_client(settings: Settings) -> PlannerClient:
    """A client for the planner as the settings say. Raises UsageError for an endpoint or a key that is none."""
    from bot.chat.embeddings import Encoding
    from bot.chat.endpoint import Endpoint, Key
    from bot.chat.prices import MORPHEUS_HOST, MORPHEUS_PRICES
    from bot.chat.request import Delivery, Sampling
    from bot.chat_client import Limits
    from bot.pacing import Pace
    from bot.planner import EmbeddingSettings, PlannerClient, PlannerSettings

    endpoint = Endpoint.parse(settings.morpheus_url, "MORPHEUS_API_URL")
    sampling = Sampling(
        settings.morpheus_temperature,
        settings.morpheus_top_p,
        settings.morpheus_max_tokens,
        settings.morpheus_presence_penalty,
        settings.morpheus_frequency_penalty,
        settings.morpheus_stop,
        settings.morpheus_n,
    )
    embedding = EmbeddingSettings(
        settings.morpheus_embedding_model,
        Encoding(settings.morpheus_encoding_format),
        settings.morpheus_dimensions,
        settings.morpheus_user,
    )
    return PlannerClient(
        PlannerSettings(
            endpoint,
            Key.parse(settings.morpheus_key or "", "MORPHEUS_API_KEY"),
            settings.morpheus_model,
            sampling,
            settings.morpheus_tool_choice or None,
            settings.morpheus_session_id or None,
            Delivery.STREAM if settings.morpheus_stream else Delivery.WHOLE,
            Limits(total=settings.morpheus_deadline, idle=settings.morpheus_idle),
            pace=Pace(settings.morpheus_requests_per_minute, settings.morpheus_at_once),
            # Another server has other prices, or none.
            prices=MORPHEUS_PRICES if endpoint.host == MORPHEUS_HOST else {},
            embedding=embedding,
        )
    )


@dataclass(frozen=True, slots=True)
class Done:
    """A finished run: its report, what it started from (as people name it, and as a commit), what it proposed.

    `together`, where a proposal was landed: what all requests come to beside each other, those that it leaves out too.
    """

    report: Report
    base_name: str
    base: str
    proposed: Proposed
    together: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True)
class Replayed:
    """What an earlier run was answered: by its merge engine, and by its planner."""

    engine: Engine
    writer: Writer


def run_requests(
    place: Place,
    batch: Batch,
    order: Order,
    settings: Settings,
    advance: Callable[[], None],
    replay: Replayed | None = None,
) -> Done:
    """Resolve `batch` and do with the result what `order` says; `advance` is called after each request.

    With a `replay` nobody is asked: merges and a planner's snippets are those of an earlier run.
    Raises UsageError and RepositoryError; whatever concerns one request is an outcome of the report.
    """
    _check_accepted(batch.requests, order)
    start = place.starting_point(order, settings)
    landed = place.landed_before(start, order)
    meter = meter_for(settings)
    chosen = nullcontext(replay.engine) if replay is not None else engine_for(settings, meter)
    asked = nullcontext(None) if replay is not None else planner_for(settings)
    with chosen as merging, asked as planner:
        writer = replay.writer if replay is not None else writer_for(planner, settings, meter, place.vectors())
        resolver = Resolver(
            engine=merging,
            accepts=order.accepts,
            writer=writer,
            landed=landed,
            numbered=start.numbered,
            looks_first=order.looks_first,
            committed=start.committed,
            staged=start.staged,
            planner_lacks=planner_lacks(settings),
        )
        proposed = propose(batch.requests, start.tree, resolver, mapper(settings, advance))
        charged, warning = charges_of(planner, settings)
    known = recognised(proposed, landed, partial(place.changed_since, start))
    done = _land(place, start, batch, known, order, settings)
    warnings = (*done.report.warnings, warning) if warning else done.report.warnings
    return replace(done, report=replace(done.report, usage=meter.usage, charged=charged, warnings=warnings))


def charges_of(planner: PlannerClient | None, settings: Settings) -> tuple[Charged | None, str]:
    """What the planner's account was charged so far, where that is asked for; or a warning that it is not told."""
    if planner is None or not settings.morpheus_reconcile or not planner.was_asked:
        return None, ""
    try:
        found = planner.reconcile()
    except ServiceError as error:
        return None, f"what the planner's account was charged is not known: {error}"
    if found.listed and not found.found:
        charges = f"{found.listed} charge{'s' if found.listed > 1 else ''}"
        said = (
            f"it lists {charges} since then, and none that names a request of this run (not posted yet, or not named)"
        )
        return None, f"what the planner's account was charged is not known: {said}"
    return Charged(found.amount, found.found, found.requests), ""


def recognised(
    proposed: Proposed,
    landed: Mapping[str, str],
    changed: Callable[[Request, str], bool] = lambda _request, _commit: False,
) -> Proposed:
    """`proposed` with the requests told apart that an earlier commit of the branch has applied (`landed`: id, commit).

    A request that only takes lines away leaves nothing to recognise it by: what cannot find its place, and stands in
    a trailer of the branch, is done. Where its files are `changed` since that commit, it may no longer stand.
    """

    def known(outcome: Outcome) -> Outcome:
        request = outcome.request
        if isinstance(outcome, Refused) and outcome.code in TRACELESS and request.id in landed:
            outcome = applied_by(request, landed[request.id])
        if isinstance(outcome, Unchanged) and outcome.commit and changed(request, outcome.commit):
            return replace(outcome, reason=f"{outcome.reason}, and its file has been changed since", stands=False)
        return outcome

    return replace(proposed, outcomes=tuple(map(known, proposed.outcomes)))


def land_proposal(place: Place, proposal: Proposal, batch: Batch, order: Order, settings: Settings) -> Done:
    """Derive `proposal` again from `batch`, and land it as `order` says.

    Raises Refusal (verification-failed) if anything differs; nothing is landed then.
    """
    _check_accepted(batch.requests, order)
    start = place.starting_point(order, settings)
    if start.commit != proposal.base:
        raise Refusal(
            Code.OUTDATED,
            f"the proposal holds for commit {printable(proposal.base[:12])}, this would land on {start.commit[:12]}",
            "make it anew with `stetbot propose`, or say with --base what it was made on",
        )
    landed = place.landed_before(start, order)
    remote = settings.engine is not EngineChoice.LOCAL
    terms = Terms(order.accepts, landed, start.numbered, order.looks_first, remote)
    derived = derive(proposal, batch.requests, start.tree, terms, map)
    done = _land(place, start, batch, derived.proposed, order, settings)
    return replace(done, together=recognised(Proposed(derived.outcomes, ()), landed).outcomes)


def mapper(settings: Settings, advance: Callable[[], None]) -> Mapper:
    """The map that a run resolves its requests with: threads where a service is waited for, else in turn.

    The local engine computes; threads would only take the processor from each other.
    """
    local = settings.engine is EngineChoice.LOCAL or not settings.morph_key
    jobs = 1 if local and not has_planner(settings) else settings.jobs

    def mapped(function: Callable[[T], R], items: Sequence[T]) -> Iterable[R]:
        for result in ordered_map(function, items, jobs):
            advance()
            yield result

    return mapped


def _check_accepted(requests: Sequence[Request], order: Order) -> None:
    unknown = order.accept - {request.id for request in requests}
    if unknown:
        known = ", ".join(request.id for request in requests[:5])
        raise UsageError(f"--accept {min(unknown)}: no such request here; ids look like {known}")


def _land(
    place: Place, start: StartingPoint, batch: Batch, proposed: Proposed, order: Order, settings: Settings
) -> Done:
    report = Report(
        proposed.outcomes,
        tuple(file_line(result) for result in proposed.files),
        warnings=(*start.warnings, *_warnings(proposed)),
        readings=tuple(_readings(proposed, start)),
    )
    if order.all_or_nothing and proposed.refused:
        held = f"{len(proposed.refused)} of {len(proposed.outcomes)} requests were refused (--all-or-nothing)"
        return Done(replace(report, held_back=held), start.name, start.commit, proposed)
    landing = place.land(start, batch, proposed, order, settings)
    return Done(replace(report, landing=landing), start.name, start.commit, proposed)


def _readings(proposed: Proposed, start: StartingPoint) -> Iterator[Readings]:
    for outcome in proposed.outcomes:
        try:
            readings = readings_of(outcome, lambda path: start.tree.read(path).document)
        except Refusal:  # the file of the work tree is gone or changed since: there is nothing to show it against
            continue
        if readings is not None:
            yield readings


def file_line(result: FileResult) -> FileLine:
    """The numbers and the diff of one changed file; the diff is proved: parsed again and applied back in memory."""
    before = result.renamed_from or result.path
    old = result.old.document if result.old is not None else None
    new = result.new.document if result.new is not None else None
    modes = {
        "old_mode": EXECUTABLE if result.old is not None and result.old.executable else REGULAR,
        "new_mode": EXECUTABLE if result.new is not None and result.new.executable else REGULAR,
    }
    diff = unified(before, old, new, rename_to=result.renamed_from and result.path, **modes)
    check(diff, before, old, new, rename_to=result.renamed_from and result.path, **modes)
    return FileLine(result.path, result.renamed_from, *diff_counts(diff), diff)


def _warnings(proposed: Proposed) -> Iterator[str]:
    for result in proposed.files:
        reason = warned_path(result.path)
        if reason is not None:
            yield f"{result.path}: {reason}; look at it before you merge"
    count = fallbacks(proposed.outcomes)
    if count:
        yield f"Morph is down: the local engine was asked for {count} of {len(proposed.outcomes)} requests"
