"""What the doctor finds of one part."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Health(enum.Enum):
    """How a part is: works, is not set up (something is given up for it), or is broken."""

    GOOD = "ok"
    ABSENT = "--"
    BROKEN = "!!"


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: its health, what it is, what was found, and what to do about it."""

    health: Health
    part: str
    said: str
    remedy: str = ""
