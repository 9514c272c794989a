"""``/admin/users``: accounts. Passwords are made here and shown once; their owner changes them at the first sign-in."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.service.actors import Role
from pipeline.service.applications import LimitError
from pipeline.service.numbers import new_query_code
from pipeline.service.office import Office
from pipeline.service.people import users
from pipeline.service.people.current import SignedIn, TheOffice
from pipeline.service.people.regions import known_regions
from pipeline.service.tables import User
from pipeline.service.web.admin.entering import Administrator, AdministratorChanging
from pipeline.service.web.rendering import page
from pipeline.service.web.words import ROLES

__all__ = ["router"]

router = APIRouter(prefix="/users")
Text = Annotated[str, Form(max_length=200)]
Roles = Annotated[list[Role] | None, Form()]
Regions = Annotated[list[str] | None, Form()]


@router.get("")
def list_all(request: Request, office: TheOffice, signed: Administrator) -> Response:
    """Show the accounts."""
    with office.database.read() as session:
        rows = users.list_users(session, signed.actor)
    return page(
        request, "admin/users.html.j2", signed=signed, rows=rows, role_words=_role_words(), region_words=_names(office)
    )


@router.get("/new")
def show_new(request: Request, office: TheOffice, signed: Administrator) -> Response:
    """Show the form of a new account."""
    return _form(request, office, signed, None)


@router.post("/new")
def create(
    request: Request,
    office: TheOffice,
    signed: AdministratorChanging,
    login: Text = "",
    name: Text = "",
    roles: Roles = None,
    regions: Regions = None,
) -> Response:
    """Make an account and show its password once."""
    password = new_query_code()
    try:
        with office.database.write() as session:
            user = users.create(
                session,
                signed.actor,
                office,
                login=login,
                name=name,
                password=password,
                roles=roles or [],
                regions=regions or [],
            )
    except LimitError as error:
        told = {"login": login, "name": name, "roles": roles or [], "regions": regions or []}
        return _form(request, office, signed, None, told=told, error=error)
    return page(request, "admin/password.html.j2", signed=signed, user=user, password=password, new=True)


@router.get("/{user}")
def show(request: Request, office: TheOffice, signed: Administrator, user: str, saved: bool = False) -> Response:
    """Show one account."""
    with office.database.read() as session:
        found = users.find(session, signed.actor, user)
    return _form(request, office, signed, found, saved=saved)


@router.post("/{user}")
def change(
    request: Request,
    office: TheOffice,
    signed: AdministratorChanging,
    user: str,
    name: Text = "",
    roles: Roles = None,
    regions: Regions = None,
) -> Response:
    """Change one account."""
    try:
        with office.database.write() as session:
            found = users.find(session, signed.actor, user, lock=True)
            users.change(session, signed.actor, office, found, name=name, roles=roles or [], regions=regions or [])
    except LimitError as error:
        with office.database.read() as session:
            found = users.find(session, signed.actor, user)
        told = {"login": found.login, "name": name, "roles": roles or [], "regions": regions or []}
        return _form(request, office, signed, found, told=told, error=error)
    return RedirectResponse(f"/admin/users/{user}?saved=1", 303)


@router.post("/{user}/password")
def set_password(request: Request, office: TheOffice, signed: AdministratorChanging, user: str) -> Response:
    """Give a new password and show it once."""
    password = new_query_code()
    with office.database.write() as session:
        found = users.find(session, signed.actor, user, lock=True)
        users.set_password(session, signed.actor, office, found, password)
    return page(request, "admin/password.html.j2", signed=signed, user=found, password=password, new=False)


@router.post("/{user}/close")
def close(office: TheOffice, signed: AdministratorChanging, user: str) -> Response:
    """Close an account."""
    with office.database.write() as session:
        users.close(session, signed.actor, office, users.find(session, signed.actor, user, lock=True))
    return RedirectResponse(f"/admin/users/{user}?saved=1", 303)


@router.post("/{user}/reopen")
def reopen(office: TheOffice, signed: AdministratorChanging, user: str) -> Response:
    """Open a closed account again."""
    with office.database.write() as session:
        users.reopen(session, signed.actor, office, users.find(session, signed.actor, user, lock=True))
    return RedirectResponse(f"/admin/users/{user}?saved=1", 303)


def _form(
    request: Request,
    office: Office,
    signed: SignedIn,
    user: User | None,
    *,
    told: dict[str, Any] | None = None,
    error: LimitError | None = None,
    saved: bool = False,
) -> Response:
    if told is None:
        told = {"login": "", "name": "", "roles": [], "regions": []}
        if user is not None:
            told = {"login": user.login, "name": user.name, "roles": user.roles, "regions": user.regions}
    return page(
        request,
        "admin/user.html.j2",
        status=422 if error else 200,
        signed=signed,
        user=user,
        told=told,
        wrong=_wrong(error),
        saved=saved,
        roles=ROLES,
        regions=[region for region in known_regions(office.settings.rules_dir) if region.id in signed.actor.regions],
    )


def _wrong(error: LimitError | None) -> dict[str, str]:
    if error is None:
        return {}
    places = {
        "bad_login": "login",
        "login_taken": "login",
        "bad_name": "name",
        "no_role": "roles",
        "last_administrator": "roles",
        "no_region": "regions",
        "bad_region": "regions",
    }
    return {places.get(error.code, "login"): str(error)}


def _names(office: Office) -> dict[str, str]:
    return {region.id: region.name for region in known_regions(office.settings.rules_dir)}


def _role_words() -> dict[str, str]:
    return {role.value: words[0] for role, words in ROLES.items()}
