"""Corrections: their forms, and what was sent put into casework, which judges again at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.service.access import NotFoundError
from pipeline.service.actors import Role
from pipeline.service.casework import Kind, correct, latest_assessment, undo
from pipeline.service.people.current import TheOffice, UserSignedIn, check_csrf
from pipeline.service.tables import Application, Identity, PageRow, Upload
from pipeline.service.veil import veil_of
from pipeline.service.web.rendering import page
from pipeline.service.web.review.adding import quote_in, spot_of
from pipeline.service.web.review.case import load, parts_of
from pipeline.service.web.review.changing import changing, sent_form
from pipeline.service.web.review.conflicts import ChangedError, told_conflict
from pipeline.service.web.review.editing import changes_in, fields_of, fields_to_add, human_value
from pipeline.service.web.review.items import evidence_of_item
from pipeline.service.words import KIND_WORDS

__all__ = ["router"]

router = APIRouter()
_NOTE = 500


Sent = Annotated[dict[str, str], Depends(sent_form)]


@router.get("/{application}/edit")
def edit(
    request: Request,
    application: str,
    office: TheOffice,
    signed: UserSignedIn,
    key: Annotated[str, Query(max_length=128)],
) -> HTMLResponse:
    """The form that corrects one fact, document or item."""
    signed.actor.require_role(Role.REVIEWER)
    view = load(office, signed, application)
    if view.report is None:
        raise NotFoundError("fact")
    if key.startswith("criterion-"):
        item, candidates = evidence_of_item(view, key.removeprefix("criterion-"))
        return page(
            request, "review/parts/item_form.html.j2", signed=signed, view=view, item=item, candidates=candidates
        )
    kind, fact = _fact(view.report, key)
    marks = view.corrected.changes.get(key, ())
    return page(
        request,
        "review/parts/edit.html.j2",
        signed=signed,
        kind=kind,
        key=key,
        word=KIND_WORDS[kind],
        fields=fields_of(kind, fact),
        quote=fact["evidence"]["quote"] if fact.get("evidence") else "",
        marks=marks,
    )


@router.get("/{application}/add")
def add_form(
    request: Request,
    application: str,
    office: TheOffice,
    signed: UserSignedIn,
    page_id: Annotated[str, Query(alias="page", max_length=32)],
    box: Annotated[str, Query(max_length=80)],
    kind: Annotated[str, Query(max_length=20)] = "lab_results",
) -> HTMLResponse:
    """The form that adds a fact where a box was drawn; what was read inside the box is filled in."""
    signed.actor.require_role(Role.REVIEWER)
    view = load(office, signed, application)
    with office.database.read() as session:
        quote = view.veil.text(quote_in(_page(session, view.application, page_id), box))
    kinds = tuple((each, KIND_WORDS[each]) for each in ("lab_results", "diagnoses", "findings", "treatments", "visits"))
    return page(
        request,
        "review/parts/add.html.j2",
        signed=signed,
        page_id=page_id,
        box=box,
        quote=quote,
        kinds=kinds,
        groups=tuple((each, fields_to_add(each, quote)) for each, _ in kinds),
    )


@router.post("/{application}/corrections")
def correct_fact(request: Request, application: str, office: TheOffice, signed: UserSignedIn, sent: Sent) -> Any:
    """Change fields of a fact or a document, accept or reject it as evidence, settle an item."""
    check_csrf(signed, sent.get("csrf"), request.headers.get("x-csrf-token"))
    target, kind = sent.get("target", ""), sent.get("kind", "")
    note = sent.get("note", "")[:_NOTE]
    try:
        with changing(office, signed, application, sent) as (session, case):

            def put(kind: Kind, field: str, human: Mapping[str, Any]) -> None:
                correct(session, signed.actor, office, case, kind, target, field, human, note)

            if kind == Kind.EVIDENCE:
                put(Kind.EVIDENCE, sent.get("field", ""), {"accepted": sent.get("accepted") == "1"})
            elif kind == Kind.CRITERION:
                named = [name.removeprefix("with.") for name in sent if name.startswith("with.")]
                put(Kind.CRITERION, "status", {"value": sent.get("value", ""), "evidence": named})
            else:
                _fields(session, case, target, sent, put)
    except ChangedError as error:
        return told_conflict(error)
    return JSONResponse(parts_of(request, office, signed, application))


@router.post("/{application}/corrections/add")
def add(request: Request, application: str, office: TheOffice, signed: UserSignedIn, sent: Sent) -> Any:
    """Add a fact where a box was drawn."""
    check_csrf(signed, sent.get("csrf"), request.headers.get("x-csrf-token"))
    kind = sent.get("kind", "")
    own = f"{kind}."
    values = {name.removeprefix(own): value for name, value in sent.items() if name.startswith(own) and value.strip()}
    human = {name: human_value(name, value) for name, value in values.items()}
    try:
        with changing(office, signed, application, sent) as (session, case):
            place = spot_of(_page(session, case, sent.get("page", "")), sent.get("box", ""))
            human |= {**place, "quote": sent.get("quote", "").strip()}
            correct(session, signed.actor, office, case, Kind.ADD, "added", kind, human, sent.get("note", "")[:_NOTE])
    except ChangedError as error:
        return told_conflict(error)
    return JSONResponse(parts_of(request, office, signed, application))


@router.post("/{application}/corrections/undo")
def take_back(request: Request, application: str, office: TheOffice, signed: UserSignedIn, sent: Sent) -> Any:
    """Take a correction back."""
    check_csrf(signed, sent.get("csrf"), request.headers.get("x-csrf-token"))
    try:
        with changing(office, signed, application, sent) as (session, case):
            undo(session, signed.actor, office, case, sent.get("correction", ""))
    except ChangedError as error:
        return told_conflict(error)
    return JSONResponse(parts_of(request, office, signed, application))


def _fields(session: Session, case: Application, target: str, sent: Mapping[str, str], put: Any) -> None:
    """Put what the form changes, compared with what it showed: the fact with names and numbers masked."""
    assessment = latest_assessment(session, case)
    if assessment is None:
        raise NotFoundError("fact")
    kind, fact = _fact(assessment.report, target)
    shown = veil_of(session.get(Identity, case.id), assessment.report).deep(fact)
    for change in changes_in(kind, shown, sent):
        put(change.kind, change.field, change.human)


def _fact(report: Mapping[str, Any], key: str) -> tuple[str, Mapping[str, Any]]:
    """The kind and the fact or document that ``key`` names."""
    for document in report["documents"]:
        if key and document["key"] == key:
            return "document", document
    for kind, facts in report["facts"].items():
        for fact in facts:
            if key and fact["key"] == key:
                return kind, fact
    raise NotFoundError("fact")


def _page(session: Session, application: Application, page_id: str) -> PageRow:
    query = select(PageRow).join(Upload).where(PageRow.id == page_id, Upload.application_id == application.id)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFoundError("page")
    return found
