"""The course of one application through the bureau, from its trail: when it was handed in, and who had it how long."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.service.office import LOCAL
from pipeline.service.workdays import Calendar

__all__ = ["Course", "Event", "Span", "course_of", "timing_row"]

_TAKEN_BACK = frozenset({"application.release", "application.withdraw"})


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the trail, as far as it says where a case was."""

    at: dt.datetime
    action: str
    agrees: bool | None = None
    """Of a second reading."""


@dataclass(frozen=True, slots=True)
class Span:
    """A step that has ended."""

    round: int
    step: str
    place: int
    begun: dt.datetime
    ended: dt.datetime


@dataclass(slots=True)
class Course:
    """When each round was handed in and ended, and its steps."""

    submitted: list[dt.datetime] = field(default_factory=list)
    ended: dict[int, dt.datetime] = field(default_factory=dict)
    """Round -> when it was decided or sent back."""
    spans: list[Span] = field(default_factory=list)

    def round_at(self, moment: dt.datetime) -> int:
        """Return the round under way at ``moment``; what comes before the first submission belongs to the first.

        What the applicant adds after a return belongs to the next round, also before it is handed in.
        """
        return 1 + sum(ended < moment for ended in self.ended.values())


def course_of(events: Sequence[Event]) -> Course:
    """Return the course that ``events`` (in the order of the trail) tell of."""
    walk = _Walk()
    for event in events:
        walk.take(event)
    return walk.course


class _Walk:
    def __init__(self) -> None:
        self.course = Course()
        self._open: dict[str, dt.datetime] = {}
        self._places: Counter[tuple[int, str]] = Counter()
        self._assessed = False
        """Whether anything is assessed that stands: a submission changes no page."""

    def take(self, event: Event) -> None:
        action, at = event.action, event.at
        if action == "application.submit":
            self._submit(at)
        elif action == "assessment.make":
            self._assessed = True
            self._end("reading", at)
        elif action in ("upload.add", "upload.remove", "upload.reorder", "application.describe"):
            self._assessed = False
        elif action == "application.claim":
            self._end("waiting", at)
            self._begin("reviewing", at)
        elif action == "decision.propose":
            self._end("reviewing", at)
            self._begin("second_reading", at)
        elif action in ("decision.second", "decision.retract"):
            self._end("second_reading", at)
            if not event.agrees:
                self._begin("reviewing", at)
        elif action in ("application.return", "application.decide"):
            self._close(at, returned=action == "application.return")
        elif action in _TAKEN_BACK:
            self._take_back(at, again=action == "application.release")

    def _submit(self, at: dt.datetime) -> None:
        self._end("applicant", at)
        self.course.submitted.append(at)
        self._begin("round", at)
        self._begin("waiting", at)
        self._begin("reading", at)
        if self._assessed:  # all was read before it was handed in
            self._end("reading", at)

    def _close(self, at: dt.datetime, *, returned: bool) -> None:
        for step in ("second_reading", "reviewing", "round"):
            self._end(step, at)
        number = self._round
        self._open.clear()
        self.course.ended[number] = at
        if returned:
            self._begin("applicant", at)

    def _take_back(self, at: dt.datetime, *, again: bool) -> None:
        for step in ("second_reading", "reviewing"):
            self._end(step, at)
        if again:
            self._begin("waiting", at)
        else:
            self._open.clear()

    @property
    def _round(self) -> int:
        return max(1, len(self.course.submitted))

    def _begin(self, step: str, at: dt.datetime) -> None:
        self._open[step] = at

    def _end(self, step: str, at: dt.datetime) -> None:
        begun = self._open.pop(step, None)
        if begun is None:
            return
        number = self._round
        self._places[number, step] += 1
        self.course.spans.append(Span(number, step, self._places[number, step], begun, max(begun, at)))


def timing_row(span: Span, application_id: str, calendar: Calendar) -> dict[str, object]:
    """Return a step as a row of ``timings``; days are those of China."""
    first, last = (moment.astimezone(LOCAL).date() for moment in (span.begun, span.ended))
    return {
        "application_id": application_id,
        "round": span.round,
        "step": span.step,
        "place": span.place,
        "bureau": span.step != "applicant",
        "from_on": first,
        "to_on": last,
        "hours": round((span.ended - span.begun).total_seconds() / 3600, 2),
        "working_days": calendar.left(first, last),
    }
