"""The parts of pages that update themselves, as HTML made by the same templates as the pages."""

from __future__ import annotations

import hashlib

from fastapi import APIRouter, Request, Response

from pipeline.service.people.current import CaseOpened, TheOffice
from pipeline.service.web.applicant.case_view import files_of_case
from pipeline.service.web.applicant.seen import reading
from pipeline.service.web.applicant.todo import todo_of
from pipeline.service.web.rendering import page

__all__ = ["router"]

router = APIRouter(prefix="/case")


@router.get("/files/list")
def files(request: Request, office: TheOffice, case: CaseOpened) -> Response:
    """The list of files."""
    with reading(office, case) as (session, application):
        found = files_of_case(session, application)
    response = page(request, "applicant/parts/files.html.j2", case=case, files=found)
    return _unless_known(request, response, busy=bool(found.busy))


@router.get("/todo/list")
def todo(request: Request, office: TheOffice, case: CaseOpened) -> Response:
    """The things to do."""
    with reading(office, case) as (session, application):
        found = todo_of(session, application)
    response = page(request, "applicant/parts/todo.html.j2", case=case, todo=found)
    return _unless_known(request, response, busy=not found.current and bool(found.files.files))


def _unless_known(request: Request, response: Response, *, busy: bool) -> Response:
    """Answer 304 where the browser shows this already: a phone asks often and pays for each byte."""
    etag = f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:20]}"'
    headers = {"ETag": etag, "X-Busy": "1" if busy else "0", "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response
