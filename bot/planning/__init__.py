"""Plain-language requests: what a planner model is told, and what its answer means."""

from bot.planning.records import EditCall, Planned, Planner, PlanPrompt

__all__ = ["EditCall", "PlanPrompt", "Planned", "Planner"]
