"""What the workers do, as plain functions that may be run again at any moment. Workflows only say when.

A process may be killed between any two lines of these: each keeps its result in one transaction, and begins by asking
whether that has happened already.
"""

from __future__ import annotations

from pipeline.service.office import Office
from pipeline.service.states import State
from pipeline.service.tables import Application
from pipeline.service.work.reading import PageOutcome, give_up_page, read_page
from pipeline.service.work.seams import Seams
from pipeline.service.work.settled import is_settled
from pipeline.service.work.taking_in import TakenIn, give_up_upload, take_in_upload

__all__ = [
    "PageOutcome",
    "TakenIn",
    "assess_if_settled",
    "give_up_page",
    "give_up_upload",
    "read_page",
    "revision_to_assess",
    "take_in_upload",
]


def revision_to_assess(office: Office, application_id: str) -> int | None:
    """Return the revision of a case of which nothing waits any more; None while something does, or nothing is there."""
    with office.database.read() as session:
        application = session.get(Application, application_id)
        if application is None or application.state is State.WITHDRAWN or not is_settled(session, application_id):
            return None
        return application.revision


def assess_if_settled(office: Office, application_id: str, *, seams: Seams | None = None) -> bool:
    """Assess a case once nothing of it waits; whoever reads its last page, or changes it after that, asks.

    Returns:
        False where a file or page still waits, or there is nothing to assess.
    """
    if revision_to_assess(office, application_id) is None:
        return False
    return (seams or Seams()).assess(office, application_id) is not None
