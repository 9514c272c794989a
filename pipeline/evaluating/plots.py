"""Plots as geometry: one dot with its 95% interval a group; ``parts.html.j2`` draws them as inline SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.evaluating.breakdown import Figure, Group
from pipeline.evaluating.metrics import Metric, goal_of, metric
from pipeline.evaluating.words import group_word, value_text

__all__ = ["Dot", "Plot", "Trail", "dot_plot", "memory_trail"]

WIDTH, ROW, TOP, BOTTOM = 520, 24, 8, 26
LEFT, RIGHT = 150, 62
_MOST = 16
_TREND = 9
"""Cases from which a trend of memory is told."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A group: its place on the axis, its interval, and what stands beside it."""

    label: str
    count: int
    x: float
    y: float
    low: float
    high: float
    text: str
    weak: bool
    """The whole interval lies on the wrong side of the figure over all pages."""
    goal: float | None = None
    """Where this group's own goal lies, if groups differ in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """One metric over the groups of one dimension, weakest first."""

    metric: Metric
    title: str
    """What it shows, as a sentence."""
    dots: tuple[Dot, ...]
    more: int
    ticks: tuple[tuple[float, str], ...]
    mean: float | None
    """Where the figure over all pages lies."""
    goal: float | None
    width: int = WIDTH
    height: int = 0
    left: int = LEFT


def dot_plot(key: str, dimension: str, members: Sequence[Group], whole: Figure) -> Plot | None:
    """Return the plot of metric ``key``; None where all groups are alike."""
    used = [(group, group.figures[key]) for group in members if group.figures[key].value is not None]
    if len(used) < 2 or len({f.value for _, f in used}) == 1:
        return None  # nothing differs, nothing to show
    what = metric(key)
    used.sort(key=lambda e: ((e[1].value or 0.0) * (-1 if what.low_is_good else 1), e[0].name))
    shown = used[:_MOST]
    ends = [
        end for _, f in shown for end in ((f.sure.low, f.sure.high) if f.sure else (f.value or 0.0, f.value or 0.0))
    ]
    low, high, step = _axis([*ends, whole.value or 0.0], what)

    def x(value: float) -> float:
        share = (min(max(value, low), high) - low) / (high - low)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    dots = []
    for row, (group, f) in enumerate(shown):
        value = f.value or 0.0
        weak = False
        if f.sure is not None and f.telling and whole.value is not None:
            weak = f.sure.low > whole.value if what.low_is_good else f.sure.high < whole.value
        sure = (f.sure.low, f.sure.high) if f.sure else (value, value)
        dots.append(
            Dot(
                label=group_word(dimension, group.name),
                count=group.count,
                x=x(value),
                y=TOP + ROW * row + ROW / 2,
                low=x(sure[0]),
                high=x(sure[1]),
                text=value_text(value, what.kind),
                weak=weak,
                goal=x(own) if what.goal is None and (own := goal_of(what, dimension, group.name)) else None,
            )
        )
    ticks = [low + step * i for i in range(round((high - low) / step) + 1)]
    kind = "axis" if what.kind == "seconds" else "share"
    return Plot(
        metric=what,
        title=_title(what, dimension, used),
        dots=tuple(dots),
        more=len(used) - len(shown),
        ticks=tuple((x(t), f"{t:g}" if kind == "axis" else f"{round(t * 100, 2):g}%") for t in ticks),
        mean=x(whole.value) if whole.value is not None else None,
        goal=x(what.goal) if what.goal else None,
        height=TOP + ROW * len(shown) + BOTTOM,
    )


def _title(what: Metric, dimension: str, used: Sequence[tuple[Group, Figure]]) -> str:
    (worst, bad), (best, good) = used[0], used[-1]
    word = "最高" if what.low_is_good else "最低"
    other = "最低" if what.low_is_good else "最高"
    return (
        f"{what.label}：{group_word(dimension, worst.name)} {word} {value_text(bad.value, what.kind)}，"
        f"{group_word(dimension, best.name)} {other} {value_text(good.value, what.kind)}"
    )


def _axis(values: Sequence[float], what: Metric) -> tuple[float, float, float]:
    """Bounds and step. Rates and seconds start at zero; shares end at 100% and begin where the lowest interval does."""
    if what.kind == "seconds" or what.low_is_good:
        top = max(max(values), 0.01)
        step = _step(top / 4)
        return 0.0, step * math.ceil(top / step - 1e-9), step
    low = min(values)
    step = _step((1.0 - low) / 4 or 0.01)
    steps = max(2, math.ceil((1.0 - low) / step - 1e-9))
    while 1.0 - step * steps < 0:
        steps -= 1
    return max(0.0, 1.0 - step * steps), 1.0, step


def _step(raw: float) -> float:
    power = 10.0 ** math.floor(math.log10(raw))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw * 0.999)


@dataclass(frozen=True, slots=True)
class Trail:
    """Memory of the largest worker over the cases of a run."""

    title: str
    points: str
    ticks: tuple[tuple[float, str], ...]
    cases: int
    width: int = WIDTH
    height: int = 150


def memory_trail(memory: Sequence[tuple[str, int, int]]) -> Trail | None:
    """Return the trail; None for fewer than three cases. The title says whether it rises (last third over first)."""
    sizes = [worker / 1024**2 for _, _, worker in memory if worker]
    if len(sizes) < 3:
        return None
    third = max(1, len(sizes) // 3)
    first, last = sum(sizes[:third]) / third, sum(sizes[-third:]) / third
    top = max(sizes)
    step = _step(top / 3)
    ceiling = step * math.ceil(top / step)

    def y(value: float) -> float:
        return round(10 + (1 - value / ceiling) * 110, 1)

    def x(index: int) -> float:
        return round(60 + index / (len(sizes) - 1) * (WIDTH - 80), 1)

    trend = f"；后三分之一比前三分之一{'多' if last > first else '少'} {abs(last / first - 1) * 100:.0f}%"
    return Trail(
        title=f"单个识别进程最多 {top:.0f} MiB{trend if len(sizes) >= _TREND else ''}",
        points=" ".join(f"{x(i)},{y(size)}" for i, size in enumerate(sizes)),
        ticks=tuple((y(step * i), f"{step * i:.0f}") for i in range(round(ceiling / step) + 1)),
        cases=len(sizes),
    )
