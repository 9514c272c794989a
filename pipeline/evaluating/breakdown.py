"""Figures over all pages and over groups of them, each with how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pipeline.evaluating.counting import NO_RATIO, Interval, Ratio, interval, mean_interval
from pipeline.evaluating.metrics import CASE_METRICS, HEADLINE, METRICS, Metric
from pipeline.evaluating.scoring import NONE, CaseScore, PageScore, Scores

__all__ = ["CASE_DIMENSIONS", "DIMENSIONS", "Figure", "Group", "Weakness", "figures", "groups", "weaknesses"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric over some pages. ``sure`` is the 95% interval; None where there is too little for one."""

    metric: Metric
    ratio: Ratio
    sure: Interval | None

    @property
    def value(self) -> float | None:
        return self.ratio.value

    @property
    def reached(self) -> bool | None:
        """Whether the goal holds for the whole interval (True) or for none of it (False); None: cannot be told."""
        if self.metric.goal is None or self.sure is None or self.value is None:
            return None
        if self.metric.low_is_good:
            if self.metric.goal == 0.0:
                return self.value == 0.0
            return True if self.sure.high <= self.metric.goal else False if self.sure.low > self.metric.goal else None
        return True if self.sure.low >= self.metric.goal else False if self.sure.high < self.metric.goal else None


@dataclass(frozen=True, slots=True)
class Group:
    """Pages (or cases) that share a trait."""

    name: str
    count: int
    figures: dict[str, Figure]


DIMENSIONS: dict[str, Callable[[PageScore], tuple[str, ...]]] = {
    "medium": lambda s: (s.traits.medium,),
    "type": lambda s: (s.traits.type,),
    "family": lambda s: (s.traits.family,),
    "split": lambda s: (s.traits.split,),
    "degradation": lambda s: s.traits.degradations or (NONE,),
}
CASE_DIMENSIONS: dict[str, Callable[[CaseScore], tuple[str, ...]]] = {
    "disease": lambda s: (s.traits.disease,),
    "split": lambda s: (s.traits.split,),
    "medium": lambda s: (s.traits.medium,),
}


def figures(scores: Scores) -> dict[str, Figure]:
    """Return every figure over the whole run."""
    return {**_page_figures(scores.pages), **_case_figures(scores.cases)}


def groups(scores: Scores) -> dict[str, tuple[Group, ...]]:
    """Return dimension -> groups of pages, by name; dimensions in which nothing differs are kept."""
    out: dict[str, tuple[Group, ...]] = {}
    for dimension, keys in DIMENSIONS.items():
        members: dict[str, list[PageScore]] = {}
        for page in scores.pages:
            for key in keys(page):
                members.setdefault(key, []).append(page)
        out[dimension] = tuple(Group(name, len(m), _page_figures(m)) for name, m in sorted(members.items()))
    return out


def case_groups(scores: Scores) -> dict[str, tuple[Group, ...]]:
    """Return dimension -> groups of cases, by name."""
    out: dict[str, tuple[Group, ...]] = {}
    for dimension, keys in CASE_DIMENSIONS.items():
        members: dict[str, list[CaseScore]] = {}
        for case in scores.cases:
            for key in keys(case):
                members.setdefault(key, []).append(case)
        out[dimension] = tuple(Group(name, len(m), _case_figures(m)) for name, m in sorted(members.items()))
    return out


def _page_figures(pages: Sequence[PageScore]) -> dict[str, Figure]:
    return {m.id: _figure(m, [m.of(page) for page in pages]) for m in METRICS}


def _case_figures(cases: Sequence[CaseScore]) -> dict[str, Figure]:
    return {m.id: _figure(m, [m.of(case) for case in cases]) for m in CASE_METRICS}


def _figure(metric: Metric, parts: Sequence[Ratio]) -> Figure:
    total = sum(parts, NO_RATIO)
    if not total.whole:
        return Figure(metric, total, None)
    return Figure(metric, total, mean_interval(parts) if metric.kind == "seconds" else interval(parts))


@dataclass(frozen=True, slots=True)
class Weakness:
    """A group that has more than its share of the errors of one metric."""

    dimension: str
    group: str
    pages: int
    figure: Figure
    overall: float
    excess: float
    """Errors above what the rest of the run would have made on these pages, in units of the metric's whole."""
    share_of_errors: float
    sure: bool
    """True when the interval leaves the rest's value out."""


def weaknesses(scores: Scores, *, most: int = 8) -> tuple[Weakness, ...]:
    """Return the groups where the product is weak, worst first: compared with all other pages, metric by metric.

    A group that differs beyond noise comes before one that may be chance; one metric names a set of pages only once.
    """
    found: list[Weakness] = []
    whole = _page_figures(scores.pages)
    for dimension, members in groups(scores).items():
        if dimension == "split" or len(members) < 2:
            continue
        for group in members:
            for key in HEADLINE:
                weakness = _weakness(dimension, group, group.figures[key], whole[key])
                if weakness is not None:
                    found.append(weakness)
    found.sort(key=lambda w: (not w.sure, -w.share_of_errors * _reach(w)))
    out: list[Weakness] = []
    for weakness in found:
        twin = (weakness.figure.metric.id, weakness.figure.ratio)
        if all((w.figure.metric.id, w.figure.ratio) != twin for w in out):
            out.append(weakness)
    return tuple(_varied(out, most))


def _varied(found: Iterable[Weakness], most: int) -> list[Weakness]:
    """At most two of one metric, so that one bad stage does not hide the others."""
    out: list[Weakness] = []
    for weakness in found:
        if sum(w.figure.metric.id == weakness.figure.metric.id for w in out) < 2:
            out.append(weakness)
        if len(out) == most:
            break
    return out


def _reach(weakness: Weakness) -> float:
    value = weakness.figure.value or 0.0
    return abs(value - weakness.overall)


def _weakness(dimension: str, group: Group, figure: Figure, whole: Figure) -> Weakness | None:
    rest = Ratio(whole.ratio.part - figure.ratio.part, whole.ratio.whole - figure.ratio.whole)
    if figure.value is None or rest.value is None or figure.sure is None:
        return None
    low = figure.metric.low_is_good
    errors = figure.ratio.part if low else figure.ratio.whole - figure.ratio.part
    all_errors = whole.ratio.part if low else whole.ratio.whole - whole.ratio.part
    rate = rest.value if low else 1 - rest.value
    excess = errors - rate * figure.ratio.whole
    if excess <= 0 or all_errors <= 0:
        return None
    sure = figure.sure.low > rest.value if low else figure.sure.high < rest.value
    return Weakness(dimension, group.name, group.count, figure, rest.value, excess, errors / all_errors, sure)
