"""Answers as SVG that stands in a page: quick, without styles of its own, every mark a link to the cases behind it.

Pictures that travel (PNG, notebooks) are drawn by :mod:`pipeline.audit.charts` from the same description.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from pipeline.audit.questions import Answer, Chart

__all__ = ["Href", "svg"]

Row = Mapping[str, Any]
Href = Callable[[Row], str]

_WIDTH, _LABELS, _END = 860, 316, 74
_ROW, _BAR = 30, 18
_LEFT, _RIGHT, _HEIGHT = 54, 84, 260
_TICKS = 5
_SHORT = 22
"""Wide characters of a label; all of it is in its title."""


def svg(answer: Answer, href: Href) -> str:
    """Return the chart of ``answer`` as an SVG element; empty where there is nothing to draw."""
    chart = answer.chart
    if chart is None or not answer.rows:
        return ""
    rows = list(answer.rows[: chart.limit])
    body, height = _KINDS[chart.kind](_Drawing(answer, chart, href), rows)
    if not body:
        return ""
    title = escape(answer.title)
    return (
        f'<svg class="drawn" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" role="group" '
        f'aria-label="{title}">{body}</svg>'
    )


class _Drawing:
    def __init__(self, answer: Answer, chart: Chart, href: Href) -> None:
        self.answer, self.chart, self.href = answer, chart, href

    def told(self, value: float | None) -> str:
        """A measure as it stands on an axis or at the end of a bar."""
        if value is None:
            return "—"
        if self.chart.percent:
            share = value * 100
            return f"{share:.0f}%" if share == round(share) else f"{share:.1f}%"
        return f"{value:,.0f}" if float(value) == round(value) else f"{value:.1f}"

    def link(self, row: Row, mark: str, text: str) -> str:
        return f'<a href="{escape(self.href(row))}"><title>{escape(text)}，查看申请</title>{mark}</a>'

    def label(self, value: Any) -> str:
        return "—" if value is None else str(value)


def _series(chart: Chart) -> list[tuple[str, str]]:
    if not chart.color or "=" not in chart.color:
        return []
    return [(name, label) for name, _, label in (part.partition("=") for part in chart.color.split(","))]


def _number(value: Any) -> float | None:
    return None if value is None or isinstance(value, str) else float(value)


def _ticks(low: float, high: float) -> list[float]:
    """Round values from at most ``low`` to at least ``high``."""
    if high <= low:
        high = low + 1
    rough = (high - low) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [round(n * step, 10) for n in range(first, last + 1)]


def _text(x: float, y: float, words: str, css: str = "", anchor: str = "start", full: str = "") -> str:
    title = f"<title>{escape(full)}</title>" if full else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{css}" text-anchor="{anchor}">{title}{escape(words)}</text>'


def _wide(text: str) -> float:
    return sum(1.0 if ord(letter) > 0x2E80 else 0.55 for letter in text)


def _cut(text: str, most: float) -> str:
    if _wide(text) <= most:
        return text
    kept = ""
    for letter in text:
        if _wide(kept + letter) > most - 1:
            break
        kept += letter
    return kept + "…"


def _line(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{css}"/>'


def _path(points: Sequence[tuple[float, float] | None], css: str, *, step: float = 0.0) -> str:
    """A line through points, broken where one is missing; with ``step`` each is a level of that width."""
    told, pen = [], "M"
    for point in points:
        if point is None:
            pen = "M"
            continue
        x, y = point
        told.append(f"{pen}{x - step:.1f} {y:.1f}" + (f"H{x + step:.1f}" if step else ""))
        pen = "L"
    return f'<path d="{" ".join(told)}" class="{css}"/>' if told else ""


def _legend(entries: Sequence[tuple[str, str]], x: float) -> str:
    out = ""
    for css, words in entries:
        out += f'<rect x="{x:.1f}" y="4" width="12" height="12" class="{css}"/>' + _text(x + 18, 15, words, "t")
        x += 40 + 13 * _wide(words)
    return out


# Rows beneath one another: bars, stacked bars, points with intervals --------------------------------------------------


def _across(
    d: _Drawing, rows: Sequence[Row], top: float, low: float, high: float
) -> tuple[str, Callable[[float], float], float]:
    """Names and a grid for rows; returns the scale and the height too."""
    ticks = _ticks(low, high)
    width = _WIDTH - _LABELS - _END
    span = ticks[-1] - ticks[0]

    def x(value: float) -> float:
        return _LABELS + (value - ticks[0]) / span * width

    bottom = top + _ROW * len(rows)
    out = "".join(
        _line(x(tick), top, x(tick), bottom, "grid") + _text(x(tick), bottom + 18, d.told(tick), "t quiet", "middle")
        for tick in ticks
    )
    out += _text(_LABELS + width / 2, bottom + 40, d.chart.x_title, "t quiet", "middle")
    for number, row in enumerate(rows):
        name = d.label(row[d.chart.y])
        out += _text(_LABELS - 10, top + _ROW * (number + 0.5) + 5, _cut(name, _SHORT), "t", "end", name)
    return out, x, bottom + 50


def _bars(d: _Drawing, rows: Sequence[Row]) -> tuple[str, float]:
    series = _series(d.chart) or [(d.chart.x, "")]
    total = [sum(_number(row[name]) or 0 for name, _ in series) for row in rows]
    top = 26 if len(series) > 1 else 6
    out, x, height = _across(d, rows, top, 0, max(total, default=0))
    if len(series) > 1:
        out += _legend([(f"c{n}", label) for n, (_, label) in enumerate(series)], _LABELS)
    for number, row in enumerate(rows):
        y, at, marks, told = top + _ROW * number + (_ROW - _BAR) / 2, 0.0, "", []
        for place, (name, label) in enumerate(series):
            value = _number(row[name]) or 0
            told.append(f"{label} {d.told(value)}".strip())
            marks += (
                f'<rect x="{x(at):.1f}" y="{y:.1f}" width="{max(0.0, x(at + value) - x(at)):.1f}" height="{_BAR}" '
                f'class="c{place}"/>'
            )
            at += value
        out += d.link(row, marks, f"{d.label(row[d.chart.y])}：{'，'.join(told)}")
        out += _text(x(at) + 6, y + _BAR - 4, d.told(total[number]), "t")
    return out, height


def _interval(d: _Drawing, rows: Sequence[Row]) -> tuple[str, float]:
    chart = d.chart
    points = [(row, _number(row[chart.x])) for row in rows]
    named = [_number(row[name]) for row in rows for name in (chart.low, chart.high, chart.x) if name]
    values = [v for v in (*named, chart.reference) if v is not None]
    if not values:
        return "", 0
    top = 26 if chart.reference is not None else 6
    out, x, height = _across(d, rows, top, min(0.0, *values), max(values))
    if chart.reference is not None:
        at = x(chart.reference)
        words = f"{chart.reference_text} {d.told(chart.reference)}" if chart.percent else chart.reference_text
        out += _line(at, top - 4, at, top + _ROW * len(rows), "limit") + _text(at, top - 9, words, "t quiet", "middle")
    for number, (row, value) in enumerate(points):
        y = top + _ROW * (number + 0.5)
        if value is None:
            continue
        low, high = (_number(row[name]) if name else None for name in (chart.low, chart.high))
        mark = _line(x(low), y, x(high), y, "whisker") if low is not None and high is not None else ""
        mark += f'<circle cx="{x(value):.1f}" cy="{y:.1f}" r="5.5" class="c0"/>'
        out += d.link(row, mark, f"{d.label(row[chart.y])}：{d.told(value)}")
        out += _text(_WIDTH - _END + 12, y + 5, d.told(value), "t")
    return out, height


# Months and other steps along the bottom ------------------------------------------------------------------------------


def _frame(d: _Drawing, values: Sequence[float], top: float) -> tuple[str, Callable[[float], float], float]:
    low, high = min(values), max(values)
    room = (high - low) * 0.06
    ticks = _ticks(max(0.0, low - room) if low >= 0 else low - room, high + room)
    bottom = top + _HEIGHT

    def y(value: float) -> float:
        return bottom - (value - ticks[0]) / (ticks[-1] - ticks[0]) * _HEIGHT

    out = "".join(
        _line(_LEFT, y(tick), _WIDTH - _RIGHT, y(tick), "grid")
        + _text(_LEFT - 8, y(tick) + 4, d.told(tick), "t quiet", "end")
        for tick in ticks
    )
    return out + _text(0, 15, d.chart.y_title, "t quiet"), y, bottom


def _steps(rows: Sequence[Row], chart: Chart, bottom: float) -> tuple[str, list[float], float]:
    width = (_WIDTH - _LEFT - _RIGHT) / max(1, len(rows))
    xs = [_LEFT + width * (n + 0.5) for n in range(len(rows))]
    every = max(1, math.ceil(8 * _wide(str(rows[0][chart.x])) * 1.35 / width))
    out = "".join(
        _text(x, bottom + 18, str(row[chart.x]), "t quiet", "middle")
        for n, (row, x) in enumerate(zip(rows, xs, strict=True))
        if n % every == 0
    )
    return out + _text((_LEFT + _WIDTH - _RIGHT) / 2, bottom + 40, chart.x_title, "t quiet", "middle"), xs, width


def _control(d: _Drawing, rows: Sequence[Row]) -> tuple[str, float]:
    chart = d.chart
    names = [name for name in (chart.y, chart.low, chart.high, "centre") if name]
    values = [v for row in rows for name in names if (v := _number(row.get(name))) is not None]
    if not values:
        return "", 0
    out, y, bottom = _frame(d, values, 30)
    steps, xs, width = _steps(rows, chart, bottom)
    out += steps

    def through(name: str | None) -> list[tuple[float, float] | None]:
        found = [_number(row.get(name)) if name else None for row in rows]
        return [None if v is None else (x, y(v)) for x, v in zip(xs, found, strict=True)]

    for name, words in ((chart.high, "控制上限"), ("centre", "中心线"), (chart.low, "控制下限")):
        points = through(name)
        out += _path(points, "middle" if name == "centre" else "limit", step=width / 2)
        last = points[-1]
        if last is not None:
            out += _text(_WIDTH - _RIGHT + 6, last[1] + 4, words, "t quiet")
    out += _path(through(chart.y), "run")
    for row, point in zip(rows, through(chart.y), strict=True):
        if point is None:
            continue
        beyond = bool(chart.color and row.get(chart.color))
        mark = f'<circle cx="{point[0]:.1f}" cy="{point[1]:.1f}" r="5" class="{"beyond" if beyond else "c0"}"/>'
        out += d.link(row, mark, f"{row[chart.x]}：{d.told(_number(row[chart.y]))}{'，超出常态' if beyond else ''}")
    return out, bottom + 50


def _lines(d: _Drawing, rows: Sequence[Row]) -> tuple[str, float]:
    chart, series = d.chart, _series(d.chart)
    names = [*(name for name, _ in series), *(name for name in (chart.low, chart.high) if name)]
    values = [v for row in rows for name in names if (v := _number(row.get(name))) is not None]
    if not values:
        return "", 0
    out, y, bottom = _frame(d, values, 30)
    steps, xs, _ = _steps(rows, chart, bottom)
    out += steps + _legend([(f"c{1 - n}", label) for n, (_, label) in enumerate(series)], _LEFT + 110)
    for x, row in zip(xs, rows, strict=True):
        low, high = (_number(row.get(name)) if name else None for name in (chart.low, chart.high))
        if low is not None and high is not None:
            out += _line(x, y(low), x, y(high), "whisker")
    for place, (name, label) in enumerate(series):
        found = [_number(row[name]) for row in rows]
        points = [None if v is None else (x, y(v)) for x, v in zip(xs, found, strict=True)]
        out += _path(points, f"run s{1 - place}")
        for row, point in zip(rows, points, strict=True):
            if point is not None:
                mark = f'<circle cx="{point[0]:.1f}" cy="{point[1]:.1f}" r="5" class="c{1 - place}"/>'
                out += d.link(row, mark, f"{row[chart.x]}：{label} {d.told(_number(row[name]))}")
    return out, bottom + 50


# Points in a plane, counts in a grid ----------------------------------------------------------------------------------


def _funnel(d: _Drawing, rows: Sequence[Row]) -> tuple[str, float]:
    chart = d.chart
    found = sorted((row for row in rows if row[chart.y] is not None), key=lambda row: float(row[chart.x]))
    names = [name for name in (chart.y, chart.low, chart.high) if name]
    values = [v for row in found for name in names if (v := _number(row.get(name))) is not None]
    if not values:
        return "", 0
    out, y, bottom = _frame(d, values, 30)
    ticks = _ticks(0, max(float(row[chart.x]) for row in found))
    width = _WIDTH - _LEFT - _RIGHT

    def x(value: float) -> float:
        return _LEFT + value / ticks[-1] * width

    out += "".join(_text(x(tick), bottom + 18, f"{tick:,.0f}", "t quiet", "middle") for tick in ticks)
    out += _text(_LEFT + width / 2, bottom + 40, chart.x_title, "t quiet", "middle")
    for name in (chart.low, chart.high):
        if name:
            at = [(x(float(row[chart.x])), y(v)) if (v := _number(row[name])) is not None else None for row in found]
            out += _path(at, "limit")
    if chart.reference is not None:
        out += _line(_LEFT, y(chart.reference), _WIDTH - _RIGHT, y(chart.reference), "middle")
        words = f"{chart.reference_text} {d.told(chart.reference)}"
        out += _text(_WIDTH - _RIGHT + 6, y(chart.reference) + 4, words, "t quiet")
    for row in found:
        beyond = row.get("signal") in ("high", "low")
        at_x, at_y = x(float(row[chart.x])), y(float(row[chart.y]))
        mark = f'<circle cx="{at_x:.1f}" cy="{at_y:.1f}" r="6" class="{"beyond" if beyond else "c0"}"/>'
        name = d.label(row[chart.color]) if chart.color else ""
        out += d.link(row, mark, f"{name}：{d.told(float(row[chart.y]))}")
        if beyond:
            anchor = "end" if at_x > _WIDTH * 0.7 else "start" if at_x < _WIDTH * 0.25 else "middle"
            out += _text(at_x, at_y - 11, name, "t loud", anchor)
    return out, bottom + 50


def _matrix(d: _Drawing, rows: Sequence[Row]) -> tuple[str, float]:
    chart = d.chart
    columns = list(dict.fromkeys(d.label(row[chart.x]) for row in rows))
    lines = list(dict.fromkeys(d.label(row[chart.y]) for row in rows))
    left, top, tall = 110, 44, 46
    wide = (_WIDTH - left - 130) / max(1, len(columns))
    most = max((_number(row[chart.color or ""]) or 0 for row in rows), default=0) or 1
    out = _text(left + wide * len(columns) / 2, 14, chart.x_title, "t quiet", "middle")
    out += _text(left - 12, 36, chart.y_title, "t quiet", "end")
    out += "".join(_text(left + wide * (n + 0.5), 36, name, "t", "middle") for n, name in enumerate(columns))
    out += "".join(_text(left - 12, top + tall * (n + 0.5) + 5, name, "t", "end") for n, name in enumerate(lines))
    for row in rows:
        column, line = columns.index(d.label(row[chart.x])), lines.index(d.label(row[chart.y]))
        value = _number(row[chart.color or ""])
        shade = min(5, math.ceil((value or 0) / most * 5))
        at_x, at_y = left + wide * column, top + tall * line
        mark = (
            f'<rect x="{at_x + 1:.1f}" y="{at_y + 1:.1f}" width="{wide - 2:.1f}" height="{tall - 2}" class="m{shade}"/>'
        )
        mark += _text(at_x + wide / 2, at_y + tall / 2 + 5, d.told(value), f"t on{shade}", "middle")
        out += d.link(row, mark, f"{lines[line]}，{columns[column]}：{d.told(value)}")
    return out, top + tall * len(lines) + 10


_KINDS: Mapping[str, Callable[[_Drawing, Sequence[Row]], tuple[str, float]]] = {
    "bars": _bars,
    "stacked": _bars,
    "interval": _interval,
    "control": _control,
    "lines": _lines,
    "funnel": _funnel,
    "matrix": _matrix,
}
