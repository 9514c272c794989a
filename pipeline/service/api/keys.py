"""Who calls: the API key of ``Authorization: Bearer``, its scopes, and whether it asks too often."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select

from pipeline.service.actors import Actor, ActorKind
from pipeline.service.api.limits import Buckets
from pipeline.service.api.problems import ProblemError, too_many
from pipeline.service.numbers import token_digest
from pipeline.service.office import Office
from pipeline.service.people.current import TheOffice
from pipeline.service.tables import ApiKey

__all__ = [
    "Caller",
    "DecisionReader",
    "Reader",
    "ReportReader",
    "Scope",
    "WebhookKeeper",
    "Writer",
    "actor_of",
    "find_key",
]


class Scope(StrEnum):
    """What an API key may do."""

    WRITE = "applications:write"
    """Create, change, submit and withdraw applications of the key's channel."""
    READ = "applications:read"
    """State, uploads, page states, feedback, page images."""
    DECISIONS = "decisions:read"
    """The decision and its sheet."""
    REPORTS = "reports:read"
    """The reviewers' report.json with the machine's suggestion: for systems of the bureau, not for platforms."""
    WEBHOOKS = "webhooks"
    """Register addresses that are told of events."""


_BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="ApiKey",
    description="管理员发给渠道的接口密钥。API key that an administrator issued.",
)
_BUCKETS = Buckets()
Credentials = Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]


def _refused() -> ProblemError:
    return ProblemError(
        401,
        "no_key",
        "A valid API key is needed",
        "缺少接口密钥，或密钥无效、已停用。",
        headers={"WWW-Authenticate": 'Bearer realm="yushen"'},
    )


def find_key(office: Office, token: str) -> ApiKey | None:
    """Return the active key of ``token``."""
    with office.database.read() as session:
        return session.scalars(select(ApiKey).where(ApiKey.digest == token_digest(token), ApiKey.active)).one_or_none()


def actor_of(key: ApiKey) -> Actor:
    """Return who acts with ``key``."""
    return Actor(
        kind=ActorKind.CHANNEL,
        id=key.id,
        regions=frozenset(key.regions),
        scopes=frozenset(key.scopes),
        channel=key.channel,
    )


def caller(request: Request, office: TheOffice, credentials: Credentials) -> Actor:
    """Return who calls, and count the request.

    Raises:
        ProblemError: 401 without a valid key, 429 when it asked too often.
    """
    key = find_key(office, credentials.credentials) if credentials else None
    if key is None:
        raise _refused()
    left = _BUCKETS.take(key.id, key.per_minute)
    request.state.api_limit = (key.per_minute, left)
    if not left.allowed:
        raise too_many(left.wait)
    return actor_of(key)


Caller = Annotated[Actor, Depends(caller)]


def _needs(scope: Scope) -> Callable[[Actor], Actor]:
    def check(actor: Caller) -> Actor:
        actor.require_scope(scope.value)
        return actor

    return check


Writer = Annotated[Actor, Depends(_needs(Scope.WRITE))]
Reader = Annotated[Actor, Depends(_needs(Scope.READ))]
DecisionReader = Annotated[Actor, Depends(_needs(Scope.DECISIONS))]
ReportReader = Annotated[Actor, Depends(_needs(Scope.REPORTS))]
WebhookKeeper = Annotated[Actor, Depends(_needs(Scope.WEBHOOKS))]
