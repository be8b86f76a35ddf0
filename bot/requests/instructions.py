"""The door of instruction files: by the ending of the name to the reader of that form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.errors import InstructionError
from bot.requests.markdown import read_diff, read_markdown
from bot.requests.records import read_json, read_json_lines, read_yaml
from bot.requests.source import ReadOptions, open_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.asks import Batch
    from bot.requests.source import Source

_READERS: Final[dict[str, Callable[[Source], Batch]]] = {
    ".yaml": read_yaml,
    ".yml": read_yaml,
    ".json": read_json,
    ".jsonl": read_json_lines,
    ".diff": read_diff,
    ".patch": read_diff,
}
_DEFAULTS: Final = ReadOptions()


def read_instructions(name: str, data: bytes, options: ReadOptions = _DEFAULTS) -> Batch:
    """The requests of the instruction file `name`, in order, and the commit message that it asks for.

    `.yaml`, `.yml`, `.json`, `.jsonl`, `.diff` and `.patch` are read as what they say, all other names as Markdown.
    Raises InstructionError (place, problem, remedy) at the first thing that cannot be read: a file is never half-read.
    """
    source = open_source(name, data, options)
    ending = "." + name.rsplit(".", 1)[-1].lower()
    batch = _READERS.get(ending, read_markdown)(source)
    if len(batch.requests) > options.max_requests:
        raise InstructionError(name, f"more than {options.max_requests} requests", "split it into several files")
    return batch
