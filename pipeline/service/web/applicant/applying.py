"""The notice, who applies, and the serial number with its query code: from here on there is a case."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData

from pipeline.service import applications, trail
from pipeline.service.actors import Actor, ActorKind
from pipeline.service.office import Office
from pipeline.service.people import limits, sessions
from pipeline.service.people.addresses import client_address
from pipeline.service.people.current import CASE_COOKIE, NotSignedInError, TheOffice, opened_case
from pipeline.service.people.limits import Limited
from pipeline.service.states import Channel
from pipeline.service.web.applicant.choice import chosen, forget_choice, remember_choice
from pipeline.service.web.applicant.person_form import RELATIONS, PersonForm, read_form
from pipeline.service.web.applicant.posted import texts_of, the_form
from pipeline.service.web.cookies import set_session_cookie
from pipeline.service.web.forms import check_form, form_token, set_form_cookie
from pipeline.service.web.rendering import page

__all__ = ["NOTICE", "router"]

NOTICE = "2026-11"
"""Version of the notice in ``notice.html.j2``; the trail says which one was agreed to."""

router = APIRouter(prefix="/apply")


@router.get("")
def notice(request: Request, office: TheOffice) -> Response:
    """What happens with the data, and that people decide."""
    choice = chosen(request, office)
    if choice is None:
        return RedirectResponse("/", 303)
    return _with_token(request, office, "applicant/notice.html.j2", disease=choice.rule.name)


@router.post("/agree")
def agree(request: Request, office: TheOffice, csrf: Annotated[str | None, Form()] = None) -> Response:
    """The notice was read."""
    check_form(request, office, csrf)
    choice = chosen(request, office)
    if choice is None:
        return RedirectResponse("/", 303)
    response = RedirectResponse("/apply/person", 303)
    remember_choice(response, office, choice.rule.id, agreed=True)
    return response


@router.get("/person")
def person(request: Request, office: TheOffice) -> Response:
    choice = chosen(request, office)
    if choice is None or not choice.agreed:
        return RedirectResponse("/apply" if choice else "/", 303)
    return _ask(request, office, PersonForm(values={}), choice.rule.name)


@router.post("/person")
def begin(request: Request, office: TheOffice, form: Annotated[FormData, Depends(the_form)]) -> Response:
    """Open the case and show its number and code, once.

    The page comes as the answer to the form: the code is nowhere to be fetched again. Whoever sends the form a second
    time (a reload) has no choice left in the browser and is led to the case that is open.
    """
    told = texts_of(form)
    check_form(request, office, told.get("csrf"))
    choice = chosen(request, office)
    if choice is None or not choice.agreed:
        return RedirectResponse("/case" if _has_case(request, office) else "/", 303)
    filled = read_form(told)
    if filled.person is None:
        return _ask(request, office, filled, choice.rule.name, status=422)
    with office.database.write() as session:
        limits.take(session, office, Limited.DRAFT, client_address(request, office))
    with office.database.write() as session:
        application, code = applications.create(
            session,
            # Nobody yet: the row that is made here is the applicant.
            Actor(kind=ActorKind.APPLICANT, id=""),
            office,
            channel=Channel.WEB,
            region=office.settings.service.region,
            disease=choice.rule.id,
            person=filled.person,
        )
        actor = Actor(kind=ActorKind.APPLICANT, id=application.id)
        detail = {"notice": NOTICE}
        trail.append(session, actor, "application.agree", application=application.id, detail=detail, at=office.now())
        token = sessions.open_for_applicant(session, office, application.id)
        serial = application.serial
    response = page(request, "applicant/code.html.j2", serial=serial, code=code, disease=choice.rule.name)
    set_session_cookie(response, office, CASE_COOKIE, token)
    forget_choice(response, office)
    return response


def _ask(request: Request, office: Office, form: PersonForm, disease: str, *, status: int = 200) -> HTMLResponse:
    return _with_token(
        request, office, "applicant/person.html.j2", status=status, form=form, relations=RELATIONS, disease=disease
    )


def _with_token(
    request: Request, office: Office, template: str, *, status: int = 200, **context: object
) -> HTMLResponse:
    cookie, token = form_token(request, office)
    response = page(request, template, status=status, token=token, **context)
    set_form_cookie(response, office, cookie)
    return response


def _has_case(request: Request, office: Office) -> bool:
    try:
        opened_case(request, office)
    except NotSignedInError:
        return False
    return True
