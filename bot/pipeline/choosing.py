"""A request that names no file: the planner chooses one of the change set, and edits it in the same answer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from bot.errors import Code, Refusal, ServiceError
from bot.paths import check_path
from bot.pipeline.engines import refuse_secrets
from bot.planning import CandidateFile, by_vectors, by_words, choice_prompt, embedded_text, read_answer
from bot.planning.candidates import EMBEDDED_AS
from bot.planning.sanitise import visible
from bot.text import split_lines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.pipeline.views import View
    from bot.planning import EditCall, Embedder, Planner, PlanPrompt

# So many files share the room of a prompt; so many of the others are named, and no more are embedded at all.
_SHOWN = 5
_CONSIDERED = 200
# Longer than any comment may be; the room is for the file.
_LONGEST_REQUEST = 100_000


class Store(Protocol):
    """Keeps vectors from run to run, by the digest of what they stand for; what it cannot keep it does without."""

    def get(self, key: str) -> Sequence[float] | None: ...

    def put(self, vectors: Mapping[str, Sequence[float]]) -> None: ...


@dataclass(frozen=True, slots=True)
class Ranker:
    """Sorts the files that may be meant. `embedder` None: by path and words.

    A blob is embedded once, under each path: in a run, and with a `store` in all runs that ask the same `service` (its
    address and model).
    """

    embedder: Embedder | None = None
    store: Store | None = None
    service: str = ""
    _vectors: dict[str, Sequence[float]] = field(default_factory=dict)

    def ranked(self, words: str, files: Sequence[CandidateFile]) -> tuple[CandidateFile, ...]:
        """`files`, the most likely first. Raises Refusal (budget); a service that fails is done without."""
        if self.embedder is None or len(files) < 2:
            return by_words(files, words)
        if len(files) > _CONSIDERED:
            likely = by_words(files, words)
            return (*self.ranked(words, likely[:_CONSIDERED]), *likely[_CONSIDERED:])
        keys = {file.path: self._key(file) for file in files}
        known = {key: vector for key in keys.values() if (vector := self._known(key)) is not None}
        new = [file for file in files if keys[file.path] not in known]
        try:
            request, *made = self.embedder.embed([visible(words), *map(embedded_text, new)]).vectors
            known.update(zip((keys[file.path] for file in new), made, strict=True))
            # Under one name a service may serve another model than it did.
            other = [file for file in files if len(known[keys[file.path]]) != len(request)]
            if other:
                again = self.embedder.embed([embedded_text(file) for file in other]).vectors
                known.update(zip((keys[file.path] for file in other), again, strict=True))
        except ServiceError:
            return by_words(files, words)
        self._keep({keys[file.path]: known[keys[file.path]] for file in (*new, *other)})
        vectors = [known[keys[file.path]] for file in files]
        if any(len(vector) != len(request) for vector in vectors):
            return by_words(files, words)
        return by_vectors(files, vectors, request)

    def _key(self, file: CandidateFile) -> str:
        parts = (str(EMBEDDED_AS), self.service, file.path, file.blob)
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

    def _known(self, key: str) -> Sequence[float] | None:
        if key not in self._vectors and self.store is not None:
            return self.store.get(key)
        return self._vectors.get(key)

    def _keep(self, vectors: Mapping[str, Sequence[float]]) -> None:
        self._vectors.update(vectors)
        if self.store is not None and vectors:
            self.store.put(vectors)


def candidates(among: Sequence[str], view: View) -> tuple[CandidateFile, ...]:
    """The files of `among` that can be read, and may be shown to a model."""
    found = []
    for path in among:
        try:
            state = view.read(check_path(path))
            refuse_secrets(path, state.document.text)
        except Refusal:
            continue
        found.append(CandidateFile(path, state.document.text, state.blob or state.document.digest))
    return tuple(found)


def refuse_length(words: str) -> None:
    """Raise Refusal (too-large) for a request that is a book."""
    if len(words) > _LONGEST_REQUEST:
        raise Refusal(Code.TOO_LARGE, f"the request has {len(words)} characters", "say it shorter")


def prompt_for(words: str, ranked: Sequence[CandidateFile]) -> PlanPrompt:
    """The prompt that shows the first of `ranked`, and names the others."""
    shown = [(file.path, split_lines(file.text)) for file in ranked[:_SHOWN]]
    return choice_prompt(words, shown, [file.path for file in ranked[_SHOWN:]], _CONSIDERED)


def choose(
    planner: Planner, ranker: Ranker, words: str, among: Sequence[str], view: View, keys: Sequence[str]
) -> tuple[EditCall, tuple[str, ...]]:
    """The planner's edit of one of the files `among`, and the service's names of its answers. Raises Refusal."""
    refuse_length(words)
    files = candidates(among, view)
    if not files:
        raise Refusal(
            Code.UNKNOWN_PATH, "no file of the change set can be shown to a planner", "name the file that is meant"
        )
    refuse_secrets("the request", words, remedy="take the secret out of the request")
    planned = planner.plan(prompt_for(words, ranker.ranked(words, files)))
    texts = {file.path: file.text for file in files}
    target = planned.calls[0].target_file.removeprefix("./") if planned.calls else files[0].path
    if target not in texts:
        raise Refusal(
            Code.WRONG_FILE,
            "the planner wants to edit a file that is not in the change set",
            "name the file that is meant",
        )
    return read_answer(planned, target, texts[target], keys), planned.request_ids
