"""What is known of HTML's elements."""

from __future__ import annotations

from typing import Final

# Those that hold nothing, and so have no end: https://html.spec.whatwg.org/#void-elements and `param`, which was one.
VOID: Final = frozenset(
    (
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
    )
)  # fmt: skip
