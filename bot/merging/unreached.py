"""The doubt that code which a marker keeps would never run.

unreached   a new jump comes right before lines that stay in the same block: it may be the new form of what they do

base        value = first()         snippet     value = first()
            return value                        return second(value)
                                                # ...
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.merging.counterparts import NEW
from bot.merging.names import defined_name
from bot.merging.reading import short
from bot.merging.structure import ends_block
from bot.model import Doubt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.merging.evidence import Material
    from bot.merging.placement import Step
    from bot.merging.reading import Reading

_JUMPS = re.compile(r"(?:return|raise|throw|break|continue)\b")
# Behind a jump in other languages, or at other lines, code runs all the same.
_ELSEWHERE = re.compile(
    r"(?:case|default|when|else|elif|elsif|except|catch|rescue|finally|ensure)\b|[\w ]+:$|[#@}\])]|<"
)
_CONDITIONAL = (".rb", ".rake", ".pl", ".pm", ".cr", ".ex", ".exs", ".jl", ".coffee")


def unreached(best: Reading, material: Material) -> Iterator[Doubt]:
    """New jumps at the end of a segment, right before a line of the same block that a marker keeps."""
    lines, kept = material.base.lines, best.kept
    if material.lazy.path.endswith(_CONDITIONAL):
        return  # `return if done`
    for segment, placement in zip(best.segments, best.placements, strict=True):
        jump = _last_statement(segment, material)
        behind = placement.stop
        if jump is None or behind not in kept or lines[behind].indent != material.depths[jump.token]:
            continue
        key = lines[behind].key
        if _ELSEWHERE.match(key) is None and defined_name(key) is None:
            text = short(material.lazy.key(jump.token))
            number = lines[behind].number + 1
            yield Doubt("unreached", f"`{text}` would come before line {number}, which never runs then")


def _last_statement(segment: Sequence[Step], material: Material) -> Step | None:
    """The jump with which a segment ends, if it is new: on one line, or up to the bracket that closes it."""
    last = segment[-1]
    depth = material.depths[last.token]
    for step in reversed(segment):
        if step.kind not in NEW:
            return None
        key = material.lazy.key(step.token)
        if material.depths[step.token] == depth and not (step is last and ends_block(key)):
            return step if _JUMPS.match(key) else None
    return None


RULES = (unreached,)
