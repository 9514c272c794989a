"""The hash-chained log: every view and every change of a case, in the transaction that does it.

Each row carries the SHA-256 over its own content and the hash of the row before. Taking a row out, changing or
reordering one breaks every hash after it; :func:`verify` finds the first such place. What the chain cannot show is that
rows at its very end are missing: the head's hash, printed by ``yushen audit verify``, can be noted elsewhere.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.service.actors import Actor
from pipeline.service.tables import TrailHead, TrailRow

__all__ = ["GENESIS", "Broken", "append", "lock", "verify"]

_AT_ONCE = 1000
GENESIS = hashlib.sha256(b"yushen.trail.v1").hexdigest()


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where the chain does not hold."""

    seq: int
    why: str


def append(
    session: Session,
    actor: Actor,
    action: str,
    *,
    application: str | None = None,
    detail: Mapping[str, Any] | None = None,
    at: dt.datetime | None = None,
) -> None:
    """Add a row in the caller's write transaction; it is kept or undone with what it tells of.

    Args:
        action: ``noun.verb``: ``application.submit``, ``page.view``, ``session.fail``.
        detail: ids, codes, versions, counts; never identity or clinical text.
    """
    head = lock(session)
    row = TrailRow(
        seq=head.seq + 1,
        at=(at or dt.datetime.now(dt.UTC)).replace(microsecond=0),
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        action=action,
        application_id=application,
        detail=dict(detail or {}),
        previous=head.hash,
        hash="",
    )
    row.hash = _hash(row)
    head.seq, head.hash = row.seq, row.hash
    session.add(row)
    session.flush()


def lock(session: Session) -> TrailHead:
    """Take the chain's lock, which is held until the transaction ends, and return its head."""
    return session.scalars(
        select(TrailHead).where(TrailHead.id == 1).with_for_update().execution_options(populate_existing=True)
    ).one()


def verify(session: Session) -> tuple[int, str, Broken | None]:
    """Walk the whole chain.

    Returns:
        How many rows hold, the hash of the last of them, and where it breaks (None: nowhere).
    """
    previous, count = GENESIS, 0
    for row in _rows(session):
        if row.seq != count + 1:
            return count, previous, Broken(count + 1, "row missing")
        if row.previous != previous:
            return count, previous, Broken(row.seq, "does not follow the row before")
        if row.hash != _hash(row):
            return count, previous, Broken(row.seq, "content changed")
        previous, count = row.hash, row.seq
    head = session.get(TrailHead, 1)
    if head is None or head.seq != count or head.hash != previous:
        return count, previous, Broken(count + 1, "rows missing at the end")
    return count, previous, None


def _rows(session: Session) -> Iterator[TrailRow]:
    query = part = select(TrailRow).order_by(TrailRow.seq).limit(_AT_ONCE)
    while rows := session.scalars(part).all():
        yield from rows
        part = query.where(TrailRow.seq > rows[-1].seq)


def _hash(row: TrailRow) -> str:
    content = [
        row.seq,
        row.at.astimezone(dt.UTC).isoformat(),
        row.actor_kind,
        row.actor_id,
        row.action,
        row.application_id,
        row.detail,
        row.previous,
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
