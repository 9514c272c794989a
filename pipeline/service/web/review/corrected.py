"""What people changed of a case, and the keys by which its facts are found again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.service.tables import Application, Assessment, Correction, User
from pipeline.service.web.review.veil import Veil

__all__ = ["Active", "Corrected", "corrections_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Active:
    """One correction that counts: the machine's value beside the human's."""

    id: str
    what: str
    machine: str
    human: str
    note: str
    who: str
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    keys: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Kind of facts -> key of each, in the report's order."""
    document_keys: Mapping[str, str] = field(default_factory=dict)
    """Id of a document -> its key."""
    changes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Key -> what was changed, in words."""
    documents: frozenset[str] = frozenset()
    """Ids of documents with a correction of their own."""
    active: tuple[Active, ...] = ()


def corrections_of(session: Session, application: Application, assessment: Assessment | None, veil: Veil) -> Corrected:
    """Return the corrections that count, newest first, and the keys of what may be corrected."""
    rows = session.scalars(
        select(Correction)
        .where(Correction.application_id == application.id, Correction.undone_at.is_(None))
        .order_by(Correction.made_at.desc())
    ).all()
    names = {u.id: u.name for u in session.scalars(select(User).where(User.id.in_({r.made_by for r in rows})))}
    active = tuple(
        Active(
            id=row.id,
            what=row.field or row.kind,
            machine=veil.text(str(row.machine)),
            human=veil.text(str(row.human)),
            note=veil.text(row.note),
            who=names.get(row.made_by, "工作人员"),
            at=row.made_at,
        )
        for row in rows
    )
    return Corrected(active=active)
