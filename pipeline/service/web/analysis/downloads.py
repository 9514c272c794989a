"""An answer to take along: CSV, Excel, or its chart as a picture."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pipeline.audit.questions import Answer
from pipeline.audit.tables import csv_text
from pipeline.service.access import NotFoundError
from pipeline.service.people.current import TheOffice, UserSignedIn
from pipeline.service.web.analysis.asked import Asked, asked, noted, question_of
from pipeline.service.web.papers.files import download

__all__ = ["router"]

router = APIRouter()
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "png": "image/png",
}


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
    # What draws and what writes workbooks is large, and few ask for it: imported where it is needed.
    if kind == "csv":
        return csv_text(answer).encode()
    if kind == "xlsx":
        from pipeline.service.web.analysis.workbook import workbook

        return workbook(answer, found)
    from pipeline.audit.charts import png

    try:
        return png(answer)
    except ValueError:
        raise NotFoundError("chart") from None
