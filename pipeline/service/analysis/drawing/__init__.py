"""Answers as SVG that stands in a page: every mark a link to the cases behind it.

Pictures that travel (PNG, notebooks) are drawn by :mod:`pipeline.audit.charts` from the same description, with the same
colours. There are two renderers because each place needs another one. A page wants classes instead of colours (its
style sheet dims, prints and focuses them), a title on each mark, and no engine in the web server: all thirty charts of
6,000 applications take 10 milliseconds and 120 KB here, with Vega's engine 13 seconds, 530 KB and 120 MB of memory. A
picture wants measured text, fonts of its own and pixels, which is that engine's work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

from pipeline.audit.questions import Answer
from pipeline.service.analysis.drawing.across import bars, interval
from pipeline.service.analysis.drawing.along import control, lines
from pipeline.service.analysis.drawing.marks import WIDTH, Drawing, Href, Row
from pipeline.service.analysis.drawing.plane import funnel, matrix

__all__ = ["Href", "svg"]


def svg(answer: Answer, href: Href) -> str:
    """Return the chart of ``answer`` as an SVG element; empty where there is nothing to draw."""
    chart = answer.chart
    if chart is None or not answer.rows:
        return ""
    rows = list(answer.rows[: chart.limit])
    body, height = _KINDS[chart.kind](Drawing(answer, chart, href), rows)
    if not body:
        return ""
    title = escape(answer.title)
    return (
        f'<svg class="drawn" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="group" '
        f'aria-label="{title}">{body}</svg>'
    )


_KINDS: Mapping[str, Callable[[Drawing, Sequence[Row]], tuple[str, float]]] = {
    "bars": bars,
    "stacked": bars,
    "interval": interval,
    "control": control,
    "lines": lines,
    "funnel": funnel,
    "matrix": matrix,
}
