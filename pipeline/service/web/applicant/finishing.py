"""The things to do, checking one's answers, handing in, taking back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from pipeline.service import applications
from pipeline.service.applications import LimitError
from pipeline.service.people.current import CaseOpened, TheOffice, TheQueue, check_csrf
from pipeline.service.states import State, StateError, Step
from pipeline.service.web.applicant.case_view import is_open
from pipeline.service.web.applicant.diseases import entry_of, groups_of, the_region
from pipeline.service.web.applicant.person_form import RELATIONS, PersonForm, read_form
from pipeline.service.web.applicant.posted import texts_of, the_form
from pipeline.service.web.applicant.seen import disease_name, note_view, reading, writing
from pipeline.service.web.applicant.todo import todo_of
from pipeline.service.web.applicant.who import who_of
from pipeline.service.web.rendering import page

__all__ = ["router"]

router = APIRouter(prefix="/case")

_MENDABLE = {
    "no_files": "/case/files",
    "nothing_added": "/case/files",
    "no_person": "/case/person",
    "no_disease": "/case/disease",
}
"""What keeps a case from being handed in -> where the applicant puts it right."""


@router.get("/todo")
def todo(request: Request, office: TheOffice, case: CaseOpened) -> Response:
    """What is received, what to take again, what is still needed."""
    with reading(office, case) as (session, application):
        if not is_open(application):
            return RedirectResponse("/case", 303)
        found = todo_of(session, application)
    note_view(office, case, "todo")
    return page(request, "applicant/todo.html.j2", case=case, application=application, todo=found)


@router.get("/check")
def check(request: Request, office: TheOffice, case: CaseOpened, wrong: str = "") -> Response:
    """Everything once more before it is handed in."""
    with reading(office, case) as (session, application):
        if not is_open(application):
            return RedirectResponse("/case", 303)
        found, who = todo_of(session, application), who_of(application)
    note_view(office, case, "check")
    return page(
        request,
        "applicant/check.html.j2",
        case=case,
        application=application,
        disease=disease_name(office, application),
        person=who,
        todo=found,
        wrong=wrong if wrong in _MENDABLE else "",
    )


@router.post("/submit")
def submit(office: TheOffice, case: CaseOpened, csrf: Annotated[str | None, Form()] = None) -> Response:
    """Hand the case in. Sent twice, the second finds it done."""
    check_csrf(case, csrf)
    try:
        with writing(office, case) as (session, application):
            if application.state is State.SUBMITTED:
                return RedirectResponse("/case/submitted", 303)
            applications.submit(session, case.actor, office, application)
    except LimitError as error:
        if error.code not in _MENDABLE:
            raise
        return RedirectResponse(f"/case/check?wrong={error.code}", 303)
    return RedirectResponse("/case/submitted", 303)


@router.get("/submitted")
def submitted(request: Request, office: TheOffice, case: CaseOpened) -> Response:
    with reading(office, case) as (_, application):
        if application.state is not State.SUBMITTED:
            return RedirectResponse("/case", 303)
    return page(
        request,
        "applicant/submitted.html.j2",
        case=case,
        application=application,
        working_days=office.settings.service.working_days,
    )


@router.get("/withdraw")
def ask_withdraw(request: Request, office: TheOffice, case: CaseOpened) -> Response:
    with reading(office, case) as (_, application):
        if application.state in (State.DECIDED, State.WITHDRAWN):
            return RedirectResponse("/case", 303)
    return page(request, "applicant/withdraw.html.j2", case=case, application=application)


@router.post("/withdraw")
def withdraw(
    office: TheOffice,
    case: CaseOpened,
    csrf: Annotated[str | None, Form()] = None,
    sure: Annotated[str, Form()] = "",
) -> Response:
    check_csrf(case, csrf)
    if sure != "yes":
        return RedirectResponse("/case/withdraw", 303)
    with writing(office, case) as (session, application):
        if application.state is not State.WITHDRAWN:
            applications.withdraw(session, case.actor, office, application)
    return RedirectResponse("/case", 303)


@router.get("/person")
def person(request: Request, office: TheOffice, case: CaseOpened) -> Response:
    """Who applies, to be entered anew: what was entered is not shown in the clear again."""
    with reading(office, case) as (_, application):
        if not is_open(application):
            return RedirectResponse("/case", 303)
        who = who_of(application)
    form = PersonForm(values={"who": "agent" if who.agent else "self"})
    return page(request, "applicant/person_again.html.j2", case=case, person=who, form=form, relations=RELATIONS)


@router.post("/person")
def change_person(
    request: Request, office: TheOffice, queue: TheQueue, case: CaseOpened, form: Annotated[FormData, Depends(the_form)]
) -> Response:
    told = texts_of(form)
    check_csrf(case, told.get("csrf"))
    filled = read_form(told)
    if filled.person is None:
        with reading(office, case) as (_, application):
            who = who_of(application)
        return page(
            request,
            "applicant/person_again.html.j2",
            status=422,
            case=case,
            person=who,
            form=filled,
            relations=RELATIONS,
        )
    with writing(office, case) as (session, application):
        applications.describe(session, case.actor, office, application, person=filled.person)
    queue.assess(case.actor.id)
    return RedirectResponse("/case/check", 303)


@router.get("/disease")
def disease(request: Request, office: TheOffice, case: CaseOpened) -> Response:
    """Another disease, while nothing was handed in yet."""
    with reading(office, case) as (_, application):
        if application.state is not State.DRAFT:
            return RedirectResponse("/case", 303)
    region = the_region(office)
    return page(
        request,
        "applicant/disease_again.html.j2",
        case=case,
        groups=groups_of(region),
        disease=disease_name(office, application),
    )


@router.post("/disease")
def change_disease(
    office: TheOffice,
    queue: TheQueue,
    case: CaseOpened,
    disease: Annotated[str, Form()] = "",
    csrf: Annotated[str | None, Form()] = None,
) -> Response:
    check_csrf(case, csrf)
    if entry_of(the_region(office), disease) is None:
        return RedirectResponse("/case/disease", 303)
    with writing(office, case) as (session, application):
        if application.state is not State.DRAFT:
            raise StateError(application.state, Step.SUBMIT)
        applications.describe(session, case.actor, office, application, disease=disease)
    queue.assess(case.actor.id)
    return RedirectResponse("/case/check", 303)
