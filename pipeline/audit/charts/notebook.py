"""An answer inside a notebook: chart and table, without any script from the network."""

from __future__ import annotations

import html

from pipeline.audit.charts.pictures import svg
from pipeline.audit.questions.answer import Answer
from pipeline.audit.tables import figure_text, html_table

__all__ = ["show"]


def show(answer: Answer, *, rows: int = 12) -> None:
    """Display the chart, the first rows of the table, the source and the notes."""
    from IPython.display import HTML, display  # comes with the notebook

    single = [f"{figure.label}：{figure_text(figure)}" for figure in answer.figures]
    told = [*(["；".join(single)] if single else []), f"来源：{answer.source}", *answer.notes]
    if len(answer.rows) > rows:
        told.append(f"表中还有 {len(answer.rows) - rows} 行")
    words = "".join(f"<p><small>{html.escape(text)}</small></p>" for text in told)
    chart = svg(answer) if answer.chart is not None and answer.rows else f"<h4>{html.escape(answer.title)}</h4>"
    display(HTML(chart + html_table(answer, limit=rows) + words))  # type: ignore[no-untyped-call]
