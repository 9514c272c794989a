"""The pages: a group of questions with charts and tables, and the applications behind a mark."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from pipeline.audit.questions import QUESTIONS, Answer, Filters, Question
from pipeline.audit.tables import cell_text, figure_text, heading
from pipeline.service.access import NotFoundError
from pipeline.service.actors import Role
from pipeline.service.analysis import keeping
from pipeline.service.analysis.answers import GROUPS, behind, row_of, wanted
from pipeline.service.analysis.drawing import svg
from pipeline.service.office import Office
from pipeline.service.people.current import SignedIn, TheOffice, UserSignedIn
from pipeline.service.web.analysis.asked import Asked, asked, link, noted, question_of, row_keys, row_link
from pipeline.service.web.rendering import page

__all__ = ["router"]

router = APIRouter()
_ROWS = 12
"""Rows of a table that are shown at once; the others are folded away."""
_CASES = 500
_CASE_ROLES = frozenset({Role.REVIEWER, Role.SECOND_READER})


@router.get("")
def overview(
    request: Request,
    office: TheOffice,
    signed: UserSignedIn,
    part: Annotated[int, Query(ge=1, le=len(GROUPS))] = 1,
) -> HTMLResponse:
    """One group of questions; the first unless asked otherwise."""
    with asked(request, office, signed) as found:
        group = GROUPS[part - 1]
        context = _context(office, signed, found)
        if found is None:
            return page(request, "analysis/none.html.j2", **context)
        shown = [_shown(found, question) for question in QUESTIONS if question.group == group]
        noted(office, signed.actor, "analysis.view", found.filters, part=group)
        return page(
            request,
            "analysis/overview.html.j2",
            **context,
            part=part,
            parts=[(number, name, link("", found.filters, part=number)) for number, name in enumerate(GROUPS, start=1)],
            shown=shown,
        )


@router.get("/{question}/cases")
def cases(request: Request, question: str, office: TheOffice, signed: UserSignedIn) -> HTMLResponse:
    """The applications behind one row of an answer, or behind all of it."""
    with asked(request, office, signed) as found:
        which = question_of(question)
        if found is None:
            raise NotFoundError("store")
        answer, keys = found.answer(which), row_keys(request)
        row = row_of(answer, keys) if keys else None
        if keys and row is None:
            raise NotFoundError("row")
        told = behind(office, signed.actor, found.store, answer, row)
        noted(office, signed.actor, "analysis.cases", found.filters, question=which.id, count=len(told.shown))
        return page(
            request,
            "analysis/cases.html.j2",
            **_context(office, signed, found),
            answer=answer,
            row=[] if row is None else _cells(answer, row, texts=True),
            behind=told,
            most=_CASES,
            linked=bool(signed.actor.roles & _CASE_ROLES),
            back=link("", found.filters, part=GROUPS.index(which.group) + 1),
        )


def _context(office: Office, signed: SignedIn, found: Asked | None) -> dict[str, Any]:
    return {
        "signed": signed,
        "found": found,
        "working": keeping.is_being_made(office),
        "quality": Role.ANALYST in signed.actor.roles,
        "wanted": wanted(found.filters) if found is not None else {},
        "clear": link,
        "cleared": Filters(),
        "created": dt.datetime.fromisoformat(found.manifest.created) if found is not None else None,
    }


def _shown(found: Asked, question: Question) -> dict[str, Any]:
    answer = found.answer(question)
    there = _counted(answer)
    rows = [(row_link(question, found.filters, answer, row), _cells(answer, row)) for row in answer.rows if there]
    drawn = svg(answer, lambda row: row_link(question, found.filters, answer, row)) if there else ""
    return {
        "id": question.id,
        "answer": answer,
        "there": there,
        "drawn": Markup(drawn),  # noqa: S704 - every text in it is escaped where it is drawn
        "figures": [(figure.label, figure_text(figure)) for figure in answer.figures],
        "headings": [(heading(column), column.kind != "text") for column in answer.shown],
        "rows": rows[:_ROWS],
        "more": rows[_ROWS:],
        "limited": answer.chart.limit if answer.chart and answer.chart.limit else 0,
        "by_item": "$criterion" in answer.sql,
        "downloads": [
            (word, link(f"/{question.id}.{kind}", found.filters))
            for kind, word in (("csv", "CSV"), ("xlsx", "Excel"), ("png", "图片"))
            if kind != "png" or drawn
        ],
    }


def _counted(answer: Answer) -> bool:
    """Whether anything was counted: some tables have their rows also where all are 0."""
    counts = [column.name for column in answer.columns if column.kind == "count"]
    return any(row[name] for row in answer.rows for name in counts)


def _cells(answer: Answer, row: Any, *, texts: bool = False) -> list[tuple[str, str, bool]]:
    """Heading, text and whether it is a number; ``texts``: those that say which row it is."""
    columns = [column for column in answer.shown if not texts or column.kind == "text"]
    return [(heading(column), cell_text(column, row[column.name]), column.kind != "text") for column in columns]
