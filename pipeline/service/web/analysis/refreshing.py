"""Asks for the analysts' data to be made anew; the page comes back at once."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from pipeline.audit.questions import Filters
from pipeline.service.analysis import keeping
from pipeline.service.people.current import CsrfField, TheOffice, UserSignedIn, check_csrf
from pipeline.service.web.analysis.asked import HOME, allowed, noted

__all__ = ["router"]

router = APIRouter()


@router.post("/refresh")
def refresh(office: TheOffice, signed: UserSignedIn, csrf: CsrfField = None) -> RedirectResponse:
    """Begin, unless somebody is at it already."""
    actor = allowed(signed)
    check_csrf(signed, csrf)
    if not keeping.is_being_made(office):
        noted(office, actor, "analysis.refresh", Filters())
        keeping.refresh_later(office)
    return RedirectResponse(HOME, status_code=303)
