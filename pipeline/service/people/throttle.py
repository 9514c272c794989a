"""Slows guessing down: failed tries to sign in or to open a case, counted by what was tried and from where.

The first tries are free; then each failure doubles the wait. Both counts are kept under HMACs of the server's key, so
the table names neither login, serial number nor address. Login and the applicant's query share it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import math

from sqlalchemy import delete
from sqlalchemy.orm import Session

from pipeline.service.office import Office
from pipeline.service.tables import Throttle

__all__ = ["ThrottledError", "check", "failed", "forget_old", "succeeded"]

_FORGET_AFTER = dt.timedelta(hours=24)
"""Failures older than this no longer count."""
_FREE = {"name": 4, "address": 20}
"""Tries without a wait. Many people may sit behind one address (a hospital, a hall), few behind one login."""
_FIRST_WAIT = 5.0
_LONGEST_WAIT = {"name": 900.0, "address": 300.0}
"""Seconds. Bounded, so that a stranger who keeps guessing cannot lock the owner out for long."""


class ThrottledError(Exception):
    """Too many failures; nothing was compared."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds

    @property
    def words(self) -> str:
        """The wait as people say it."""
        return f"{self.seconds} 秒" if self.seconds < 90 else f"{math.ceil(self.seconds / 60)} 分钟"


def check(session: Session, office: Office, kind: str, name: str, address: str) -> None:
    """Refuse a try while its name or its address has to wait. Call before comparing anything.

    Args:
        kind: ``login`` or ``query``: a failure of one does not slow the other.

    Raises:
        ThrottledError: wait first.
    """
    now = office.now()
    waits = [
        (row.blocked_until - now).total_seconds()
        for row in (session.get(Throttle, key) for _, key in _keys(office, kind, name, address))
        if row is not None and row.blocked_until is not None
    ]
    longest = max(waits, default=0.0)
    if longest > 0:
        raise ThrottledError(math.ceil(longest))


def failed(session: Session, office: Office, kind: str, name: str, address: str) -> None:
    """Count a failure; commit it even though the try itself failed."""
    now = office.now()
    for what, key in _keys(office, kind, name, address):
        row = session.get(Throttle, key, with_for_update=True)
        if row is None:
            row = Throttle(key=key, failures=0, blocked_until=None, updated_at=now)
            session.add(row)
        elif now - row.updated_at > _FORGET_AFTER:
            row.failures = 0
        row.failures += 1
        row.updated_at = now
        over = row.failures - _FREE[what]
        if over > 0:
            wait = min(_FIRST_WAIT * 2 ** min(over - 1, 16), _LONGEST_WAIT[what])
            row.blocked_until = now + dt.timedelta(seconds=wait)


def succeeded(session: Session, office: Office, kind: str, name: str) -> None:
    """Forget the failures of a name that was proven. The address keeps its count: it may be guessing others."""
    session.execute(delete(Throttle).where(Throttle.key == _key(office, kind, "name", name)))


def forget_old(session: Session, office: Office) -> None:
    """Delete counts that no longer count."""
    session.execute(delete(Throttle).where(Throttle.updated_at < office.now() - _FORGET_AFTER))


def _keys(office: Office, kind: str, name: str, address: str) -> list[tuple[str, str]]:
    return [("name", _key(office, kind, "name", name)), ("address", _key(office, kind, "address", address))]


def _key(office: Office, kind: str, what: str, value: str) -> str:
    text = f"throttle\0{kind}\0{what}\0{value.strip().casefold()}"
    return hmac.new(office.key, text.encode(), hashlib.sha256).hexdigest()
