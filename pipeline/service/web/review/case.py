"""``/desk/<id>``: a case with its pages, items and facts; its parts anew; who applies, on request."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse
from markupsafe import Markup

from pipeline.service import trail, words
from pipeline.service.access import find
from pipeline.service.actors import Role
from pipeline.service.office import Office
from pipeline.service.people.current import CsrfField, CsrfHeader, SignedIn, TheOffice, UserSignedIn, check_csrf
from pipeline.service.tables import Identity
from pipeline.service.web.rendering import page
from pipeline.service.web.review.view import CaseView, case_view

__all__ = ["load", "parts_of", "router", "script_data"]

router = APIRouter()


class RevealReason(StrEnum):
    """What somebody wants to see a name for. Words of one's own are not asked for: the trail names no person."""

    COMPARE = "compare"
    CONTACT = "contact"
    PAPERS = "papers"


REVEAL_WORDS = {RevealReason.COMPARE: "核对材料", RevealReason.CONTACT: "联系本人", RevealReason.PAPERS: "制作文书"}


@router.get("/{application}")
def show(request: Request, application: str, office: TheOffice, signed: UserSignedIn) -> HTMLResponse:
    """The workbench of one case. That it was opened is told in the trail."""
    signed.actor.require_role(Role.REVIEWER, Role.SECOND_READER)
    with office.database.write() as session:
        case = find(session, signed.actor, application)
        detail = {"revision": case.revision, "state": case.state.value}
        trail.append(session, signed.actor, "case.view", application=case.id, detail=detail, at=office.now())
    view = load(office, signed, application)
    context = _context(signed, view)
    # Called at the end of the template: rendering finds the last places (quotes, points of charts).
    return page(request, "review/case.html.j2", **context, data=lambda: script_data(view))


@router.get("/{application}/parts")
def parts(request: Request, application: str, office: TheOffice, signed: UserSignedIn) -> JSONResponse:
    """The parts of the workbench as they are now, for a page that is open already."""
    signed.actor.require_role(Role.REVIEWER, Role.SECOND_READER)
    return JSONResponse(parts_of(request, office, signed, application), headers={"Cache-Control": "no-store"})


@router.post("/{application}/reveal")
def reveal(
    request: Request,
    application: str,
    office: TheOffice,
    signed: UserSignedIn,
    reason: Annotated[RevealReason, Form()],
    csrf: CsrfField = None,
    token: CsrfHeader = None,
) -> HTMLResponse:
    """Who applies, unmasked. That it was asked for, and what for, is told in the trail, in the same transaction."""
    check_csrf(signed, csrf, token)
    signed.actor.require_role(Role.REVIEWER, Role.SECOND_READER)
    with office.database.write() as session:
        case = find(session, signed.actor, application)
        identity = session.get(Identity, case.id)
        detail = {"reason": reason.value}
        trail.append(session, signed.actor, "identity.reveal", application=case.id, detail=detail, at=office.now())
    return page(request, "review/parts/identity.html.j2", identity=identity)


def load(office: Office, signed: SignedIn, application: str) -> CaseView:
    """Return the view of a case."""
    with office.database.read() as session:
        return case_view(session, signed.actor, office, find(session, signed.actor, application))


_PARTS = {
    "case-head": "review/parts/head.html.j2",
    "thumbs": "review/parts/thumbs.html.j2",
    "panel": "review/parts/panel.html.j2",
    "decision-bar": "review/parts/decision_bar.html.j2",
}


def parts_of(request: Request, office: Office, signed: SignedIn, application: str) -> dict[str, Any]:
    """Return the parts by the id of the element that holds them, and the data for the script."""
    view = load(office, signed, application)
    context = _context(signed, view)
    html = {name: bytes(page(request, path, **context).body).decode() for name, path in _PARTS.items()}
    return {"html": html, "data": _data(view)}


def _context(signed: SignedIn, view: CaseView) -> dict[str, Any]:
    return {
        "signed": signed,
        "view": view,
        "words": words,
        "reveal_reasons": {reason.value: told for reason, told in REVEAL_WORDS.items()},
        "may_take_next": Role.REVIEWER in signed.actor.roles,
        "decide_label": _decide_label(view),
        "decide_action": "examine" if view.sample else "decide",
    }


def _decide_label(view: CaseView) -> str:
    """The word on the button of the decision bar; empty: no button."""
    if view.sample:
        return "盲评"
    if view.may_second:
        return "第二人复核"
    if view.may_retract:
        return "收回决定"
    return "作出决定" if view.may_decide else ""


def _data(view: CaseView) -> dict[str, Any]:
    pages = [
        {
            "id": p.id,
            "title": p.title,
            "document": p.document,
            "width": p.width,
            "height": p.height,
            "angle": p.angle,
            "note": "；".join([*p.quality, *([p.why] if p.why else []), *(["疑为他人材料"] if p.other_person else [])]),
        }
        for p in view.pages
    ]
    return {"revision": view.application.revision, "pages": pages, "places": view.places.boxes()}


def script_data(view: CaseView) -> Markup:
    """JSON that cannot end the element it stands in."""
    text = json.dumps(_data(view), ensure_ascii=False, separators=(",", ":"))
    for sign, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("\u2028", "\\u2028")):
        text = text.replace(sign, code)
    return Markup(text)  # noqa: S704 - every sign that HTML reads is escaped
