"""One page is read, and what was read is recorded once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.learned import ask, open_page_reader
from pipeline.nouns import Page, PageReader, ReadPage
from pipeline.reading.stored import reading_to_json
from pipeline.service import trail
from pipeline.service.actors import SYSTEM
from pipeline.service.api.webhooks import Event, announce
from pipeline.service.blobs import BlobMissingError
from pipeline.service.casework.rows import page_from_json
from pipeline.service.logs import event
from pipeline.service.office import Office
from pipeline.service.states import PageState
from pipeline.service.tables import PageRow
from pipeline.service.work.passing import AGAIN_SECONDS, NOT_THE_PAGES, passes
from pipeline.service.work.seams import PageReading
from pipeline.service.work.settled import BUSY

__all__ = ["PageOutcome", "give_up_page", "read_page"]

_LOG = logging.getLogger(__name__)

TRIES = 3
"""A page whose reading broke off is tried this often before it has failed."""
STARTS = 10
"""... and is begun at most this often, whatever ended the process: a page must not end one worker after the other."""
_BACK_OFF = (5.0, 30.0)
_HANDED_BACK = "page_cancelled"
_PASSING = frozenset({"page_timeout", "page_memory", "page_crashed"})
"""What may go better another time; any other failure is one of the page."""
_GAVE_UP = "这一页多次识别没有成功，请重拍或换一份再传。"
_WHY, _CODE = 255, 64


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """How it stands with a page."""

    application: str
    again_in: float | None = None
    """Seconds after which to try again; None: it is done or has failed."""


@dataclass(frozen=True, slots=True)
class _Begun:
    page: Page
    application: str


@dataclass(frozen=True, slots=True)
class _Result:
    read: ReadPage | None
    code: str
    why: str
    passing: bool = False


def read_page(office: Office, reader: PageReading, page_id: str) -> PageOutcome | None:
    """Read a page that waits and record what was read; a failure is that page's alone.

    Where the same picture was read before in this case by the same reader, that reading is used. Safe to run again, and
    by two workers at once: the first to finish records, the other's work is dropped.

    Returns:
        None where there is no such page.
    """
    started = _start(office, reader, page_id)
    if not isinstance(started, _Begun):
        return started
    try:
        result = _read(office, reader, started)
    except Exception as error:
        if passes(error):
            _hand_back(office, page_id)
        raise
    return _record(office, reader, page_id, result)


def give_up_page(office: Office, page_id: str, code: str) -> PageOutcome | None:
    """Mark a page as failed that could not be read in any of several tries."""
    with office.database.write() as session:
        row = _locked(session, page_id)
        if row is None:
            return None
        if row.state in BUSY:
            _fail(session, office, row, code, _GAVE_UP)
        return PageOutcome(row.upload.application_id)


def _start(office: Office, reader: PageReading, page_id: str) -> _Begun | PageOutcome | None:
    """Mark the page as being read and return it; where there is nothing to read, how it stands."""
    with office.database.write() as session:
        row = _locked(session, page_id)
        if row is None:
            return None
        outcome = PageOutcome(row.upload.application_id)
        if row.state not in BUSY:
            return outcome
        if row.upload.removed_at is not None:
            row.state, row.code, row.why = PageState.FAILED, "removed", "文件已删除。"
            return outcome
        if row.attempts >= STARTS:
            _fail(session, office, row, "gave_up", _GAVE_UP)
            return outcome
        try:
            page = page_from_json(row.page, row, id=row.id)
        except ValueError:
            _fail(session, office, row, "page_damaged", "这一页的记录已损坏，请重新上传。")
            return outcome
        earlier = _read_before(session, reader, row, page)
        if earlier is not None:
            _copy(session, office, row, earlier)
            return outcome
        row.state = PageState.READING
        row.attempts += 1
        return _Begun(page, outcome.application)


def _read(office: Office, reader: PageReading, begun: _Begun) -> _Result:
    page = begun.page
    try:
        with office.blobs.of(begun.application).as_file(str(page.image)) as image:
            (read,), alerts = reader.read([replace(page, image=image)])
    except BlobMissingError:
        return _Result(None, "blob_missing", "服务器上的图片已损坏，请重新上传这一页。")
    if read.reader is not PageReader.NONE:
        # Asked now and kept with the page, so that a case that changes asks nothing again.
        (read,), _ = ask([read], open_page_reader(office.settings.extracting))
        return _Result(read, "", "")
    code = alerts[0].code if alerts else "not_read"
    why = alerts[0].message if alerts else _GAVE_UP
    return _Result(None, code, why, passing=code in _PASSING)


def _hand_back(office: Office, page_id: str) -> None:
    """Let a page wait again that has lost no try."""
    with office.database.write() as session:
        row = _locked(session, page_id)
        if row is not None and row.state in BUSY:
            row.state = PageState.WAITING
            row.attempts = max(row.attempts - 1, 0)


def _record(office: Office, reader: PageReading, page_id: str, result: _Result) -> PageOutcome | None:
    # Before the transaction: on SQLite uploads wait for its end.
    reading = reading_to_json(result.read) if result.read is not None else b""
    with office.database.write() as session:
        row = _locked(session, page_id)
        if row is None:
            return None
        outcome = PageOutcome(row.upload.application_id)
        if row.state not in BUSY:
            return outcome  # somebody else was faster
        if result.read is not None:
            _done(session, office, row, result.read, reading, reader.version)
        elif result.code == _HANDED_BACK:
            row.state = PageState.WAITING
            row.attempts = max(row.attempts - 1, 0)
            return replace(outcome, again_in=0.0)
        elif result.code in NOT_THE_PAGES:
            event(_LOG, "page.not_its_fault", level=logging.ERROR, page=row.id, code=result.code)
            row.state = PageState.WAITING
            row.attempts = max(row.attempts - 1, 0)
            return replace(outcome, again_in=AGAIN_SECONDS)
        elif result.passing and row.attempts < TRIES:
            row.state = PageState.WAITING
            return replace(outcome, again_in=_BACK_OFF[min(row.attempts, len(_BACK_OFF)) - 1])
        else:
            _fail(session, office, row, result.code, result.why)
        return outcome


def _done(session: Session, office: Office, row: PageRow, read: ReadPage, reading: bytes, version: str) -> None:
    row.state = PageState.DONE
    row.reading = reading
    row.reader = version
    row.seconds = read.seconds
    row.retake = read.refused
    told = next((q for q in read.quality if q.retake), read.quality[0] if read.quality else None)
    row.code, row.why = (told.code[:_CODE], told.message[:_WHY]) if told is not None else ("", "")
    _trace(session, office, row, {"reader": version, "seconds": read.seconds})


def _copy(session: Session, office: Office, row: PageRow, earlier: PageRow) -> None:
    row.state = PageState.DONE
    row.reading, row.reader, row.seconds = earlier.reading, earlier.reader, 0.0
    row.retake, row.code, row.why = earlier.retake, earlier.code, earlier.why
    _trace(session, office, row, {"reader": earlier.reader, "as": earlier.id})


def _fail(session: Session, office: Office, row: PageRow, code: str, why: str) -> None:
    row.state, row.code, row.why = PageState.FAILED, code[:_CODE], why[:_WHY]
    row.retake = True
    _trace(session, office, row, {"code": row.code})
    about = {"upload": row.upload_id, "page": row.id, "code": row.code}
    announce(session, office, row.upload.application, Event.PAGE_FAILED, **about)


def _trace(session: Session, office: Office, row: PageRow, detail: Mapping[str, object]) -> None:
    trail.append(
        session,
        SYSTEM,
        "page.read",
        application=row.upload.application_id,
        detail={"page": row.id, "state": row.state.value, **detail},
        at=office.now(),
    )


def _read_before(session: Session, reader: PageReading, row: PageRow, page: Page) -> PageRow | None:
    query = select(PageRow).where(
        PageRow.image == row.image,
        PageRow.id != row.id,
        PageRow.state == PageState.DONE,
        PageRow.reader == reader.version,
        PageRow.reading_sealed.is_not(None),
    )
    for other in session.scalars(query.limit(4)):
        try:
            if _sheet(page_from_json(other.page, other, id=row.id)) == _sheet(page):
                return other
        except ValueError:
            continue
    return None


def _sheet(page: Page) -> Page:
    """What of a page decides how it is read: its picture and its text layer, not where it came from."""
    return replace(page, id="", file="", file_sha256="", number=0, image=Path(), duplicate_of=None)


def _locked(session: Session, page: str) -> PageRow | None:
    return session.scalars(select(PageRow).where(PageRow.id == page).with_for_update()).one_or_none()
