"""``/figures``: for analysts, how well decisions hold. Figures only: no case, no person."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from pipeline.service import trail, words
from pipeline.service.actors import Role
from pipeline.service.casework.diseases import disease_names
from pipeline.service.decisions.figures import Span, quality_figures
from pipeline.service.decisions.quality import Difference
from pipeline.service.people.current import TheOffice, UserSignedIn
from pipeline.service.web.rendering import page

__all__ = ["router"]

router = APIRouter(prefix="/figures")
_USUAL = dt.timedelta(days=90)
FEW = 30
"""Of fewer a percentage says little."""


@router.get("")
def quality(
    request: Request,
    office: TheOffice,
    signed: UserSignedIn,
    first: Annotated[str, Query(max_length=10)] = "",
    last: Annotated[str, Query(max_length=10)] = "",
    disease: Annotated[str, Query(max_length=64)] = "",
) -> HTMLResponse:
    """The quality of decisions of a period, the last three months unless asked otherwise."""
    signed.actor.require_role(Role.ANALYST)
    names = disease_names(office, signed.actor)
    disease = disease if disease in names else ""
    today = office.today()
    span = Span(first=_day(first) or today - _USUAL, last=_day(last) or today)
    if span.first and span.last and span.first > span.last:
        span = Span(first=span.last, last=span.first)
    with office.database.read() as session:
        figures = quality_figures(session, signed.actor, span, disease or None)
    with office.database.write() as session:
        detail = {"first": _iso(span.first), "last": _iso(span.last), "disease": disease or None}
        trail.append(session, signed.actor, "figures.view", detail=detail, at=office.now())
    rows = sorted(
        ((names.get(id, id or "未选择病种"), counts) for id, counts in figures.by_disease.items()),
        key=lambda row: (-row[1].decided, row[0]),
    )
    return page(
        request,
        "figures/quality.html.j2",
        signed=signed,
        figures=figures,
        rows=rows,
        span=span,
        disease=disease,
        diseases=sorted(names.items(), key=lambda pair: pair[1]),
        conclusions=words.CONCLUSION_WORDS,
        signs=words.CONCLUSION_STATUS,
        outcomes=words.OUTCOMES,
        differences=[each.value for each in Difference],
        few=FEW,
    )


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
