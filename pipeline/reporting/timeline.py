"""The course of the illness on one time line: stays, visits, laboratory and other examinations, treatments.

A picture of lanes gives the overview and needs no text beside its axis, however dense; the list beneath it names every
event. Documents of another person and second photographs are left out and counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pipeline.reporting import wording
from pipeline.reporting.text import known, show, single_line
from rules.engine.facts import AssertionStatus, CaseFacts, DocumentType, Evidence, Owner, VisitKind

__all__ = ["Event", "Lane", "Mark", "Timeline", "course_of"]

WIDTH, LANE, TOP, LEFT, RIGHT = 960, 34, 30, 64, 24
LANES = ("住院", "门诊", "检验", "检查", "治疗", "证明文书")
_CLUSTER = 11.0
"""Marks of one lane closer than this (chart units) are drawn as one with a count."""

_DOCUMENT_LANES = {
    DocumentType.LAB_REPORT: "检验",
    DocumentType.IMAGING_REPORT: "检查",
    DocumentType.PATHOLOGY_REPORT: "检查",
    DocumentType.ENDOSCOPY_REPORT: "检查",
    DocumentType.ECG_REPORT: "检查",
    DocumentType.LUNG_FUNCTION_REPORT: "检查",
    DocumentType.EEG_EMG_REPORT: "检查",
    DocumentType.OPERATION_RECORD: "治疗",
    DocumentType.DIALYSIS_RECORD: "治疗",
    DocumentType.PRESCRIPTION: "治疗",
    DocumentType.DIAGNOSIS_CERTIFICATE: "证明文书",
    DocumentType.APPLICATION_FORM: "证明文书",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the list; ``end`` for a stay."""

    lane: str
    start: dt.date
    end: dt.date
    text: str
    hospital: str
    document: str
    evidence: Evidence | None = None

    @property
    def dates(self) -> str:
        return (
            self.start.isoformat()
            if self.start == self.end
            else f"{self.start.isoformat()} 至 {self.end.isoformat()}（{(self.end - self.start).days} 天）"
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """A drawn mark: a bar where ``width`` is more than a dot, a counted dot where several events fall together."""

    x: float
    width: float
    count: int
    title: str


@dataclass(frozen=True, slots=True)
class Lane:
    name: str
    y: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    events: tuple[Event, ...]
    lanes: tuple[Lane, ...]
    ticks: tuple[tuple[float, str], ...]
    guides: tuple[tuple[float, str], ...]
    """Application date and one and two years before it: the look-back windows of most items."""
    undated: int
    left_out: int
    height: int
    width: int = WIDTH
    left: int = LEFT
    right: int = WIDTH - RIGHT


def course_of(facts: CaseFacts) -> Timeline:
    """Collect and place all dated events of the applicant."""
    info = {d.id: d for d in facts.documents}
    skipped = {d.id for d in facts.documents if d.owner is Owner.OTHER or d.duplicate_of is not None}
    events = sorted(
        dict.fromkeys(e for e in _events(facts) if e.document not in skipped),
        key=lambda e: (e.start, LANES.index(e.lane)),
    )
    undated = sum(1 for d in info.values() if d.id not in skipped and not known(d.date))
    lanes, ticks, guides, height = _place(events, facts.as_of) if events else ((), (), (), 0)
    return Timeline(
        events=tuple(events),
        lanes=lanes,
        ticks=ticks,
        guides=guides,
        undated=undated,
        left_out=len(skipped),
        height=height,
    )


def _events(facts: CaseFacts) -> Iterable[Event]:
    for visit in facts.visits:
        if isinstance(visit.start, dt.date) or isinstance(visit.end, dt.date):
            start = visit.start if isinstance(visit.start, dt.date) else visit.end
            end = visit.end if isinstance(visit.end, dt.date) else start
            assert isinstance(start, dt.date)
            assert isinstance(end, dt.date)
            lane = wording.VISITS[visit.kind]
            department = show(visit.department, absent="")
            text = f"{department}{'住院' if visit.kind is VisitKind.INPATIENT else '就诊'}"
            yield Event(
                lane=lane,
                start=min(start, end),
                end=max(start, end),
                text=text,
                hospital=show(visit.hospital, absent=""),
                document=visit.document,
                evidence=visit.evidence[0] if visit.evidence else None,
            )
    for document in facts.documents:
        lane = _DOCUMENT_LANES.get(document.type, "")
        if lane and isinstance(document.date, dt.date):
            yield Event(
                lane=lane,
                start=document.date,
                end=document.date,
                text=document.type.label,
                hospital=show(document.hospital, absent=""),
                document=document.id,
            )
    seen = set()
    for treatment in facts.treatments:
        key = (treatment.kind, single_line(treatment.name), treatment.date)
        if treatment.status is AssertionStatus.CONFIRMED and isinstance(treatment.date, dt.date) and key not in seen:
            seen.add(key)
            yield Event(
                lane="治疗",
                start=treatment.date,
                end=treatment.date,
                text=f"{wording.KINDS.get(treatment.kind, '治疗')}：{single_line(treatment.name)}",
                hospital="",
                document=treatment.document,
                evidence=treatment.evidence[0] if treatment.evidence else None,
            )


def _place(
    events: list[Event], as_of: dt.date
) -> tuple[tuple[Lane, ...], tuple[tuple[float, str], ...], tuple[tuple[float, str], ...], int]:
    # A misread year (1926, 2206) must not squeeze the rest into a dot: the picture shows 12 years, the list all.
    last = min(max([as_of, *(e.end for e in events)]), as_of + dt.timedelta(days=60))
    first = max(min(e.start for e in events), last - dt.timedelta(days=12 * 366))
    first = min(first, last - dt.timedelta(days=45))
    span = (last - first).days

    def x(day: dt.date) -> float:
        share = min(max((day - first).days / span, 0.0), 1.0)
        return round(LEFT + 12 + share * (WIDTH - LEFT - RIGHT - 24), 1)

    lanes = []
    used = [name for name in LANES if any(e.lane == name for e in events)]
    for number, name in enumerate(used):
        lanes.append(
            Lane(name, TOP + LANE * number + LANE / 2, tuple(_marks([e for e in events if e.lane == name], x)))
        )
    guides = [(x(as_of), "申请日")]
    for years in (1, 2):
        day = _years_before(as_of, years)
        if first <= day:
            guides.append((x(day), f"前 {years} 年"))
    return tuple(lanes), _ticks(first, last, x), tuple(guides), TOP + LANE * len(used) + 30


def _marks(events: list[Event], x: Callable[[dt.date], float]) -> Iterable[Mark]:
    group: list[Event] = []

    def flush() -> Iterable[Mark]:
        if group:
            titles = [f"{e.dates} {e.text}" for e in group]
            middle = sum(x(e.start) for e in group) / len(group)
            yield Mark(round(middle, 1), 0.0, len(group), "；".join(titles[:8]) + ("……" if len(titles) > 8 else ""))
            group.clear()

    for event in events:
        if x(event.end) - x(event.start) >= 6:
            yield from flush()
            yield Mark(x(event.start), round(x(event.end) - x(event.start), 1), 1, f"{event.dates} {event.text}")
            continue
        if group and x(event.start) - x(group[0].start) > _CLUSTER:
            yield from flush()
        group.append(event)
    yield from flush()


def _ticks(first: dt.date, last: dt.date, x: Callable[[dt.date], float]) -> tuple[tuple[float, str], ...]:
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    step = next(s for s in (1, 2, 3, 6, 12, 24, 10**6) if months / s <= 10)
    ticks = []
    year, month = first.year, first.month
    while dt.date(year, month, 1) <= last:
        if (year * 12 + month - 1) % step == 0 and dt.date(year, month, 1) >= first:
            ticks.append((x(dt.date(year, month, 1)), f"{year}" if step >= 12 else f"{year}-{month:02d}"))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return tuple(ticks)


def _years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
