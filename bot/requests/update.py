"""One update without a request around it: what `stetbot merge` is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import Code, Refusal, UsageError
from bot.requests.formats import FormatError, UnclearFormat, read_code

if TYPE_CHECKING:
    from bot.asks import Ask


def read_update(text: str, name: str) -> Ask:
    """What `text` (from `name`) asks of one file: a lazy snippet, or a format with a syntax of its own.

    Raises UsageError (it does not parse, or speaks of several files) and Refusal (ambiguous: it reads as two formats).
    """
    try:
        asks = read_code(text, None)
    except FormatError as error:
        raise UsageError(f"{name}: {error}") from error
    except UnclearFormat as error:
        raise Refusal(Code.AMBIGUOUS, f"{name}: {error}", error.remedy) from error
    if len(asks) != 1:
        raise UsageError(f"{name}: speaks of {len(asks)} files; one file is merged at a time")
    return asks[0].ask
