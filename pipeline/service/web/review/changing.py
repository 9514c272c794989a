"""What every change of a case begins with: the form that was sent, and the case, locked and as the page showed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from fastapi import Request
from sqlalchemy.orm import Session

from pipeline.service.access import find
from pipeline.service.office import Office
from pipeline.service.people.current import SignedIn
from pipeline.service.states import State
from pipeline.service.tables import Application, User
from pipeline.service.web.review.conflicts import ChangedError

__all__ = ["changing", "sent_form"]

_MOST_FIELDS = 800


async def sent_form(request: Request) -> dict[str, str]:
    """Return the fields of a sent form; lists have names of their own for each entry."""
    form = await request.form(max_files=0, max_fields=_MOST_FIELDS)
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


@contextmanager
def changing(
    office: Office, signed: SignedIn, application: str, sent: Mapping[str, str]
) -> Iterator[tuple[Session, Application]]:
    """Lock a case that is on this person's desk and as the page showed it; kept when the block ends.

    Raises:
        ChangedError: it is on another desk, decided, or another change came between.
    """
    with office.database.write() as session:
        case = find(session, signed.actor, application, lock=True)
        if case.state is not State.UNDER_REVIEW or case.claimed_by != signed.actor.id:
            holder = session.get(User, case.claimed_by) if case.claimed_by else None
            raise ChangedError("not_mine", holder.name if holder and case.claimed_by != signed.actor.id else "")
        if sent.get("revision", "") != str(case.revision):
            raise ChangedError("changed")
        yield session, case
