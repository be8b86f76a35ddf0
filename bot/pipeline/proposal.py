"""The proposal: what a run wants to change, as JSON between `propose` and `land`.

Everything is exact: blob ids of the base, result bytes (base64), modes, the edits per request and what they stand on.
Reading validates every field and its type and names the place of what is wrong; what is read is claims, not facts:
`land` trusts none of it (see `bot.pipeline.land`).
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.entries import EXECUTABLE, REGULAR
from bot.errors import UsageError
from bot.json_node import Node
from bot.model import Edit, EngineName
from bot.outcomes import Applied, Change, Create, Delete, Refused, Rename, SetMode, Unchanged, Written
from bot.pipeline.engines import Recorded

if TYPE_CHECKING:
    from bot.outcomes import Candidate, Operation, Outcome
    from bot.pipeline.propose import FileResult, Proposed
    from bot.pipeline.views import FileState

VERSION = 1
MAX_BYTES = 64 * 1024 * 1024
_REMEDY = "make the proposal anew with `stetbot propose`"
# Every key has a meaning, or it is refused: what is not read (a co-author, a message) could be taken for a wish.
_KEYS = {
    "top": ("stetbot_proposal", "base", "requests", "files"),
    "request": (
        *("id", "digest", "place", "outcome", "reason", "code"),
        *("engine", "verdict", "doubts", "notes", "written", "operations", "usage"),
    ),
    "change": ("kind", "path", "stands_on", "final_newline", "edits"),
    "create": ("kind", "path", "executable"),
    "delete": ("kind", "path"),
    "rename": ("kind", "path", "to"),
    "mode": ("kind", "path", "executable"),
    "edit": ("start", "stop", "lines"),
    "file": ("path", "renamed_from", "requests", "old", "new"),
    "written": ("target_file", "instructions", "code_edit"),
    "old": ("mode", "blob"),
    "new": ("mode", "blob", "sha256", "content_base64"),
}


@dataclass(frozen=True, slots=True)
class ClaimedFile:
    """What a proposal says of one path: the blob before; mode, blob and bytes after (None: not there)."""

    path: str
    renamed_from: str | None
    old_blob: str | None
    executable: bool | None
    data: bytes | None
    blob: str | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as read: the commit that it holds for, the ids that it says it applies, their merges, the files.

    `written`: the snippets of a planner, by request and path.
    Of what it refuses, `refused` are the codes and reasons by id, `shown` the merges that it shows for them.
    """

    base: str
    applied: tuple[str, ...]
    merges: dict[tuple[str, str], Recorded]
    files: tuple[ClaimedFile, ...]
    written: dict[tuple[str, str], Written]
    refused: dict[str, tuple[str, str]]
    shown: dict[tuple[str, str], Recorded]


def blob_id(data: bytes, base: str) -> str:
    """The id of a blob in the repository that has the commit `base`: ids of 64 digits are SHA-256."""
    named = b"blob %d\0" % len(data) + data
    return (hashlib.sha256(named) if len(base) == 64 else hashlib.sha1(named, usedforsecurity=False)).hexdigest()


def claimed(result: FileResult, base: str) -> ClaimedFile:
    """What a proposal on the commit `base` says of `result`."""
    new = result.new
    data = new.document.to_bytes() if new is not None else None
    return ClaimedFile(
        result.path,
        result.renamed_from,
        result.old.blob if result.old is not None else None,
        new.executable if new is not None else None,
        data,
        None if data is None else blob_id(data, base),
    )


def to_json(base: str, proposed: Proposed) -> str:
    """The proposal of a run on the commit `base`, as JSON text. Raises UsageError: larger than `land` would read."""
    text = (
        json.dumps(
            {
                "stetbot_proposal": VERSION,
                "base": base,
                "requests": [_outcome_json(outcome) for outcome in proposed.outcomes],
                "files": [_file_json(result, base) for result in proposed.files],
            },
            ensure_ascii=False,
            indent=1,
        )
        + "\n"
    )
    if len(text.encode()) > MAX_BYTES:
        raise UsageError(f"the proposal is larger than {MAX_BYTES} bytes; propose fewer requests at a time")
    return text


def _outcome_json(outcome: Outcome) -> dict[str, object]:
    request = outcome.request
    said: dict[str, object] = {"id": request.id, "digest": request.digest, "place": request.place}
    match outcome:
        case Applied(candidate=candidate):
            return said | {"outcome": "applied"} | _candidate_json(candidate)
        case Unchanged(reason=reason):
            return said | {"outcome": "unchanged", "reason": reason}
        case Refused(code=code, reason=reason, candidate=shown):
            said |= {"outcome": "refused", "code": code.value, "reason": reason}
            return said | (_candidate_json(shown) if shown is not None else {})


def _candidate_json(candidate: Candidate) -> dict[str, object]:
    return {
        "engine": candidate.engine.value,
        "verdict": candidate.verdict.value,
        "doubts": [{"rule": doubt.rule, "message": doubt.message} for doubt in candidate.doubts],
        "notes": list(candidate.notes),
        "written": [
            {"target_file": it.path, "instructions": it.instruction, "code_edit": it.snippet}
            for it in candidate.written
        ],
        "operations": [_operation_json(operation) for operation in candidate.operations],
        "usage": {
            "prompt_tokens": candidate.usage.prompt_tokens,
            "completion_tokens": candidate.usage.completion_tokens,
            "requests": candidate.usage.requests,
            "dollars": candidate.usage.dollars,
        },
    }


def _operation_json(operation: Operation) -> dict[str, object]:
    match operation:
        case Change():
            return {
                "kind": "change",
                "path": operation.path,
                "stands_on": operation.stands_on,
                "final_newline": operation.final_newline,
                "edits": [
                    {"start": edit.start, "stop": edit.stop, "lines": list(edit.lines)} for edit in operation.edits
                ],
            }
        case Create():
            return {"kind": "create", "path": operation.path, "executable": operation.executable}
        case Delete():
            return {"kind": "delete", "path": operation.path}
        case Rename():
            return {"kind": "rename", "path": operation.path, "to": operation.to}
        case SetMode():
            return {"kind": "mode", "path": operation.path, "executable": operation.executable}


def _file_json(result: FileResult, base: str) -> dict[str, object]:
    def state(state: FileState | None) -> dict[str, object] | None:
        return None if state is None else {"mode": EXECUTABLE if state.executable else REGULAR}

    old = state(result.old)
    if old is not None and result.old is not None:
        old["blob"] = result.old.blob
    new = state(result.new)
    if new is not None and result.new is not None:
        data = result.new.document.to_bytes()
        new |= {
            "blob": blob_id(data, base),
            "sha256": result.new.document.digest,
            "content_base64": base64.b64encode(data).decode("ascii"),
        }
    return {
        "path": result.path,
        "renamed_from": result.renamed_from,
        "requests": list(result.requests),
        "old": old,
        "new": new,
    }


def from_json(name: str, data: bytes) -> Proposal:
    """Read a proposal from the bytes of the file `name`; raises UsageError naming what is wrong with it."""
    if len(data) > MAX_BYTES:
        raise UsageError(f"{name}: larger than {MAX_BYTES} bytes; propose fewer requests at a time")
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name}: not JSON ({error}); give a file that `stetbot propose` wrote") from error
    top = Node(name, value, _wrong)
    if top.at("stetbot_proposal").integer() != VERSION:
        raise UsageError(f"{name}: not a proposal of version {VERSION}; make it anew with `stetbot propose`")
    top.only(_KEYS["top"])
    requests = [node.only(_KEYS["request"]) for node in top.at("requests").items()]
    applied = [node for node in requests if node.at("outcome").text() == "applied"]
    refused = [node for node in requests if node.at("outcome").text() == "refused"]
    return Proposal(
        top.at("base").text(),
        tuple(node.at("id").text() for node in applied),
        {key: record for node in applied for key, record in _merges(node)},
        tuple(_claimed_file(node) for node in top.at("files").items()),
        {key: written for node in (*applied, *refused) for key, written in _written(node)},
        {node.at("id").text(): (node.at("code").text(), node.at("reason").text()) for node in refused},
        {key: record for node in refused if not node.at("operations").missing for key, record in _merges(node)},
    )


def _wrong(place: str, wrong: str) -> UsageError:
    return UsageError(f"{place}: {wrong}; {_REMEDY}")


def _written(node: Node) -> list[tuple[tuple[str, str], Written]]:
    found = []
    for item in () if node.at("written").missing else node.at("written").items():
        path = item.only(_KEYS["written"]).at("target_file").text()
        written = Written(path, item.at("code_edit").text(), item.at("instructions").text())
        found.append(((node.at("id").text(), path), written))
    return found


def _merges(node: Node) -> list[tuple[tuple[str, str], Recorded]]:
    found = []
    for operation in node.at("operations").items():
        kind = operation.at("kind").text()
        if kind not in ("change", "create", "delete", "rename", "mode"):
            raise operation.at("kind").wrong("an operation")
        operation.only(_KEYS[kind])
        if kind != "change":
            continue
        edits = tuple(
            Edit(
                edit.at("start").integer(),
                edit.at("stop").integer(),
                tuple(line.line() for line in edit.at("lines").items()),
            )
            for edit in (item.only(_KEYS["edit"]) for item in operation.at("edits").items())
        )
        engine = node.at("engine").text()
        if engine not in set(EngineName):
            raise node.at("engine").wrong("an engine of this version")
        key = (node.at("id").text(), operation.at("path").text())
        found.append((key, Recorded(operation.at("stands_on").text(), edits, EngineName(engine))))
    return found


def _claimed_file(node: Node) -> ClaimedFile:
    node.only(_KEYS["file"])
    old, new = node.at("old"), node.at("new")
    data = None
    if not old.missing:
        old.only(_KEYS["old"])
    if not new.missing:
        new.only(_KEYS["new"])
        encoded = new.at("content_base64")
        try:
            data = base64.b64decode(encoded.text(), validate=True)
        except ValueError as error:  # binascii's, and that of text beyond ASCII
            raise encoded.wrong("base64") from error
    renamed = node.at("renamed_from")
    return ClaimedFile(
        node.at("path").text(),
        None if renamed.missing else renamed.text(),
        None if old.missing or old.at("blob").missing else old.at("blob").text(),
        None if new.missing else _executable(new.at("mode")),
        data,
        None if new.missing else new.at("blob").text(),
    )


def _executable(mode: Node) -> bool:
    if mode.text() not in (REGULAR, EXECUTABLE):
        raise mode.wrong("the mode of a regular file")
    return mode.text() == EXECUTABLE
