"""Routes: the files of a case."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Header, Path, Query, Response
from fastapi.responses import StreamingResponse

from pipeline.service import applications
from pipeline.service.access import NotFoundError, find
from pipeline.service.actors import Actor
from pipeline.service.api.bodies import FormFiles, RawBody, file_name
from pipeline.service.api.idempotency import IdempotencyHeader, digest, once
from pipeline.service.api.keys import Reader, Writer
from pipeline.service.api.models import Batch, FileOut, FilesOut, Order, PlaceNumber, ProblemOut
from pipeline.service.api.pictures import picture
from pipeline.service.api.problems import ProblemError
from pipeline.service.api.routing import router
from pipeline.service.api.seeing import note_view
from pipeline.service.api.views import file_out, files_out, pages_of
from pipeline.service.applications import Incoming
from pipeline.service.office import Office
from pipeline.service.ordering import place_told
from pipeline.service.people.current import TheOffice, TheQueue
from pipeline.service.tables import PageRow, Upload

__all__ = ["ApplicationId", "add_incoming"]

_TAG = "材料 Files"
ApplicationId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="申请的 id")]
UploadId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="文件的 id")]
BatchQuery = Annotated[Batch, Query()]
PlaceQuery = Annotated[PlaceNumber | None, Query()]
PageId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="页的 id")]
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": {"type": "array", "minItems": 1, "items": {"type": "string", "format": "binary"}}
                    },
                }
            }
        },
    }
}
_BYTES = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def add_incoming(
    office: Office, actor: Actor, application: str, incoming: list[Incoming], key: str | None, request: str
) -> FilesOut:
    """Add files whose bytes are kept already, all or none, and return them as they stand now."""

    def work(session: Any) -> dict[str, Any]:
        case = find(session, actor, application, lock=True)
        added = [applications.add_upload(session, actor, office, case, each)[0].id for each in incoming]
        return {"added": added}

    answer, _ = once(office, actor, key, request, work)
    with office.database.read() as session:
        case = find(session, actor, application)
        by_id = {file.id: file for file in files_out(session, case)}
    return FilesOut(items=[by_id[id] for id in answer["added"] if id in by_id])


@router.post(
    "/applications/{application}/uploads",
    tags=[_TAG],
    status_code=201,
    summary="上传文件（表单，可多个）· Upload files as a form",
    description="全部收下或全部不收。内容相同的文件只算一个。All files are taken or none; equal bytes are one file.",
    openapi_extra=_FORM,
    responses={415: {"model": ProblemOut, "description": "不是表单 · not a form"}},
)
def upload_form(
    office: TheOffice,
    queue: TheQueue,
    actor: Writer,
    application: ApplicationId,
    files: FormFiles,
    key: IdempotencyHeader = None,
) -> FilesOut:
    _require(office, actor, application)
    incoming = [
        applications.store(office, application, each.filename or "", each.file, each.size or 0) for each in files
    ]
    request = digest(office, "uploads", application, *(f"{each.sha256} {each.name}" for each in incoming))
    found = add_incoming(office, actor, application, incoming, key, request)
    for file in found.items:
        queue.take_in(file.id)
    return found


@router.put(
    "/applications/{application}/uploads/{sha256}",
    tags=[_TAG],
    status_code=200,
    summary="上传一个文件（原始字节）· Upload one file as raw bytes",
    description=(
        "地址里写文件的 SHA-256，收到的字节不符则拒绝，重发不会重复。"
        "文件名写在 Content-Disposition（filename*=UTF-8''…），不写进地址。"
        "几个文件一起发时用 batch 和 place 保住次序。"
        "The address carries the file's SHA-256; sending again is safe. The name goes into Content-Disposition."
    ),
    openapi_extra=_BYTES,
)
def upload_raw(
    office: TheOffice,
    queue: TheQueue,
    actor: Writer,
    application: ApplicationId,
    sha256: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="文件的 SHA-256")],
    body: RawBody,
    batch: BatchQuery = "",
    place: PlaceQuery = None,
    disposition: Annotated[
        str | None,
        Header(alias="Content-Disposition", max_length=2000, examples=["attachment; filename*=UTF-8''%E5%87%BA.jpg"]),
    ] = None,
) -> FileOut:
    _require(office, actor, application)
    if body.sha256 != sha256:
        raise ProblemError(422, "digest_mismatch", "The bytes have another SHA-256", "文件在传输中有损坏，请重新上传。")
    incoming = applications.store(
        office, application, file_name(disposition), body.file, body.size, place_told(batch, place)
    )
    found = add_incoming(office, actor, application, [incoming], None, "")
    if not found.items:  # taken out by another request in between
        raise NotFoundError("upload")
    queue.take_in(found.items[0].id)
    return found.items[0]


@router.get(
    "/applications/{application}/uploads", tags=[_TAG], summary="文件和各页的状态 · Files and the state of their pages"
)
def list_uploads(office: TheOffice, actor: Reader, application: ApplicationId) -> FilesOut:
    with office.database.read() as session:
        return FilesOut(items=files_out(session, find(session, actor, application)))


@router.put("/applications/{application}/order", tags=[_TAG], summary="调整文件次序 · Reorder the files")
def reorder(office: TheOffice, queue: TheQueue, actor: Writer, application: ApplicationId, order: Order) -> FilesOut:
    with office.database.write() as session:
        case = find(session, actor, application, lock=True)
        applications.reorder(session, actor, office, case, list(order.order))
        session.flush()
        found = FilesOut(items=files_out(session, case))
    queue.assess(application)
    return found


@router.get("/applications/{application}/uploads/{upload}", tags=[_TAG], summary="一个文件的状态 · One file")
def one_upload(office: TheOffice, actor: Reader, application: ApplicationId, upload: UploadId) -> FileOut:
    with office.database.read() as session:
        case = find(session, actor, application)
        row = next((u for u in applications.uploads_of(session, case) if u.id == upload), None)
        if row is None:
            raise NotFoundError("upload")
        return file_out(case, row, pages_of(session, [row])[row.id])


@router.delete(
    "/applications/{application}/uploads/{upload}",
    tags=[_TAG],
    status_code=204,
    summary="删除尚未提交的文件 · Remove a file not yet submitted",
)
def remove_upload(
    office: TheOffice, queue: TheQueue, actor: Writer, application: ApplicationId, upload: UploadId
) -> Response:
    with office.database.write() as session:
        case = find(session, actor, application, lock=True)
        applications.remove_upload(session, actor, office, case, upload)
    queue.assess(application)
    return Response(status_code=204)


@router.get(
    "/applications/{application}/uploads/{upload}/file",
    tags=[_TAG],
    summary="下载原文件 · The file as uploaded",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
)
def download(office: TheOffice, actor: Reader, application: ApplicationId, upload: UploadId) -> StreamingResponse:
    with office.database.read() as session:
        case = find(session, actor, application)
        row = session.get(Upload, upload)
        if row is None or row.application_id != case.id or row.removed_at is not None:
            raise NotFoundError("upload")
        name, blob, sha256, size = row.name, row.blob, row.sha256, row.size
    note_view(office, actor, "upload.view", application, upload=upload)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Length": str(size),
        "X-Content-Type-Options": "nosniff",
        "ETag": f'"{sha256}"',
    }
    return StreamingResponse(_chunks(office, application, blob), headers=headers, media_type="application/octet-stream")


@router.get(
    "/applications/{application}/pages/{page}/image",
    tags=[_TAG],
    summary="一页的图像 · Image of a page",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}}},
)
def page_image(
    office: TheOffice,
    actor: Reader,
    application: ApplicationId,
    page: PageId,
    width: Annotated[int, Query(ge=40, le=3200, description="最宽多少像素 · at most so many pixels wide")] = 1280,
) -> Response:
    with office.database.read() as session:
        case = find(session, actor, application)
        row = session.get(PageRow, page)
        upload = session.get(Upload, row.upload_id) if row is not None else None
        if row is None or upload is None or upload.application_id != case.id or upload.removed_at is not None:
            raise NotFoundError("page")
        image = row.image
    note_view(office, actor, "page.view", application, page=page)
    headers = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return Response(picture(office, application, image, width), media_type="image/jpeg", headers=headers)


def _require(office: Office, actor: Actor, application: str) -> None:
    """Refuse before any bytes are kept."""
    with office.database.read() as session:
        find(session, actor, application)


def _chunks(office: Office, application: str, blob: str) -> Iterator[bytes]:
    yield from office.blobs.of(application).pieces(blob)
