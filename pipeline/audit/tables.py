"""Tables of answers as people read them: text, HTML, CSV."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.audit.questions.answer import Answer, Col
from pipeline.audit.questions.figure import Figure

__all__ = ["cell_text", "csv_text", "figure_text", "heading", "html_table", "plain_text"]

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "|")


def heading(column: Col) -> str:
    """Return the title of a column with its unit."""
    return f"{column.label}（{column.unit}）" if column.unit else column.label


def cell_text(column: Col, value: Any) -> str:
    """Return a value as it is shown: a share in percent, what is not known or not told as a dash."""
    if value is None:
        return "—"
    if column.kind == "share":
        return f"{value * 100:.1f}%"
    if column.kind == "number":
        return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return f"{value:,}" if column.kind == "count" else str(value)


def figure_text(figure: Figure) -> str:
    """``85.2%（95% 区间 84.1%–86.2%，共 4,321）``: a single figure as it is shown."""
    if figure.value is None:
        return "—"
    column = Col("", "", figure.kind)

    def told(value: float) -> str:
        # As many decimals for the limits as for the figure.
        return f"{value:.2f}" if figure.kind == "number" else cell_text(column, value)

    text = told(figure.value) + (f" {figure.unit}" if figure.unit else "")
    sure = figure.sure
    more = [f"95% 区间 {told(sure.low)}–{told(sure.high)}"] if sure is not None else []
    more += [f"共 {figure.cases:,}"] if figure.cases is not None else []
    return f"{text}（{'，'.join(more)}）" if more else text


def html_table(answer: Answer, *, limit: int | None = None) -> str:
    """Return the table as an HTML element; ``limit``: the first rows alone."""
    rows: Sequence[Mapping[str, Any]] = answer.rows[:limit]
    head = "".join(f"<th>{html.escape(heading(column))}</th>" for column in answer.shown)
    body = "".join(
        "<tr>" + "".join(_cell(column, row[column.name]) for column in answer.shown) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(column: Col, value: Any) -> str:
    text = html.escape(cell_text(column, value))
    return f"<td>{text}</td>" if column.kind == "text" else f'<td class="number">{text}</td>'


def csv_text(answer: Answer) -> str:
    """Return the table as CSV with a byte order mark, so that spreadsheets take it for UTF-8. Shares are fractions."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([heading(column) for column in answer.shown])
    for row in answer.rows:
        writer.writerow([plain_text(row[column.name]) for column in answer.shown])
    return "\ufeff" + out.getvalue()


def plain_text(value: Any) -> Any:
    """Return a value as it is written into CSV: what a spreadsheet would take for a formula is set off by a quote.

    Spreadsheets look past white space, and some take the wide signs of Chinese keyboards as well.
    """
    if isinstance(value, str) and value.lstrip()[:1] in _FORMULA:
        return "'" + value
    return "" if value is None else value
