"""Rows beneath one another: bars, stacked bars, points with intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.service.analysis.drawing.marks import (
    END,
    WIDTH,
    Drawing,
    Row,
    cut,
    legend,
    line,
    number_of,
    round_ticks,
    series_of,
    text,
    wide,
)

__all__ = ["bars", "interval"]

_LETTER = 13.6
"""Width of a wide character of a label."""
_ROW, _BAR = 30, 18
_SHORT = 22
"""Wide characters of a label; all of it is in its title."""


def _left(d: Drawing, rows: Sequence[Row]) -> float:
    """Room for the names: as much as they need, so that on a phone the plot begins near the edge."""
    return 22 + _LETTER * max(wide(cut(d.label(row[d.chart.y]), _SHORT)) for row in rows)


def _across(
    d: Drawing, rows: Sequence[Row], top: float, low: float, high: float, *, whole: bool = False
) -> tuple[str, Callable[[float], float], float]:
    """Names and a grid for rows; returns the scale and the height too."""
    ticks = round_ticks(low, high, whole=whole)
    left = _left(d, rows)
    width = WIDTH - left - END
    span = ticks[-1] - ticks[0]

    def x(value: float) -> float:
        return left + (value - ticks[0]) / span * width

    bottom = top + _ROW * len(rows)
    out = "".join(
        line(x(tick), top, x(tick), bottom, "grid") + text(x(tick), bottom + 18, d.told(tick), "t quiet", "middle")
        for tick in ticks
    )
    out += text(left + width / 2, bottom + 40, d.chart.x_title, "t quiet", "middle")
    for number, row in enumerate(rows):
        name = d.label(row[d.chart.y])
        out += text(left - 10, top + _ROW * (number + 0.5) + 5, cut(name, _SHORT), "t", "end", name)
    return out, x, bottom + 50


def bars(d: Drawing, rows: Sequence[Row]) -> tuple[str, float]:
    series = series_of(d.chart) or [(d.chart.x, "")]
    total = [sum(number_of(row[name]) or 0 for name, _ in series) for row in rows]
    top = 26 if len(series) > 1 else 6
    whole = all(d.answer.column(name).kind == "count" for name, _ in series)
    out, x, height = _across(d, rows, top, 0, max(total, default=0), whole=whole)
    if len(series) > 1:
        out += legend([(f"c{n}", label) for n, (_, label) in enumerate(series)], _left(d, rows))
    for number, row in enumerate(rows):
        y, at, marks, told = top + _ROW * number + (_ROW - _BAR) / 2, 0.0, "", []
        for place, (name, label) in enumerate(series):
            value = number_of(row[name]) or 0
            told.append(f"{label} {d.told(value)}".strip())
            marks += (
                f'<rect x="{x(at):.1f}" y="{y:.1f}" width="{max(0.0, x(at + value) - x(at)):.1f}" height="{_BAR}" '
                f'class="c{place}"/>'
            )
            at += value
        out += d.link(row, marks, f"{d.label(row[d.chart.y])}：{'，'.join(told)}")
        out += text(x(at) + 6, y + _BAR - 4, d.told(total[number]), "t")
    return out, height


def interval(d: Drawing, rows: Sequence[Row]) -> tuple[str, float]:
    chart = d.chart
    points = [(row, number_of(row[chart.x])) for row in rows]
    named = [number_of(row[name]) for row in rows for name in (chart.low, chart.high, chart.x) if name]
    values = [v for v in (*named, chart.reference) if v is not None]
    if not values:
        return "", 0
    top = 26 if chart.reference is not None else 6
    out, x, height = _across(d, rows, top, min(0.0, *values), max(values))
    if chart.reference is not None:
        at = x(chart.reference)
        words = f"{chart.reference_text} {d.told(chart.reference)}" if chart.percent else chart.reference_text
        out += line(at, top - 4, at, top + _ROW * len(rows), "limit") + text(at, top - 9, words, "t quiet", "middle")
    for number, (row, value) in enumerate(points):
        y = top + _ROW * (number + 0.5)
        if value is None:
            continue
        low, high = (number_of(row[name]) if name else None for name in (chart.low, chart.high))
        mark = line(x(low), y, x(high), y, "whisker") if low is not None and high is not None else ""
        mark += f'<circle cx="{x(value):.1f}" cy="{y:.1f}" r="5.5" class="c0"/>'
        out += d.link(row, mark, f"{d.label(row[chart.y])}：{d.told(value)}")
        out += text(WIDTH - END + 12, y + 5, d.told(value), "t")
    return out, height
