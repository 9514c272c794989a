"""Repeated laboratory values against their reference range: what a chart says and where its points lie.

Geometry only; ``templates/parts/chart.svg.j2`` draws it. One series per analyte and unit, one point per day and value;
documents of another person and second photographs do not count.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from pipeline.reporting.text import show, show_unit, single_line
from rules.engine.facts import CaseFacts, DocumentInfo, Evidence, LabResult, Owner

__all__ = ["Chart", "Point", "lab_charts"]

WIDTH, HEIGHT = 520, 220
_MOST, _FEW = 8, 4
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 22, 26, 34


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One value: ``x``, ``y`` in chart units, ``state`` high, low, in or unknown against the range printed with it."""

    x: float
    y: float
    date: dt.date
    text: str
    state: str
    doubtful: bool
    labelled: bool
    label_below: bool
    evidence: Evidence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One series, ready to draw. ``band`` is (top, height) of the reference range or ``None``."""

    name: str
    finding: str
    """The title: what the series shows, e.g. ``肌酐：3 次均高于参考上限，由 712 到 944``."""
    unit: str
    reference: str
    mixed_ranges: bool
    period: str
    points: tuple[Point, ...]
    line: str
    band: tuple[float, float] | None
    y_ticks: tuple[tuple[float, str], ...]
    x_ticks: tuple[tuple[float, str], ...]
    documents: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT


@dataclass(frozen=True, slots=True)
class _Value:
    date: dt.date
    value: Decimal
    text: str
    low: Decimal | None
    high: Decimal | None
    result: LabResult


def lab_charts(facts: CaseFacts, decisive: Iterable[Evidence] = ()) -> tuple[tuple[Chart, ...], int]:
    """Return the charts worth a look and how many further series there are.

    A series has numbers on two days or more. Shown are those that decided a criterion and those with a value outside
    its range, in this order, at most eight; where there are none of either, the longest four.

    Args:
        facts: the case.
        decisive: evidence of the criteria.
    """
    info = {document.id: document for document in facts.documents}
    marked = {(e.document, e.page, e.box) for e in decisive}
    groups: dict[str, list[tuple[dt.date, LabResult]]] = defaultdict(list)
    for result in facts.lab_results:
        date = _date(result, info)
        if date is not None and result.value is not None and result.value.is_finite() and _counts(result, info):
            groups[result.analyte or single_line(result.name)].append((date, result))
    ranked: list[tuple[tuple[bool, bool, int], Chart]] = []
    for group in groups.values():
        for values, unit in _one_unit(group):
            if len({v.date for v in values}) < 2:
                continue
            hit = any((e.document, e.page, e.box) in marked for v in values for e in v.result.evidence)
            out = any(_state(v) in ("high", "low") for v in values)
            ranked.append(((not hit, not out, -len(values)), _chart(values, unit)))
    ranked.sort(key=lambda pair: pair[0])
    telling = [chart for (no_hit, no_out, _), chart in ranked if not (no_hit and no_out)][:_MOST]
    shown = tuple(telling or [chart for _, chart in ranked[:_FEW]])
    return shown, len(ranked) - len(shown)


def _counts(result: LabResult, info: Mapping[str, DocumentInfo]) -> bool:
    document = info.get(result.document)
    return document is None or (document.owner is not Owner.OTHER and document.duplicate_of is None)


def _date(result: LabResult, info: Mapping[str, DocumentInfo]) -> dt.date | None:
    for moment in (result.sampled_at, result.reported_at):
        if isinstance(moment, dt.datetime):
            return moment.date()
    document = info.get(result.document)
    return document.date if document and isinstance(document.date, dt.date) else None


def _one_unit(group: list[tuple[dt.date, LabResult]]) -> Iterable[tuple[list[_Value], str]]:
    """Split into series of one unit: as printed where all agree, else canonical, else one series per printed unit."""
    printed = {single_line(r.unit or "") for _, r in group}
    if len(printed) > 1 and all(r.canonical_value is not None and r.canonical_unit for _, r in group):
        canonical = {r.canonical_unit for _, r in group}
        if len(canonical) == 1:
            yield _sorted(_Value(d, *_canonical(r), r) for d, r in group), show_unit(canonical.pop())
            return
    for unit in sorted(printed):
        yield (
            _sorted(
                _Value(d, r.value or Decimal(0), _text(r), r.reference_low, r.reference_high, r)
                for d, r in group
                if single_line(r.unit or "") == unit
            ),
            show_unit(unit),
        )


def _text(result: LabResult) -> str:
    return f"{result.comparator or ''}{show(result.value)}"


def _canonical(result: LabResult) -> tuple[Decimal, str, Decimal | None, Decimal | None]:
    value = result.canonical_value or Decimal(0)
    factor = value / result.value if result.value else None
    low, high = (
        None if limit is None or factor is None else limit * factor
        for limit in (result.reference_low, result.reference_high)
    )
    return value, f"{result.comparator or ''}{_short(float(value))}", low, high


def _sorted(values: Iterable[_Value]) -> list[_Value]:
    """By date; the same value twice on one day is one sheet photographed twice."""
    return list({(v.date, v.value): v for v in sorted(values, key=lambda v: (v.date, v.value))}.values())


def _state(value: _Value) -> str:
    if value.high is not None and value.value > value.high:
        return "high"
    if value.low is not None and value.value < value.low:
        return "low"
    return "in" if value.low is not None or value.high is not None else "unknown"


def _chart(values: list[_Value], unit: str) -> Chart:
    last = values[-1]
    limits = [float(limit) for limit in (last.low, last.high) if limit is not None]
    numbers = [float(v.value) for v in values]
    bottom, top, step = _scale(min(numbers + limits), max(numbers + limits))
    first_day, span = values[0].date, max((values[-1].date - values[0].date).days, 1)

    def x(date: dt.date) -> float:
        return round(_LEFT + 14 + (date - first_day).days / span * (WIDTH - _LEFT - _RIGHT - 28), 1)

    def y(number: float) -> float:
        return round(_TOP + (top - number) / (top - bottom) * (HEIGHT - _TOP - _BOTTOM), 1)

    band = None
    if limits:
        upper = y(min(top, float(last.high))) if last.high is not None else y(top)
        lower = y(max(bottom, float(last.low))) if last.low is not None else y(bottom)
        band = (upper, round(max(lower - upper, 1.5), 1))
    points = _points(values, x, y)
    ticks = max(2, round((top - bottom) / step))
    return Chart(
        name=single_line(last.result.name),
        finding=_finding(values),
        unit=unit,
        reference=_reference(last),
        mixed_ranges=len({(v.low, v.high) for v in values}) > 1,
        period=f"{values[0].date.isoformat()} 至 {last.date.isoformat()}",
        points=points,
        line=" ".join(f"{p.x},{p.y}" for p in points),
        band=band,
        y_ticks=tuple((y(bottom + step * i), _short(bottom + step * i)) for i in range(ticks + 1)),
        x_ticks=_x_ticks(values, x),
        documents=len({v.result.document for v in values}),
    )


def _points(values: list[_Value], x: Callable[[dt.date], float], y: Callable[[float], float]) -> tuple[Point, ...]:
    numbers = [v.value for v in values]
    wanted = {0, len(values) - 1, numbers.index(max(numbers)), numbers.index(min(numbers))}
    taken: list[float] = []
    labelled = set()
    for index in [*sorted(wanted), *range(len(values))]:
        place = x(values[index].date)
        if all(abs(place - other) >= 40 for other in taken):
            taken.append(place)
            labelled.add(index)
    made = []
    for index, value in enumerate(values):
        before = values[index - 1].value if index else None
        after = values[index + 1].value if index + 1 < len(values) else None
        # A label in a valley hangs below its point, so that the line does not run through it.
        below = all(n is None or n > value.value for n in (before, after)) and y(float(value.value)) < HEIGHT - 60
        made.append(
            Point(
                x=x(value.date),
                y=y(float(value.value)),
                date=value.date,
                text=value.text,
                state=_state(value),
                doubtful=bool(value.result.doubts) or value.result.comparator is not None,
                labelled=index in labelled,
                label_below=below,
                evidence=value.result.evidence[0] if value.result.evidence else None,
            )
        )
    return tuple(made)


def _finding(values: list[_Value]) -> str:
    count = len(values)
    high = sum(_state(v) == "high" for v in values)
    low = sum(_state(v) == "low" for v in values)
    ranged = any(_state(v) != "unknown" for v in values)
    if not ranged:
        said = f"{count} 次，报告未印参考区间"
    elif high == count:
        said = f"{count} 次均高于参考上限"
    elif low == count:
        said = f"{count} 次均低于参考下限"
    elif not high and not low:
        said = f"{count} 次均在参考区间内"
    else:
        parts = [f"{n} 次{word}" for n, word in ((high, "偏高"), (low, "偏低")) if n]
        said = f"{count} 次中 " + "、".join(parts)
    texts = {v.text for v in values}
    course = f"都是 {values[0].text}" if len(texts) == 1 else f"由 {values[0].text} 到 {values[-1].text}"
    return f"{single_line(values[-1].result.name)}：{said}，{course}"


def _reference(value: _Value) -> str:
    if value.low is not None and value.high is not None:
        return f"{_short(float(value.low))}–{_short(float(value.high))}"
    if value.high is not None:
        return f"≤{_short(float(value.high))}"
    if value.low is not None:
        return f"≥{_short(float(value.low))}"
    return single_line(value.result.reference_text or "")


def _scale(low: float, high: float) -> tuple[float, float, float]:
    """Round bounds and step; from zero when the values reach near it."""
    if low >= 0 and low < high * 0.5:
        low = 0.0
    if math.isclose(low, high):
        low, high = low - abs(low) * 0.1 - 0.5, high + abs(high) * 0.1 + 0.5
    raw = (high - low) * 1.08 / 4
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw * 0.999)
    return math.floor(low / step) * step, math.ceil(high / step + 0.02) * step, step


def _short(number: float) -> str:
    return f"{number:.4g}" if abs(number) < 10000 else f"{number:.0f}"


def _x_ticks(values: list[_Value], x: Callable[[dt.date], float]) -> tuple[tuple[float, str], ...]:
    days = sorted({v.date for v in values})
    chosen: list[tuple[float, str]] = [(x(days[0]), days[0].isoformat())]
    end = (x(days[-1]), days[-1].isoformat())
    for day in days[1:-1]:
        if x(day) - chosen[-1][0] >= 86 and end[0] - x(day) >= 86:
            chosen.append((x(day), day.isoformat()))
    return (*chosen, end)
