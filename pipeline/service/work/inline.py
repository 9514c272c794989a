"""The same work in the calling thread, for tests of pages and API."""

from __future__ import annotations

from pipeline.service.office import Office
from pipeline.service.work import steps
from pipeline.service.work.seams import PageReading, Seams

__all__ = ["InlineQueue"]

_TRIES = 20


class InlineQueue:
    """A :class:`~pipeline.service.work.queue.WorkQueue` that has done what it was asked when it returns."""

    def __init__(self, office: Office, reader: PageReading, *, seams: Seams | None = None) -> None:
        self._office, self._reader, self._seams = office, reader, seams or Seams()

    def take_in(self, upload: str) -> None:
        taken = steps.take_in_upload(self._office, upload)
        if taken is None:
            return
        for page in taken.pages:
            for _ in range(_TRIES):
                outcome = steps.read_page(self._office, self._reader, page)
                if outcome is None or outcome.again_in is None:
                    break
        self.assess(taken.application)

    def assess(self, application: str) -> None:
        steps.assess_if_settled(self._office, application, seams=self._seams)

    def tell(self, delivery: str) -> None:
        self._seams.deliver(self._office, delivery)
