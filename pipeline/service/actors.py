"""Who asks: an applicant with a query code, a person of the bureau, a channel's API key, or the service itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["SYSTEM", "Actor", "ActorKind", "NotAllowedError", "Role"]


class ActorKind(StrEnum):
    APPLICANT = "applicant"
    USER = "user"
    CHANNEL = "channel"
    SYSTEM = "system"


class Role(StrEnum):
    REVIEWER = "reviewer"
    SECOND_READER = "second_reader"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"


class NotAllowedError(Exception):
    """The actor has no right to this. The message is for operators and names no person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks, as the use cases and the trail see it."""

    kind: ActorKind
    id: str
    """User id, API key id, application id of the applicant; ``system``."""
    roles: frozenset[Role] = field(default_factory=frozenset)
    regions: frozenset[str] = field(default_factory=frozenset)
    """Regions whose cases a user or a channel may see; empty: none."""
    scopes: frozenset[str] = field(default_factory=frozenset)
    """Of an API key: ``applications:write``, ``applications:read``, ``decisions:read``, ``webhooks``."""
    channel: str | None = None
    """Of an API key: the channel whose applications it may touch."""

    def require_role(self, *wanted: Role) -> None:
        """Raise :class:`NotAllowedError` unless the actor is a user with one of the roles."""
        if self.kind is not ActorKind.USER or not self.roles.intersection(wanted):
            raise NotAllowedError(f"needs role {'/'.join(wanted)}")

    def require_scope(self, wanted: str) -> None:
        """Raise :class:`NotAllowedError` unless the actor is an API key with the scope."""
        if self.kind is not ActorKind.CHANNEL or wanted not in self.scopes:
            raise NotAllowedError(f"needs scope {wanted}")


SYSTEM = Actor(kind=ActorKind.SYSTEM, id="system")
