"""Plain-language requests: what a planner model is told, and what its answer means.

`plan_prompt`   the rules, and a request with its file, or with the parts of it that matter
`choice_prompt` the same for a request that names no file, with those that may be meant
`by_words`, `by_vectors`  which of them are most likely meant
`read_answer`   the one edit of the request's file that an answer holds, or a Refusal
`confine`       the doubt that a change leaves the lines that its request is about
"""

from bot.planning.answer import read_answer
from bot.planning.candidates import CandidateFile, by_vectors, by_words, embedded_text
from bot.planning.confine import confine
from bot.planning.imports import Surroundings
from bot.planning.prompt import Asked, Earlier, choice_prompt, plan_prompt
from bot.planning.records import EditCall, Embedded, Embedder, Planned, Planner, PlanPrompt

__all__ = [
    "Asked",
    "CandidateFile",
    "Earlier",
    "EditCall",
    "Embedded",
    "Embedder",
    "PlanPrompt",
    "Planned",
    "Planner",
    "Surroundings",
    "by_vectors",
    "by_words",
    "choice_prompt",
    "confine",
    "embedded_text",
    "plan_prompt",
    "read_answer",
]
