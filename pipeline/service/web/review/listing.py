"""Which cases the queue shows, in which order, and how many there are of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session

from pipeline.service.access import seen_by
from pipeline.service.actors import Actor
from pipeline.service.office import Office
from pipeline.service.states import Channel, State
from pipeline.service.tables import Application, Decision
from pipeline.service.web.review.deadlines import last_near_day

__all__ = ["PAGE_SIZE", "Filters", "Found", "counts_of", "find_cases", "next_waiting"]

PAGE_SIZE = 20
_OPEN = (State.SUBMITTED, State.UNDER_REVIEW)
_STATES = {
    "open": _OPEN,
    "submitted": (State.SUBMITTED,),
    "under_review": (State.UNDER_REVIEW,),
    "returned": (State.RETURNED,),
    "decided": (State.DECIDED,),
    "withdrawn": (State.WITHDRAWN,),
}


class Filters(BaseModel):
    """What the person asked for; words that are not known narrow nothing."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    state: str = "open"
    disease: str = Field(default="", max_length=64)
    conclusion: str = Field(default="", max_length=16)
    alerts: str = ""
    """``some`` or ``none``."""
    channel: str = ""
    due: str = ""
    """``overdue`` or ``near``."""
    mine: str = ""
    second: str = ""
    """Waiting for this person's second reading."""
    serial: str = Field(default="", max_length=32)
    page: int = 1

    @field_validator("page", mode="before")
    @classmethod
    def _number(cls, value: Any) -> int:
        text = str(value)
        return int(text) if text.isdecimal() and len(text) < 7 else 1

    def query(self, **changed: Any) -> str:
        """Return the address part for these filters with ``changed`` ones; page 1 unless named."""
        values = self.model_dump() | {"page": 1} | changed
        return urlencode({k: v for k, v in values.items() if v not in ("", 1) and (k, v) != ("state", "open")})

    @property
    def narrowed(self) -> bool:
        """Whether anything but the list of open cases is asked for."""
        return bool(self.query())


@dataclass(frozen=True, slots=True)
class Found:
    cases: tuple[Application, ...]
    total: int
    page: int
    pages: int


def find_cases(session: Session, actor: Actor, office: Office, filters: Filters) -> Found:
    """Return one page of the cases that ``actor`` may see, those due first on top."""
    query = _narrow(seen_by(actor), actor, office, filters)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(filters.page, 1), pages)
    # Without a due date (never submitted, withdrawn) a case comes last; both databases sort NULL differently.
    query = query.order_by(
        Application.due_on.is_(None), Application.due_on, Application.submitted_at, Application.serial
    )
    rows = session.scalars(query.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))
    return Found(tuple(rows), total, page, pages)


def counts_of(session: Session, actor: Actor, office: Office) -> dict[str, int]:
    """Return how many cases wait, are mine, overdue, nearly due."""
    wanted = {
        "open": Filters(),
        "waiting": Filters(state="submitted"),
        "mine": Filters(mine="1"),
        "overdue": Filters(due="overdue"),
        "near": Filters(due="near"),
        "returned": Filters(state="returned"),
        "second": Filters(second="1"),
    }
    result = {}
    for name, filters in wanted.items():
        query = _narrow(seen_by(actor), actor, office, filters)
        result[name] = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    return result


def next_waiting(session: Session, actor: Actor, *, after: str | None = None, limit: int = 5) -> list[str]:
    """Return ids of cases nobody has claimed, those due first on top; ``after`` is left out."""
    query = seen_by(actor).where(Application.state == State.SUBMITTED)
    if after is not None:
        query = query.where(Application.id != after)
    query = query.order_by(Application.due_on.is_(None), Application.due_on, Application.submitted_at)
    return [row.id for row in session.scalars(query.limit(limit))]


def _waits_for_second(actor: Actor) -> ColumnElement[bool]:
    """Of cases on a desk whose proposal stands; agrees with :func:`pipeline.service.decisions.proposal_of`."""
    return and_(
        Application.state == State.UNDER_REVIEW,
        exists().where(
            Decision.application_id == Application.id,
            Decision.round == Application.round,
            Decision.made_by == Application.claimed_by,
            Decision.made_at >= Application.claimed_at,
            Decision.made_by != actor.id,
            Decision.needs_second,
            Decision.second_agrees.is_(None),
            Decision.final.is_(False),
        ),
    )


def _narrow(query: Select[Any], actor: Actor, office: Office, filters: Filters) -> Select[Any]:
    # Drafts are the applicant's own; the bureau sees a case from its submission on.
    query = query.where(Application.state != State.DRAFT)
    if filters.second:
        query = query.where(_waits_for_second(actor))
    elif filters.mine:
        query = query.where(Application.claimed_by == actor.id, Application.state == State.UNDER_REVIEW)
    elif filters.state in _STATES:
        query = query.where(Application.state.in_(_STATES[filters.state]))
    if filters.disease:
        query = query.where(Application.disease == filters.disease)
    if filters.conclusion == "none":
        query = query.where(Application.conclusion.is_(None))
    elif filters.conclusion:
        query = query.where(Application.conclusion == filters.conclusion)
    if filters.alerts:
        query = query.where(Application.alert_count > 0 if filters.alerts == "some" else Application.alert_count == 0)
    if filters.channel in {c.value for c in Channel}:
        query = query.where(Application.channel == Channel(filters.channel))
    if filters.due in ("overdue", "near"):
        query = query.where(Application.state.in_(_OPEN))
        today = office.today()
        if filters.due == "overdue":
            query = query.where(Application.due_on < today)
        else:
            query = query.where(Application.due_on >= today, Application.due_on <= last_near_day(office))
    if filters.serial:
        query = query.where(Application.serial.contains(filters.serial.strip().upper(), autoescape=True))
    return query
