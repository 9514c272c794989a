"""API keys: issued by administrators, shown once, taken back at any time."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.service import trail
from pipeline.service.access import NotFoundError
from pipeline.service.actors import Actor, ActorKind, NotAllowedError, Role
from pipeline.service.api.keys import Scope
from pipeline.service.applications import LimitError
from pipeline.service.numbers import new_token, token_digest
from pipeline.service.office import Office
from pipeline.service.states import Channel
from pipeline.service.tables import ApiKey, new_id

__all__ = ["issue", "list_keys", "revoke"]

_PREFIX = "yushen_"
"""So that scanners for leaked secrets know one when they see it."""
_MOST_PER_MINUTE = 100_000


def issue(
    session: Session,
    actor: Actor,
    office: Office,
    *,
    name: str,
    channel: Channel,
    scopes: Collection[Scope],
    regions: Collection[str],
    per_minute: int,
) -> tuple[ApiKey, str]:
    """Make a key and return it with its secret, of which only a digest is kept.

    Raises:
        NotAllowedError: not an administrator of all ``regions``.
        LimitError: ``bad_name``, ``name_taken``, ``no_scope``, ``no_region``, ``bad_rate``.
    """
    _require(actor, regions)
    name = name.strip()
    if not name or len(name) > 64 or not name.isprintable():
        raise LimitError("bad_name", "请填写密钥的用途，不超过 64 个字")
    if session.scalars(select(ApiKey).where(ApiKey.name == name)).one_or_none() is not None:
        raise LimitError("name_taken", "已经有同名的密钥，请换一个名字")
    if not scopes:
        raise LimitError("no_scope", "请至少选择一项权限")
    if not regions:
        raise LimitError("no_region", "请至少选择一个地区")
    if not 1 <= per_minute <= _MOST_PER_MINUTE:
        raise LimitError("bad_rate", f"每分钟请求数应在 1 到 {_MOST_PER_MINUTE} 之间")
    secret = _PREFIX + new_token()
    key = ApiKey(
        id=new_id(),
        name=name,
        digest=token_digest(secret),
        channel=channel.value,
        scopes=[scope.value for scope in Scope if scope in scopes],
        regions=sorted(set(regions)),
        per_minute=per_minute,
        active=True,
        created_at=office.now(),
    )
    session.add(key)
    session.flush()
    detail = {"key": key.id, "channel": key.channel, "scopes": key.scopes, "regions": key.regions}
    trail.append(session, actor, "key.issue", detail=detail, at=office.now())
    return key, secret


def revoke(session: Session, actor: Actor, office: Office, key: str) -> ApiKey:
    """Take a key back for good.

    Raises:
        NotAllowedError: not an administrator.
        NotFoundError: there is none, or it is of other regions.
    """
    _require(actor, ())
    found = session.get(ApiKey, key, with_for_update=True)
    if found is None or not _is_under(actor, found):
        raise NotFoundError("key")
    if found.active:
        found.active = False
        trail.append(session, actor, "key.revoke", detail={"key": key}, at=office.now())
    return found


def list_keys(session: Session, actor: Actor) -> list[ApiKey]:
    """Return the keys of the administrator's regions, those in use first.

    Raises:
        NotAllowedError: not an administrator.
    """
    _require(actor, ())
    rows = session.scalars(select(ApiKey).order_by(ApiKey.active.desc(), ApiKey.name))
    return [key for key in rows if _is_under(actor, key)]


def _require(actor: Actor, regions: Collection[str]) -> None:
    if actor.kind is ActorKind.SYSTEM:
        return
    actor.require_role(Role.ADMINISTRATOR)
    if not set(regions) <= actor.regions:
        raise NotAllowedError("region")


def _is_under(actor: Actor, key: ApiKey) -> bool:
    return actor.kind is ActorKind.SYSTEM or set(key.regions) <= actor.regions
