"""``/admin/trail``: who did and saw what, and whether the chain holds."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pipeline.service.office import Office
from pipeline.service.people import trail_reading
from pipeline.service.people.current import SignedIn, TheOffice
from pipeline.service.people.trail_reading import Filters
from pipeline.service.web.admin.entering import Administrator, AdministratorChanging
from pipeline.service.web.rendering import page
from pipeline.service.web.words import KINDS, action_word

__all__ = ["router"]

router = APIRouter(prefix="/trail")
_ROWS = 100


@router.get("")
def show(
    request: Request,
    office: TheOffice,
    signed: Administrator,
    action: str = "",
    login: str = "",
    serial: str = "",
    first: str = "",
    last: str = "",
    before: int | None = None,
) -> Response:
    """Show a page of the trail, newest first."""
    filters = Filters(action=action, login=login, serial=serial, first=_day(first), last=_day(last), before=before)
    return _page(request, office, signed, filters)


@router.post("/verify")
def verify(request: Request, office: TheOffice, signed: AdministratorChanging) -> Response:
    """Walk the whole chain and show how it ended."""
    checked = trail_reading.verify(signed.actor, office)
    return _page(request, office, signed, Filters(), checked=checked)


def _page(
    request: Request, office: Office, signed: SignedIn, filters: Filters, *, checked: object | None = None
) -> Response:
    with office.database.write() as session:
        actions = trail_reading.actions(session)
        rows = trail_reading.read(session, signed.actor, office, filters, most=_ROWS)
    told = {
        "action": filters.action,
        "login": filters.login,
        "serial": filters.serial,
        "first": filters.first.isoformat() if filters.first else "",
        "last": filters.last.isoformat() if filters.last else "",
    }
    used = {name: value for name, value in told.items() if value}
    older = urlencode({**used, "before": rows[-1].seq}) if len(rows) == _ROWS else ""
    return page(
        request,
        "admin/trail.html.j2",
        signed=signed,
        rows=rows,
        actions={each: action_word(each) for each in actions},
        kinds={kind.value: word for kind, word in KINDS.items()},
        told=told,
        used=bool(used),
        first_page=filters.before is None,
        newest=urlencode(used),
        older=older,
        checked=checked,
    )


def _day(text: str) -> dt.date | None:
    """A day as the browser's date field sends it; anything else is no filter."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
