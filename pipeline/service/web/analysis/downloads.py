"""An answer to take along: CSV, Excel, or its chart as a picture."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.audit.questions import Answer
from pipeline.audit.tables import csv_text, heading
from pipeline.service.access import NotFoundError
from pipeline.service.decisions.ledger import put_text
from pipeline.service.office import LOCAL
from pipeline.service.people.current import TheOffice, UserSignedIn
from pipeline.service.web.analysis.asked import Asked, asked, noted, question_of
from pipeline.service.web.papers.files import download

__all__ = ["router", "workbook"]

router = APIRouter()
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "png": "image/png",
}
_WIDEST = 48


@router.get("/{question}.{kind}")
def taken(request: Request, question: str, kind: str, office: TheOffice, signed: UserSignedIn) -> Response:
    """The answer under the filters of the address."""
    with asked(request, office, signed) as found:
        which = question_of(question)
        if found is None or kind not in _TYPES:
            raise NotFoundError("answer")
        answer = found.answer(which)
        made = _made(kind, answer, found)
        noted(office, signed.actor, "analysis.export", found.filters, question=which.id, kind=kind)
        name = f"{which.id}-{office.today():%Y%m%d}.{kind}"
        return Response(made, media_type=_TYPES[kind], headers=download(name))


def _made(kind: str, answer: Answer, found: Asked) -> bytes:
    if kind == "csv":
        return csv_text(answer).encode()
    if kind == "xlsx":
        return workbook(answer, found)
    from pipeline.audit.charts import png  # its engine is large, and few ask for it

    try:
        return png(answer)
    except ValueError:
        raise NotFoundError("chart") from None


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
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


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
