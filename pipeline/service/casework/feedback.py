"""What the applicant is told of a case, as data: no verdict, and no diagnosis that the applicant did not enter.

The sentences are those of :mod:`pipeline.reporting.telling`. Pages are named by file and number, and by the digest of
their image in the blob store.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from pipeline.nouns import Review
from pipeline.reporting.places import PagePlace
from pipeline.reporting.telling import Retake, tell
from pipeline.service.tables import Assessment

__all__ = ["Feedback", "Lost", "Needed", "PageRef", "ReceivedDocument", "RetakePage", "feedback_of", "feedback_to_data"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRef:
    """One page of an upload; ``file`` and ``page`` are ``member`` and ``number`` of its row."""

    file: str
    page: int
    image: str
    """SHA-256 of its image in the blob store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A file, or one page of it, that could not be opened or read."""

    file: str
    page: int | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetakePage:
    """A photograph with a trouble: ``why`` in plain sentences, ``how`` to do better."""

    at: PageRef
    label: str
    why: tuple[str, ...]
    how: str
    pages_in_file: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """Material still needed. ``accepts`` is what counts, ``alternatives`` what would do instead, cheapest first."""

    need: str
    why: str
    accepts: tuple[str, ...]
    alternatives: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedDocument:
    """A document that arrived; ``note`` is a plain word on it, mostly empty."""

    label: str
    date: str
    hospital: str
    pages: tuple[PageRef, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    diseases: tuple[str, ...] = ()
    lost: tuple[Lost, ...] = ()
    retake: tuple[RetakePage, ...] = ()
    """To take again."""
    heed: tuple[RetakePage, ...] = ()
    """Accepted; better if taken again, nothing that has to be done."""
    needed: tuple[Needed, ...] = ()
    received: tuple[ReceivedDocument, ...] = ()

    @property
    def to_do(self) -> int:
        """How many things are asked of the applicant. Zero says nothing of how the case will be decided."""
        return len(self.lost) + len(self.retake) + len(self.needed)


_ADAPTER = TypeAdapter(Feedback)


def feedback_of(assessment: Assessment) -> Feedback:
    """Return what the applicant is told at this assessment."""
    return _ADAPTER.validate_python(assessment.feedback)


def feedback_to_data(review: Review) -> dict[str, Any]:
    """Return the feedback of ``review`` as an assessment keeps it."""
    told = tell(review)
    feedback = Feedback(
        diseases=told.diseases,
        lost=tuple(Lost(file=f.file, page=f.page, why=f.why) for f in told.failed),
        retake=tuple(_retake(one) for one in told.retakes),
        heed=tuple(_retake(one) for one in told.heeded),
        needed=tuple(
            Needed(need=w.need, why=w.why, accepts=w.accepts, alternatives=w.alternatives, where=w.where)
            for w in told.wanted
        ),
        received=tuple(
            ReceivedDocument(
                label=one.label,
                date=one.date,
                hospital=one.hospital,
                pages=tuple(_page(place) for place in one.pages),
                note=one.note,
            )
            for one in told.received
        ),
    )
    data: dict[str, Any] = _ADAPTER.dump_python(feedback, mode="json")
    return data


def _page(place: PagePlace) -> PageRef:
    page = place.read.page
    return PageRef(file=page.file, page=page.number, image=page.image.name)


def _retake(retake: Retake) -> RetakePage:
    return RetakePage(
        at=_page(retake.page),
        label=retake.label,
        why=retake.why,
        how=retake.how,
        pages_in_file=retake.pages_in_file,
    )
