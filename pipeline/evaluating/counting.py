"""Counts that add up, and how sure a share of so many is.

Every figure of an evaluation is a part of a whole: right cells of cells, edits of characters, twice the matches of
what is expected and what is found (F1), seconds of pages. So one type does, and groups are sums.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from pipeline.intervals import Interval, wilson

__all__ = [
    "NO_MATCH",
    "NO_RATIO",
    "Match",
    "Ratio",
    "difference",
    "effective_size",
    "interval",
    "mean_interval",
    "merged",
    "share_interval",
]

Z = 1.96
"""95 percent."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """``part`` of ``whole``."""

    part: float = 0.0
    whole: float = 0.0

    def __add__(self, other: Ratio) -> Ratio:
        return Ratio(self.part + other.part, self.whole + other.whole)

    @property
    def value(self) -> float | None:
        """None where there is nothing to count."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Match:
    """What was found of what is there."""

    right: int = 0
    expected: int = 0
    found: int = 0

    def __add__(self, other: Match) -> Match:
        return Match(self.right + other.right, self.expected + other.expected, self.found + other.found)

    @property
    def recall(self) -> Ratio:
        return Ratio(self.right, self.expected)

    @property
    def precision(self) -> Ratio:
        return Ratio(self.right, self.found)

    @property
    def f1(self) -> Ratio:
        return Ratio(2 * self.right, self.expected + self.found)


NO_RATIO = Ratio()
NO_MATCH = Match()


def share_interval(part: float, whole: float) -> Interval:
    """Return the 95% interval of a share; all of (0, 1) where nothing was counted."""
    return wilson(part, whole, Z) or Interval(0.0, 1.0)


def difference(before: float, before_sure: Interval, now: float, now_sure: Interval) -> Interval:
    """Return the 95% interval of ``now - before`` from the interval of each (Newcombe 1998, method 10)."""
    change = now - before
    return Interval(
        change - math.sqrt((now - now_sure.low) ** 2 + (before_sure.high - before) ** 2),
        change + math.sqrt((now_sure.high - now) ** 2 + (before - before_sure.low) ** 2),
    )


def effective_size(parts: Sequence[Ratio]) -> float:
    """Return how many independent counts the sum of ``parts`` (one each page) is worth.

    Characters of one page are misread together, so a thousand of them on one bad page say less than a thousand on
    a thousand pages. The variance between pages (ratio estimator, Cochran, Sampling Techniques, ch. 6) over that of
    independent counts is the design effect that the whole is divided by; never below 1.
    """
    used = [part for part in parts if part.whole > 0]
    whole = sum(part.whole for part in used)
    if len(used) < 2 or not whole:
        return whole
    p = sum(part.part for part in used) / whole
    alone = p * (1 - p) * whole
    if alone <= 0:
        return whole
    count = len(used)
    between = sum((part.part - p * part.whole) ** 2 for part in used) * count / (count - 1)
    return whole / max(1.0, between / alone)


def interval(parts: Sequence[Ratio]) -> Interval:
    """Return the 95% interval of the share that ``parts`` add up to, pages counted as clusters."""
    total = sum(parts, Ratio())
    if not total.whole:
        return Interval(0.0, 1.0)
    size = effective_size(parts)
    return share_interval(total.part / total.whole * size, size)


def mean_interval(parts: Sequence[Ratio]) -> Interval | None:
    """Return the 95% interval of a mean that is no share (seconds a page); None for fewer than two parts."""
    used = [part for part in parts if part.whole > 0]
    if len(used) < 2:
        return None
    total = sum(used, Ratio())
    mean = total.part / total.whole
    count = len(used)
    spread = sum((part.part - mean * part.whole) ** 2 for part in used) * count / (count - 1)
    half = Z * math.sqrt(spread) / total.whole
    return Interval(max(0.0, mean - half), mean + half)


S = TypeVar("S")


def merged(scores: Iterable[S], kind: type[S]) -> S:
    """Add up score dataclasses field by field: counts add, tuples join, mappings add key by key."""
    total = kind()
    for score in scores:
        total = kind(
            **{f.name: _plus(getattr(total, f.name), getattr(score, f.name)) for f in fields(kind)}  # type: ignore[arg-type]
        )
    return total


def _plus(a: Any, b: Any) -> Any:
    if isinstance(a, Mapping):
        return {key: _plus(a[key], b[key]) if key in a and key in b else a.get(key, b.get(key)) for key in {**a, **b}}
    return a + b
