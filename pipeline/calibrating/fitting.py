"""From facts of which is known whether they are right to curves and thresholds.

Isotonic regression where a kind has many facts and many wrong ones; Platt's two parameters where it has few; one share
(rule of succession) where it has next to none. A threshold is proven only where the exact bound of Clopper and Pearson
says so: without a single wrong fact that takes 2,995 of them. From 300 facts on an observed one stands until then: the
least above which no more than one fact in a thousand was wrong; of less than a thousand facts that is the confidence of
the surest wrong one. Of fewer facts no threshold is made: what guards them is the rules' own least confidence, every
doubt, and that nothing the page reader alone saw decides.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import beta

from pipeline.calibrating.kinds import wider
from pipeline.calibrating.table import Calibration, Curve

__all__ = ["MOST_WRONG", "Outcome", "fit", "upper_bound"]

MOST_WRONG = 0.001
"""Share of wrong facts above a threshold that is allowed."""
_SURE = 0.95
_MANY, _MANY_WRONG = 300, 15
_FEW, _FEW_WRONG = 40, 3
_OWN = 100
"""Facts from which a reader gets a curve of its own."""
_OBSERVED = 300
"""Facts from which those that were wrong say where to draw the line."""
_STEP = 1e-6

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One fact: its kind, where it comes from (cases are wrong together), how sure it claimed to be, and the truth."""

    kind: str
    case: str
    confidence: float
    right: bool


def fit(outcomes: Sequence[Outcome], recipe: Mapping[str, Any]) -> Calibration:
    """Fit a curve for every kind, and one for each kind over all readers."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(wider(outcome.kind), []).append(outcome)
        groups.setdefault(outcome.kind, []).append(outcome)
    wide = {wider(outcome.kind) for outcome in outcomes}
    curves = {kind: _curve(members) for kind, members in sorted(groups.items()) if kind in wide or len(members) >= _OWN}
    return Calibration(curves, dict(recipe))


def upper_bound(wrong: int, count: int) -> float:
    """Return the share of wrong ones at most, with 95% certainty (Clopper and Pearson, one-sided)."""
    if wrong >= count:
        return 1.0
    return float(beta.ppf(_SURE, wrong + 1, count - wrong))


def _curve(outcomes: Sequence[Outcome]) -> Curve:
    ordered = sorted(outcomes, key=lambda outcome: outcome.confidence)
    x = np.array([outcome.confidence for outcome in ordered], dtype=float)
    y = np.array([outcome.right for outcome in ordered], dtype=float)
    wrong = int(len(y) - y.sum())
    if len(y) >= _MANY and wrong >= _MANY_WRONG:
        method, xs, ys = "isotonic", *_isotonic(x, y)
    elif len(y) >= _FEW and wrong >= _FEW_WRONG:
        method, xs, ys = "platt", *_platt(x, y)
    else:
        share = (float(y.sum()) + 1) / (len(y) + 2)
        method, xs, ys = "constant", (0.5,), (share,)
    threshold, bound = _threshold(x, y)
    return Curve(
        confidences=xs,
        shares=ys,
        method=method,
        count=len(y),
        wrong=wrong,
        threshold=threshold,
        proven=bound <= MOST_WRONG,
        bound=bound,
    )


def _isotonic(x: Array, y: Array) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Pool adjacent violators; one point at the middle of each pool. A pool that is never wrong is not certain."""
    pools: list[list[float]] = []  # right, count, first and last confidence
    for confidence, right in zip(x, y, strict=True):
        pools.append([float(right), 1.0, float(confidence), float(confidence)])
        while len(pools) > 1 and (
            pools[-2][0] / pools[-2][1] >= pools[-1][0] / pools[-1][1] or pools[-2][3] == pools[-1][2]
        ):
            right_, count, _, last = pools.pop()
            pools[-1][0] += right_
            pools[-1][1] += count
            pools[-1][3] = last
    xs = tuple((low + high) / 2 for _, _, low, high in pools)
    ys = tuple((right_ + 0.5) / (count + 1) for right_, count, _, _ in pools)
    return xs, tuple(float(value) for value in np.maximum.accumulate(ys))


def _platt(x: Array, y: Array) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Logistic curve over the log odds, with the targets of Platt (1999); never falling."""
    good, bad = float(y.sum()), float(len(y) - y.sum())
    target = np.where(y > 0, (good + 1) / (good + 2), 1 / (bad + 2))
    odds = _odds(x)

    def loss(at: Array) -> float:
        told = at[0] * odds + at[1]
        return float((np.logaddexp(0.0, told) - target * told).sum())

    found = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B", bounds=[(0.0, None), (None, None)])
    a, b = float(found.x[0]), float(found.x[1])
    low, high = float(x.min()), float(x.max())
    grid = np.linspace(low, high, 24) if high > low else np.array([low])
    return tuple(map(float, grid)), tuple(float(1 / (1 + math.exp(-(a * o + b)))) for o in _odds(grid))


def _odds(x: Array) -> Array:
    inside = np.clip(x, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(inside / (1 - inside)), dtype=np.float64)


def _threshold(x: Array, y: Array) -> tuple[float | None, float]:
    """The least confidence above which the bound holds; else that above which the allowed share was wrong. With the
    bound there."""
    wrong_from = np.cumsum((1 - y)[::-1])[::-1]
    least: tuple[float, float] | None = None
    for place in range(len(x)):
        if place and x[place] == x[place - 1]:
            continue
        bound = upper_bound(int(wrong_from[place]), len(x) - place)
        if bound <= MOST_WRONG:
            least = (float(x[place]), bound)
            break
    if least is not None:
        return (None if least[0] <= float(x[0]) else least[0]), least[1]
    failed = x[y == 0]
    if not len(failed) or len(x) < _OBSERVED:
        return None, upper_bound(len(failed), len(x))
    above = len(x) - np.arange(len(x))
    first = np.concatenate([[True], x[1:] > x[:-1]])
    fine = x[first & (wrong_from <= MOST_WRONG * above)]
    below = failed[failed < fine[0]] if len(fine) else failed
    if not len(below):
        return None, upper_bound(len(failed), len(x))
    threshold = min(float(below.max()) + _STEP, 1.0)
    kept = x >= threshold
    return threshold, upper_bound(int((1 - y)[kept].sum()), int(kept.sum())) if kept.any() else 1.0
