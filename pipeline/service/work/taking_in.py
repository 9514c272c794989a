"""One upload becomes pages: taken apart in a private folder, page images kept as blobs, problems told."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.intake import Decoder, Intake, take_in
from pipeline.intake.problems import MESSAGES
from pipeline.nouns import Alert, Page, Severity
from pipeline.service import trail
from pipeline.service.actors import SYSTEM
from pipeline.service.api.webhooks import announce
from pipeline.service.blobs import BlobMissingError, CaseBlobs
from pipeline.service.casework.rows import page_to_json
from pipeline.service.office import Office, passing_files
from pipeline.service.states import PageState
from pipeline.service.tables import PageRow, Upload, new_id
from pipeline.service.work.passing import NOT_THE_PAGES, PassingError
from pipeline.service.work.settled import BUSY
from pipeline.settings import IntakeLimits

__all__ = ["TakenIn", "give_up_upload", "open_decoder", "scratch", "take_in_upload"]

_WHY, _CODE, _MEMBER = 255, 64, 512
"""Lengths of the columns."""
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}$")


@dataclass(frozen=True, slots=True)
class TakenIn:
    """An upload that waits no more."""

    application: str
    pages: tuple[str, ...]
    """Ids of its pages that are still to be read."""


def scratch(office: Office) -> Path:
    """Return the folder in which the workers of this machine unpack uploads; what lies there is theirs to delete."""
    folder = office.settings.service.data_dir / "scratch"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def open_decoder(office: Office, *, workers: int = 1) -> Decoder:
    """Return processes that open files: they read and write passing files, and nothing else of the service."""
    folders = passing_files(office.settings).prepared()
    return Decoder(office.settings.intake, workers=workers, writable=(scratch(office),), readable=folders)


def take_in_upload(office: Office, upload_id: str, *, decoder: Decoder | None = None) -> TakenIn | None:
    """Take an upload apart into page rows, unless that is done already.

    What is wrong with the file, or with files in it, becomes its ``code`` and ``why``; without a single page it has
    failed. Safe to run again at any moment: rows and state are kept together or not at all.

    Args:
        decoder: processes that open files, kept warm over many uploads; None: one for this upload alone.

    Returns:
        None where there is no such upload, or it was taken out again.
    """
    with office.database.write() as session:
        upload = _locked(session, upload_id)
        if upload is None:
            return None
        if upload.removed_at is not None:
            _close(upload, PageState.FAILED, "removed", "文件已删除。")
            return None
        if upload.state not in BUSY:
            return _taken(session, upload)
        upload.state = PageState.READING
        application, name, blob = upload.application_id, upload.name, upload.blob
        left = office.settings.intake.max_pages - _pages_beside(session, upload)
    with tempfile.TemporaryDirectory(dir=scratch(office), prefix=f"{upload_id[:8]}-") as folder:
        limits = office.settings.intake.model_copy(update={"max_pages": max(left, 0)})
        made = _take_in(office, Path(folder), limits, decoder, application=application, name=name, blob=blob)
        rows = [_row(upload_id, position, page) for position, page in enumerate(made.pages)]
    code, why = _told(made.alerts, name)
    with office.database.write() as session:
        upload = _locked(session, upload_id)
        if upload is None or upload.state not in BUSY:
            return _taken(session, upload) if upload is not None else None
        session.add_all(rows)
        _close(upload, PageState.DONE if rows else PageState.FAILED, code, why)
        detail = {"upload": upload_id, "pages": len(rows), "code": code}
        trail.append(session, SYSTEM, "upload.read", application=application, detail=detail, at=office.now())
        if not rows:
            announce(session, office, upload.application, "page.failed", upload=upload_id, code=upload.code)
        session.flush()
        return _taken(session, upload)


def give_up_upload(office: Office, upload_id: str, code: str) -> TakenIn | None:
    """Mark an upload as failed that could not be taken apart in any of several tries."""
    with office.database.write() as session:
        upload = _locked(session, upload_id)
        if upload is None:
            return None
        if upload.state in BUSY:
            _close(upload, PageState.FAILED, code, MESSAGES["decode_crashed"])
            detail = {"upload": upload_id, "pages": 0, "code": upload.code}
            where = upload.application_id
            trail.append(session, SYSTEM, "upload.read", application=where, detail=detail, at=office.now())
            announce(session, office, upload.application, "page.failed", upload=upload_id, code=upload.code)
        return _taken(session, upload)


def _take_in(
    office: Office,
    folder: Path,
    limits: IntakeLimits,
    decoder: Decoder | None,
    *,
    application: str,
    name: str,
    blob: str,
) -> Intake:
    # Not under its own name: that may be too long for the file system, and may name a person.
    suffix = _SUFFIX.search(name)
    path = folder / f"upload{suffix.group() if suffix else ''}"
    try:
        with office.blobs.of(application).as_file(blob) as opened:
            path.symlink_to(opened.resolve())
            with ExitStack() as own:
                opener = decoder or own.enter_context(open_decoder(office))
                made = take_in([path], folder / "work", limits=limits, decoder=opener)
            fault = next((alert.code for alert in made.alerts if alert.code in NOT_THE_PAGES), None)
            if fault is not None:
                raise PassingError(fault)
            return _kept(made, office.blobs.of(application), path.name, name)
    except BlobMissingError:
        message = "服务器上的文件已损坏，请重新上传。"
        alert = Alert(code="blob_missing", severity=Severity.ERROR, message=message, file=name)
        return Intake(files=(), pages=(), alerts=(alert,))


def _kept(made: Intake, blobs: CaseBlobs, disk: str, name: str) -> Intake:
    """The intake with images kept as blobs and with the names that the person knows."""
    pages = []
    for page in made.pages:
        with page.image.open("rb") as image:
            digest = blobs.put(image)
        pages.append(replace(page, image=Path(digest), file=name + page.file.removeprefix(disk)))
    alerts = (replace(a, file=name + a.file.removeprefix(disk) if a.file else None) for a in made.alerts)
    return replace(made, pages=tuple(pages), alerts=tuple(alerts))


def _row(upload: str, position: int, page: Page) -> PageRow:
    return PageRow(
        id=new_id(),
        upload_id=upload,
        position=position,
        member=page.file[:_MEMBER],
        number=page.number,
        width=page.width,
        height=page.height,
        image=str(page.image),
        page=page_to_json(page),
        state=PageState.WAITING,
    )


def _told(alerts: Sequence[Alert], name: str) -> tuple[str, str]:
    """The code and the sentence for the applicant: the worst first, with the place where it is not the whole file."""
    if not alerts:
        return "", ""
    worst = sorted(alerts, key=lambda a: a.severity is not Severity.ERROR)
    told = [_place(alert, name) + alert.message for alert in worst]
    why = "".join(dict.fromkeys(told))
    return worst[0].code[:_CODE], why if len(why) <= _WHY else f"{why[: _WHY - 1]}…"


def _place(alert: Alert, name: str) -> str:
    member = (alert.file or "").removeprefix(name).lstrip("/")
    page = f"第{alert.page}页" if alert.page is not None else ""
    return f"{member}{page}：" if member or page else ""


def _close(upload: Upload, state: PageState, code: str, why: str) -> None:
    upload.state, upload.code, upload.why = state, code[:_CODE], why[:_WHY]


def _taken(session: Session, upload: Upload) -> TakenIn:
    waiting = select(PageRow.id).where(PageRow.upload_id == upload.id, PageRow.state.in_(BUSY))
    return TakenIn(upload.application_id, tuple(session.scalars(waiting.order_by(PageRow.position))))


def _pages_beside(session: Session, upload: Upload) -> int:
    """Pages of the case in other files: the ceiling on pages is one of the case."""
    query = (
        select(func.count())
        .select_from(PageRow)
        .join(PageRow.upload)
        .where(Upload.application_id == upload.application_id, Upload.id != upload.id, Upload.removed_at.is_(None))
    )
    return session.scalar(query) or 0


def _locked(session: Session, upload: str) -> Upload | None:
    return session.scalars(select(Upload).where(Upload.id == upload).with_for_update()).one_or_none()
