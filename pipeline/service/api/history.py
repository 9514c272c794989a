"""How the state of a case changed, from the trail: complete, in order, without who of the bureau did it."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.service.actors import ActorKind
from pipeline.service.api.models import StateChange
from pipeline.service.states import State, label
from pipeline.service.tables import Application, TrailRow

__all__ = ["history_of"]

_STATES = {
    "application.create": State.DRAFT,
    "application.submit": State.SUBMITTED,
    "application.claim": State.UNDER_REVIEW,
    "application.release": State.SUBMITTED,
    "application.return": State.RETURNED,
    "application.decide": State.DECIDED,
    "application.withdraw": State.WITHDRAWN,
}
_BY: dict[str, Literal["applicant", "channel", "bureau", "system"]] = {
    ActorKind.APPLICANT.value: "applicant",
    ActorKind.CHANNEL.value: "channel",
    ActorKind.USER.value: "bureau",
}


def history_of(session: Session, application: Application, after: int = 0) -> list[StateChange]:
    """Return the changes of state after trail row ``after``, oldest first."""
    query = select(TrailRow).where(
        TrailRow.application_id == application.id, TrailRow.action.in_(_STATES), TrailRow.seq > after
    )
    return [_change(row) for row in session.scalars(query.order_by(TrailRow.seq))]


def _change(row: TrailRow) -> StateChange:
    state = _STATES[row.action]
    return StateChange(
        seq=row.seq, at=row.at, state=state, state_label=label(state), by=_BY.get(row.actor_kind, "system")
    )
