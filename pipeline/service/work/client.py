"""The work queue as the API process sees it: it asks, and runs nothing itself."""

from __future__ import annotations

import datetime as dt
import logging

from pipeline.service.logs import event
from pipeline.service.office import Office
from pipeline.service.work.ask import Asker
from pipeline.service.work.names import Kind, Work, priority
from pipeline.service.work.settled import is_settled, upload_turn

__all__ = ["DurableQueue"]

_LOG = logging.getLogger(__name__)


class DurableQueue:
    """A :class:`~pipeline.service.work.queue.WorkQueue` of which nothing is lost when a machine goes down.

    Asking never fails: the rows that wait are kept already, and what could not be queued now the sweeper of a worker
    finds. So a request is answered also while the queue's database is away. Safe to share between threads.
    """

    def __init__(self, office: Office) -> None:
        self._office = office
        self._asker = Asker(office.settings, patient=False)

    def take_in(self, upload: str) -> None:
        try:
            with self._office.database.read() as session:
                turn = upload_turn(session, upload)
            if turn is not None:
                self._asker.ask(Work(Kind.UPLOAD, upload), priority=priority(Kind.UPLOAD, *turn))
        except Exception as error:
            _left(Kind.UPLOAD, upload, error)

    def assess(self, application: str) -> None:
        try:
            ask_assessment(self._office, self._asker, application)
        except Exception as error:
            _left(Kind.ASSESS, application, error)

    def tell(self, delivery: str) -> None:
        try:
            self._asker.ask_again(Work(Kind.TELL, delivery), priority=priority(Kind.TELL, _now()))
        except Exception as error:
            _left(Kind.TELL, delivery, error)

    def close(self) -> None:
        self._asker.close()


def ask_assessment(office: Office, asker: Asker, application: str, *, delay: float = 0.0) -> None:
    """Queue the assessment of a case at its present revision, if nothing of it waits to be read.

    While something does, whoever reads the last page asks.
    """
    from pipeline.service.tables import Application

    with office.database.read() as session:
        found = session.get(Application, application)
        if found is None or not is_settled(session, application):
            return
        revision = found.revision
    work = Work(Kind.ASSESS, f"{application}-{revision}")
    asker.ask_again(work, priority=priority(Kind.ASSESS, _now()), delay=delay, beside=True)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _left(kind: Kind, id: str, error: Exception) -> None:
    # The kind alone: a database's message may hold an address with its password.
    event(_LOG, "work.left", level=logging.WARNING, work=f"{kind}-{id}", error=type(error).__name__)
