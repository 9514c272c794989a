"""``/account``: who I am here, and my password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import func, select

from pipeline.service.applications import LimitError
from pipeline.service.people import signing_in
from pipeline.service.people.addresses import client_address
from pipeline.service.people.current import (
    USER_COOKIE,
    CsrfField,
    SignedIn,
    TheOffice,
    UserSignedIn,
    UserSignedInAtAll,
    check_csrf,
)
from pipeline.service.people.passwords import LEAST_LENGTH
from pipeline.service.people.regions import known_regions
from pipeline.service.people.signing_in import WrongPasswordError
from pipeline.service.people.throttle import ThrottledError
from pipeline.service.tables import Session
from pipeline.service.web.cookies import set_session_cookie
from pipeline.service.web.rendering import page
from pipeline.service.web.words import ROLES

__all__ = ["router"]

router = APIRouter()


@router.get("/account")
def show(request: Request, office: TheOffice, signed: UserSignedIn, changed: bool = False) -> Response:
    """Show the account."""
    names = {region.id: region.name for region in known_regions(office.settings.rules_dir)}
    with office.database.read() as session:
        query = select(func.count()).where(Session.user_id == signed.user.id, Session.expires_at > office.now())
        sessions = session.scalar(query) or 0
    return page(
        request,
        "account/account.html.j2",
        signed=signed,
        roles=[ROLES[role] for role in ROLES if role in signed.actor.roles],
        regions=[names.get(region, region) for region in sorted(signed.actor.regions)],
        sessions=sessions,
        changed=changed,
    )


@router.get("/account/password")
def show_password(request: Request, signed: UserSignedInAtAll) -> Response:
    """Show the form for a new password."""
    return _form(request, signed)


@router.post("/account/password")
def change_password(
    request: Request,
    office: TheOffice,
    signed: UserSignedInAtAll,
    csrf: CsrfField = None,
    old: Annotated[str, Form(max_length=1000)] = "",
    new: Annotated[str, Form(max_length=1000)] = "",
    again: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Change one's own password."""
    check_csrf(signed, csrf)
    if new != again:
        return _form(request, signed, wrong={"again": "两次输入的新密码不一样，请重新输入。"}, status=422)
    try:
        token = signing_in.change_password(office, signed.user.id, old, new, address=client_address(request, office))
    except WrongPasswordError:
        return _form(request, signed, wrong={"old": "原密码不正确。"}, status=422)
    except LimitError as error:
        return _form(request, signed, wrong={"new": str(error)}, status=422)
    except ThrottledError as error:
        shown = _form(request, signed, wrong={"old": f"尝试次数太多，请 {error.words} 后再试。"}, status=429)
        shown.headers["Retry-After"] = str(error.seconds)
        return shown
    response = RedirectResponse("/account?changed=1", 303)
    set_session_cookie(response, office, USER_COOKIE, token)
    return response


def _form(request: Request, signed: SignedIn, *, wrong: dict[str, str] | None = None, status: int = 200) -> Response:
    context = {"forced": signed.user.must_change, "least": LEAST_LENGTH, "wrong": wrong or {}}
    return page(request, "account/password.html.j2", status=status, signed=signed, **context)
