"""Plain-language requests: what a planner model is told, and what its answer means.

`plan_prompt`   the rules, and a request with its file, or with the parts of it that matter
`read_answer`   the one edit of the request's file that an answer holds, or a Refusal
`confine`       the doubt that a change leaves the lines that its request is about
"""

from bot.planning.answer import read_answer
from bot.planning.confine import confine
from bot.planning.imports import Surroundings
from bot.planning.prompt import Asked, Earlier, plan_prompt
from bot.planning.records import EditCall, Planned, Planner, PlanPrompt

__all__ = [
    "Asked",
    "Earlier",
    "EditCall",
    "PlanPrompt",
    "Planned",
    "Planner",
    "Surroundings",
    "confine",
    "plan_prompt",
    "read_answer",
]
