"""What the tables hold of some applications, read in few queries; nothing of a person but what has to be taken out."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from pipeline.service.analysis.course import Event
from pipeline.service.sealing import DamagedError, KeyMissingError
from pipeline.service.tables import (
    Application,
    Assessment,
    Correction,
    Decision,
    Identity,
    PageRow,
    QualitySample,
    TrailRow,
    Upload,
)

__all__ = ["Material", "Seen", "batches", "report_of"]

_AT_ONCE = 200
"""Applications read together: their rows are small, reports and facts are read one by one."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An assessment without what it says."""

    id: str
    revision: int
    made_at: dt.datetime
    conclusion: str
    machine_conclusion: str
    seconds: float


@dataclass(slots=True)
class Material:
    """One application that was handed in."""

    case: Application
    names: tuple[str, ...] = ()
    """Of applicant and agent, to be found and taken out."""
    assessments: list[Seen] = field(default_factory=list)
    """Oldest first."""
    decisions: list[Decision] = field(default_factory=list)
    samples: dict[str, QualitySample] = field(default_factory=dict)
    """By decision."""
    corrections: list[Correction] = field(default_factory=list)
    files: dict[str, int] = field(default_factory=dict)
    """Name of a source file -> round in which it was uploaded."""
    events: list[Event] = field(default_factory=list)


def batches(session: Session, regions: Iterable[str] | None = None) -> Iterator[list[Material]]:
    """Yield all applications that were ever handed in, some at a time, by id."""
    last = ""
    while True:
        query = select(Application).where(Application.first_submitted_at.is_not(None), Application.id > last)
        if regions is not None:
            query = query.where(Application.region.in_(sorted(regions)))
        cases = list(session.scalars(query.order_by(Application.id).limit(_AT_ONCE)))
        if not cases:
            return
        last = cases[-1].id
        yield _filled(session, cases)
        session.expunge_all()  # what was read is told; a hundred thousand cases shall not stay in the memory


def report_of(session: Session, assessment: str) -> tuple[Mapping[str, Any], str] | None:
    """Return report and facts of an assessment; None where it holds no report."""
    found = session.scalars(
        select(Assessment)
        .options(load_only(Assessment.application_id, Assessment.report_sealed, Assessment.facts_sealed))
        .where(Assessment.id == assessment)
    ).one_or_none()
    try:
        return None if found is None else (found.report, found.facts)
    except (DamagedError, KeyMissingError):
        return None


def _filled(session: Session, cases: Sequence[Application]) -> list[Material]:
    of = {case.id: Material(case) for case in cases}
    named: dict[str, set[str]] = defaultdict(set)
    for who in session.scalars(select(Identity).where(Identity.application_id.in_(of))):
        named[who.application_id] |= {name.strip() for name in (who.name, who.agent_name) if name.strip()}
    for id, found in named.items():
        of[id].names = tuple(sorted(found))
    seen = select(
        Assessment.application_id,
        Assessment.id,
        Assessment.revision,
        Assessment.made_at,
        Assessment.conclusion,
        Assessment.machine_conclusion,
        Assessment.seconds,
    ).where(Assessment.application_id.in_(of))
    for row in session.execute(seen.order_by(Assessment.revision)):
        of[row.application_id].assessments.append(Seen(*row[1:]))
    decisions = select(Decision).where(Decision.application_id.in_(of)).order_by(Decision.made_at, Decision.id)
    for decision in session.scalars(decisions):
        of[decision.application_id].decisions.append(decision)
    for sample in session.scalars(select(QualitySample).where(QualitySample.application_id.in_(of))):
        of[sample.application_id].samples[sample.decision_id] = sample
    corrections = (
        select(Correction).where(Correction.application_id.in_(of)).order_by(Correction.made_at, Correction.id)
    )
    for correction in session.scalars(corrections):
        of[correction.application_id].corrections.append(correction)
    files = (
        select(Upload.application_id, PageRow, Upload.round)
        .join(PageRow, PageRow.upload_id == Upload.id)
        .options(load_only(PageRow.upload_id, PageRow.member_sealed))
        .where(Upload.application_id.in_(of), Upload.removed_at.is_(None))
    )
    for id, page, number in session.execute(files):
        of[id].files[page.member] = min(number, of[id].files.get(page.member, number))
    trail = select(TrailRow.application_id, TrailRow.at, TrailRow.action, TrailRow.detail).where(
        TrailRow.application_id.in_(of), TrailRow.action.in_(_ACTIONS)
    )
    for id, at, action, detail in session.execute(trail.order_by(TrailRow.seq)):
        of[id].events.append(Event(at, action, detail.get("agrees") if isinstance(detail, dict) else None))
    return list(of.values())


_ACTIONS = (
    "application.submit",
    "application.claim",
    "application.release",
    "application.withdraw",
    "application.return",
    "application.decide",
    "application.describe",
    "assessment.make",
    "decision.propose",
    "decision.second",
    "decision.retract",
    "upload.add",
    "upload.remove",
    "upload.reorder",
)
