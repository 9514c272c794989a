"""``Idempotency-Key``: a request sent twice is done once and answered twice alike.

The key's row, the change and the answer are kept in one transaction. A process that dies in between leaves none of
them, so nothing stays blocked and nothing is done twice; a second request that comes while the first is under way
waits for the database and then gets the first answer. Only answers of success are kept: a refused request changed
nothing and may be sent again under the same key.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Header
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from pipeline.service.actors import Actor
from pipeline.service.api.problems import ProblemError
from pipeline.service.office import Office
from pipeline.service.tables import IdempotencyKey, new_id

__all__ = ["KEPT", "IdempotencyHeader", "digest", "once"]

KEPT = dt.timedelta(hours=48)
"""How long an answer is replayed."""
_SECRET = "query_code"  # noqa: S105 - name of the one field that is not kept in the clear

IdempotencyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,128}$",
        description="同一请求重发时保持不变的任意字符串，48 小时内有效。Stays the same when a request is sent again.",
        examples=["8c1f6b52-3d0e-4b6c-9a77-51f2b0c7a001"],
    ),
]


def digest(office: Office, *parts: str | bytes) -> str:
    """Return what tells one request from another. Keyed, because a body is guessable (names, numbers of persons)."""
    total = hmac.new(office.key, digestmod=hashlib.sha256)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()


def once(
    office: Office,
    actor: Actor,
    key: str | None,
    request: str,
    work: Callable[[Session], dict[str, Any]],
) -> tuple[dict[str, Any], bool]:
    """Run ``work`` in a transaction, or give the answer it had.

    Args:
        key: of the header; None: always run.
        request: :func:`digest` of method, path and content.
        work: makes the change and returns the answer as JSON.

    Returns:
        The answer, and whether it is a replay.

    Raises:
        ProblemError: the key was used for another request.
    """
    with office.database.write() as session:
        if key is None:
            return work(session), False
        now = office.now()
        old = delete(IdempotencyKey).where(
            IdempotencyKey.api_key_id == actor.id, IdempotencyKey.created_at < now - KEPT
        )
        session.execute(old)
        if not _mark(session, actor, key, request, now):
            return _replay(session, office, actor, key, request), True
        answer = work(session)
        row = _row(session, actor, key)
        row.status, row.body = 200, _sealed(office, row.id, answer)
        return answer, False


def _mark(session: Session, actor: Actor, key: str, request: str, now: dt.datetime) -> bool:
    """Add the key's row; on PostgreSQL this waits for a transaction that is adding the same one."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {"id": new_id(), "api_key_id": actor.id, "key": key, "request": request, "created_at": now}
    statement = insert(IdempotencyKey).values(**values).on_conflict_do_nothing().returning(IdempotencyKey.id)
    return session.scalar(statement) is not None


def _row(session: Session, actor: Actor, key: str) -> IdempotencyKey:
    return session.scalars(
        select(IdempotencyKey).where(IdempotencyKey.api_key_id == actor.id, IdempotencyKey.key == key)
    ).one()


def _replay(session: Session, office: Office, actor: Actor, key: str, request: str) -> dict[str, Any]:
    row = _row(session, actor, key)
    if not hmac.compare_digest(row.request, request):
        raise ProblemError(
            422,
            "idempotency_key_reused",
            "The Idempotency-Key was used for another request",
            "同一个 Idempotency-Key 不能用于内容不同的请求。",
        )
    return _opened(office, row.id, row.body or {})


def _sealed(office: Office, row: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer as it is kept. The query code opens a case, so a stolen table must not hold it."""
    kept: dict[str, Any] = json.loads(json.dumps(answer))
    if _SECRET in kept:
        kept[_SECRET] = _mask(office, row, kept[_SECRET].encode()).hex()
    return kept


def _opened(office: Office, row: str, kept: dict[str, Any]) -> dict[str, Any]:
    if _SECRET not in kept:
        return kept
    return {**kept, _SECRET: _mask(office, row, bytes.fromhex(kept[_SECRET])).decode()}


def _mask(office: Office, row: str, data: bytes) -> bytes:
    """XOR with bytes that only the server's key and this row's random id give; used once for each row."""
    pad = hashlib.shake_256(office.key + b"\0idempotency\0" + row.encode()).digest(len(data))
    return bytes(a ^ b for a, b in zip(data, pad, strict=True))
