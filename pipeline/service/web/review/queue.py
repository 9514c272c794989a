"""``/desk``: the queue, claiming, releasing, the next case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import select

from pipeline.service import applications, words
from pipeline.service.access import find
from pipeline.service.actors import Role
from pipeline.service.casework.diseases import disease_names
from pipeline.service.decisions import quality
from pipeline.service.office import Office
from pipeline.service.people.current import CsrfField, SignedIn, TheOffice, UserSignedIn, check_csrf
from pipeline.service.states import State, StateError, label
from pipeline.service.tables import Application, Identity, User
from pipeline.service.veil import masked_name
from pipeline.service.web.rendering import page
from pipeline.service.web.review.deadlines import deadline_of
from pipeline.service.web.review.listing import Filters, counts_of, find_cases, next_waiting

__all__ = ["router"]

router = APIRouter()


@router.get("")
def queue(
    request: Request, office: TheOffice, signed: UserSignedIn, filters: Annotated[Filters, Query()]
) -> HTMLResponse:
    """The cases of the person's regions, those due first on top."""
    signed.actor.require_role(Role.REVIEWER, Role.SECOND_READER)
    names = disease_names(office, signed.actor)
    with office.database.read() as session:
        found = find_cases(session, signed.actor, office, filters)
        counts = counts_of(session, signed.actor, office)
        ids = [case.id for case in found.cases]
        people = {
            i.application_id: i for i in session.scalars(select(Identity).where(Identity.application_id.in_(ids)))
        }
        holders = {case.claimed_by for case in found.cases if case.claimed_by}
        blind = {sample.application_id for sample in quality.waiting(session, signed.actor)}
        users = {u.id: u.name for u in session.scalars(select(User).where(User.id.in_(sorted(holders))))}
    rows = [_row(office, signed, case, people, users, names) for case in found.cases]
    return page(
        request,
        "review/queue.html.j2",
        signed=signed,
        filters=filters,
        found=found,
        counts=counts,
        rows=rows,
        diseases=sorted(names.items(), key=lambda pair: pair[1]),
        words=words,
        extra_places=({"path": "/desk/quality", "word": "待盲评", "count": len(blind)},) if blind else (),
        seconds=Role.SECOND_READER in signed.actor.roles,
        claims=Role.REVIEWER in signed.actor.roles,
        states={s.value: label(s) for s in State if s is not State.DRAFT},
    )


def _row(
    office: Office,
    signed: SignedIn,
    case: Application,
    people: Mapping[str, Identity],
    users: Mapping[str, str],
    names: Mapping[str, str],
) -> dict[str, object]:
    identity = people.get(case.id)
    return {
        "case": case,
        "name": masked_name(identity.name) if identity else "",
        "disease": names.get(case.disease or "", case.disease or "未选择病种"),
        "deadline": deadline_of(office, case),
        "holder": users.get(case.claimed_by or "", ""),
        "mine": case.claimed_by == signed.actor.id,
        "state": label(case.state),
        "channel": words.CHANNELS[case.channel],
    }


@router.post("/next")
def take_next(
    office: TheOffice, signed: UserSignedIn, csrf: CsrfField = None, after: Annotated[str, Form()] = ""
) -> RedirectResponse:
    """Claim the case due first that nobody has, and open it; back to the queue where none waits."""
    check_csrf(signed, csrf)
    signed.actor.require_role(Role.REVIEWER)
    with office.database.read() as session:
        waiting = next_waiting(session, signed.actor, after=after or None)
    for application in waiting:
        with office.database.write() as session:
            case = find(session, signed.actor, application, lock=True)
            try:
                applications.claim(session, signed.actor, office, case)
            except StateError:
                continue  # another person was faster: the one after it
        return RedirectResponse(f"/desk/{application}", 303)
    return RedirectResponse("/desk?state=submitted", 303)


@router.post("/{application}/claim")
def claim(application: str, office: TheOffice, signed: UserSignedIn, csrf: CsrfField = None) -> RedirectResponse:
    """Take a case onto one's desk."""
    check_csrf(signed, csrf)
    with office.database.write() as session:
        applications.claim(session, signed.actor, office, find(session, signed.actor, application, lock=True))
    return RedirectResponse(f"/desk/{application}", 303)


@router.post("/{application}/release")
def release(application: str, office: TheOffice, signed: UserSignedIn, csrf: CsrfField = None) -> RedirectResponse:
    """Put a case back into the queue."""
    check_csrf(signed, csrf)
    with office.database.write() as session:
        applications.release(session, signed.actor, office, find(session, signed.actor, application, lock=True))
    return RedirectResponse("/desk", 303)
