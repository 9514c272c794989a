"""An answer as an Excel workbook."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.audit.questions import Answer
from pipeline.audit.tables import heading
from pipeline.service.decisions.ledger import put_text
from pipeline.service.office import LOCAL
from pipeline.service.web.analysis.asked import Asked

__all__ = ["workbook"]

_WIDEST = 48


def workbook(answer: Answer, found: Asked) -> bytes:
    """Return the table as a workbook: beneath its title what was counted, of which applications, as of when."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "数据"
    narrowed = "；".join(f"{word}：{value}" for word, value in found.told()) or "全部"
    for line, text in enumerate(
        (answer.title, f"单位：{answer.unit}", f"筛选：{narrowed}", answer.source, _as_of(found)), 1
    ):
        put_text(sheet.cell(line, 1), text)
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    first = 7
    for number, column in enumerate(answer.shown, start=1):
        cell = sheet.cell(first, number)
        put_text(cell, heading(column))
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        for line, row in enumerate(answer.rows, start=first + 1):
            _put(sheet.cell(line, number), column.kind, row[column.name])
        wide = max([_width(heading(column)), *(_width(str(row[column.name])) for row in answer.rows)])
        sheet.column_dimensions[get_column_letter(number)].width = min(_WIDEST, max(9, wide + 2))
    sheet.freeze_panes = sheet.cell(first + 1, 1)
    _figures(book, answer)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _figures(book: Workbook, answer: Answer) -> None:
    """Single figures on a sheet of their own, each with its interval."""
    if not answer.figures:
        return
    sheet = book.create_sheet("单项数字")
    for number, title in enumerate(("数字", "值", "单位", "95% 区间下限", "95% 区间上限", "共计"), start=1):
        sheet.cell(1, number, title).font = Font(bold=True)
    for line, figure in enumerate(answer.figures, start=2):
        put_text(sheet.cell(line, 1), figure.label)
        put_text(sheet.cell(line, 3), figure.unit)
        limits = (figure.sure.low, figure.sure.high) if figure.sure is not None else (None, None)
        for column, value in zip((2, 4, 5), (figure.value, *limits), strict=True):
            _put(sheet.cell(line, column), figure.kind, value)
        _put(sheet.cell(line, 6), "count", figure.cases)
    sheet.column_dimensions["A"].width = 36


def _as_of(found: Asked) -> str:
    return f"数据截至 {dt.datetime.fromisoformat(found.manifest.created).astimezone(LOCAL):%Y-%m-%d %H:%M}"


def _put(cell: Any, kind: str, value: Any) -> None:
    if isinstance(value, str):
        put_text(cell, value)
    elif value is not None:
        cell.value = value
        cell.number_format = "0.0%" if kind == "share" else "#,##0" if kind == "count" else "0.00"


def _width(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)
