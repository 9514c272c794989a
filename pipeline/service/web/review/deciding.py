"""Decisions: the form, the step that asks once more, deciding; the second reader's word; taking a proposal back."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse
from sqlalchemy.orm import Session

from pipeline.service import words
from pipeline.service.access import find
from pipeline.service.actors import NotAllowedError, Role
from pipeline.service.applications import LimitError
from pipeline.service.casework import latest_assessment
from pipeline.service.decisions import decide, proposal_of, reason_codes, retract, second
from pipeline.service.people.current import TheOffice, UserSignedIn, check_csrf
from pipeline.service.tables import Application, Decision, Outcome
from pipeline.service.web.rendering import page
from pipeline.service.web.review.case import load, parts_of
from pipeline.service.web.review.changing import changing, sent_form
from pipeline.service.web.review.conflicts import ChangedError, told_conflict
from pipeline.service.web.review.reasons import outcome_in, reasons_in
from pipeline.service.web.review.view import CaseView

__all__ = ["router", "suggested_reasons"]

_SUGGESTED = {
    "other_person": "other_person",
    "outside_window": "outdated",
    "date_unknown": "undated",
    "hospital_below_level": "hospital_level",
    "low_confidence": "unclear",
}
"""Reason code of the engine -> reason of a return; others are simply missing."""
router = APIRouter()
Sent = Annotated[dict[str, str], Depends(sent_form)]


class _TriedError(Exception):
    """Ends a transaction that was only to show whether the decision could be made."""

    def __init__(self, reasons: list[dict[str, Any]], needs_second: bool) -> None:
        super().__init__()
        self.reasons, self.needs_second = reasons, needs_second


@router.get("/{application}/decision")
def form(request: Request, application: str, office: TheOffice, signed: UserSignedIn) -> HTMLResponse:
    """The form that this person has to fill in now: deciding, second reading, or taking the own proposal back.

    Raises:
        NotAllowedError: none of them.
    """
    signed.actor.require_role(Role.REVIEWER, Role.SECOND_READER)
    view = load(office, signed, application)
    context: dict[str, Any] = {"signed": signed, "view": view, "words": words}
    if view.may_second:
        return page(request, "review/parts/second.html.j2", **context)
    if view.may_retract:
        return page(request, "review/parts/retract.html.j2", **context)
    if not view.may_decide:
        raise NotAllowedError("nothing to decide here")
    items = view.reviews[0]["criteria"] if view.reviews else ()
    return page(
        request,
        "review/parts/decide.html.j2",
        **context,
        items=items,
        codes={outcome.value: reason_codes(outcome) for outcome in Outcome},
        suggested=suggested_reasons(view),
        sample="",
    )


@router.post("/{application}/decision/check")
def check(request: Request, application: str, office: TheOffice, signed: UserSignedIn, sent: Sent) -> Any:
    """Show what the decision would be and what the applicant would be told; nothing is kept."""
    check_csrf(signed, sent.get("csrf"), request.headers.get("x-csrf-token"))
    outcome, reasons = outcome_in(sent), reasons_in(sent)
    try:
        with changing(office, signed, application, sent) as (session, case):
            decision = decide(
                session, signed.actor, office, case, _assessment(session, case), outcome, reasons, sent.get("note", "")
            )
            raise _TriedError(decision.reasons, decision.needs_second)
    except ChangedError as error:
        return told_conflict(error)
    except _TriedError as tried:
        view = load(office, signed, application)
        return page(
            request,
            "review/parts/confirm.html.j2",
            signed=signed,
            view=view,
            words=words,
            outcome=outcome.value,
            reasons=tried.reasons,
            needs_second=tried.needs_second,
            note=sent.get("note", "").strip(),
            kept={name: value for name, value in sent.items() if name != "csrf" and value},
        )


@router.post("/{application}/decision")
def make(request: Request, application: str, office: TheOffice, signed: UserSignedIn, sent: Sent) -> Any:
    """Decide, after the step that asked once more."""
    check_csrf(signed, sent.get("csrf"), request.headers.get("x-csrf-token"))
    outcome = outcome_in(sent)
    if sent.get("confirmed") != outcome.value:
        raise LimitError("not_confirmed", "请先确认再提交决定")
    try:
        with changing(office, signed, application, sent) as (session, case):
            seen = _assessment(session, case)
            decision = decide(
                session, signed.actor, office, case, seen, outcome, reasons_in(sent), sent.get("note", "")
            )
            waits = decision.needs_second
    except ChangedError as error:
        return told_conflict(error)
    word = words.OUTCOMES[outcome.value]
    said = f"已提出“{word}”，等待第二人复核。" if waits else f"已决定：{word}。按 N 领取下一件。"
    return JSONResponse({**parts_of(request, office, signed, application), "said": said})


@router.post("/{application}/second")
def second_word(request: Request, application: str, office: TheOffice, signed: UserSignedIn, sent: Sent) -> Any:
    """The second reader agrees, or gives the case back with an opinion."""
    check_csrf(signed, sent.get("csrf"), request.headers.get("x-csrf-token"))
    agrees = sent.get("agrees", "")
    if agrees not in ("yes", "no"):
        raise LimitError("no_answer", "请选择同意或不同意")
    with office.database.write() as session:
        case = find(session, signed.actor, application, lock=True)
        decision = session.get(Decision, sent.get("decision", ""))
        waiting = proposal_of(session, case)
        if decision is None or waiting is None or decision.id != waiting.id:
            return told_conflict(ChangedError("decided"))
        second(session, signed.actor, office, decision, agrees == "yes", sent.get("note", ""))
    said = "已同意，决定生效。" if agrees == "yes" else "已提出不同意见，退回审核人员。"
    return JSONResponse({**parts_of(request, office, signed, application), "said": said})


@router.post("/{application}/retract")
def take_back(request: Request, application: str, office: TheOffice, signed: UserSignedIn, sent: Sent) -> Any:
    """Take the own proposal back."""
    check_csrf(signed, sent.get("csrf"), request.headers.get("x-csrf-token"))
    try:
        with changing(office, signed, application, sent) as (session, case):
            retract(session, signed.actor, office, case)
    except ChangedError as error:
        return told_conflict(error)
    return JSONResponse({**parts_of(request, office, signed, application), "said": "已收回，可以继续处理。"})


def suggested_reasons(view: CaseView) -> dict[str, str]:
    """Return item id -> reason code to begin with when a case is returned: what the missing list asks for, and why
    what was handed in for it does not count."""
    if not view.reviews:
        return {}
    wanted = {need["criterion"] for need in view.reviews[0]["missing"]}
    return {
        item["id"]: _SUGGESTED.get(item["reason"], "missing")
        for item in view.reviews[0]["criteria"]
        if item["id"] in wanted
    }


def _assessment(session: Session, case: Application) -> str:
    """The assessment that the page showed: the revision was compared before."""
    found = latest_assessment(session, case)
    if found is None:
        raise LimitError("reading", "还有材料正在识别，请等识别完成后再作决定")
    return found.id
