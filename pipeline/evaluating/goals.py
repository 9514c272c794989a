"""What the product has to reach against what was measured, and whose errors keep it from there."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from pipeline.evaluating.breakdown import CASE_DIMENSIONS, DIMENSIONS, Figure
from pipeline.evaluating.counting import Ratio
from pipeline.evaluating.metrics import CaseMetric, Metric, PageMetric
from pipeline.evaluating.scoring import NONE, Scores

__all__ = ["Blame", "Goal", "Scale", "goals", "scale"]

State = Literal["reached", "missed", "below", "open"]
"""``reached`` and ``missed`` hold for the whole interval; ``below``: the value misses the goal, but it may be chance;
``open``: the value reaches the goal, but the sample is too small to tell."""

_BY_PAGE = ("type", "family", "degradation")
_BY_CASE = ("disease",)
_MORE_THAN_ITS_SHARE = 1.25
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Blame:
    """The group of one dimension with most of the errors beyond its share of what was counted."""

    dimension: str
    group: str
    errors: float
    pages: int
    """Pages (or cases) of the group that hold an error."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The axis that goals of one kind share, in shares; ticks lie at places in percent of its width."""

    low: float
    ticks: tuple[tuple[float, str], ...]

    def at(self, value: float) -> float:
        """Place of ``value`` in percent of the width, within the axis."""
        return round(100 * min(max((value - self.low) / (1 - self.low), 0.0), 1.0), 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One goal. ``errors`` counts what went wrong in ``counted``; ``blame`` is empty where nothing did."""

    figure: Figure
    state: State
    errors: float
    counted: float
    blame: tuple[Blame, ...]

    @property
    def least(self) -> bool:
        """True for a share to be reached, False for errors that must not happen."""
        return not self.figure.metric.low_is_good


def goals(scores: Scores, shown: Mapping[str, Figure]) -> tuple[Goal, ...]:
    """Return every goal that anything was counted for: shares to be reached first, those missed on top."""
    aimed = (figure for figure in shown.values() if figure.metric.goal is not None and figure.ratio.whole)
    found = [_goal(figure, scores) for figure in aimed]
    order = ("missed", "below", "open", "reached")
    return tuple(sorted(found, key=lambda goal: (not goal.least, order.index(goal.state))))


def scale(found: Iterable[Goal]) -> Scale:
    """Return an axis that ends at 100% and holds every value, goal and lower end of an interval, if above zero."""
    low = 1.0
    for goal in found:
        figure = goal.figure
        ends = (figure.value, figure.metric.goal, figure.sure.low if figure.sure else None)
        low = min(low, *(end for end in ends if end is not None))
    step = 0.05 if low >= 0.8 else 0.1 if low >= 0.5 else 0.25
    first = math.floor(low / step + 1e-9) * step
    count = round((1 - first) / step) or 1
    axis = Scale(min(first, 1 - step), ())
    marks = (axis.low + step * i for i in range(count + 1))
    return Scale(axis.low, tuple((axis.at(mark), f"{mark:.0%}") for mark in marks))


def _goal(figure: Figure, scores: Scores) -> Goal:
    metric, ratio = figure.metric, figure.ratio
    blame: list[Blame] = []
    if isinstance(metric, PageMetric):
        for dimension in _BY_PAGE:
            blame += _most(dimension, DIMENSIONS[dimension], scores.pages, metric, metric.of)
    elif isinstance(metric, CaseMetric):
        for dimension in _BY_CASE:
            blame += _most(dimension, CASE_DIMENSIONS[dimension], scores.cases, metric, metric.of)
    return Goal(
        figure=figure, state=_state(figure), errors=_errors(metric, ratio), counted=ratio.whole, blame=tuple(blame)
    )


def _state(figure: Figure) -> State:
    if figure.reached is not None:
        return "reached" if figure.reached else "missed"
    value, goal = figure.value or 0.0, figure.metric.goal or 0.0
    return "below" if (value > goal if figure.metric.low_is_good else value < goal) else "open"


def _errors(metric: Metric, ratio: Ratio) -> float:
    return ratio.part if metric.low_is_good else ratio.whole - ratio.part


def _most(
    dimension: str,
    names: Callable[[T], tuple[str, ...]],
    members: Sequence[T],
    metric: Metric,
    of: Callable[[T], Ratio],
) -> Iterable[Blame]:
    """Yield the group with most errors beyond its share; none where errors spread as what was counted does."""
    counted: dict[str, float] = {}
    wrong: dict[str, float] = {}
    pages: dict[str, int] = {}
    whole = total = 0.0
    for member in members:
        ratio = of(member)
        errors = _errors(metric, ratio)
        whole, total = whole + ratio.whole, total + errors
        for name in names(member):
            counted[name] = counted.get(name, 0.0) + ratio.whole
            wrong[name] = wrong.get(name, 0.0) + errors
            pages[name] = pages.get(name, 0) + (errors > 1e-9)
    if total < 1e-9 or len(counted) < 2:
        return
    beyond = {name: wrong[name] - total * counted[name] / whole for name in counted if name != NONE}
    most = max(sorted(beyond), key=lambda name: beyond[name], default=None)
    if most is not None and wrong[most] * whole >= _MORE_THAN_ITS_SHARE * total * counted[most] > 0:
        yield Blame(dimension, most, wrong[most], pages[most])
