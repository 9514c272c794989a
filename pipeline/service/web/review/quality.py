"""Blind re-examination: drawn cases, decided again on the same workbench with the decision hidden, then compared."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse
from sqlalchemy import select

from pipeline.service import words
from pipeline.service.access import NotFoundError, find
from pipeline.service.actors import Role
from pipeline.service.applications import LimitError
from pipeline.service.casework.diseases import disease_names
from pipeline.service.decisions import quality, reason_codes
from pipeline.service.decisions.quality import Difference
from pipeline.service.people.current import TheOffice, UserSignedIn, check_csrf
from pipeline.service.tables import Application, Decision, Outcome, QualitySample
from pipeline.service.web.rendering import page
from pipeline.service.web.review.case import load, parts_of
from pipeline.service.web.review.changing import sent_form
from pipeline.service.web.review.reasons import outcome_in, reasons_in

__all__ = ["router"]

router = APIRouter()
Sent = Annotated[dict[str, str], Depends(sent_form)]


@router.get("/quality")
def samples(request: Request, office: TheOffice, signed: UserSignedIn) -> HTMLResponse:
    """Drawn cases that wait for this person, and how re-examinations came out."""
    names = disease_names(office, signed.actor)
    with office.database.read() as session:
        waiting = quality.waiting(session, signed.actor)
        figures = quality.figures(session, signed.actor)
        cases = {
            case.id: case
            for case in session.scalars(
                select(Application).where(Application.id.in_([sample.application_id for sample in waiting]))
            )
        }
    rows = [
        {"sample": sample, "case": cases[sample.application_id], "disease": names.get(case.disease or "", "")}
        for sample in waiting
        if (case := cases.get(sample.application_id)) is not None
    ]
    return page(
        request,
        "review/quality.html.j2",
        signed=signed,
        rows=rows,
        figures=figures,
        differences=[each.value for each in Difference],
    )


@router.get("/{application}/examine")
def form(request: Request, application: str, office: TheOffice, signed: UserSignedIn) -> HTMLResponse:
    """The form of a blind re-examination; nothing of the decision is in it."""
    signed.actor.require_role(Role.REVIEWER, Role.SECOND_READER)
    view = load(office, signed, application)
    if not view.sample:
        raise NotFoundError("sample")
    return page(
        request,
        "review/parts/decide.html.j2",
        signed=signed,
        view=view,
        words=words,
        items=view.reviews[0]["criteria"] if view.reviews else (),
        codes={outcome.value: reason_codes(outcome) for outcome in Outcome},
        suggested={},
        sample=view.sample,
    )


@router.post("/{application}/examine")
def examine(request: Request, application: str, office: TheOffice, signed: UserSignedIn, sent: Sent) -> Any:
    """Note how this person would have decided; only then the decision is shown."""
    check_csrf(signed, sent.get("csrf"), request.headers.get("x-csrf-token"))
    outcome, sample = outcome_in(sent), sent.get("sample", "")
    with office.database.write() as session:
        _own(session, signed, application, sample)
        row = quality.examine(session, signed.actor, office, sample, outcome, reasons_in(sent), sent.get("note", ""))
        differs = quality.differs(session, row)
    answer = parts_of(request, office, signed, application)
    answer["said"] = "盲评与原决定不同，请说明差异。" if differs else "盲评已记录，与原决定一致。"
    if differs:
        answer["open"] = f"/difference?sample={sample}"
    return JSONResponse(answer)


@router.get("/{application}/difference")
def difference_form(
    request: Request, application: str, office: TheOffice, signed: UserSignedIn, sample: str
) -> HTMLResponse:
    """The two decisions beside each other, and what kind of difference it is."""
    signed.actor.require_role(Role.REVIEWER, Role.SECOND_READER)
    with office.database.read() as session:
        row = _own(session, signed, application, sample)
        if row.examined_by != signed.actor.id or row.outcome is None:
            raise NotFoundError("sample")
        decision = session.get(Decision, row.decision_id)
        assert decision is not None
        told = (decision.outcome.value, row.outcome.value)
    return page(
        request,
        "review/parts/difference.html.j2",
        signed=signed,
        words=words,
        sample=sample,
        told=told,
        kinds=[each.value for each in Difference],
    )


@router.post("/{application}/difference")
def classify(request: Request, application: str, office: TheOffice, signed: UserSignedIn, sent: Sent) -> Any:
    """Note the kind of difference."""
    check_csrf(signed, sent.get("csrf"), request.headers.get("x-csrf-token"))
    try:
        kind = Difference(sent.get("difference", ""))
    except ValueError:
        raise LimitError("no_difference", "请选择差异的种类") from None
    with office.database.write() as session:
        _own(session, signed, application, sent.get("sample", ""))
        quality.classify(session, signed.actor, office, sent.get("sample", ""), kind, sent.get("note", ""))
    return JSONResponse({**parts_of(request, office, signed, application), "said": "已记录差异。"})


def _own(session: Any, signed: UserSignedIn, application: str, sample: str) -> QualitySample:
    """The sample, if it is one of a case that the person may see."""
    case = find(session, signed.actor, application)
    row: QualitySample | None = session.get(QualitySample, sample)
    if row is None or row.application_id != case.id:
        raise NotFoundError("sample")
    return row
