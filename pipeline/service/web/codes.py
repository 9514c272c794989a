"""``/codes``: a new query code for somebody who stands at the counter with an identity card."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from pipeline.service.access import NotFoundError
from pipeline.service.actors import Role
from pipeline.service.applications import LimitError
from pipeline.service.codes import RENEWAL_WORDS, Renewal, find_for_renewal, renew
from pipeline.service.numbers import normal_serial
from pipeline.service.people.current import CsrfField, SignedIn, TheOffice, UserSignedIn, check_csrf
from pipeline.service.web.rendering import page

__all__ = ["router"]

router = APIRouter(prefix="/codes")


@router.get("")
def ask(request: Request, signed: UserSignedIn) -> HTMLResponse:
    """The form."""
    signed.actor.require_role(Role.REVIEWER, Role.ADMINISTRATOR)
    return _form(request, signed, "", Renewal.LOST)


@router.post("")
def give(
    request: Request,
    office: TheOffice,
    signed: UserSignedIn,
    serial: Annotated[str, Form(max_length=64)] = "",
    id_tail: Annotated[str, Form(max_length=16)] = "",
    reason: Annotated[Renewal, Form()] = Renewal.LOST,
    csrf: CsrfField = None,
) -> HTMLResponse:
    """Renew the code and show it once."""
    check_csrf(signed, csrf)
    wanted = normal_serial(serial)
    try:
        with office.database.write() as session:
            case = find_for_renewal(session, signed.actor, wanted)
            code = renew(session, signed.actor, office, case, reason, id_tail=id_tail)
    except NotFoundError:
        wrong = {"serial": "没有这个受理编号，或不属于您的地区。请逐位核对。"}
        return _form(request, signed, serial, reason, wrong)
    except LimitError as error:
        return _form(request, signed, serial, reason, {"id_tail": str(error)})
    return page(request, "codes/given.html.j2", signed=signed, serial=wanted, code=code)


def _form(
    request: Request, signed: SignedIn, serial: str, reason: Renewal, wrong: dict[str, str] | None = None
) -> HTMLResponse:
    return page(
        request,
        "codes/form.html.j2",
        status=422 if wrong else 200,
        signed=signed,
        serial=serial[:32],
        reason=reason,
        reasons=RENEWAL_WORDS,
        wrong=wrong or {},
    )
