"""The files of the open case: adding, retaking, removing, putting in order."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.datastructures import FormData, UploadFile

from pipeline.service import applications
from pipeline.service.access import NotFoundError
from pipeline.service.applications import LimitError
from pipeline.service.office import Office
from pipeline.service.ordering import Place, place_told
from pipeline.service.people.current import CaseOpened, CsrfHeader, OpenedCase, TheOffice, TheQueue, check_csrf
from pipeline.service.tables import Application, PageRow, Upload
from pipeline.service.web.applicant.case_view import CaseFiles, FileView, files_of_case, is_open
from pipeline.service.web.applicant.posted import files_of, texts_of, the_form
from pipeline.service.web.applicant.seen import disease_name, note_view, reading, writing
from pipeline.service.web.errors import wants_json
from pipeline.service.web.rendering import page
from pipeline.service.work.queue import WorkQueue

__all__ = ["router"]

router = APIRouter(prefix="/case/files")


@router.get("")
def show(request: Request, office: TheOffice, case: CaseOpened, replaces: str = "") -> Response:
    """Take photographs, choose files, watch them being read; ``replaces`` names a file to take again."""
    with reading(office, case) as (session, application):
        if not is_open(application):
            return RedirectResponse("/case", 303)
        files = files_of_case(session, application)
    note_view(office, case, "files")
    retaking = next((file for file in files.files if file.id == replaces), None)
    return _page(request, office, case, application, files, retaking=retaking)


@router.post("")
def add(
    request: Request,
    office: TheOffice,
    queue: TheQueue,
    case: CaseOpened,
    form: Annotated[FormData, Depends(the_form)],
    header: CsrfHeader = None,
) -> Response:
    """Add the files of a form: several without a script, one by one with it.

    A script is told of the first mistake by its status; a form is told by the page that follows.
    """
    told = texts_of(form)
    check_csrf(case, told.get("csrf"), header)
    chosen = files_of(form, "files")
    if not chosen:
        if wants_json(request):
            raise LimitError("file_empty", "没有收到文件，请重新选择")
        return _again(request, office, case, ["还没有选照片或文件，请先选再按上传"])
    place = place_told(told.get("batch", ""), told.get("place"))
    wrong: list[str] = []
    added: list[str] = []
    for file in chosen:
        try:
            added.append(_add(office, queue, case, file, place, told.get("replaces", "")))
        except LimitError as error:
            if wants_json(request):
                raise
            wrong.append(f"{file.filename}：{error}")
    if wants_json(request):
        return JSONResponse({"uploads": added}, 201)
    if wrong:
        return _again(request, office, case, wrong)
    return RedirectResponse("/case/files#list", 303)


def _add(
    office: Office, queue: WorkQueue, case: OpenedCase, file: UploadFile, place: Place | None, replaces: str
) -> str:
    incoming = applications.store(office, case.actor.id, file.filename or "", file.file, file.size or 0, place)
    with writing(office, case) as (session, application):
        upload, new = applications.add_upload(session, case.actor, office, application, incoming)
        if replaces and new:
            _put_in_place(session, office, case, application, upload, replaces)
    if new:
        queue.take_in(upload.id)
    return upload.id


def _put_in_place(
    session: Session, office: Office, case: OpenedCase, application: Application, upload: Upload, replaces: str
) -> None:
    """Let ``upload`` stand where the file was that it replaces.

    Only a photograph of one page is taken out for it: of a longer file the other pages may be good. What was submitted
    stays in any case.
    """
    present = applications.uploads_of(session, application)
    old = next((each for each in present if each.id == replaces), None)
    if old is None or old.id == upload.id:
        return
    pages = session.scalar(select(func.count()).select_from(PageRow).where(PageRow.upload_id == old.id)) or 0
    order = [each.id for each in present if each.id != upload.id]
    order.insert(order.index(old.id) + 1, upload.id)
    applications.reorder(session, case.actor, office, application, order)
    if pages <= 1 and old.round == application.round:
        applications.remove_upload(session, case.actor, office, application, old.id)


@router.post("/{upload}/remove")
def remove(
    request: Request,
    office: TheOffice,
    queue: TheQueue,
    case: CaseOpened,
    upload: str,
    csrf: Annotated[str | None, Form()] = None,
    header: CsrfHeader = None,
) -> Response:
    check_csrf(case, csrf, header)
    with writing(office, case) as (session, application):
        applications.remove_upload(session, case.actor, office, application, upload)
    queue.assess(case.actor.id)
    return _done(request, "/case/files#list")


@router.post("/{upload}/move")
def move(
    request: Request,
    office: TheOffice,
    queue: TheQueue,
    case: CaseOpened,
    upload: str,
    to: Annotated[str, Form()] = "",
    csrf: Annotated[str | None, Form()] = None,
    header: CsrfHeader = None,
) -> Response:
    """Move a file one place up or down; at the end of the list nothing happens."""
    check_csrf(case, csrf, header)
    with writing(office, case) as (session, application):
        order = [each.id for each in applications.uploads_of(session, application)]
        if upload not in order:
            raise NotFoundError("upload")
        at = order.index(upload)
        target = at + {"up": -1, "down": 1}.get(to, 0)
        moved = target != at and 0 <= target < len(order)
        if moved:
            order[at], order[target] = order[target], order[at]
            applications.reorder(session, case.actor, office, application, order)
    if moved:
        queue.assess(case.actor.id)
    return _done(request, f"/case/files#file-{upload}")


def _done(request: Request, target: str) -> Response:
    return JSONResponse({"ok": True}) if wants_json(request) else RedirectResponse(target, 303)


def _again(request: Request, office: Office, case: OpenedCase, wrong: list[str]) -> Response:
    with reading(office, case) as (session, application):
        return _page(request, office, case, application, files_of_case(session, application), wrong=wrong)


def _page(
    request: Request,
    office: Office,
    case: OpenedCase,
    application: Application,
    files: CaseFiles,
    *,
    wrong: Sequence[str] = (),
    retaking: FileView | None = None,
) -> Response:
    return page(
        request,
        "applicant/files.html.j2",
        status=422 if wrong else 200,
        case=case,
        application=application,
        disease=disease_name(office, application),
        files=files,
        wrong=wrong,
        retaking=retaking,
        mark=_mark(office, application.id),
        max_bytes=office.settings.intake.max_file_bytes,
        max_side=office.settings.intake.working_side,
    )


def _mark(office: Office, case: str) -> str:
    """What tells photographs kept in the browser for this case from those for another."""
    return hmac.new(office.key, f"kept\0{case}".encode(), hashlib.sha256).hexdigest()[:16]
