"""Parts of large files and their sessions, when nobody goes on with them. Apart from the routes, for the sweeper."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from pipeline.service.office import Office
from pipeline.service.tables import UploadPart, UploadSession

__all__ = ["drop", "sweep_sessions"]

_AT_ONCE = 100


def sweep_sessions(office: Office) -> int:
    """Delete sessions that have run out, and their parts, and return how many. Safe to run in several processes."""
    total = 0
    while True:
        with office.database.write() as session:
            # Looked at again in the transaction that deletes: a part that arrives makes its session last longer.
            query = select(UploadSession.id).where(UploadSession.expires_at < office.now()).limit(_AT_ONCE)
            old = list(session.scalars(query.with_for_update(skip_locked=True)))
            blobs = list(session.scalars(select(UploadPart.blob).where(UploadPart.session_id.in_(old))))
            session.execute(delete(UploadPart).where(UploadPart.session_id.in_(old)))
            session.execute(delete(UploadSession).where(UploadSession.id.in_(old)))
        for blob in blobs:
            office.blobs.delete(blob)
        total += len(old)
        if len(old) < _AT_ONCE:
            return total


def drop(office: Office, ids: Sequence[str]) -> None:
    """Delete sessions with their parts."""
    with office.database.write() as session:
        blobs = list(session.scalars(select(UploadPart.blob).where(UploadPart.session_id.in_(ids))))
        session.execute(delete(UploadPart).where(UploadPart.session_id.in_(ids)))
        session.execute(delete(UploadSession).where(UploadSession.id.in_(ids)))
    for blob in blobs:
        office.blobs.delete(blob)
