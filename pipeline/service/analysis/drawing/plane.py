"""Points in a plane, counts in a grid."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pipeline.service.analysis.drawing.along import frame
from pipeline.service.analysis.drawing.marks import (
    LEFT,
    RIGHT,
    WIDTH,
    Drawing,
    Row,
    line,
    number_of,
    path,
    round_ticks,
    text,
)

__all__ = ["funnel", "matrix"]


def funnel(d: Drawing, rows: Sequence[Row]) -> tuple[str, float]:
    chart = d.chart
    found = sorted((row for row in rows if row[chart.y] is not None), key=lambda row: float(row[chart.x]))
    names = [name for name in (chart.y, chart.low, chart.high) if name]
    values = [v for row in found for name in names if (v := number_of(row.get(name))) is not None]
    if not values:
        return "", 0
    out, y, bottom = frame(d, values, 30)
    ticks = round_ticks(0, max(float(row[chart.x]) for row in found))
    width = WIDTH - LEFT - RIGHT

    def x(value: float) -> float:
        return LEFT + value / ticks[-1] * width

    out += "".join(text(x(tick), bottom + 18, f"{tick:,.0f}", "t quiet", "middle") for tick in ticks)
    out += text(LEFT + width / 2, bottom + 40, chart.x_title, "t quiet", "middle")
    for name in (chart.low, chart.high):
        if name:
            at = [(x(float(row[chart.x])), y(v)) if (v := number_of(row[name])) is not None else None for row in found]
            out += path(at, "limit")
    if chart.reference is not None:
        out += line(LEFT, y(chart.reference), WIDTH - RIGHT, y(chart.reference), "middle")
        words = f"{chart.reference_text} {d.told(chart.reference)}"
        out += text(WIDTH - RIGHT + 6, y(chart.reference) + 4, words, "t quiet")
    for row in found:
        beyond = row.get("signal") in ("high", "low")
        at_x, at_y = x(float(row[chart.x])), y(float(row[chart.y]))
        mark = f'<circle cx="{at_x:.1f}" cy="{at_y:.1f}" r="6" class="{"beyond" if beyond else "c0"}"/>'
        name = d.label(row[chart.color]) if chart.color else ""
        out += d.link(row, mark, f"{name}：{d.told(float(row[chart.y]))}")
        if beyond:
            anchor = "end" if at_x > WIDTH * 0.7 else "start" if at_x < WIDTH * 0.25 else "middle"
            out += text(at_x, at_y - 11, name, "t loud", anchor)
    return out, bottom + 50


def matrix(d: Drawing, rows: Sequence[Row]) -> tuple[str, float]:
    chart = d.chart
    columns = list(dict.fromkeys(d.label(row[chart.x]) for row in rows))
    lines = list(dict.fromkeys(d.label(row[chart.y]) for row in rows))
    left, top, tall = 110, 44, 46
    wide = (WIDTH - left - 130) / max(1, len(columns))
    most = max((number_of(row[chart.color or ""]) or 0 for row in rows), default=0) or 1
    out = text(left + wide * len(columns) / 2, 14, chart.x_title, "t quiet", "middle")
    out += text(left - 12, 36, chart.y_title, "t quiet", "end")
    out += "".join(text(left + wide * (n + 0.5), 36, name, "t", "middle") for n, name in enumerate(columns))
    out += "".join(text(left - 12, top + tall * (n + 0.5) + 5, name, "t", "end") for n, name in enumerate(lines))
    for row in rows:
        column, line = columns.index(d.label(row[chart.x])), lines.index(d.label(row[chart.y]))
        value = number_of(row[chart.color or ""])
        shade = min(5, math.ceil((value or 0) / most * 5))
        at_x, at_y = left + wide * column, top + tall * line
        mark = (
            f'<rect x="{at_x + 1:.1f}" y="{at_y + 1:.1f}" width="{wide - 2:.1f}" height="{tall - 2}" class="m{shade}"/>'
        )
        mark += text(at_x + wide / 2, at_y + tall / 2 + 5, d.told(value), f"t on{shade}", "middle")
        out += d.link(row, mark, f"{lines[line]}，{columns[column]}：{d.told(value)}")
    return out, top + tall * len(lines) + 10
