"""Deletes what has run out: sessions of browsers, counts of wrong tries."""

from __future__ import annotations

from sqlalchemy import delete

from pipeline.service.office import Office
from pipeline.service.people import throttle
from pipeline.service.tables import Session

__all__ = ["tidy_people"]


def tidy_people(office: Office) -> None:
    """Run now and then, from any process."""
    with office.database.write() as session:
        session.execute(delete(Session).where(Session.expires_at < office.now()))
        throttle.forget_old(session, office)
