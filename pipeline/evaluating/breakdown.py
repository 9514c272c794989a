"""Figures over all pages and over groups of them, each with how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.evaluating.counting import NO_RATIO, Ratio, difference, interval, mean_interval
from pipeline.evaluating.metrics import CASE_METRICS, HEADLINE, METRICS, Metric, PageMetric
from pipeline.evaluating.scoring import NONE, CaseScore, PageScore, Scores
from pipeline.intervals import Interval

__all__ = ["CASE_DIMENSIONS", "DIMENSIONS", "Figure", "Group", "Weakness", "figures", "groups", "weaknesses"]


_NEARLY_NONE = 0.05
_TELLING = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric over some pages. ``sure`` is the 95% interval; None where there is too little for one."""

    metric: Metric
    ratio: Ratio
    sure: Interval | None
    pages: int = 0
    """Pages (or cases) that have anything to count."""

    @property
    def telling(self) -> bool:
        """True when there are pages enough to see how much they differ; of one or two no interval can be trusted."""
        return self.pages >= _TELLING

    @property
    def value(self) -> float | None:
        return self.ratio.value

    @property
    def reached(self) -> bool | None:
        """Whether the goal holds for the whole interval (True) or for none of it (False); None: cannot be told."""
        if self.metric.goal is None or self.sure is None or self.value is None:
            return None
        if self.metric.goal == 0.0 and self.value:
            return False
        if not self.telling:
            return None
        if self.metric.low_is_good:
            if self.metric.goal == 0.0:
                # No error is no proof where few were looked at (75 without one, for the bound that counts here).
                return True if self.sure.high <= _NEARLY_NONE else None
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
        out[dimension] = tuple(Group(name, len(m), _page_figures(m)) for name, m in sorted(members.items(), key=_order))
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


_BANDS = {"weak": 0, "medium": 1, "strong": 2}


def _order(entry: tuple[str, object]) -> tuple[str, int]:
    name, _, last = entry[0].partition(":")
    return (name, _BANDS.get(last, 0))


def _page_figures(pages: Sequence[PageScore]) -> dict[str, Figure]:
    return {m.id: _figure(m, [m.of(page) for page in pages]) for m in METRICS}


def _case_figures(cases: Sequence[CaseScore]) -> dict[str, Figure]:
    return {m.id: _figure(m, [m.of(case) for case in cases]) for m in CASE_METRICS}


def _figure(metric: Metric, parts: Sequence[Ratio]) -> Figure:
    total = sum(parts, NO_RATIO)
    if not total.whole:
        return Figure(metric, total, None)
    sure = mean_interval(parts) if metric.kind == "seconds" else interval(parts)
    return Figure(metric, total, sure, sum(part.whole > 0 for part in parts))


@dataclass(frozen=True, slots=True)
class Weakness:
    """A group that has more than its share of the errors of one metric."""

    dimension: str
    group: str
    pages: int
    figure: Figure
    overall: float
    """The figure over all other pages."""
    share_of_errors: float
    sure: bool
    """True when it differs from all other pages beyond noise (95%)."""


def weaknesses(scores: Scores, *, most: int = 8) -> tuple[Weakness, ...]:
    """Return the groups where the product is weak, worst first: compared with all other pages, metric by metric.

    A group that differs beyond noise comes before one that may be chance; one metric names a set of pages only once.
    """
    found = []
    for dimension, keys in DIMENSIONS.items():
        names = sorted({key for page in scores.pages for key in keys(page)})
        for name in names if dimension != "split" and len(names) > 1 else ():
            own = [page for page in scores.pages if name in keys(page)]
            rest = [page for page in scores.pages if name not in keys(page)]
            for metric in METRICS if rest else ():
                if metric.id in HEADLINE:
                    weakness = _weakness(dimension, name, metric, own, rest)
                    if weakness is not None:
                        found.append(weakness)
    found.sort(key=lambda w: (not w.sure, -w.share_of_errors * abs((w.figure.value or 0.0) - w.overall)))
    out: list[Weakness] = []
    for weakness in found:
        twin = (weakness.figure.metric.id, weakness.figure.ratio)
        # At most two of one metric, so that one bad stage does not hide the others.
        if (
            all((w.figure.metric.id, w.figure.ratio) != twin for w in out)
            and sum(w.figure.metric.id == weakness.figure.metric.id for w in out) < 2
        ):
            out.append(weakness)
    return tuple(out[:most])


def _weakness(
    dimension: str, name: str, metric: PageMetric, own: Sequence[PageScore], others: Sequence[PageScore]
) -> Weakness | None:
    here, rest = _figure(metric, [metric.of(p) for p in own]), _figure(metric, [metric.of(p) for p in others])
    if here.value is None or rest.value is None or here.sure is None or rest.sure is None:
        return None
    low = metric.low_is_good
    errors = _errors(here.ratio, low)
    all_errors = errors + _errors(rest.ratio, low)
    gap = here.value - rest.value if low else rest.value - here.value
    if gap <= 0 or all_errors <= 0:
        return None
    change = difference(rest.value, rest.sure, here.value, here.sure)
    sure = here.telling and (change.low > 0 if low else change.high < 0)
    return Weakness(dimension, name, len(own), here, rest.value, errors / all_errors, sure)


def _errors(ratio: Ratio, low_is_good: bool) -> float:
    return ratio.part if low_is_good else ratio.whole - ratio.part
