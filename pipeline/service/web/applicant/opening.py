"""Opening a case with serial number and query code, and leaving it again on a machine that others use."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from pipeline.service import applications, trail
from pipeline.service.access import NotFoundError
from pipeline.service.actors import Actor, ActorKind
from pipeline.service.numbers import normal_serial
from pipeline.service.office import Office
from pipeline.service.people import limits, sessions, throttle
from pipeline.service.people.addresses import client_address
from pipeline.service.people.current import CASE_COOKIE, CaseOpened, TheOffice, check_csrf
from pipeline.service.people.limits import Limited
from pipeline.service.tables import Application
from pipeline.service.web.applicant.choice import CHOICE_COOKIE
from pipeline.service.web.cookies import clear_session_cookie, set_session_cookie
from pipeline.service.web.forms import check_form, form_token, set_form_cookie
from pipeline.service.web.rendering import page

__all__ = ["router"]

router = APIRouter()


@router.get("/query")
def ask(request: Request, office: TheOffice) -> HTMLResponse:
    return _ask(request, office)


@router.post("/query")
def open_case(
    request: Request,
    office: TheOffice,
    serial: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
    csrf: Annotated[str | None, Form()] = None,
) -> Response:
    """Open the case that number and code name; which of the two is wrong is not told."""
    check_form(request, office, csrf)
    wanted = normal_serial(serial)
    if not wanted or not code.strip():
        return _ask(request, office, serial=serial, wrong="请把受理号和查询码都填上", status=422)
    address = client_address(request, office)
    with office.database.write() as session:
        throttle.begin(session, office, "query", wanted, address)
        limits.take(session, office, Limited.WRONG_CODE, address)
    try:
        token = _open(office, wanted, code[:64], address, request.cookies.get(CASE_COOKIE))
    except NotFoundError:
        wrong = "没有找到这份申请。请对照当时记下的受理号和查询码，一个一个核对。"
        return _ask(request, office, serial=serial, wrong=wrong, status=422)
    response = RedirectResponse("/case", 303)
    set_session_cookie(response, office, CASE_COOKIE, token)
    return response


@router.post("/case/leave")
def leave(
    request: Request, office: TheOffice, case: CaseOpened, csrf: Annotated[str | None, Form()] = None
) -> Response:
    """End the session and take what the browser kept of it away."""
    check_csrf(case, csrf)
    with office.database.write() as session:
        sessions.close(session, request.cookies.get(CASE_COOKIE))
        trail.append(session, case.actor, "session.close", application=case.actor.id, at=office.now())
    response = RedirectResponse("/left", 303)
    clear_session_cookie(response, office, CASE_COOKIE)
    clear_session_cookie(response, office, CHOICE_COOKIE)
    # Thumbnails in the cache and photographs that were never sent.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@router.get("/left")
def left(request: Request) -> HTMLResponse:
    return page(request, "applicant/left.html.j2")


def _ask(request: Request, office: Office, *, serial: str = "", wrong: str = "", status: int = 200) -> HTMLResponse:
    cookie, token = form_token(request, office)
    response = page(request, "applicant/query.html.j2", status=status, token=token, serial=serial[:32], wrong=wrong)
    set_form_cookie(response, office, cookie)
    return response


def _open(office: Office, serial: str, code: str, address: str, before: str | None) -> str:
    with office.database.write() as session:
        application: Application = applications.open_by_code(session, office, serial, code)
        throttle.succeeded(session, office, "query", serial, address)
        limits.give_back(session, office, Limited.WRONG_CODE, address)
        sessions.close(session, before)
        token = sessions.open_for_applicant(session, office, application.id)
        actor = Actor(kind=ActorKind.APPLICANT, id=application.id)
        trail.append(session, actor, "session.open", application=application.id, at=office.now())
        return token
