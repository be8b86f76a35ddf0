"""What the Morpheus gateway says about itself: it answers "ok" whatever ails it, and names the ailing parts below."""

from __future__ import annotations

from bot.chat.reading import AnswerError, as_object

# Parts of the answer, and what says that one is well. The cache is for speed alone.
_PARTS = (
    (("status",), {"ok", "healthy"}),
    (("database",), {"ok", "healthy"}),
    (("model_service", "status"), {"ok", "healthy"}),
    (("rate_limiting", "redis", "status"), {"ok", "healthy", "disabled"}),
)


def read_troubles(answer: object) -> tuple[str, ...]:
    """The parts that are not well, each with what is said of it; a part that is not there is well."""
    body = as_object(answer, "the health")
    if not isinstance(body.get("status"), str):
        raise AnswerError("answered in a shape that is not documented: the health has no status")
    troubles = []
    for path, well in _PARTS:
        value: object = body
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, str) and value.casefold() not in well:
            troubles.append(f"{path[0].replace('_', ' ')}: {value}")
    return tuple(troubles)
