"""What a decision brings about once it stands: the state, the approval with its end, the draw for re-examination."""

from __future__ import annotations

import hashlib
import hmac

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.service import trail
from pipeline.service.actors import SYSTEM, Actor
from pipeline.service.decisions.periods import period_of
from pipeline.service.office import Office
from pipeline.service.states import Step, step
from pipeline.service.tables import Application, Approval, Decision, Identity, Outcome, QualitySample, new_id

__all__ = ["is_drawn", "take_effect"]


def take_effect(session: Session, actor: Actor, office: Office, application: Application, decision: Decision) -> None:
    """Let ``decision`` stand. In the transaction that makes it final."""
    from pipeline.service.api.webhooks import announce  # pages and papers need no webhooks to be loaded

    now = office.now()
    returned = decision.outcome is Outcome.RETURN
    application.state = step(application.state, Step.RETURN if returned else Step.DECIDE)
    application.claimed_by = application.claimed_at = None
    decision.final = True
    if returned:
        application.round += 1
    else:
        application.decided_at = now
    session.flush()
    detail = {"decision": decision.id, "outcome": decision.outcome.value, "round": decision.round}
    action = "application.return" if returned else "application.decide"
    trail.append(session, actor, action, application=application.id, detail=detail, at=now)
    if decision.outcome is Outcome.APPROVE:
        _approve(session, office, application)
    if not returned and is_drawn(office, application):
        _draw(session, office, application, decision)
    announce(session, office, application, "application.returned" if returned else "application.decided")


def is_drawn(office: Office, application: Application) -> bool:
    """Whether the case is examined again: known to nobody beforehand, and the same whoever decides it and when."""
    digest = hmac.new(office.key, f"quality\0{application.id}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") < office.settings.service.quality_share * 2**64


def _draw(session: Session, office: Office, application: Application, decision: Decision) -> None:
    sample = QualitySample(
        id=new_id(), application_id=application.id, decision_id=decision.id, drawn_at=office.now(), reasons=[]
    )
    session.add(sample)
    session.flush()
    detail = {"sample": sample.id, "decision": decision.id}
    trail.append(session, SYSTEM, "quality.draw", application=application.id, detail=detail, at=office.now())


def _approve(session: Session, office: Office, application: Application) -> None:
    if application.disease is None:  # no case without a disease is ever submitted
        return
    period = period_of(office, application)
    approval = Approval(
        id=new_id(),
        application_id=application.id,
        region=application.region,
        disease=application.disease,
        valid_from=office.today(),
        valid_until=period.until,
        why=period.why[:255],
    )
    session.add(approval)
    identity = application.identity
    number = identity.id_number.strip() if identity is not None else ""
    if number:
        earlier = (
            select(Approval)
            .join(Identity, Identity.application_id == Approval.application_id)
            .where(
                Approval.region == application.region,
                Approval.disease == application.disease,
                Approval.application_id != application.id,
                Approval.renewed_by.is_(None),
                Identity.id_number_index == Identity.index_of(office.keyring, number),
            )
        )
        for row in session.scalars(earlier):
            row.renewed_by = application.id
    session.flush()
