"""Approvals that run out: who has to be looked at again, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from pipeline.service import trail
from pipeline.service.access import NotFoundError, find
from pipeline.service.actors import Actor, Role
from pipeline.service.applications import LimitError
from pipeline.service.office import Office
from pipeline.service.tables import Application, Approval, Identity

__all__ = ["Due", "counts", "expiring", "set_end"]

_MOST = 1000
_WHY = 255
ENDLESS = "到期日请人工填写"
"""Ends the clause of an approval whose end a person has to enter."""


@dataclass(frozen=True, slots=True)
class Due:
    """One approval that needs a person. ``left`` days from today; negative: run out; None: no end entered yet."""

    approval: Approval
    application: Application
    identity: Identity | None
    left: int | None


def expiring(
    session: Session, actor: Actor, office: Office, *, days: int = 90, disease: str | None = None
) -> Sequence[Due]:
    """Return approvals that ran out or will within ``days``, soonest first; those without the end they need come last.

    One that a later approval renewed is left out.

    Raises:
        NotAllowedError: no reviewer or second reader.
    """
    actor.require_role(Role.REVIEWER, Role.SECOND_READER)
    today = office.today()
    query = (
        select(Approval, Application, Identity)
        .join(Application, Application.id == Approval.application_id)
        .outerjoin(Identity, Identity.application_id == Approval.application_id)
        .where(_mine(actor), Approval.renewed_by.is_(None))
        .where((Approval.valid_until <= today + dt.timedelta(days=days)) | _without_end())
        .order_by(Approval.valid_until.is_(None), Approval.valid_until, Application.serial)
        .limit(_MOST)
    )
    if disease is not None:
        query = query.where(Approval.disease == disease)
    return [
        Due(row, case, person, (row.valid_until - today).days if row.valid_until else None)
        for row, case, person in session.execute(query)
    ]


def counts(session: Session, actor: Actor, office: Office, *, days: int = 90) -> dict[str, int]:
    """Return how many approvals ran out, will within ``days``, lack the end they need, and are in force."""
    actor.require_role(Role.REVIEWER, Role.SECOND_READER)
    today = office.today()
    soon = (Approval.valid_until >= today) & (Approval.valid_until <= today + dt.timedelta(days=days))
    wanted: dict[str, ColumnElement[bool]] = {
        "overdue": Approval.valid_until < today,
        "soon": soon,
        "without_end": _without_end(),
        "in_force": Approval.valid_until.is_(None) | (Approval.valid_until >= today),
    }
    base = select(func.count()).select_from(Approval).where(_mine(actor), Approval.renewed_by.is_(None))
    return {name: session.scalar(base.where(condition)) or 0 for name, condition in wanted.items()}


def set_end(session: Session, actor: Actor, office: Office, approval: str, until: dt.date | None, why: str) -> Approval:
    """Enter the end of an approval by hand.

    Raises:
        NotAllowedError: no reviewer.
        NotFoundError: no such approval, or not to be seen by the actor.
        LimitError: ``bad_end``, ``words_needed``.
    """
    actor.require_role(Role.REVIEWER)
    row = session.get(Approval, approval)
    if row is None:
        raise NotFoundError("approval")
    find(session, actor, row.application_id, lock=True)
    if until is not None and until < row.valid_from:
        raise LimitError("bad_end", "到期日不能早于起始日")
    if not why.strip() or len(why) > _WHY or why.strip().endswith(ENDLESS):
        raise LimitError("words_needed", f"请写明到期日的依据，不超过 {_WHY} 字")
    before = row.valid_until
    row.valid_until, row.why = until, why.strip()
    detail = {"approval": row.id, "before": _iso(before), "until": _iso(until)}
    trail.append(session, actor, "approval.end", application=row.application_id, detail=detail, at=office.now())
    session.flush()
    return row


def _mine(actor: Actor) -> ColumnElement[bool]:
    return Approval.region.in_(sorted(actor.regions))


def _without_end() -> ColumnElement[bool]:
    return Approval.valid_until.is_(None) & Approval.why.contains(ENDLESS, autoescape=True)


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
