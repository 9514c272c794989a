"""One application goes, with everything that was made of it. The trail keeps that it was, and that it is gone.

Rows and data key go in one transaction: from then on nothing of the case can be opened, wherever bytes of it still lie
(files, a write-ahead log, a disk's free blocks). The files are deleted right after; those that a killed process leaves
are named by no row and go with the sweep.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pipeline.service import trail
from pipeline.service.actors import Actor
from pipeline.service.office import Office
from pipeline.service.tables import (
    Application,
    Approval,
    Assessment,
    Correction,
    Decision,
    Identity,
    PageRow,
    QualitySample,
    Upload,
    UploadPart,
    UploadSession,
    WebhookDelivery,
)
from pipeline.service.tables import Session as BrowserSession

__all__ = ["Erased", "Reason", "drop_files", "erase", "files_of_uploads"]

_OF_CASE = (QualitySample, Decision, Correction, Assessment, Approval, Identity, BrowserSession, WebhookDelivery)
"""In an order in which nothing refers to what is gone."""


class Reason(StrEnum):
    """Why a case is erased. Words of one's own are not asked for: the trail names no person."""

    POLICY = "policy"
    """Kept as long as the settings say."""
    REQUEST = "request"
    """The person asked for it (个人信息保护法第四十七条)."""
    MISTAKE = "mistake"
    """Opened by mistake, or for a try."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What went."""

    serial: str
    files: int


def erase(office: Office, actor: Actor, application: str, reason: Reason) -> Erased | None:
    """Delete an application and everything made of it; None where there is none. The caller checks who may.

    Safe to run again, and while workers are at the case: what they still bring names no row and opens with no key.
    """
    with office.database.write() as session:
        case = session.scalars(select(Application).where(Application.id == application).with_for_update()).one_or_none()
        if case is None:
            return None
        serial, state = case.serial, case.state.value
        session.expunge(case)
        uploads = list(session.scalars(select(Upload.id).where(Upload.application_id == application)))
        files = _all_files(session, application, uploads)
        _delete_rows(session, application, uploads)
        office.keyring.delete(session, application)
        detail = {"serial": serial, "reason": reason.value, "state": state, "files": len(files)}
        trail.append(session, actor, "application.erase", application=application, detail=detail, at=office.now())
    drop_files(office, files)
    return Erased(serial, len(files))


def files_of_uploads(session: Session, uploads: Collection[str]) -> set[str]:
    """Return the names of the files of uploads and of their pages."""
    own = session.scalars(select(Upload.blob).where(Upload.id.in_(uploads)))
    images = session.scalars(select(PageRow.image).where(PageRow.upload_id.in_(uploads)))
    return set(own) | set(images)


def drop_files(office: Office, files: Collection[str]) -> None:
    """Delete files after the transaction that took away the rows which named them."""
    for name in sorted(files):
        office.blobs.delete(name)


def _all_files(session: Session, application: str, uploads: Collection[str]) -> set[str]:
    parts = (
        select(UploadPart.blob)
        .join(UploadSession, UploadSession.id == UploadPart.session_id)
        .where(UploadSession.application_id == application)
    )
    return files_of_uploads(session, uploads) | set(session.scalars(parts))


def _delete_rows(session: Session, application: str, uploads: Collection[str]) -> None:
    session.execute(update(Approval).where(Approval.renewed_by == application).values(renewed_by=None))
    for table in _OF_CASE:
        session.execute(delete(table).where(table.application_id == application))
    sessions = select(UploadSession.id).where(UploadSession.application_id == application)
    session.execute(delete(UploadPart).where(UploadPart.session_id.in_(sessions)))
    session.execute(delete(UploadSession).where(UploadSession.application_id == application))
    session.execute(delete(PageRow).where(PageRow.upload_id.in_(uploads)))
    session.execute(delete(Upload).where(Upload.application_id == application))
    session.execute(delete(Application).where(Application.id == application))
