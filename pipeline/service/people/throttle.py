"""Slows guessing down: tries to sign in or to open a case, counted by what was tried, from where, and both together.

A try is counted before it is compared, so that a thousand tries sent at once do not all pass; a right one takes its
count back. The first failures are free, then each doubles the wait. The wait of one name from one address grows
longest; that of the name from everywhere stays short, or a stranger could lock its owner out. Rows are kept under HMACs
of the server's key: the table names neither login, serial number nor address. Login and the applicant's query share it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import math
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from pipeline.service.office import Office
from pipeline.service.tables import Throttle

__all__ = ["ThrottledError", "begin", "forget_old", "succeeded"]

_FORGET_AFTER = dt.timedelta(hours=24)
"""Failures older than this no longer count."""
_FIRST_WAIT = 5.0


@dataclass(frozen=True, slots=True)
class _Rule:
    free: int
    """Failures without a wait."""
    longest: float
    """Seconds."""


_PAIR, _NAME, _ADDRESS = _Rule(4, 900.0), _Rule(12, 60.0), _Rule(20, 300.0)
"""Many people may sit behind one address (a hospital, a hall), few behind one login."""


class ThrottledError(Exception):
    """Too many failures; nothing was compared."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds

    @property
    def words(self) -> str:
        """The wait as people say it."""
        return f"{self.seconds} 秒" if self.seconds < 90 else f"{math.ceil(self.seconds / 60)} 分钟"


def begin(session: Session, office: Office, kind: str, name: str, address: str) -> None:
    """Admit a try and count it as failed, in a write transaction of its own that is kept before anything is compared.

    Args:
        kind: ``login`` or ``query``: a failure of one does not slow the other.
        name: login or serial number as typed.
        address: :func:`pipeline.service.people.addresses.client_address`.

    Raises:
        ThrottledError: wait first; this try is not counted.
    """
    now = office.now()
    rules = _keys(office, kind, name, address)
    rows = {row.key: row for row in _locked(session, office, sorted(rules))}
    for row in rows.values():
        if now - row.updated_at > _FORGET_AFTER:
            row.failures, row.blocked_until = 0, None
    waits = [(row.blocked_until - now).total_seconds() for row in rows.values() if row.blocked_until is not None]
    if max(waits, default=0.0) > 0:
        raise ThrottledError(math.ceil(max(waits)))
    for key, rule in rules.items():
        row = rows[key]
        row.failures, row.updated_at = row.failures + 1, now
        over = row.failures - rule.free
        if over > 0:
            wait = min(_FIRST_WAIT * 2 ** min(over - 1, 16), rule.longest)
            row.blocked_until = now + dt.timedelta(seconds=wait)


def succeeded(session: Session, office: Office, kind: str, name: str, address: str) -> None:
    """Take the count of a right try back: the name is proven; the address keeps its others, it may be guessing."""
    pair, named, addressed = _keys(office, kind, name, address)
    session.execute(delete(Throttle).where(Throttle.key.in_([pair, named])))
    row = session.get(Throttle, addressed, with_for_update=True)
    if row is not None:
        row.failures = max(row.failures - 1, 0)
        if row.failures <= _ADDRESS.free:
            row.blocked_until = None


def forget_old(session: Session, office: Office) -> None:
    """Delete counts that no longer count."""
    session.execute(delete(Throttle).where(Throttle.updated_at < office.now() - _FORGET_AFTER))


def _locked(session: Session, office: Office, keys: list[str]) -> list[Throttle]:
    """The rows of ``keys``, made where missing, held until the transaction ends; always in one order."""
    insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    rows = [{"key": key, "failures": 0, "updated_at": office.now()} for key in keys]
    session.execute(insert(Throttle).values(rows).on_conflict_do_nothing(index_elements=["key"]))
    query = select(Throttle).where(Throttle.key.in_(keys)).order_by(Throttle.key).with_for_update()
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _keys(office: Office, kind: str, name: str, address: str) -> dict[str, _Rule]:
    plain = name.strip().casefold()
    return {
        _key(office, kind, "pair", f"{plain}\0{address}"): _PAIR,
        _key(office, kind, "name", plain): _NAME,
        _key(office, kind, "address", address): _ADDRESS,
    }


def _key(office: Office, kind: str, what: str, value: str) -> str:
    return hmac.new(office.key, f"throttle\0{kind}\0{what}\0{value}".encode(), hashlib.sha256).hexdigest()
