"""Months and other steps along the bottom: control charts, lines."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from pipeline.audit.questions import Chart
from pipeline.service.analysis.drawing.marks import (
    LEFT,
    RIGHT,
    WIDTH,
    Drawing,
    Row,
    legend,
    line,
    number_of,
    path,
    round_ticks,
    series_of,
    text,
    wide,
)

__all__ = ["control", "frame", "lines"]

_HEIGHT = 260


def frame(d: Drawing, values: Sequence[float], top: float) -> tuple[str, Callable[[float], float], float]:
    low, high = min(values), max(values)
    room = (high - low) * 0.06
    ticks = round_ticks(max(0.0, low - room) if low >= 0 else low - room, high + room)
    bottom = top + _HEIGHT

    def y(value: float) -> float:
        return bottom - (value - ticks[0]) / (ticks[-1] - ticks[0]) * _HEIGHT

    out = "".join(
        line(LEFT, y(tick), WIDTH - RIGHT, y(tick), "grid")
        + text(LEFT - 8, y(tick) + 4, d.told(tick), "t quiet", "end")
        for tick in ticks
    )
    return out + text(0, 15, d.chart.y_title, "t quiet"), y, bottom


def _steps(rows: Sequence[Row], chart: Chart, bottom: float) -> tuple[str, list[float], float]:
    width = (WIDTH - LEFT - RIGHT) / max(1, len(rows))
    xs = [LEFT + width * (n + 0.5) for n in range(len(rows))]
    every = max(1, math.ceil(8 * wide(str(rows[0][chart.x])) * 1.35 / width))
    out = "".join(
        text(x, bottom + 18, str(row[chart.x]), "t quiet", "middle")
        for n, (row, x) in enumerate(zip(rows, xs, strict=True))
        if n % every == 0
    )
    return out + text((LEFT + WIDTH - RIGHT) / 2, bottom + 40, chart.x_title, "t quiet", "middle"), xs, width


def control(d: Drawing, rows: Sequence[Row]) -> tuple[str, float]:
    chart = d.chart
    names = [name for name in (chart.y, chart.low, chart.high, "centre") if name]
    values = [v for row in rows for name in names if (v := number_of(row.get(name))) is not None]
    if not values:
        return "", 0
    out, y, bottom = frame(d, values, 30)
    steps, xs, width = _steps(rows, chart, bottom)
    out += steps

    def through(name: str | None) -> list[tuple[float, float] | None]:
        found = [number_of(row.get(name)) if name else None for row in rows]
        return [None if v is None else (x, y(v)) for x, v in zip(xs, found, strict=True)]

    for name, words in ((chart.high, "控制上限"), ("centre", "中心线"), (chart.low, "控制下限")):
        points = through(name)
        out += path(points, "middle" if name == "centre" else "limit", step=width / 2)
        last = points[-1]
        if last is not None:
            out += text(WIDTH - RIGHT + 6, last[1] + 4, words, "t quiet")
    out += path(through(chart.y), "run")
    for row, point in zip(rows, through(chart.y), strict=True):
        if point is None:
            continue
        beyond = bool(chart.color and row.get(chart.color))
        mark = f'<circle cx="{point[0]:.1f}" cy="{point[1]:.1f}" r="5" class="{"beyond" if beyond else "c0"}"/>'
        out += d.link(row, mark, f"{row[chart.x]}：{d.told(number_of(row[chart.y]))}{'，超出常态' if beyond else ''}")
    return out, bottom + 50


def lines(d: Drawing, rows: Sequence[Row]) -> tuple[str, float]:
    chart, series = d.chart, series_of(d.chart)
    names = [*(name for name, _ in series), *(name for name in (chart.low, chart.high) if name)]
    values = [v for row in rows for name in names if (v := number_of(row.get(name))) is not None]
    if not values:
        return "", 0
    out, y, bottom = frame(d, values, 30)
    steps, xs, _ = _steps(rows, chart, bottom)
    out += steps + legend([(f"c{1 - n}", label) for n, (_, label) in enumerate(series)], LEFT + 110)
    for x, row in zip(xs, rows, strict=True):
        low, high = (number_of(row.get(name)) if name else None for name in (chart.low, chart.high))
        if low is not None and high is not None:
            out += line(x, y(low), x, y(high), "whisker")
    for place, (name, label) in enumerate(series):
        found = [number_of(row[name]) for row in rows]
        points = [None if v is None else (x, y(v)) for x, v in zip(xs, found, strict=True)]
        out += path(points, f"run s{1 - place}")
        for row, point in zip(rows, points, strict=True):
            if point is not None:
                mark = f'<circle cx="{point[0]:.1f}" cy="{point[1]:.1f}" r="5" class="c{1 - place}"/>'
                out += d.link(row, mark, f"{row[chart.x]}：{label} {d.told(number_of(row[name]))}")
    return out, bottom + 50
