"""``/desk/ledger.xlsx``: decided cases of the person's regions as a workbook."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter
from fastapi.responses import Response

from pipeline.service.people.current import TheOffice, UserSignedIn
from pipeline.service.web.papers.files import download

__all__ = ["router"]

router = APIRouter()
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/ledger.xlsx")
def workbook(office: TheOffice, signed: UserSignedIn, first: str = "", last: str = "", full: bool = False) -> Response:
    """Cases decided from ``first`` to ``last``; an empty or unreadable day is no bound."""
    from pipeline.service.decisions.ledger import ledger  # what writes workbooks is large, and few ask for one

    made = ledger(office, signed.actor, first=_day(first), last=_day(last), full=full)
    return Response(made, media_type=_TYPE, headers=download(f"ledger-{office.today():%Y%m%d}.xlsx"))


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
