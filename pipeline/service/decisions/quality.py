"""Blind re-examination: a drawn case is decided again by somebody who took no part and does not see the decision.

First the examiner says how the case should be decided. Only then is the decision shown, and where the two differ the
kind of difference is noted. The decision itself stays as it is; what to do about a wrong one is for people.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.service import trail
from pipeline.service.access import NotFoundError, find
from pipeline.service.actors import Actor, ActorKind, NotAllowedError, Role
from pipeline.service.applications import LimitError
from pipeline.service.decisions.deciding import NOTE_LENGTH, item_titles
from pipeline.service.decisions.reasons import Reason, checked
from pipeline.service.office import Office
from pipeline.service.tables import Application, Assessment, Decision, Outcome, QualitySample

__all__ = ["Difference", "classify", "differs", "examine", "figures", "hide_blind", "is_blind_for", "waiting"]


class Difference(StrEnum):
    """Why two people decided differently."""

    MISSING_MATERIAL = "缺件判断错"
    EVIDENCE_MISREAD = "证据误读"
    OVERREACHED = "过度推断"
    AGAINST_STANDARD = "与标准不符"
    RULE_WRONG = "规则有误"


def waiting(session: Session, actor: Actor) -> Sequence[QualitySample]:
    """Return drawn cases that ``actor`` may examine, oldest first: of own regions, and decided by others.

    Raises:
        NotAllowedError: no reviewer or second reader.
    """
    actor.require_role(Role.REVIEWER, Role.SECOND_READER)
    query = (
        select(QualitySample)
        .join(Decision, Decision.id == QualitySample.decision_id)
        .join(Application, Application.id == QualitySample.application_id)
        .where(
            QualitySample.examined_at.is_(None),
            Application.region.in_(sorted(actor.regions)),
            Decision.made_by != actor.id,
            Decision.second_by.is_(None) | (Decision.second_by != actor.id),
        )
    )
    return list(session.scalars(query.order_by(QualitySample.drawn_at, QualitySample.id)))


def is_blind_for(session: Session, actor: Actor, application: str) -> bool:
    """Whether the case waits for a re-examination by ``actor``: pages hide its decision from this person meanwhile."""
    return any(sample.application_id == application for sample in waiting(session, actor))


def hide_blind(session: Session, actor: Actor, application: str) -> None:
    """Refuse papers of a case to a person of the bureau who is to re-examine it without knowing its decision.

    Raises:
        NotFoundError: it is such a case.
    """
    if actor.kind is ActorKind.USER and is_blind_for(session, actor, application):
        raise NotFoundError("paper")


def examine(
    session: Session,
    actor: Actor,
    office: Office,
    sample: str,
    outcome: Outcome,
    reasons: Sequence[Reason],
    note: str = "",
) -> QualitySample:
    """Note how ``actor`` would have decided on what the deciding person saw.

    Raises:
        NotAllowedError: no reviewer or second reader, or one who took part in the decision.
        NotFoundError: no such sample, or of a case the actor may not see.
        LimitError: ``examined`` already, ``note_too_long``, and those of
            :func:`pipeline.service.decisions.reasons.checked`.
    """
    row, decision = _sample(session, actor, sample)
    if row.examined_at is not None:
        raise LimitError("examined", "这份申请已有人盲评过了")
    assessment = session.get(Assessment, decision.assessment_id)
    if assessment is None:
        raise NotFoundError("assessment")
    row.reasons = checked(outcome, reasons, item_titles(assessment))
    row.outcome, row.note = outcome, _note(note)
    row.examined_by, row.examined_at = actor.id, office.now()
    detail = {"sample": row.id, "outcome": outcome.value, "agrees": outcome is decision.outcome}
    trail.append(session, actor, "quality.examine", application=row.application_id, detail=detail, at=office.now())
    session.flush()
    return row


def differs(session: Session, sample: QualitySample) -> bool:
    """Whether an examined case was decided otherwise."""
    decision = session.get(Decision, sample.decision_id)
    return decision is not None and sample.outcome is not None and sample.outcome is not decision.outcome


def classify(
    session: Session, actor: Actor, office: Office, sample: str, difference: Difference, note: str = ""
) -> QualitySample:
    """Note what kind of difference it is, once the decision has been shown.

    Raises:
        NotAllowedError, NotFoundError: as for :func:`examine`.
        LimitError: ``not_examined``, ``no_difference``, ``note_too_long``.
    """
    row, _ = _sample(session, actor, sample)
    if row.examined_at is None:
        raise LimitError("not_examined", "请先完成盲评")
    if not differs(session, row):
        raise LimitError("no_difference", "盲评与原决定一致，没有差异可归类")
    row.difference = difference.value
    row.note = _note("\n".join(filter(None, (row.note, note.strip()))))
    detail = {"sample": row.id, "difference": difference.value}
    trail.append(session, actor, "quality.classify", application=row.application_id, detail=detail, at=office.now())
    session.flush()
    return row


def figures(session: Session, actor: Actor) -> dict[str, int]:
    """Return how many were drawn, examined, agreed, differed, and each kind of difference; for analysts too.

    Raises:
        NotAllowedError: none of reviewer, second reader, analyst.
    """
    actor.require_role(Role.REVIEWER, Role.SECOND_READER, Role.ANALYST)
    base = (
        select(QualitySample.outcome, Decision.outcome, QualitySample.difference, func.count())
        .join(Decision, Decision.id == QualitySample.decision_id)
        .join(Application, Application.id == QualitySample.application_id)
        .where(Application.region.in_(sorted(actor.regions)))
        .group_by(QualitySample.outcome, Decision.outcome, QualitySample.difference)
    )
    told = {"drawn": 0, "examined": 0, "agreed": 0, "differed": 0} | {kind.value: 0 for kind in Difference}
    for examined, decided, difference, count in session.execute(base):
        told["drawn"] += count
        if examined is not None:
            told["examined"] += count
            told["agreed" if examined is decided else "differed"] += count
        if difference in told:
            told[difference] += count
    return told


def _sample(session: Session, actor: Actor, sample: str) -> tuple[QualitySample, Decision]:
    actor.require_role(Role.REVIEWER, Role.SECOND_READER)
    row = session.scalars(select(QualitySample).where(QualitySample.id == sample).with_for_update()).one_or_none()
    decision = session.get(Decision, row.decision_id) if row is not None else None
    if row is None or decision is None:
        raise NotFoundError("sample")
    find(session, actor, row.application_id)
    if actor.id in (decision.made_by, decision.second_by):
        raise NotAllowedError("examiner took part in the decision")
    return row, decision


def _note(note: str) -> str:
    note = note.strip()
    if len(note) > NOTE_LENGTH:
        raise LimitError("note_too_long", f"说明太长，请不要超过 {NOTE_LENGTH} 字")
    return note
