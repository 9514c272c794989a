"""The files of a case as the applicant sees them: one line each, with a plain word for how it stands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.reporting.retaking import how_to_retake
from pipeline.service.applications import uploads_of
from pipeline.service.page_words import PageNames
from pipeline.service.states import PageState, State, page_label
from pipeline.service.tables import Application, PageRow, Upload

__all__ = ["CaseFiles", "FileView", "PageView", "files_of_case", "is_open"]

_BUSY = frozenset({PageState.WAITING, PageState.READING})
_NOT_OPENED = "这个文件没有打开，请删除后重新拍照上传。"
_NOT_READ = "这一页没有读出来，请重新拍照上传。"
_UNCLEAR = "有些字看不清，请重拍。"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    id: str
    number: int
    """Within its file, from 1."""
    name: tuple[str, int]
    """Source file and page within it, as the feedback names pages."""
    state: PageState
    retake: bool
    why: tuple[str, ...]
    """What is wrong with the page, in plain words; empty where nothing is."""
    how: str
    """How to take it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    id: str
    number: int
    """Place in the list, from 1."""
    name: str
    state: PageState
    """Of the whole file: the most pressing of its pages."""
    word: str
    why: str
    pages: tuple[PageView, ...]
    read: int
    """Pages that are done or have failed."""
    fixed: bool
    """It was submitted: it stays."""

    @property
    def busy(self) -> bool:
        return self.state in _BUSY

    @property
    def troubled(self) -> tuple[PageView, ...]:
        """Pages to take again."""
        return tuple(page for page in self.pages if page.retake or page.state is PageState.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFiles:
    files: tuple[FileView, ...]

    @property
    def busy(self) -> int:
        """Files that still wait or are being read."""
        return sum(file.busy for file in self.files)

    @property
    def pages(self) -> int:
        return sum(len(file.pages) for file in self.files)

    @property
    def troubled(self) -> int:
        """Files that failed or hold a page to take again."""
        return sum(file.state is PageState.FAILED or bool(file.troubled) for file in self.files)


def is_open(application: Application) -> bool:
    """Whether the applicant may add and remove material."""
    return application.state in (State.DRAFT, State.RETURNED)


def files_of_case(session: Session, application: Application) -> CaseFiles:
    """Return the files of a case in the applicant's order."""
    uploads = uploads_of(session, application)
    query = select(PageRow).where(PageRow.upload_id.in_([u.id for u in uploads])).order_by(PageRow.position)
    rows: dict[str, list[PageRow]] = {}
    for row in session.scalars(query):
        rows.setdefault(row.upload_id, []).append(row)
    return CaseFiles(
        files=tuple(
            _file(upload, rows.get(upload.id, []), number, application) for number, upload in enumerate(uploads, 1)
        )
    )


def _file(upload: Upload, rows: Sequence[PageRow], number: int, application: Application) -> FileView:
    names = PageNames(row.member for row in rows)
    pages = tuple(_page(row, index, names) for index, row in enumerate(rows, 1))
    state = _state(upload, pages)
    why = ""
    if upload.state is PageState.FAILED:
        why = upload.why or _NOT_OPENED
    elif upload.why and not any(page.state in _BUSY for page in pages):
        why = upload.why  # opened, but a part of it was left out
    return FileView(
        id=upload.id,
        number=number,
        name=upload.name,
        state=state,
        word=page_label(state),
        why=why,
        pages=pages,
        read=sum(page.state not in _BUSY for page in pages),
        fixed=upload.round < application.round,
    )


def _state(upload: Upload, pages: Sequence[PageView]) -> PageState:
    if upload.state is not PageState.DONE:
        return upload.state
    states = {page.state for page in pages}
    if PageState.READING in states or (PageState.WAITING in states and states & {PageState.DONE, PageState.FAILED}):
        return PageState.READING
    if PageState.WAITING in states:
        return PageState.WAITING
    return PageState.FAILED if PageState.FAILED in states else PageState.DONE


def _page(row: PageRow, number: int, names: PageNames) -> PageView:
    why: tuple[str, ...] = ()
    how = ""
    if row.state is PageState.FAILED:
        why, how = (row.why or _NOT_READ,), how_to_retake(())
    elif row.retake:
        issues = _issues(row)
        why = tuple(dict.fromkeys(message for _, message in issues if message)) or (_UNCLEAR,)
        how = how_to_retake(code for code, _ in issues)
    why = tuple(names.put_into(text, row.member, row.number) for text in why)
    return PageView(
        id=row.id, number=number, name=(row.member, row.number), state=row.state, retake=row.retake, why=why, how=how
    )


def _issues(row: PageRow) -> list[tuple[str, str]]:
    """Code and message of what the quality gate found; nothing where the reading cannot be read back."""
    try:
        found = json.loads(row.reading or b"{}").get("quality", [])
        return [(str(issue["code"]), str(issue["message"])) for issue in found]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
