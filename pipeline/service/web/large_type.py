"""The large-type switch for browsers without scripts. A preference, not a change of anything: no token is needed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse

from pipeline.service.people.current import TheOffice

__all__ = ["LARGE_COOKIE", "local_path", "router"]

LARGE_COOKIE = "yushen_large"
_YEAR = 365 * 24 * 3600
router = APIRouter()


def local_path(told: str, otherwise: str = "/") -> str:
    """Return ``told`` when it is a path on this server; an address of another one never leaves here."""
    plain = told.startswith("/") and not told.startswith("//") and "\\" not in told and told.isprintable()
    return told if plain else otherwise


@router.post("/large-type")
def switch(request: Request, office: TheOffice, back: Annotated[str, Form()] = "/") -> RedirectResponse:
    """Turn large type on or off and go back."""
    on = request.cookies.get(LARGE_COOKIE) == "1"
    response = RedirectResponse(local_path(back), 303)
    # Scripts may set it too (no HttpOnly): it says nothing of anyone.
    response.set_cookie(
        LARGE_COOKIE,
        "0" if on else "1",
        max_age=_YEAR,
        samesite="lax",
        secure=office.settings.service.secure_cookies,
    )
    return response
