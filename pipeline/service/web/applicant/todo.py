"""The things to do: what the pages show at once, and what the latest assessment asks for. Never a verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from pipeline.service.casework import Feedback, Needed, PageRef, RetakePage, feedback_of, latest_assessment
from pipeline.service.states import PageState
from pipeline.service.tables import Application
from pipeline.service.web.applicant.case_view import CaseFiles, FileView, PageView, files_of_case

__all__ = ["Document", "Photo", "Todo", "todo_of"]

_THUMBS = 4
"""Pictures of one document; more do not help to know it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A page to take again, or one worth a second look."""

    file: str
    """Id of its upload; what replaces it takes its place."""
    page: str
    name: str
    number: int
    """Place of the file in the applicant's list."""
    part: str
    """``第 3 页`` of a longer file; empty where the file is this page."""
    label: str
    """What kind of material it is, where that is known."""
    why: tuple[str, ...]
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document that arrived, with the pages to know it by."""

    label: str
    date: str
    hospital: str
    note: str
    pages: tuple[str, ...]
    """Ids of its first pages."""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    broken: tuple[FileView, ...]
    """Files that did not open."""
    retakes: tuple[Photo, ...]
    needed: tuple[Needed, ...]
    heeded: tuple[Photo, ...]
    received: tuple[Document, ...]
    files: CaseFiles
    current: bool
    """False while pages are read or a change is not yet looked through: then ``needed`` is of before."""
    looked: bool
    """The material was looked through at least once."""

    @property
    def count(self) -> int:
        """How many things are asked of the applicant."""
        return len(self.broken) + len(self.retakes) + len(self.needed)


def todo_of(session: Session, application: Application) -> Todo:
    """Return what there is to do for the case as it stands."""
    files = files_of_case(session, application)
    latest = latest_assessment(session, application) if files.files else None
    told = feedback_of(latest) if latest is not None else Feedback()
    places = {page.name: (file, page) for file in files.files for page in file.pages}
    at_once = [_photo(file, page) for file in files.files for page in file.troubled]
    seen = {photo.page for photo in at_once}
    labels = {found[1].id: one.label for one in (*told.retake, *told.heed) if (found := _find(places, one.at))}
    return Todo(
        broken=tuple(file for file in files.files if file.state is PageState.FAILED and not file.pages),
        retakes=(*(_labelled(p, labels) for p in at_once), *_told_photos(told.retake, places, seen)),
        needed=told.needed,
        heeded=tuple(_told_photos(told.heed, places, seen)),
        received=tuple(_documents(told, places)),
        files=files,
        current=latest is not None and latest.revision == application.revision and not files.busy,
        looked=latest is not None,
    )


_Places = dict[tuple[str, int], tuple[FileView, PageView]]


def _find(places: _Places, at: PageRef) -> tuple[FileView, PageView] | None:
    return places.get((at.file, at.page))


def _photo(file: FileView, page: PageView) -> Photo:
    return Photo(
        file=file.id,
        page=page.id,
        name=file.name,
        number=file.number,
        part=f"第 {page.number} 页" if len(file.pages) > 1 else "",
        label="",
        why=page.why,
        how=page.how,
    )


def _labelled(photo: Photo, labels: dict[str, str]) -> Photo:
    return replace(photo, label=labels.get(photo.page, ""))


def _told_photos(told: Iterable[RetakePage], places: _Places, seen: set[str]) -> Iterable[Photo]:
    """Photographs of the assessment that still are in the case and that the pages themselves do not tell of."""
    for one in told:
        found = _find(places, one.at)
        if found is None or found[1].id in seen:
            continue
        file, page = found
        yield Photo(
            file=file.id,
            page=page.id,
            name=file.name,
            number=file.number,
            part=f"第 {page.number} 页" if len(file.pages) > 1 else "",
            label=one.label,
            why=one.why,
            how=one.how,
        )


def _documents(told: Feedback, places: _Places) -> Iterable[Document]:
    for one in told.received:
        pages = tuple(found[1].id for at in one.pages if (found := _find(places, at)))
        if pages:  # of a file taken out since, nothing is left to show
            yield Document(
                label=one.label,
                date=one.date,
                hospital=one.hospital,
                note=one.note,
                pages=pages[:_THUMBS],
                count=len(pages),
            )
