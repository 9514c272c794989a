"""Routes: large files in parts. A part that arrived is safe; after a break the client goes on where ``received`` says.

Parts lie in the blob store, so that any machine can take the next one. Each begins with the id of its session: its
digest is then nobody else's, and it can be deleted without a thought once the file is whole.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import tempfile
from typing import Annotated

from fastapi import Header, Path, Response
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipeline.service import applications
from pipeline.service.access import NotFoundError, find
from pipeline.service.actors import Actor
from pipeline.service.api.bodies import PART_LIMIT, PartBody
from pipeline.service.api.keys import Writer
from pipeline.service.api.models import FileOut, SessionIn, SessionOut
from pipeline.service.api.parts import drop
from pipeline.service.api.problems import ProblemError
from pipeline.service.api.routing import router
from pipeline.service.api.uploads import ApplicationId
from pipeline.service.api.views import OPEN, files_out
from pipeline.service.applications import Incoming, LimitError
from pipeline.service.blobs import BlobMissingError
from pipeline.service.office import Office
from pipeline.service.ordering import place_told
from pipeline.service.people.current import TheOffice, TheQueue
from pipeline.service.tables import Application, UploadPart, UploadSession, new_id

_TAG = "大文件分段上传 Large files in parts"
_LASTS = dt.timedelta(hours=24)
_AT_ONCE = 20
"""Sessions of one case that are not finished."""
_RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})")
SessionId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="分段上传的 id")]
_PART = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post(
    "/applications/{application}/upload-sessions",
    tags=[_TAG],
    status_code=201,
    summary="开始 · Begin",
    description="同一文件重新开始会接上原来的进度。Beginning the same file again goes on with the session there is.",
)
def begin(office: TheOffice, actor: Writer, application: ApplicationId, body: SessionIn) -> SessionOut:
    limit = office.settings.intake.max_file_bytes
    if body.size > limit:
        raise LimitError("file_too_large", f"文件太大，请不要超过 {limit // 1024 // 1024} MB")
    with office.database.write() as session:
        case = find(session, actor, application, lock=True)
        if case.state not in OPEN:
            raise LimitError("not_open", "申请已提交，暂时不能修改材料")
        present = list(
            session.scalars(
                select(UploadSession).where(
                    UploadSession.application_id == case.id,
                    UploadSession.upload_id.is_(None),
                    UploadSession.expires_at >= office.now(),
                )
            )
        )
        for row in present:
            if (row.sha256, row.size) == (body.sha256, body.size):
                return _out(row)
        if len(present) >= _AT_ONCE:
            raise ProblemError(
                409, "too_many_sessions", "Too many unfinished sessions", "同时上传的大文件太多，请先完成或取消。"
            )
        row = UploadSession(
            id=new_id(),
            application_id=case.id,
            name=body.name,
            size=body.size,
            sha256=body.sha256,
            batch=body.batch,
            place=body.place,
            received=0,
            upload_id=None,
            created_at=office.now(),
            expires_at=office.now() + _LASTS,
        )
        session.add(row)
        return _out(row)


@router.get("/applications/{application}/upload-sessions/{upload}", tags=[_TAG], summary="进度 · Progress")
def progress(office: TheOffice, actor: Writer, application: ApplicationId, upload: SessionId) -> SessionOut:
    with office.database.read() as session:
        return _out(_find(session, office, find(session, actor, application), upload))


@router.put(
    "/applications/{application}/upload-sessions/{upload}",
    tags=[_TAG],
    summary="传一段 · Send a part",
    description=(
        "Content-Range: bytes 起-止/总长。从 received 处接着传；已收到的段重发无妨；"
        "跳段返回 409 和应接的位置 received。"
        "Parts follow one another from `received`; one that is there already may be sent again."
    ),
    openapi_extra=_PART,
)
def part(
    office: TheOffice,
    actor: Writer,
    application: ApplicationId,
    upload: SessionId,
    body: PartBody,
    content_range: Annotated[str, Header(alias="Content-Range", max_length=64, examples=["bytes 0-1048575/31457280"])],
) -> SessionOut:
    with office.database.read() as session:
        row = _find(session, office, find(session, actor, application), upload)
    start = _start(content_range, body.size, row)
    if start + body.size <= row.received:
        return _out(row)
    if start != row.received:
        raise _wrong(row)
    blob = office.blobs.of(row.application_id).put(row.id.encode() + body.file.read())
    with office.database.write() as session:
        case = find(session, actor, application, lock=True)
        row = _find(session, office, case, upload)
        if start == row.received:
            session.add(UploadPart(session_id=row.id, start=start, size=body.size, blob=blob))
            row.received += body.size
            row.expires_at = office.now() + _LASTS
        elif start + body.size > row.received:  # another request sent other parts meanwhile
            raise _wrong(row)
        return _out(row)


@router.post(
    "/applications/{application}/upload-sessions/{upload}/finish",
    tags=[_TAG],
    summary="完成 · Finish",
    description="字节不齐返回 409；SHA-256 不符返回 422 并丢弃已传的部分。可以重发。Safe to send again.",
)
def finish(office: TheOffice, queue: TheQueue, actor: Writer, application: ApplicationId, upload: SessionId) -> FileOut:
    with office.database.read() as session:
        row = _find(session, office, find(session, actor, application), upload)
        query = select(UploadPart).where(UploadPart.session_id == row.id).order_by(UploadPart.start)
        parts = list(session.scalars(query))
    if row.upload_id is not None:
        return _file(office, actor, application, row.upload_id)
    if row.received != row.size:
        raise _wrong(row)
    try:
        incoming = _joined(office, row, parts)
    except BlobMissingError:
        # The same request, sent again by an impatient client, was done meanwhile.
        with office.database.read() as session:
            row = _find(session, office, find(session, actor, application), upload)
        if row.upload_id is None:
            raise
        return _file(office, actor, application, row.upload_id)
    if incoming is None:
        drop(office, [row.id])
        raise ProblemError(422, "digest_mismatch", "The bytes have another SHA-256", "文件在传输中有损坏，请重新上传。")
    with office.database.write() as session:
        case = find(session, actor, application, lock=True)
        added, _ = applications.add_upload(session, actor, office, case, incoming)
        kept = session.get(UploadSession, row.id)
        if kept is not None:
            kept.upload_id = added.id
            session.execute(delete(UploadPart).where(UploadPart.session_id == row.id))
    for each in parts:
        office.blobs.delete(each.blob)
    queue.take_in(added.id)
    return _file(office, actor, application, added.id)


@router.delete(
    "/applications/{application}/upload-sessions/{upload}", tags=[_TAG], status_code=204, summary="取消 · Cancel"
)
def cancel(office: TheOffice, actor: Writer, application: ApplicationId, upload: SessionId) -> Response:
    with office.database.read() as session:
        row = _find(session, office, find(session, actor, application), upload)
    drop(office, [row.id])
    return Response(status_code=204)


def _find(session: Session, office: Office, case: Application, upload: str) -> UploadSession:
    row = session.get(UploadSession, upload, populate_existing=True)
    if row is None or row.application_id != case.id or row.expires_at < office.now():
        raise NotFoundError("upload session")
    return row


def _start(content_range: str, size: int, row: UploadSession) -> int:
    """Return where the part begins, once its range, its size and the file's size agree."""
    match = _RANGE.fullmatch(content_range)
    if match is not None:
        start, last, total = (int(group) for group in match.groups())
        if total == row.size and last < total and last - start + 1 == size > 0:
            return start
    raise ProblemError(
        422, "bad_range", "Content-Range does not fit the part or the file", "分段的位置与内容不符，请重新上传这一段。"
    )


def _wrong(row: UploadSession) -> ProblemError:
    return ProblemError(
        409,
        "wrong_offset",
        "The next part begins elsewhere",
        "请从已收到的位置接着上传。",
        extra={"received": row.received},
    )


def _joined(office: Office, row: UploadSession, parts: list[UploadPart]) -> Incoming | None:
    """Keep the whole file; None where its bytes are not the announced ones."""
    with tempfile.TemporaryFile() as whole:
        total, size = hashlib.sha256(), 0
        for each in parts:
            data = office.blobs.of(row.application_id).read(each.blob)[len(row.id) :]
            total.update(data)
            size += whole.write(data)
        if total.hexdigest() != row.sha256 or size != row.size:
            return None
        whole.seek(0)
        return applications.store(office, row.application_id, row.name, whole, size, place_told(row.batch, row.place))


def _file(office: Office, actor: Actor, application: str, upload: str) -> FileOut:
    with office.database.read() as session:
        found = [file for file in files_out(session, find(session, actor, application)) if file.id == upload]
    if not found:  # taken out by another request in between
        raise NotFoundError("upload")
    return found[0]


def _out(row: UploadSession) -> SessionOut:
    return SessionOut(
        id=row.id,
        name=row.name,
        size=row.size,
        sha256=row.sha256,
        received=row.received,
        part_limit=PART_LIMIT,
        expires_at=row.expires_at,
        upload=row.upload_id,
    )
