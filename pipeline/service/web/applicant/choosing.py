"""Choosing the disease and its checklist, before anybody says who they are."""

from __future__ import annotations

from typing import Annotated

import segno
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from pipeline.service.office import Office
from pipeline.service.people.current import TheOffice
from pipeline.service.web.applicant.checklist import checklist_of
from pipeline.service.web.applicant.choice import chosen, link_token, open_link, remember_choice
from pipeline.service.web.applicant.diseases import entry_of, find_groups, groups_of, the_region
from pipeline.service.web.rendering import page

__all__ = ["router"]

router = APIRouter()


@router.get("/")
def diseases(request: Request, office: TheOffice, link: str = "") -> HTMLResponse:
    """All diseases by class. The search sends nothing: a script looks through the list that is there."""
    return _list(request, office, "", gone=link == "expired")


@router.post("/")
def search(request: Request, office: TheOffice, q: Annotated[str, Form()] = "") -> HTMLResponse:
    """The search for browsers without scripts; as a form, so that no address holds what was looked for."""
    return _list(request, office, q[:40])


def _list(request: Request, office: Office, query: str, *, gone: bool = False) -> HTMLResponse:
    region = the_region(office)
    groups = find_groups(region, query)
    return page(
        request,
        "applicant/diseases.html.j2",
        region=region,
        groups=groups or groups_of(region),
        found=sum(len(group.entries) for group in groups),
        query=query,
        gone=gone,
    )


@router.post("/choose")
def choose(office: TheOffice, disease: Annotated[str, Form()] = "") -> Response:
    """Keep the choice and go to its checklist. Changes nothing on the server, so it needs no token."""
    if entry_of(the_region(office), disease) is None:
        return RedirectResponse("/", 303)
    response = RedirectResponse("/checklist", 303)
    remember_choice(response, office, disease)
    return response


@router.get("/checklist")
def checklist(request: Request, office: TheOffice) -> Response:
    """What to bring for the chosen disease."""
    choice = chosen(request, office)
    if choice is None:
        return RedirectResponse("/", 303)
    region = the_region(office)
    link = f"{_address(request, office)}/go/{link_token(office, choice.rule.id)}"
    qr = segno.make_qr(link, error="m").svg_inline(border=3, omitsize=True, svgclass="qr", lineclass=None)
    return page(
        request,
        "applicant/checklist.html.j2",
        region=region,
        list=checklist_of(choice.rule, region, office.today()),
        today=office.today(),
        qr=qr,
        link=link,
    )


@router.get("/go/{token}")
def go(office: TheOffice, token: str) -> Response:
    """Continue on another device with the same choice."""
    rule = open_link(office, token)
    if rule is None:
        return RedirectResponse("/?link=expired", 303)
    response = RedirectResponse("/checklist", 303)
    remember_choice(response, office, rule.id)
    return response


def _address(request: Request, office: Office) -> str:
    return (office.settings.service.public_url or str(request.base_url)).rstrip("/")
