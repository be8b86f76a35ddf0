"""What models a service has, and which of them a configured name means.

Worth asking: there are gateways that serve a name which they do not know by some other model, with no hint.
"""

from __future__ import annotations

import difflib
import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.chat.error_body import refuse_error
from bot.chat.reading import AnswerError, as_object

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHOWN = 8


class Purpose(enum.StrEnum):
    """What a model is for, as lists of models say it."""

    CHAT = "LLM"
    EMBEDDINGS = "EMBEDDING"


@dataclass(frozen=True, slots=True)
class ListedModel:
    """One model: `purpose` is "" where the list does not say it; `chain_id` is its other name on Morpheus."""

    name: str
    purpose: str = ""
    chain_id: str = ""


def read_models(answer: object) -> tuple[ListedModel, ...]:
    """The models of a `/models` answer. Raises AnswerError for another shape; what has no name is passed over."""
    body = as_object(answer, "the list of models")
    refuse_error(body)
    entries = body.get("data")
    if not isinstance(entries, list):
        raise AnswerError("answered in a shape that is not documented: the list of models has no data")
    return tuple(_listed(entry) for entry in entries if isinstance(entry, dict) and isinstance(entry.get("id"), str))


def _listed(entry: dict[str, object]) -> ListedModel:
    purpose, chain_id = entry.get("modelType"), entry.get("blockchainID")
    return ListedModel(
        str(entry["id"]),
        purpose if isinstance(purpose, str) else "",
        chain_id if isinstance(chain_id, str) else "",
    )


def why_not(name: str, models: Sequence[ListedModel], purpose: Purpose) -> str | None:
    """Why `name` cannot be asked for `purpose` ("is not among its models: …"), or None if it can.

    Names are compared as Morpheus does: without case, a provider's name before a slash, or a `:suffix` of options; its
    hexadecimal ids only exactly.
    """
    bare = name.partition(":")[0] if not any(model.name == name for model in models) else name
    accepted = {bare.casefold(), bare.rpartition("/")[2].casefold()}
    found = [model for model in models if model.name.casefold() in accepted or (name and model.chain_id == name)]
    if not found:
        return f"is not among its models; {_alternatives(name, models, purpose)}"
    if all(model.purpose and model.purpose.upper() != purpose for model in found):
        return f"is of the type {found[0].purpose}, not {purpose}; {_alternatives(name, models, purpose)}"
    return None


def _alternatives(name: str, models: Sequence[ListedModel], purpose: Purpose) -> str:
    names = [model.name for model in models if not model.purpose or model.purpose.upper() == purpose]
    if not names:
        return "it has none"
    close = difflib.get_close_matches(name, names, 3, 0.5)
    if close:
        return f"close to it are {', '.join(close)}"
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"it has {', '.join(names[:_SHOWN])}{more}"
