"""Reading the trail: rows by what, who, which case and when, newest first. Reading it leaves a trace itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from pipeline.service import trail
from pipeline.service.actors import Actor, Role
from pipeline.service.office import LOCAL, Office
from pipeline.service.tables import ApiKey, Application, TrailRow, User

__all__ = ["Filters", "Row", "actions", "read", "verify"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    action: str = ""
    login: str = ""
    serial: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    """Days in China, both included."""
    before: int | None = None
    """Only rows with a smaller number: the next page."""


@dataclass(frozen=True, slots=True)
class Row:
    seq: int
    at: dt.datetime
    kind: str
    who: str
    """Login or name of the key; empty for applicants and the system."""
    action: str
    serial: str
    detail: Mapping[str, Any]


def read(session: Session, actor: Actor, office: Office, filters: Filters, *, most: int = 100) -> Sequence[Row]:
    """Return up to ``most`` rows that ``filters`` let through, of cases of the administrator's regions and of no case.

    Call in a write transaction.

    Raises:
        NotAllowedError: not an administrator.
    """
    actor.require_role(Role.ADMINISTRATOR)
    query = select(TrailRow, Application.serial, User.login, ApiKey.name)
    query = query.outerjoin(Application, Application.id == TrailRow.application_id)
    query = query.outerjoin(User, User.id == TrailRow.actor_id).outerjoin(ApiKey, ApiKey.id == TrailRow.actor_id)
    query = query.where(or_(Application.id.is_(None), Application.region.in_(sorted(actor.regions))))
    if filters.action:
        query = query.where(TrailRow.action == filters.action)
    if filters.login:
        query = query.where(User.login == filters.login.strip().lower())
    if filters.serial:
        query = query.where(Application.serial == filters.serial.strip().upper())
    if filters.first:
        query = query.where(TrailRow.at >= _midnight(filters.first))
    if filters.last:
        query = query.where(TrailRow.at < _midnight(filters.last + dt.timedelta(days=1)))
    if filters.before is not None:
        query = query.where(TrailRow.seq < filters.before)
    found = [
        Row(row.seq, row.at, row.actor_kind, login or key or "", row.action, serial or "", dict(row.detail))
        for row, serial, login, key in session.execute(query.order_by(TrailRow.seq.desc()).limit(most))
    ]
    # Which filters, not what was typed into them: it may be anything.
    used = [name for name in ("action", "login", "serial", "first", "last") if getattr(filters, name)]
    trail.append(session, actor, "trail.view", detail={"filters": used, "rows": len(found)}, at=office.now())
    return found


def actions(session: Session) -> list[str]:
    """Return every action that the trail holds."""
    return sorted(session.scalars(select(TrailRow.action).distinct()))


def verify(actor: Actor, office: Office) -> tuple[int, str, trail.Broken | None]:
    """Walk the chain and note that it was done and how it ended; nobody waits for the walk.

    Raises:
        NotAllowedError: not an administrator.
    """
    actor.require_role(Role.ADMINISTRATOR)
    with office.database.snapshot() as session:
        count, head, broken = trail.verify(session)
    with office.database.write() as session:
        detail = {"rows": count, "broken_at": broken.seq if broken else None}
        trail.append(session, actor, "trail.verify", detail=detail, at=office.now())
    return count, head, broken


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), LOCAL)
