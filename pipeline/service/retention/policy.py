"""What the settings say has been kept long enough. Run by a worker every day, and by ``yushen retention apply``."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from pipeline.service import trail
from pipeline.service.actors import SYSTEM
from pipeline.service.api.idempotency import KEPT
from pipeline.service.office import Office
from pipeline.service.retention.erasing import Erased, Reason, drop_files, erase, files_of_uploads
from pipeline.service.states import State
from pipeline.service.tables import Application, IdempotencyKey, PageRow, Upload

__all__ = ["Applied", "Due", "apply_policy", "due"]

_AT_ONCE = 100
_YEAR = dt.timedelta(days=365.25)


@dataclass(frozen=True, slots=True)
class Due:
    """How many are to go now."""

    drafts: int
    withdrawn: int
    decided: int
    removed: int
    """Files that were taken out again before the case was handed in."""


@dataclass(frozen=True, slots=True)
class Applied:
    cases: tuple[Erased, ...]
    removed: int


def due(session: Session, office: Office) -> Due:
    """Count what :func:`apply_policy` would delete now."""

    def count(state: State) -> int:
        query = select(func.count()).select_from(Application).where(Application.state == state, _ripe(office))
        return session.scalar(query) or 0

    removed = select(func.count()).select_from(Upload).where(_removed(office))
    return Due(
        drafts=count(State.DRAFT),
        withdrawn=count(State.WITHDRAWN),
        decided=count(State.DECIDED),
        removed=session.scalar(removed) or 0,
    )


def apply_policy(office: Office) -> Applied:
    """Delete what has been kept as long as the settings say, and leave what lies in the free pages of the database.

    Safe to run in several processes, and again after it was broken off.
    """
    cases: list[Erased] = []
    while True:
        with office.database.read() as session:
            query = select(Application.id).where(_ripe(office)).order_by(Application.id).limit(_AT_ONCE)
            ids = list(session.scalars(query))
        gone = [found for id in ids if (found := erase(office, SYSTEM, id, Reason.POLICY)) is not None]
        cases += gone
        if len(ids) < _AT_ONCE or not gone:
            break
    removed = 0
    while count := _some_removed(office):
        removed += count
    with office.database.write() as session:
        session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < office.now() - KEPT))
    if cases or removed:
        office.database.checkpoint()
    return Applied(tuple(cases), removed)


def _some_removed(office: Office) -> int:
    with office.database.write() as session:
        rows = session.execute(select(Upload.id, Upload.application_id).where(_removed(office)).limit(_AT_ONCE)).all()
        ids = [id for id, _ in rows]
        files = files_of_uploads(session, ids)
        session.execute(delete(PageRow).where(PageRow.upload_id.in_(ids)))
        session.execute(delete(Upload).where(Upload.id.in_(ids)))
        # Another upload of the case may hold the same bytes: they are one file.
        files -= set(session.scalars(select(Upload.blob).where(Upload.blob.in_(files))))
        files -= set(session.scalars(select(PageRow.image).where(PageRow.image.in_(files))))
        for id, application in rows:
            detail = {"upload": id}
            trail.append(session, SYSTEM, "upload.erase", application=application, detail=detail, at=office.now())
    drop_files(office, files)
    return len(ids)


def _ripe(office: Office) -> ColumnElement[bool]:
    service, now = office.settings.service, office.now()
    last = select(func.max(Upload.uploaded_at)).where(Upload.application_id == Application.id).scalar_subquery()
    conditions: list[ColumnElement[bool]] = []
    if service.keep_drafts_days:
        before = now - dt.timedelta(days=service.keep_drafts_days)
        untouched = or_(last.is_(None), last < before)
        conditions.append(and_(Application.state == State.DRAFT, Application.created_at < before, untouched))
    if service.keep_withdrawn_days:
        before = now - dt.timedelta(days=service.keep_withdrawn_days)
        touched = func.coalesce(Application.submitted_at, Application.created_at)
        conditions.append(and_(Application.state == State.WITHDRAWN, touched < before))
    if service.keep_decided_years:
        before = now - service.keep_decided_years * _YEAR
        conditions.append(and_(Application.state == State.DECIDED, Application.decided_at < before))
    return or_(*conditions) if conditions else Application.id.is_(None)


def _removed(office: Office) -> ColumnElement[bool]:
    days = office.settings.service.keep_removed_days
    return Upload.removed_at < office.now() - dt.timedelta(days=days) if days else Upload.id.is_(None)
