"""What every chart is drawn of: words, lines, links, scales. Classes only; the colours are the page's."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from pipeline.audit.questions import Answer, Chart

__all__ = [
    "END",
    "LEFT",
    "RIGHT",
    "WIDTH",
    "Drawing",
    "Href",
    "Row",
    "cut",
    "legend",
    "line",
    "number_of",
    "path",
    "round_ticks",
    "series_of",
    "text",
    "wide",
]

Row = Mapping[str, Any]
Href = Callable[[Row], str]

WIDTH = 860
LEFT, RIGHT = 54, 84
"""Room beside a plot for its axis and for words at its lines."""
END = 74
"""Room for the number at the end of a bar."""
_TICKS = 5


class Drawing:
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


def series_of(chart: Chart) -> list[tuple[str, str]]:
    if not chart.color or "=" not in chart.color:
        return []
    return [(name, label) for name, _, label in (part.partition("=") for part in chart.color.split(","))]


def number_of(value: Any) -> float | None:
    return None if value is None or isinstance(value, str) else float(value)


def round_ticks(low: float, high: float, *, whole: bool = False) -> list[float]:
    """Round values from at most ``low`` to at least ``high``; ``whole``: of things that come in whole numbers."""
    if high <= low:
        high = low + 1
    rough = (high - low) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999 and not (whole and m * power % 1))
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [round(n * step, 10) for n in range(first, last + 1)]


def text(x: float, y: float, words: str, css: str = "", anchor: str = "start", full: str = "") -> str:
    title = f"<title>{escape(full)}</title>" if full else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{css}" text-anchor="{anchor}">{title}{escape(words)}</text>'


def wide(text: str) -> float:
    return sum(1.0 if ord(letter) > 0x2E80 else 0.55 for letter in text)


def cut(text: str, most: float) -> str:
    if wide(text) <= most:
        return text
    kept = ""
    for letter in text:
        if wide(kept + letter) > most - 1:
            break
        kept += letter
    return kept + "…"


def line(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{css}"/>'


def path(points: Sequence[tuple[float, float] | None], css: str, *, step: float = 0.0) -> str:
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


def legend(entries: Sequence[tuple[str, str]], x: float) -> str:
    out = ""
    for css, words in entries:
        out += f'<rect x="{x:.1f}" y="4" width="12" height="12" class="{css}"/>' + text(x + 18, 15, words, "t")
        x += 40 + 13 * wide(words)
    return out
