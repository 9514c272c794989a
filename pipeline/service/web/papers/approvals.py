"""``/desk/approvals``: approvals that run out, and their ends entered by hand where the rules cannot tell."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.service import trail
from pipeline.service.actors import Role
from pipeline.service.applications import LimitError
from pipeline.service.casework.diseases import disease_names
from pipeline.service.decisions.approvals import Due, counts, expiring, set_end
from pipeline.service.people.current import CsrfField, TheOffice, UserSignedIn, check_csrf
from pipeline.service.veil import masked_name, masked_number
from pipeline.service.web.rendering import page

__all__ = ["router"]

router = APIRouter(prefix="/approvals")
_SPANS = (30, 90, 180, 365)


@router.get("")
def show(
    request: Request,
    office: TheOffice,
    signed: UserSignedIn,
    days: int = 90,
    disease: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """What runs out within ``days``, soonest first."""
    days = days if days in _SPANS else 90
    names = disease_names(office, signed.actor)
    disease = disease if disease in names else ""
    with office.database.read() as session:
        rows = expiring(session, signed.actor, office, days=days, disease=disease or None)
        told = counts(session, signed.actor, office, days=days)
    with office.database.write() as session:
        detail = {"days": days, "disease": disease or None, "rows": len(rows)}
        trail.append(session, signed.actor, "approval.list", detail=detail, at=office.now())
    return page(
        request,
        "papers/approvals.html.j2",
        signed=signed,
        rows=[_row(row, names) for row in rows],
        counts=told,
        days=days,
        spans=_SPANS,
        disease=disease,
        diseases=sorted(names.items(), key=lambda pair: pair[1]),
        may_enter=Role.REVIEWER in signed.actor.roles,
    )


@router.post("/{approval}/end")
def enter_end(
    approval: str,
    office: TheOffice,
    signed: UserSignedIn,
    until: Annotated[str, Form(max_length=10)] = "",
    why: Annotated[str, Form(max_length=400)] = "",
    csrf: CsrfField = None,
) -> Response:
    """Enter the last day of an approval; left empty it has no end."""
    check_csrf(signed, csrf)
    try:
        day = dt.date.fromisoformat(until) if until.strip() else None
    except ValueError:
        raise LimitError("bad_end", "到期日请写成 2028-03-15 这样的日期") from None
    with office.database.write() as session:
        set_end(session, signed.actor, office, approval, day, why)
    return RedirectResponse("/desk/approvals", 303)


def _row(due: Due, names: dict[str, str]) -> dict[str, object]:
    if due.left is None:
        kind, words = "none", "未填到期日"
    elif due.left < 0:
        kind, words = "overdue", f"已过期 {-due.left} 天"
    elif due.left == 0:
        kind, words = "today", "今天到期"
    else:
        kind, words = ("near" if due.left <= 30 else "ok"), f"还有 {due.left} 天"
    return {
        "approval": due.approval,
        "case": due.application,
        "name": masked_name(due.identity.name) if due.identity else "",
        "number": masked_number(due.identity.id_number) if due.identity else "",
        "disease": names.get(due.approval.disease, due.approval.disease),
        "kind": kind,
        "words": words,
    }
