"""``/desk/<id>/compare``: two pages of a case side by side."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from pipeline.service import trail
from pipeline.service.access import find
from pipeline.service.actors import Role
from pipeline.service.people.current import TheOffice, UserSignedIn
from pipeline.service.web.rendering import page
from pipeline.service.web.review.case import load, script_data

__all__ = ["router"]

router = APIRouter()


@router.get("/{application}/compare")
def compare(
    request: Request, application: str, office: TheOffice, signed: UserSignedIn, left: str = "", right: str = ""
) -> HTMLResponse:
    """Two viewers; the pages to begin with are ``left`` and ``right``, else the first two."""
    signed.actor.require_role(Role.REVIEWER, Role.SECOND_READER)
    with office.database.write() as session:
        case = find(session, signed.actor, application)
        detail = {"revision": case.revision, "state": case.state.value}
        trail.append(session, signed.actor, "case.view", application=case.id, detail=detail, at=office.now())
    view = load(office, signed, application)
    ids = [p.id for p in view.pages]
    first = left if left in ids else (ids[0] if ids else "")
    second = right if right in ids else next((each for each in ids if each != first), first)
    return page(
        request,
        "review/compare.html.j2",
        signed=signed,
        view=view,
        chosen=(("left", "左页", first), ("right", "右页", second)),
        data=lambda: script_data(view),
    )
