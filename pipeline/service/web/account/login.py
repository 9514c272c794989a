"""``/login`` and ``/logout``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.service.people import signing_in
from pipeline.service.people.addresses import client_address
from pipeline.service.people.current import (
    USER_COOKIE,
    CsrfField,
    NotSignedInError,
    TheOffice,
    UserSignedInAtAll,
    check_csrf,
    signed_in_at_all,
)
from pipeline.service.people.signing_in import WrongPasswordError
from pipeline.service.people.throttle import ThrottledError
from pipeline.service.web.cookies import clear_session_cookie, set_session_cookie
from pipeline.service.web.forms import check_form, form_token, set_form_cookie
from pipeline.service.web.large_type import local_path
from pipeline.service.web.places import home_of
from pipeline.service.web.rendering import page

__all__ = ["router"]

router = APIRouter()
_AFTER = ("/desk", "/admin", "/account")


@router.get("/login")
def show(request: Request, office: TheOffice, next: str = "") -> Response:
    """Show the form, or go on where somebody is signed in already."""
    try:
        signed = signed_in_at_all(request, office)
    except NotSignedInError:
        return _form(request, office, after=next)
    return RedirectResponse(_after(next) or home_of(signed), 303)


@router.post("/login")
def sign_in(
    request: Request,
    office: TheOffice,
    csrf: CsrfField = None,
    login: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    after: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Begin a session."""
    check_form(request, office, csrf)
    try:
        entered = signing_in.sign_in(
            office, login, password, address=client_address(request, office), old=request.cookies.get(USER_COOKIE)
        )
    except WrongPasswordError:
        wrong = "登录名或密码不正确。请检查大小写；忘记密码请联系管理员重设。"
        return _form(request, office, login=login, wrong=wrong, after=after, status=401)
    except ThrottledError as error:
        wrong = f"尝试次数太多，请 {error.words} 后再试。"
        shown = _form(request, office, login=login, wrong=wrong, after=after, status=429)
        shown.headers["Retry-After"] = str(error.seconds)
        return shown
    # /login sends on to the first place of whoever it now is.
    target = "/account/password" if entered.must_change else _after(after) or "/login"
    response = RedirectResponse(target, 303)
    set_session_cookie(response, office, USER_COOKIE, entered.token)
    return response


@router.post("/logout")
def sign_out(request: Request, office: TheOffice, signed: UserSignedInAtAll, csrf: CsrfField = None) -> Response:
    """End the session."""
    check_csrf(signed, csrf)
    signing_in.sign_out(office, signed.user.id, request.cookies.get(USER_COOKIE))
    response = RedirectResponse("/login", 303)
    clear_session_cookie(response, office, USER_COOKIE)
    # What the browser kept of the pages goes too, so that the next person at this desk finds nothing.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _after(told: str) -> str:
    """A place of the bureau on this server, or nothing."""
    path = local_path(told, "")
    return path if path.startswith(_AFTER) else ""


def _form(
    request: Request, office: TheOffice, *, after: str, login: str = "", wrong: str = "", status: int = 200
) -> Response:
    cookie, token = form_token(request, office)
    context = {"token": token, "login": login[:64], "wrong": wrong, "after": _after(after)}
    response = page(request, "account/login.html.j2", status=status, **context)
    set_form_cookie(response, office, cookie)
    return response
