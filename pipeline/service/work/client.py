"""The work queue as the API process sees it: it asks, and runs nothing itself."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

from pipeline.service.logs import event
from pipeline.service.office import Office
from pipeline.service.work.ask import Asker
from pipeline.service.work.names import Kind, Work, priority
from pipeline.service.work.settled import is_settled, upload_turn

__all__ = ["DurableQueue"]

_LOG = logging.getLogger(__name__)
_END_SECONDS = 5.0


class DurableQueue:
    """A :class:`~pipeline.service.work.queue.WorkQueue` of which nothing is lost when a machine goes down.

    Asking never fails and never waits: it is done one after another by a thread, because whoever uploads should not
    wait for a second database. The rows that wait are kept already, and what could not be queued, or was still to be
    when the process was killed, the sweeper of a worker finds. So a request is answered also while the queue's database
    is away. Safe to share between threads.
    """

    def __init__(self, office: Office) -> None:
        self._office = office
        self._asker = Asker(office.settings, patient=False)
        self._asking = ThreadPoolExecutor(1, thread_name_prefix="asking")

    def take_in(self, upload: str) -> None:
        self._later(Kind.UPLOAD, upload, self._take_in)

    def assess(self, application: str) -> None:
        self._later(Kind.ASSESS, application, lambda id: ask_assessment(self._office, self._asker, id))

    def tell(self, delivery: str) -> None:
        self._later(Kind.TELL, delivery, self._tell)

    def settle(self) -> None:
        """Return once all that was asked for until now is queued."""
        self._asking.submit(lambda: None).result()

    def close(self) -> None:
        """Queue what is still to be, unless that takes long, and end."""
        wait([self._asking.submit(lambda: None)], timeout=_END_SECONDS)
        self._asking.shutdown(cancel_futures=True)
        self._asker.close()

    def _take_in(self, upload: str) -> None:
        with self._office.database.read() as session:
            turn = upload_turn(session, upload)
        if turn is not None:
            self._asker.ask(Work(Kind.UPLOAD, upload), priority=priority(Kind.UPLOAD, *turn))

    def _tell(self, delivery: str) -> None:
        self._asker.ask_again(Work(Kind.TELL, delivery), priority=priority(Kind.TELL, _now()))

    def _later(self, kind: Kind, id: str, ask: Callable[[str], object]) -> None:
        def asked() -> None:
            try:
                ask(id)
            except Exception as error:
                _left(kind, id, error)

        try:
            self._asking.submit(asked)
        except RuntimeError as error:  # the process ends
            _left(kind, id, error)


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
