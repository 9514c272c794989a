"""What a reviewer asks for when a case is returned: for the applicant's side, so no scope of decisions is needed."""

from __future__ import annotations

import datetime as dt

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.service.api.models import Model
from pipeline.service.states import State
from pipeline.service.tables import Application, Decision, Outcome

__all__ = ["ReasonOut", "ReturnedOut", "reasons_of", "returned_of"]


class ReasonOut(Model):
    criterion: str | None = Field(description="哪一条目；空为整份申请")
    code: str = Field(description="原因代码")
    text: str = Field(description="原因", examples=["缺近两年内的心脏超声报告"])


class ReturnedOut(Model):
    round: int = Field(description="第几次提交被退回")
    at: dt.datetime
    reasons: list[ReasonOut] = Field(description="要补什么；经办内部的备注不在其中")


def returned_of(session: Session, case: Application) -> ReturnedOut | None:
    """Return what is asked for while the case is with the applicant again; None in every other state."""
    if case.state is not State.RETURNED:
        return None
    query = select(Decision).where(
        Decision.application_id == case.id, Decision.final, Decision.outcome == Outcome.RETURN
    )
    row = session.scalars(query.order_by(Decision.made_at.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    return ReturnedOut(round=row.round, at=row.second_at or row.made_at, reasons=reasons_of(row))


def reasons_of(row: Decision) -> list[ReasonOut]:
    """Return the reasons of a decision."""
    return [
        ReasonOut(criterion=each.get("criterion"), code=str(each.get("code") or ""), text=str(each.get("text") or ""))
        for each in row.reasons
    ]
