"""A new query code for an application whose code was lost or became known. The old one opens nothing from then on."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.service import trail
from pipeline.service.access import NotFoundError, may_see
from pipeline.service.actors import Actor, ActorKind, NotAllowedError, Role
from pipeline.service.applications import LimitError
from pipeline.service.numbers import code_digest, new_query_code, same_digest
from pipeline.service.office import Office
from pipeline.service.people import sessions
from pipeline.service.tables import Application, Identity

__all__ = ["RENEWAL_WORDS", "Renewal", "find_for_renewal", "renew"]

_TAIL = 4
"""Characters at the end of an ID number that the clerk copies from the card on the counter."""
_RENEWERS = frozenset({Role.REVIEWER, Role.ADMINISTRATOR})


class Renewal(StrEnum):
    """Why a code is renewed. Words of one's own are not asked for: the trail names no person."""

    LOST = "lost"
    LEAKED = "leaked"
    AGENT_CHANGED = "agent_changed"
    NOT_RECEIVED = "not_received"


RENEWAL_WORDS: Mapping[Renewal, str] = {
    Renewal.LOST: "查询码丢失或忘记",
    Renewal.LEAKED: "查询码可能被别人知道",
    Renewal.AGENT_CHANGED: "更换代办人",
    Renewal.NOT_RECEIVED: "当时没有拿到查询码",
}


def find_for_renewal(session: Session, actor: Actor, serial: str) -> Application:
    """Return the case of a serial number, locked. An administrator sees no case, but may renew the codes of the region.

    Raises:
        NotAllowedError: a person of the bureau without the right.
        NotFoundError: no such case, or one of another region or channel.
    """
    _require(actor)
    query = select(Application).where(Application.serial == serial).with_for_update()
    found = session.scalars(query).one_or_none()
    if found is None or not _within(actor, found):
        raise NotFoundError("application")
    return found


def renew(
    session: Session, actor: Actor, office: Office, application: Application, reason: Renewal, *, id_tail: str = ""
) -> str:
    """Give the case a new query code and return it; it is shown once. Every browser that has the case open loses it.

    Args:
        application: locked.
        id_tail: last four characters of the applicant's or the agent's ID number. A person of the bureau has to tell
            them where one was entered; a platform knows its own users.

    Raises:
        NotAllowedError, NotFoundError: as :func:`find_for_renewal`; a channel's key needs ``applications:write``.
        LimitError: ``id_differs``.
    """
    _require(actor)
    if not _within(actor, application):
        raise NotFoundError("application")
    checked = actor.kind is ActorKind.USER and _check(session.get(Identity, application.id), id_tail)
    code = new_query_code()
    application.code_digest = code_digest(code, serial=application.serial, key=office.key)
    ended = sessions.close_all_of_case(session, application.id)
    detail = {"reason": reason.value, "id_checked": checked, "sessions_ended": ended}
    trail.append(session, actor, "code.renew", application=application.id, detail=detail, at=office.now())
    return code


def _require(actor: Actor) -> None:
    if actor.kind is ActorKind.CHANNEL:
        actor.require_scope("applications:write")
    elif actor.kind is ActorKind.USER:
        actor.require_role(*_RENEWERS)
    else:
        raise NotAllowedError("a query code is renewed at the counter or by the platform")


def _within(actor: Actor, application: Application) -> bool:
    return may_see(actor, application) or (actor.kind is ActorKind.USER and application.region in actor.regions)


def _check(identity: Identity | None, told: str) -> bool:
    """Whether a number was there to be compared and agreed.

    Raises:
        LimitError: it does not agree.
    """
    entered = (identity.id_number, identity.agent_id_number) if identity is not None else ()
    tails = {"".join(number.split()).upper()[-_TAIL:] for number in entered if number.strip()}
    if not tails:
        return False
    given = "".join(told.split()).upper()
    if len(given) != _TAIL or not any(same_digest(given, tail) for tail in tails):
        raise LimitError("id_differs", "证件号码后四位与申请时填写的不一致，请核对证件和受理编号")
    return True
