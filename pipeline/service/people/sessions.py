"""Sessions of browsers. The cookie holds a random token; the table holds its digest only."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete
from sqlalchemy.orm import Session as Connection

from pipeline.service.numbers import new_token, token_digest
from pipeline.service.office import Office
from pipeline.service.tables import Session

__all__ = [
    "close",
    "close_all_of",
    "close_all_of_case",
    "find",
    "note_is_due",
    "note_use",
    "open_for_applicant",
    "open_for_user",
]

_SEEN_EVERY = dt.timedelta(seconds=60)
"""How often a session notes that it was used; each note is a write."""


def open_for_user(connection: Connection, office: Office, user: str) -> str:
    """Begin a session of a person of the bureau and return the token for the cookie."""
    return _open(connection, office, dt.timedelta(hours=office.settings.service.session_hours), user=user)


def open_for_applicant(connection: Connection, office: Office, application: str) -> str:
    """Begin a session that sees one case and return the token for the cookie."""
    return _open(
        connection, office, dt.timedelta(hours=office.settings.service.applicant_hours), application=application
    )


def _open(
    connection: Connection,
    office: Office,
    lasts: dt.timedelta,
    *,
    user: str | None = None,
    application: str | None = None,
) -> str:
    token, now = new_token(), office.now()
    connection.add(
        Session(
            digest=token_digest(token),
            user_id=user,
            application_id=application,
            csrf=new_token(),
            created_at=now,
            seen_at=now,
            expires_at=now + lasts,
        )
    )
    return token


def find(connection: Connection, office: Office, token: str | None) -> Session | None:
    """Return the session of a cookie; None when there is none or it has run out."""
    row = connection.get(Session, token_digest(token)) if token else None
    if row is None:
        return None
    now = office.now()
    idle = dt.timedelta(minutes=office.settings.service.session_minutes)
    if now >= row.expires_at or (row.user_id is not None and now - row.seen_at > idle):
        return None
    return row


def note_is_due(office: Office, row: Session) -> bool:
    """Whether the last note of use is old enough for another."""
    return office.now() - row.seen_at >= _SEEN_EVERY


def note_use(connection: Connection, office: Office, token: str | None) -> None:
    """Note that the session of a cookie was used."""
    row = find(connection, office, token)
    if row is not None:
        row.seen_at = office.now()


def close(connection: Connection, token: str | None) -> None:
    """End the session of a cookie."""
    if token:
        connection.execute(delete(Session).where(Session.digest == token_digest(token)))


def close_all_of(connection: Connection, user: str) -> None:
    """End every session of a person: password changed, account closed."""
    connection.execute(delete(Session).where(Session.user_id == user))


def close_all_of_case(connection: Connection, application: str) -> int:
    """End every session of an applicant: the query code was renewed. Returns how many there were."""
    ended = connection.execute(delete(Session).where(Session.application_id == application).returning(Session.digest))
    return len(ended.all())
