"""How it stands with the case: state, history, what was decided, in plain words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.service.people.current import CaseOpened, TheOffice
from pipeline.service.states import State
from pipeline.service.tables import Application, Approval, Decision, Outcome, TrailRow
from pipeline.service.web.applicant.case_view import files_of_case
from pipeline.service.web.applicant.seen import disease_name, note_view, reading
from pipeline.service.web.applicant.who import who_of
from pipeline.service.web.rendering import page

__all__ = ["Answer", "Happened", "router"]

router = APIRouter(prefix="/case")

_WORDS = {
    "application.create": "建立了申请",
    "application.claim": "工作人员开始审核",
    "application.withdraw": "撤回了申请",
}
_OUTCOMES = {
    Outcome.APPROVE: "审核通过",
    Outcome.REFUSE: "审核没有通过",
    Outcome.RETURN: "请补充材料",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    at: dt.datetime
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the bureau decided, in the words that it chose for the applicant; its internal note is not among them."""

    outcome: Outcome
    words: str
    reasons: tuple[str, ...]
    at: dt.datetime
    until: dt.date | None
    """Last day of what was granted, where it has one."""


@router.get("")
def show(request: Request, office: TheOffice, case: CaseOpened) -> Response:
    """The case in its state. A draft has nothing to tell yet: it goes on where its applicant left off."""
    with reading(office, case) as (session, application):
        files = files_of_case(session, application)
        if application.state is State.DRAFT:
            return RedirectResponse("/case/todo" if files.files else "/case/files", 303)
        answer, history, who = _answer(session, application), _history(session, application), who_of(application)
    note_view(office, case, "status")
    return page(
        request,
        "applicant/status.html.j2",
        case=case,
        application=application,
        disease=disease_name(office, application),
        files=files,
        answer=answer,
        history=history,
        person=who,
        working_days=office.settings.service.working_days,
    )


def _decisions(session: Session, application: Application) -> list[Decision]:
    query = select(Decision).where(Decision.application_id == application.id, Decision.final.is_(True))
    return list(session.scalars(query.order_by(Decision.made_at)))


def _moment(decision: Decision) -> dt.datetime:
    """When it took effect: with a second reader, when that one agreed."""
    return decision.second_at or decision.made_at


def _answer(session: Session, application: Application) -> Answer | None:
    """The latest decision, as far as the present state still rests on it."""
    if application.state not in (State.RETURNED, State.DECIDED):
        return None
    found = _decisions(session, application)
    if not found:
        return None
    last = found[-1]
    reasons = (str(reason.get("text", "")).strip() for reason in last.reasons if isinstance(reason, dict))
    return Answer(
        outcome=last.outcome,
        words=_OUTCOMES[last.outcome],
        reasons=tuple(dict.fromkeys(text for text in reasons if text)),
        at=_moment(last),
        until=_until(session, application) if last.outcome is Outcome.APPROVE else None,
    )


def _until(session: Session, application: Application) -> dt.date | None:
    query = select(Approval.valid_until).where(Approval.application_id == application.id)
    return session.scalars(query.limit(1)).first()


def _history(session: Session, application: Application) -> tuple[Happened, ...]:
    """What happened, oldest first; who of the bureau did it is no matter of the applicant's."""
    happened: list[Happened] = []
    query = select(TrailRow).where(TrailRow.application_id == application.id).order_by(TrailRow.seq)
    wanted = (*_WORDS, "application.submit")
    submitted = claimed = False
    for row in session.scalars(query.where(TrailRow.action.in_(wanted))):
        if row.action == "application.submit":
            happened.append(Happened(at=row.at, words="补充材料后再次提交" if submitted else "提交了申请"))
            submitted, claimed = True, False
        elif row.action != "application.claim" or not claimed:
            # Put back and taken up again, the review goes on: once is enough.
            claimed = claimed or row.action == "application.claim"
            happened.append(Happened(at=row.at, words=_WORDS[row.action]))
    happened += [Happened(at=_moment(d), words=_OUTCOMES[d.outcome]) for d in _decisions(session, application)]
    return tuple(sorted(happened, key=lambda each: each.at))
