"""The open case of a request, and the note in the trail that its page was looked at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from pipeline.service import trail
from pipeline.service.access import find
from pipeline.service.office import Office
from pipeline.service.people.current import OpenedCase
from pipeline.service.tables import Application
from pipeline.service.web.applicant.diseases import entry_of, the_region

__all__ = ["disease_name", "note_view", "reading", "writing"]


@contextmanager
def reading(office: Office, case: OpenedCase) -> Iterator[tuple[Session, Application]]:
    """The case, to look at."""
    with office.database.read() as session:
        yield session, find(session, case.actor, case.actor.id)


@contextmanager
def writing(office: Office, case: OpenedCase) -> Iterator[tuple[Session, Application]]:
    """The case, held until the change of it is kept."""
    with office.database.write() as session:
        yield session, find(session, case.actor, case.actor.id, lock=True)


def note_view(office: Office, case: OpenedCase, what: str) -> None:
    """Leave the trace of a page that was opened; what updates itself in the page leaves none."""
    with office.database.write() as session:
        trail.append(
            session, case.actor, "application.view", application=case.actor.id, detail={"page": what}, at=office.now()
        )


def disease_name(office: Office, application: Application) -> str:
    """Return the official name of the disease applied for; empty where none is chosen."""
    rule = entry_of(the_region(office), application.disease) if application.disease else None
    return rule.name if rule else application.disease or ""
