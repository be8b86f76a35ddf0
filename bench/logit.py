"""A conditional logit: weights under which the right answer to each question is the likeliest.

Each answer has the weight of its traits' sum, and the likelihood of an answer is its share of all exponentials. The
right answers' likelihood is made as large as it gets, less a penalty on the squares of the weights, each scaled by its
trait's standard deviation: so no single question decides (a ridge, i.e. L2). By L-BFGS, in plain Python: rows are
sparse, and what all answers of a question share is left out, for it cancels. Nothing is random.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from dataclasses import dataclass
from itertools import chain
from operator import mul
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bench.questions import Answer, Question

SEEN = 5  # a trait that fewer answers have tells nothing
TELLS = 0.04  # nor does one whose scaled weight stays below
MOST_STEPS = 300
MEMORY = 12  # pairs of steps from which L-BFGS knows the curvature
CLOSE = 1e-6  # the gain of a step, as a share of the loss, with which it is done
_NIL = 1e-9

Weights = dict[str, float]
Vector = list[float]
Row = tuple[tuple[int, ...], tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Weighted:
    """A question, and how much it counts."""

    question: Question
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class _Problem:
    """A question as numbers: the right answers' rows first, `right` many."""

    rows: tuple[Row, ...]
    right: int
    share: float


def fitted(asked: Sequence[Weighted], penalty: float) -> Weights:
    """The weights that answer the questions best; traits that tell nothing are left out."""
    answers = [answer for one in asked for answer in one.question.answers]
    scale, seen = _deviations(answers)
    names = sorted(name for name in scale if seen[name] >= SEEN)
    first = _fit(asked, {name: scale[name] for name in names}, penalty, {})
    kept = {name: scale[name] for name in names if abs(first[name]) * scale[name] >= TELLS}
    return _fit(asked, kept, penalty, first)


def score(traits: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """What an answer with these traits weighs."""
    return sum(weights.get(name, 0.0) * value for name, value in traits.items())


def is_answered(question: Question, weights: Mapping[str, float]) -> bool:
    """Whether a right answer weighs more than each wrong one."""
    right = [score(answer.traits, weights) for answer in question.answers if answer.right]
    wrong = [score(answer.traits, weights) for answer in question.answers if not answer.right]
    return max(right, default=-math.inf) > max(wrong, default=-math.inf)


def _deviations(answers: Sequence[Answer]) -> tuple[dict[str, float], Counter[str]]:
    """The standard deviation of each trait over all answers, and how many of them have it."""
    seen: Counter[str] = Counter()
    squares: dict[str, float] = {}
    sums: dict[str, float] = {}
    for answer in answers:
        for name, value in answer.traits.items():
            if value:
                seen[name] += 1
                sums[name] = sums.get(name, 0.0) + value
                squares[name] = squares.get(name, 0.0) + value * value
    number = len(answers)
    scale = {name: math.sqrt(max(0.0, squares[name] / number - (sums[name] / number) ** 2)) for name in sums}
    return {name: deviation or 1.0 for name, deviation in scale.items()}, seen


def _fit(asked: Iterable[Weighted], scale: Mapping[str, float], penalty: float, start: Weights) -> Weights:
    names = list(scale)
    place = {name: at for at, name in enumerate(names)}
    problems = [problem for one in asked if (problem := _problem(one, place, scale)) is not None]

    def loss(weights: Vector) -> tuple[float, Vector]:
        value = penalty * sum(map(mul, weights, weights)) / 2
        slope = [penalty * weight for weight in weights]
        for problem in problems:
            value += _loss(problem, weights, slope)
        return value, slope

    found = minimised(loss, [start.get(name, 0.0) * scale[name] for name in names])
    return {name: weight / scale[name] for name, weight in zip(names, found, strict=True)}


def _problem(one: Weighted, place: Mapping[str, int], scale: Mapping[str, float]) -> _Problem | None:
    """The rows of a question, less what is common to most of them; None where there is nothing to tell apart."""
    answers = one.question.answers
    right = [answer for answer in answers if answer.right]
    wrong = [answer for answer in answers if not answer.right]
    if not right or not wrong:
        return None
    names = sorted({name for answer in answers for name in answer.traits if name in place})
    common = {name: Counter(answer.traits.get(name, 0.0) for answer in answers).most_common(1)[0][0] for name in names}
    rows: list[Row] = []
    for answer in chain(right, wrong):
        values = ((name, answer.traits.get(name, 0.0) - common[name]) for name in names)
        row = [(place[name], value / scale[name]) for name, value in values if value]
        rows.append((tuple(at for at, _ in row), tuple(value for _, value in row)))
    return _Problem(tuple(rows), len(right), one.share)


def _loss(problem: _Problem, weights: Vector, slope: Vector) -> float:
    """How unlikely the right answers are (a negative logarithm); its derivatives are added to `slope`."""
    weight = weights.__getitem__
    scores: list[float] = [sum(map(mul, map(weight, places), values)) for places, values in problem.rows]
    top = max(scores[: problem.right])
    best = max(scores)
    shares = [math.exp(one - best) for one in scores]
    rights = [math.exp(one - top) for one in scores[: problem.right]]
    all_shares, all_rights = sum(shares), sum(rights)
    for at, (places, values) in enumerate(problem.rows):
        share = shares[at] / all_shares - (rights[at] / all_rights if at < problem.right else 0.0)
        if abs(share) > _NIL:
            share *= problem.share
            for place, value in zip(places, values, strict=True):
                slope[place] += share * value
    return float(problem.share * (best + math.log(all_shares) - top - math.log(all_rights)))


def minimised(loss: Callable[[Vector], tuple[float, Vector]], start: Vector) -> Vector:
    """Where a smooth `loss` (its value and its derivatives) is least, by L-BFGS from `start` on."""
    here = start
    value, slope = loss(here)
    known: deque[tuple[Vector, Vector, float]] = deque(maxlen=MEMORY)
    calm = 0
    for _ in range(MOST_STEPS):
        way = _direction(slope, known)
        down = _dot(way, slope)
        length = 1.0 if known else 1.0 / max(1.0, math.sqrt(_dot(slope, slope)))
        there, lower, steeper = here, value, slope
        for _ in range(30):
            there = [one + length * step for one, step in zip(here, way, strict=True)]
            lower, steeper = loss(there)
            if lower <= value + 1e-4 * length * down:
                break
            length /= 2
        else:
            return here
        moved = [one - other for one, other in zip(there, here, strict=True)]
        turned = [one - other for one, other in zip(steeper, slope, strict=True)]
        curve = _dot(moved, turned)
        if curve > _NIL:
            known.append((moved, turned, curve))
        calm = calm + 1 if value - lower <= CLOSE * abs(lower) else 0
        here, value, slope = there, lower, steeper
        if calm == 3:
            break
    return here


def _direction(slope: Vector, known: Sequence[tuple[Vector, Vector, float]]) -> Vector:
    """Down, with what the last steps tell of the curvature (the two loops of L-BFGS)."""
    way = [-one for one in slope]
    parts: list[float] = []
    for moved, turned, curve in reversed(known):
        part = _dot(moved, way) / curve
        parts.append(part)
        way = [one - part * other for one, other in zip(way, turned, strict=True)]
    if known:
        _, turned, curve = known[-1]
        size = curve / _dot(turned, turned)
        way = [size * one for one in way]
    for (moved, turned, curve), part in zip(known, reversed(parts), strict=True):
        back = part - _dot(turned, way) / curve
        way = [one + back * other for one, other in zip(way, moved, strict=True)]
    return way


def _dot(one: Vector, other: Vector) -> float:
    return float(sum(map(mul, one, other)))
