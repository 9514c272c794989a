"""Routes: the decision of a case, for keys that may know it."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from fastapi import Response
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.service.access import find
from pipeline.service.api.keys import DecisionReader
from pipeline.service.api.models import Model
from pipeline.service.api.problems import ProblemError
from pipeline.service.api.returned import ReasonOut, reasons_of
from pipeline.service.api.routing import router
from pipeline.service.api.seeing import note_view
from pipeline.service.api.uploads import ApplicationId
from pipeline.service.people.current import TheOffice
from pipeline.service.states import State
from pipeline.service.tables import Application, Approval, Decision, Outcome

__all__ = ["decision"]

_TAG = "决定 Decisions"
_LABELS = {Outcome.APPROVE: "通过", Outcome.REFUSE: "不通过"}


class DecisionOut(Model):
    outcome: Literal["approve", "refuse"]
    outcome_label: str = Field(examples=["通过"])
    decided_at: dt.datetime
    reasons: list[ReasonOut]
    valid_from: dt.date | None = Field(description="待遇起始日")
    valid_until: dt.date | None = Field(description="待遇到期日；空为没有期限或不适用")
    sheet: str = Field(description="认定表 PDF 的地址 · where to fetch the sheet")


@router.get(
    "/applications/{application}/decision",
    tags=[_TAG],
    summary="决定及理由 · Decision and reasons",
    description="还没有决定时 404，代码 not_decided。退回补件不是决定，见 feedback。",
)
def decision(office: TheOffice, actor: DecisionReader, application: ApplicationId) -> DecisionOut:
    with office.database.read() as session:
        case = find(session, actor, application)
        row = _final(session, case)
        approval = session.scalars(select(Approval).where(Approval.application_id == case.id)).one_or_none()
        shown = DecisionOut(
            outcome="approve" if row.outcome is Outcome.APPROVE else "refuse",
            outcome_label=_LABELS[row.outcome],
            decided_at=case.decided_at or row.second_at or row.made_at,
            reasons=reasons_of(row),
            valid_from=approval.valid_from if approval else None,
            valid_until=approval.valid_until if approval else None,
            sheet=f"/api/v1/applications/{case.id}/decision.pdf",
        )
    note_view(office, actor, "decision.view", application)
    return shown


@router.get(
    "/applications/{application}/decision.pdf",
    tags=[_TAG],
    summary="认定表 PDF · Decision sheet",
    description=(
        "姓名和证件号码已遮盖，不含机器建议和内部说明。Names are masked; no suggestion and no internal note is in it."
    ),
    response_class=Response,
    responses={200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}},
)
def decision_pdf(office: TheOffice, actor: DecisionReader, application: ApplicationId) -> Response:
    # Typesetting needs much of the program, and most API processes never typeset.
    from pipeline.service.decisions.sheet import decision_sheet

    with office.database.read() as session:
        case = find(session, actor, application)
        _final(session, case)
        name = f"{case.serial}.pdf"
    made = decision_sheet(office, actor, application)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(made, media_type="application/pdf", headers=headers)


def _final(session: Session, case: Application) -> Decision:
    row = None
    if case.state is State.DECIDED:
        query = select(Decision).where(
            Decision.application_id == case.id, Decision.final, Decision.outcome != Outcome.RETURN
        )
        row = session.scalars(query.order_by(Decision.made_at.desc()).limit(1)).one_or_none()
    if row is None:
        raise ProblemError(404, "not_decided", "Not decided yet", "这份申请还没有办结。")
    return row
