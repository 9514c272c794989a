"""Who may see and change which case. One place; every use case asks here."""

from __future__ import annotations

from sqlalchemy import Select, false, select
from sqlalchemy.orm import Session

from pipeline.service.actors import Actor, ActorKind, Role
from pipeline.service.tables import Application

__all__ = ["NotFoundError", "find", "may_see", "seen_by"]

_CASE_ROLES = frozenset({Role.REVIEWER, Role.SECOND_READER})
"""Analysts and administrators see figures and accounts, not cases."""


class NotFoundError(Exception):
    """There is no such thing, or the actor may not know of it: from outside the two are the same."""


def may_see(actor: Actor, application: Application) -> bool:
    """Whether ``actor`` may see the case at all."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    if actor.kind is ActorKind.APPLICANT:
        return actor.id == application.id
    if application.region not in actor.regions:
        return False
    if actor.kind is ActorKind.CHANNEL:
        return actor.channel is not None and actor.channel == application.channel
    return bool(actor.roles & _CASE_ROLES)


def seen_by(actor: Actor) -> Select[Application]:
    """Return the query of all cases that ``actor`` may see; it agrees with :func:`may_see`."""
    query = select(Application)
    if actor.kind is ActorKind.SYSTEM:
        return query
    if actor.kind is ActorKind.APPLICANT:
        return query.where(Application.id == actor.id)
    query = query.where(Application.region.in_(sorted(actor.regions)))
    if actor.kind is ActorKind.CHANNEL:
        return query.where(Application.channel == actor.channel) if actor.channel else query.where(false())
    return query if actor.roles & _CASE_ROLES else query.where(false())


def find(session: Session, actor: Actor, application: str, *, lock: bool = False) -> Application:
    """Return a case by its id.

    Args:
        lock: hold the row until the transaction ends, so that two changes of one case follow each other.

    Raises:
        NotFoundError: it is not there, or ``actor`` may not see it.
    """
    query = select(Application).where(Application.id == application)
    found = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None or not may_see(actor, found):
        raise NotFoundError("application")
    return found
