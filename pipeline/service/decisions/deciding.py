"""Deciding a case: by the person on whose desk it is, on exactly what that person saw; a second reader where wanted.

Approving and refusing settle a right, so they wait for the second reader where the settings name the disease. Returning
a case for material settles nothing and takes effect at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.service import trail
from pipeline.service.access import NotFoundError, find
from pipeline.service.actors import Actor, NotAllowedError, Role
from pipeline.service.applications import LimitError, uploads_of
from pipeline.service.casework.judging import open_region
from pipeline.service.decisions.effects import take_effect
from pipeline.service.decisions.reasons import Reason, checked
from pipeline.service.office import Office
from pipeline.service.states import PageState, State, StateError, Step, step
from pipeline.service.tables import Application, Assessment, Decision, Outcome, PageRow, Upload, new_id
from rules.engine import RuleError

__all__ = ["NOTE_LENGTH", "decide", "item_needs", "item_titles", "proposal_of", "retract", "second"]

NOTE_LENGTH = 2000
_BUSY = (PageState.WAITING, PageState.READING)
_STEPS = {Outcome.APPROVE: Step.DECIDE, Outcome.REFUSE: Step.DECIDE, Outcome.RETURN: Step.RETURN}


def decide(
    session: Session,
    actor: Actor,
    office: Office,
    application: Application,
    assessment_id: str,
    outcome: Outcome,
    reasons: Sequence[Reason],
    note: str = "",
) -> Decision:
    """Decide a case, or propose a decision where a second reader is wanted.

    Args:
        assessment_id: the assessment that the person looked at; any change since then refuses the decision.

    Returns:
        The decision; ``final`` says whether it took effect.

    Raises:
        NotAllowedError: no reviewer, or the case is on another desk.
        StateError: it is not under review.
        LimitError: ``changed``, ``reading``, ``waits_for_second``, ``note_needed``, ``note_too_long`` and those of
            :func:`pipeline.service.decisions.reasons.checked`.
    """
    _require_desk(session, actor, application, _STEPS[outcome])
    if proposal_of(session, application) is not None:
        raise LimitError("waits_for_second", "这份申请正在等待第二人复核")
    assessment = _seen(session, application, assessment_id)
    note = _note(note)
    kept = checked(outcome, reasons, item_titles(assessment), item_needs(office, application))
    if outcome is Outcome.APPROVE and assessment.conclusion != "meets" and not note:
        raise LimitError("note_needed", "现有材料的核对结果不是“材料支持”，通过时请写明理由")
    decision = Decision(
        id=new_id(),
        application_id=application.id,
        round=application.round,
        assessment_id=assessment.id,
        outcome=outcome,
        reasons=kept,
        note=note,
        made_by=actor.id,
        made_at=office.now(),
        needs_second=outcome is not Outcome.RETURN and _wants_second(office, application),
        final=False,
    )
    session.add(decision)
    session.flush()
    detail = {
        "decision": decision.id,
        "outcome": outcome.value,
        "codes": sorted({reason["code"] for reason in kept}),
        "assessment": assessment.id,
        "revision": assessment.revision,
        "suggested": assessment.conclusion,
        "versions": assessment.versions,
    }
    action = "decision.propose" if decision.needs_second else "decision.make"
    trail.append(session, actor, action, application=application.id, detail=detail, at=office.now())
    if not decision.needs_second:
        take_effect(session, actor, office, application, decision)
    return decision


def second(
    session: Session, actor: Actor, office: Office, decision: Decision, agrees: bool, note: str = ""
) -> Decision:
    """Agree with a proposed decision, which then takes effect, or give the case back with a second opinion.

    Raises:
        NotAllowedError: no second reader, or the person who proposed it.
        NotFoundError: the actor may not see the case.
        StateError: the case is no longer under review.
        LimitError: ``no_proposal``: it does not wait any more; ``changed``, ``reading``: agreeing to what is no longer
            so; ``note_needed``: disagreeing without a word; ``note_too_long``.
    """
    application = find(session, actor, decision.application_id, lock=True)
    session.refresh(application)
    session.refresh(decision)
    actor.require_role(Role.SECOND_READER)
    if decision.made_by == actor.id:
        raise NotAllowedError("second reader is the first")
    step(application.state, Step.DECIDE)
    waiting = proposal_of(session, application)
    if waiting is None or waiting.id != decision.id:
        raise LimitError("no_proposal", "这项决定已不再等待复核，请刷新页面")
    note = _note(note)
    if agrees:
        _seen(session, application, decision.assessment_id)
    elif not note:
        raise LimitError("note_needed", "不同意时请写明意见")
    decision.second_by, decision.second_at = actor.id, office.now()
    decision.second_agrees, decision.second_note = agrees, note
    detail = {"decision": decision.id, "outcome": decision.outcome.value, "agrees": agrees}
    trail.append(session, actor, "decision.second", application=application.id, detail=detail, at=office.now())
    if agrees:
        take_effect(session, actor, office, application, decision)
    session.flush()
    return decision


def retract(session: Session, actor: Actor, office: Office, application: Application) -> None:
    """Take one's own proposal back before the second reader has spoken, so that the case can be worked on.

    Raises:
        NotAllowedError, StateError: as for :func:`decide`.
        LimitError: ``no_proposal``.
    """
    _require_desk(session, actor, application, Step.DECIDE)
    waiting = proposal_of(session, application)
    if waiting is None:
        raise LimitError("no_proposal", "没有等待复核的决定")
    waiting.needs_second = False  # it stays as a draft that never took effect
    detail = {"decision": waiting.id, "outcome": waiting.outcome.value}
    trail.append(session, actor, "decision.retract", application=application.id, detail=detail, at=office.now())
    session.flush()


def proposal_of(session: Session, application: Application) -> Decision | None:
    """Return the decision that waits for a second reader; None where nothing waits.

    A proposal lapses when its case leaves the desk on which it was made.
    """
    if application.state is not State.UNDER_REVIEW or application.claimed_at is None:
        return None
    query = select(Decision).where(
        Decision.application_id == application.id,
        Decision.round == application.round,
        Decision.made_by == application.claimed_by,
        Decision.made_at >= application.claimed_at,
        Decision.needs_second,
        Decision.second_agrees.is_(None),
        Decision.final.is_(False),
    )
    return session.scalars(query.order_by(Decision.made_at.desc()).limit(1)).one_or_none()


def item_titles(assessment: Assessment) -> dict[str, str]:
    """Return item id -> title of the disease applied for."""
    reviews = assessment.report.get("reviews") or ()
    return {item["id"]: item["title"] for review in reviews[:1] for item in review["criteria"]}


def item_needs(office: Office, application: Application) -> dict[str, str]:
    """Return item id -> what to hand in for it, as the rule tells applicants; empty where no rule is at hand."""
    try:
        region = open_region(office.settings.rules_dir, application.region)
    except (RuleError, OSError):
        return {}
    rule = next((rule for rule in region.rules if rule.id == application.disease), None)
    return {item.id: item.advice.rstrip("。") for item in rule.file.items} if rule is not None else {}


def _require_desk(session: Session, actor: Actor, application: Application, wanted: Step) -> None:
    actor.require_role(Role.REVIEWER)
    find(session, actor, application.id, lock=True)
    session.refresh(application)  # what the lock waited for
    if application.state is not State.UNDER_REVIEW:
        raise StateError(application.state, wanted)
    if application.claimed_by != actor.id:
        raise NotAllowedError("claimed by another")


def _seen(session: Session, application: Application, assessment_id: str) -> Assessment:
    """Return the assessment if it is that of the case as it stands now and nothing of it is still unread."""
    assessment = session.get(Assessment, assessment_id)
    if assessment is None or assessment.application_id != application.id:
        raise NotFoundError("assessment")
    files = [upload.id for upload in uploads_of(session, application) if upload.state in _BUSY]
    pages = (
        select(PageRow.id)
        .join(Upload)
        .where(Upload.application_id == application.id, Upload.removed_at.is_(None), PageRow.state.in_(_BUSY))
    )
    if files or session.scalars(pages.limit(1)).one_or_none() is not None:
        raise LimitError("reading", "还有材料正在识别，请等识别完成后再作决定")
    if assessment.revision != application.revision:
        raise LimitError("changed", "申请刚刚有变化，请看过新的核对结果后再作决定")
    return assessment


def _wants_second(office: Office, application: Application) -> bool:
    named = office.settings.service.second_reader
    return "*" in named or application.disease in named


def _note(note: str) -> str:
    note = note.strip()
    if len(note) > NOTE_LENGTH:
        raise LimitError("note_too_long", f"说明太长，请不要超过 {NOTE_LENGTH} 字")
    return note
