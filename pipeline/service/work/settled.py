"""Which pages of a case still wait, in which order they are read, and when nothing waits any more."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from pipeline.service.states import PageState
from pipeline.service.tables import Application, PageRow, Upload

__all__ = ["BUSY", "is_settled", "page_turns", "settled_cases", "upload_turn"]

BUSY = (PageState.WAITING, PageState.READING)


def settled_cases() -> Select[str]:
    """Return the query of the ids of all cases that have files, of which none and no page waits or is being read."""
    present = (Upload.application_id == Application.id, Upload.removed_at.is_(None))
    pages = exists().where(PageRow.upload_id == Upload.id, PageRow.state.in_(BUSY), *present)
    return select(Application.id).where(
        exists().where(*present), ~exists().where(Upload.state.in_(BUSY), *present), ~pages
    )


def is_settled(session: Session, application: str) -> bool:
    """Whether the case is one of :func:`settled_cases`."""
    return session.scalar(settled_cases().where(Application.id == application)) is not None


def page_turns(session: Session, application: str) -> dict[str, tuple[dt.datetime, int]]:
    """Return for every page of the case that is not read yet when its file came and how many go before it."""
    query = (
        select(PageRow.id, Upload.uploaded_at)
        .join(PageRow.upload)
        .where(Upload.application_id == application, PageRow.state.in_(BUSY))
        .order_by(Upload.uploaded_at, Upload.position, PageRow.position)
    )
    return {id: (at, turn) for turn, (id, at) in enumerate(session.execute(query))}


def upload_turn(session: Session, upload: str) -> tuple[dt.datetime, int] | None:
    """Return when a file came and how many files of its case go before it; None where there is no such file."""
    row = session.get(Upload, upload)
    if row is None:
        return None
    before = (
        select(func.count())
        .select_from(Upload)
        .where(Upload.application_id == row.application_id, Upload.state.in_(BUSY), Upload.position < row.position)
    )
    return row.uploaded_at, session.scalar(before) or 0
