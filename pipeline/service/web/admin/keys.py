"""``/admin/keys``: API keys of channels. A secret is shown once, when it is made."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.service.api import issuing
from pipeline.service.api.keys import Scope
from pipeline.service.applications import LimitError
from pipeline.service.office import Office
from pipeline.service.people.current import SignedIn, TheOffice
from pipeline.service.people.regions import known_regions
from pipeline.service.states import Channel
from pipeline.service.web.admin.entering import Administrator, AdministratorChanging
from pipeline.service.web.rendering import page
from pipeline.service.web.words import CHANNELS, SCOPES

__all__ = ["router"]

router = APIRouter(prefix="/keys")
_USUAL = {
    "name": "",
    "channel": Channel.GANFUTONG,
    "scopes": [Scope.WRITE, Scope.READ],
    "regions": [],
    "per_minute": 120,
}


@router.get("")
def list_all(request: Request, office: TheOffice, signed: Administrator) -> Response:
    """Show the keys."""
    with office.database.read() as session:
        rows = issuing.list_keys(session, signed.actor)
    words = {channel.value: word for channel, word in CHANNELS.items()}
    names = {region.id: region.name for region in known_regions(office.settings.rules_dir)}
    return page(
        request, "admin/keys.html.j2", signed=signed, rows=rows, channels=words, scopes=SCOPES, region_words=names
    )


@router.get("/new")
def show_new(request: Request, office: TheOffice, signed: Administrator) -> Response:
    """Show the form of a new key."""
    return _form(request, office, signed, _USUAL)


@router.post("/new")
def issue(
    request: Request,
    office: TheOffice,
    signed: AdministratorChanging,
    name: Annotated[str, Form(max_length=200)] = "",
    channel: Annotated[Channel, Form()] = Channel.GANFUTONG,
    scopes: Annotated[list[Scope] | None, Form()] = None,
    regions: Annotated[list[str] | None, Form()] = None,
    per_minute: Annotated[int, Form()] = 120,
) -> Response:
    """Make a key and show its secret once."""
    told: dict[str, Any] = {
        "name": name,
        "channel": channel,
        "scopes": scopes or [],
        "regions": regions or [],
        "per_minute": per_minute,
    }
    try:
        with office.database.write() as session:
            key, secret = issuing.issue(session, signed.actor, office, **told)
    except LimitError as error:
        return _form(request, office, signed, told, error=error)
    return page(request, "admin/secret.html.j2", signed=signed, key=key, secret=secret)


@router.post("/{key}/revoke")
def revoke(office: TheOffice, signed: AdministratorChanging, key: str) -> Response:
    """Take a key back."""
    with office.database.write() as session:
        issuing.revoke(session, signed.actor, office, key)
    return RedirectResponse("/admin/keys", 303)


def _form(
    request: Request, office: Office, signed: SignedIn, told: dict[str, Any], *, error: LimitError | None = None
) -> Response:
    places = {"no_scope": "scopes", "no_region": "regions", "bad_rate": "per_minute"}
    wrong = {places.get(error.code, "name"): str(error)} if error else {}
    return page(
        request,
        "admin/key.html.j2",
        status=422 if error else 200,
        signed=signed,
        told=told,
        wrong=wrong,
        channels=CHANNELS,
        scopes={scope: SCOPES.get(scope.value, scope.value) for scope in Scope},
        regions=[region for region in known_regions(office.settings.rules_dir) if region.id in signed.actor.regions],
    )
