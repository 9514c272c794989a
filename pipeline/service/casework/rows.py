"""From rows to pages: what is kept of a case becomes the read pages that :func:`pipeline.review.understand` takes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.intake import mark_duplicates
from pipeline.nouns import Alert, Page, PageReader, QualityIssue, ReadPage, Severity, SourceFile
from pipeline.persons import parse_id_number
from pipeline.reading.stored import reading_from_json
from pipeline.service.applications import uploads_of
from pipeline.service.office import LOCAL, Office
from pipeline.service.page_words import PageNames
from pipeline.service.states import PageState
from pipeline.service.tables import Application, PageRow, Upload
from rules.engine.facts import PatientIdentity, Unknown

__all__ = ["Material", "as_of_day", "entered_identity", "load_material", "page_from_json", "page_to_json"]

_PAGE = TypeAdapter(Page)
_BUSY = frozenset({PageState.WAITING, PageState.READING})
_MILD = frozenset({"mislabelled", "too_many_pages"})
"""Of an upload that was opened: told, but nothing of it is lost that its pages do not show."""
_NOT_READ = "这一页没有读出来，请重新拍照上传。"
_NOT_OPENED = "这个文件没有打开，请重新上传。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A case as it stands at one revision. Images of pages are named by their blob digests."""

    application: str
    revision: int
    region: str
    disease: str | None
    as_of: dt.date
    applicant: PatientIdentity | None
    """Who applies, as entered; None while no name is."""
    settled: bool
    """False while a file or a page still waits: what it holds is not known, so nothing is concluded."""
    files: tuple[SourceFile, ...]
    pages: tuple[ReadPage, ...]
    alerts: tuple[Alert, ...]


def page_to_json(page: Page) -> bytes:
    """Write a page for its row, without its image and without its place in a case."""
    return _PAGE.dump_json(replace(page, image=Path(), duplicate_of=None))


def page_from_json(data: bytes, row: PageRow, *, id: str) -> Page:
    """Read what :func:`page_to_json` wrote, as page ``id`` of a case.

    Raises:
        ValueError: it is damaged.
    """
    return replace(
        _PAGE.validate_json(data),
        id=id,
        file=row.member,
        number=row.number,
        image=Path(row.image),
        duplicate_of=None,
    )


def as_of_day(office: Office, application: Application) -> dt.date:
    """Return the application date: the first submission's day in China, today for a draft."""
    first = application.first_submitted_at
    return office.today() if first is None else first.astimezone(LOCAL).date()


def entered_identity(application: Application) -> PatientIdentity | None:
    """Return who applies, to hold the documents against; None while no name was entered."""
    entered = application.identity
    if entered is None or not entered.name.strip():
        return None
    number = parse_id_number(entered.id_number)
    return PatientIdentity(
        document="",
        name=entered.name.strip(),
        sex=number.sex if number else Unknown.ABSENT,
        birth_date=number.birth_date if number else Unknown.ABSENT,
        id_number=number.text if number else Unknown.ABSENT,
    )


def load_material(session: Session, office: Office, application: Application) -> Material:
    """Collect what was uploaded and read, in the applicant's order."""
    files: dict[str, SourceFile] = {}
    rows: list[tuple[PageRow, Page]] = []
    alerts: list[Alert] = []
    settled = True
    for upload in uploads_of(session, application):
        settled = settled and upload.state not in _BUSY
        alerts += _upload_alerts(upload)
        query = select(PageRow).where(PageRow.upload_id == upload.id).order_by(PageRow.position)
        for row in session.scalars(query):
            settled = settled and row.state not in _BUSY
            page = _page(row, upload, id=f"p{len(rows) + 1}")
            rows.append((row, page))
            files.setdefault(page.file, _file(page, upload))
    names = PageNames(page.file for _, page in rows)
    read: list[ReadPage] = []
    for (row, _), page in zip(rows, mark_duplicates([page for _, page in rows]), strict=True):
        one, alert = _read(row, page, names)
        read.append(_called(one, names))
        alerts += [alert] if alert else []
    return Material(
        application=application.id,
        revision=application.revision,
        region=application.region,
        disease=application.disease,
        as_of=as_of_day(office, application),
        applicant=entered_identity(application),
        settled=settled,
        files=tuple(files.values()),
        pages=tuple(read),
        alerts=tuple(dict.fromkeys(alerts)),
    )


def _page(row: PageRow, upload: Upload, *, id: str) -> Page:
    """The page of a row; where its stored form is damaged, a page of which only place and size are known."""
    try:
        return page_from_json(row.page, row, id=id)
    except ValueError:
        return Page(
            id=id,
            file=row.member,
            file_sha256=upload.sha256,
            number=row.number,
            width=row.width,
            height=row.height,
            image=Path(row.image),
        )


def _file(page: Page, upload: Upload) -> SourceFile:
    member = page.file_sha256 != upload.sha256
    return SourceFile(
        name=page.file,
        path=Path(upload.blob),
        sha256=page.file_sha256,
        media_type="",
        size=0 if member else upload.size,
    )


def _called(read: ReadPage, names: PageNames) -> ReadPage:
    """The page with its own number in what the quality gate says of its picture."""
    page = read.page
    told = tuple(
        replace(issue, message=names.put_into(issue.message, page.file, page.number)) for issue in read.quality
    )
    return read if told == read.quality else replace(read, quality=told)


def _read(row: PageRow, page: Page, names: PageNames) -> tuple[ReadPage, Alert | None]:
    """What was read of a page; without lines, and with an alert, where nothing was or what was kept is damaged."""
    why = told = names.put_into(row.why or _NOT_READ, row.member, row.number)
    if row.reading is not None and row.state is not PageState.FAILED:
        try:
            return reading_from_json(row.reading, page), None
        except ValueError:
            code, why = "reading_damaged", "这一页的识别记录已损坏，请人工查看原件。"
    else:
        code = row.code or "page_failed"
    unread = ReadPage(
        page=page,
        lines=(),
        reader=PageReader.NONE,
        why=f"not read: {code}",
        width=row.width,
        height=row.height,
        quality=(QualityIssue(code="not_read", message=told, score=0.0),),
    )
    return unread, Alert(code=code, severity=Severity.ERROR, message=why, file=row.member, page=row.number)


def _upload_alerts(upload: Upload) -> list[Alert]:
    failed = upload.state is PageState.FAILED
    if not failed and not upload.code:
        return []
    severity = Severity.ERROR if failed or upload.code not in _MILD else Severity.WARNING
    code = upload.code or "file_failed"
    return [Alert(code=code, severity=severity, message=upload.why or _NOT_OPENED, file=upload.name)]
