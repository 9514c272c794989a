"""Due dates in words: working days left by the official calendar."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pipeline.service.office import Office
from pipeline.service.states import State
from pipeline.service.tables import Application

__all__ = ["Deadline", "deadline_of", "last_near_day"]

_RUNNING = frozenset({State.SUBMITTED, State.UNDER_REVIEW})


@dataclass(frozen=True, slots=True)
class Deadline:
    """``kind``: overdue, today, near, ok or none (not running); each has a word, colour comes second."""

    kind: str
    words: str
    day: dt.date | None
    provisional: bool


def deadline_of(office: Office, application: Application) -> Deadline:
    """Return how a case stands against its due date today."""
    day = application.due_on
    if day is None or application.state not in _RUNNING:
        return Deadline("none", "", day, application.due_provisional)
    left = office.calendar.left(office.today(), day)
    if day < office.today():
        return Deadline("overdue", f"已逾期 {max(-left, 1)} 个工作日", day, application.due_provisional)
    if left == 0:
        return Deadline("today", "今天到期", day, application.due_provisional)
    kind = "near" if left <= office.settings.service.warn_days else "ok"
    return Deadline(kind, f"还剩 {left} 个工作日", day, application.due_provisional)


def last_near_day(office: Office) -> dt.date:
    """Return the last day on which a due date counts as near."""
    after = office.calendar.due(office.today(), office.settings.service.warn_days + 1).day
    return after - dt.timedelta(days=1)
