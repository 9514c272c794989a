"""The applicant's page: what :mod:`pipeline.reporting.telling` says, with pictures, as one self-contained file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.nouns import Review
from pipeline.reporting.applicant import applicant_of
from pipeline.reporting.crops import PageImages, Picture
from pipeline.reporting.files import write_text
from pipeline.reporting.places import PagePlace, Places
from pipeline.reporting.rendering import render
from pipeline.reporting.telling import Failed, Received, Retake, Wanted, tell

__all__ = ["Feedback", "feedback", "write_feedback"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetakeShown:
    """A photograph with a trouble, and its picture."""

    page: PagePlace
    label: str
    why: tuple[str, ...]
    how: str
    must: bool
    pages_in_file: int
    picture: Picture | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedShown:
    """One document that arrived, with pictures of its first pages."""

    label: str
    date: str
    hospital: str
    thumbs: tuple[tuple[PagePlace, Picture | None], ...]
    pages: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """Everything that the applicant's page prints."""

    name: str
    as_of: str
    diseases: tuple[str, ...]
    failed: tuple[Failed, ...]
    retakes: tuple[RetakeShown, ...]
    """To take again."""
    heeded: tuple[RetakeShown, ...]
    """Accepted, with a word on a part of the page; nothing that the applicant has to do."""
    wanted: tuple[Wanted, ...]
    received: tuple[ReceivedShown, ...]
    to_do: int
    """How many things are asked of the applicant."""


def write_feedback(review: Review, path: Path, *, images: PageImages | None = None) -> None:
    """Write the applicant's page to ``path`` (atomically, readable by the owner only).

    Raises:
        OSError: the file cannot be written.
    """
    write_text(path, render("feedback/feedback.html.j2", page=feedback(review, images=images)))


def feedback(review: Review, *, images: PageImages | None = None) -> Feedback:
    """Collect what the applicant's page prints."""
    places = Places(review)
    images = images or PageImages(len(places.pages))
    told = tell(review, places)
    return Feedback(
        name=applicant_of(review.read.facts).masked_name,
        as_of=review.read.facts.as_of.isoformat(),
        diseases=told.diseases,
        failed=told.failed,
        retakes=tuple(_shown(retake, images) for retake in told.retakes),
        heeded=tuple(_shown(retake, images) for retake in told.heeded),
        wanted=told.wanted,
        received=tuple(_received(one, images) for one in told.received),
        to_do=told.to_do,
    )


def _shown(retake: Retake, images: PageImages) -> RetakeShown:
    return RetakeShown(
        page=retake.page,
        label=retake.label,
        why=retake.why,
        how=retake.how,
        must=retake.must,
        pages_in_file=retake.pages_in_file,
        picture=images.thumbnail(retake.page.read, 420),
    )


def _received(received: Received, images: PageImages) -> ReceivedShown:
    return ReceivedShown(
        label=received.label,
        date=received.date,
        hospital=received.hospital,
        thumbs=tuple((page, images.thumbnail(page.read)) for page in received.pages[:3]),
        pages=len(received.pages),
        note=received.note,
    )
