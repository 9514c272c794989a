"""Figures on the quality of decisions: machine beside human, second readers, blind re-examinations. No case, no person.

All count decisions by the day on which they were made, in the regions of whoever asks.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from pipeline.audit.words import FOLLOWING
from pipeline.service.actors import Actor, Role
from pipeline.service.office import LOCAL
from pipeline.service.tables import Application, Assessment, Correction, Decision, QualitySample

__all__ = ["Counts", "QualityFigures", "Span", "quality_figures"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days in China, both included; None: no bound."""

    first: dt.date | None = None
    last: dt.date | None = None

    def holds(self) -> list[ColumnElement[bool]]:
        """Return the conditions on :attr:`Decision.made_at`."""
        found: list[ColumnElement[bool]] = []
        if self.first is not None:
            found.append(Decision.made_at >= _midnight(self.first))
        if self.last is not None and self.last < dt.date.max:
            found.append(Decision.made_at < _midnight(self.last + dt.timedelta(days=1)))
        return found


@dataclass(slots=True, kw_only=True)
class Counts:
    """Of one disease, or of all. Each share has its whole beside it: ``agreed`` of ``suggested``."""

    decided: int = 0
    """Decisions that took effect, returns for material among them."""
    suggested: int = 0
    """... for which the machine alone had a suggestion."""
    agreed: int = 0
    corrected: int = 0
    """... whose case a person corrected before."""
    turned: int = 0
    """... where the corrections turned the conclusion."""
    seconded: int = 0
    """Decisions that a second reader looked at, in effect or not."""
    objected: int = 0
    drawn: int = 0
    examined: int = 0
    differed: int = 0

    def add(self, other: Counts) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityFigures:
    total: Counts
    by_disease: Mapping[str, Counts]
    crossed: Mapping[tuple[str, str], int]
    """(machine's conclusion, outcome) -> decisions that took effect."""
    kinds: Mapping[str, int] = field(default_factory=dict)
    """Kind of difference that a re-examination found -> how often; the empty kind is not sorted yet."""


def quality_figures(session: Session, actor: Actor, span: Span, disease: str | None = None) -> QualityFigures:
    """Return the figures of the regions of ``actor``.

    Raises:
        NotAllowedError: no analyst. Who examines cases blindly must not learn from figures what was decided.
    """
    actor.require_role(Role.ANALYST)
    where = [Application.region.in_(sorted(actor.regions)), *span.holds()]
    if disease is not None:
        where.append(Application.disease == disease)
    by_disease: dict[str, Counts] = {}
    crossed: Counter[tuple[str, str]] = Counter()
    for row in session.execute(_decisions(where)):
        counts = by_disease.setdefault(row.disease or "", Counts())
        counts.add(_of_decision(row))
        if row.final:
            crossed[row.machine, row.outcome.value] += row.number
    kinds: Counter[str] = Counter()
    for row in session.execute(_samples(where)):
        counts = by_disease.setdefault(row.disease or "", Counts())
        counts.drawn += row.number
        if row.found is not None:
            differs = row.found is not row.decided
            counts.examined += row.number
            counts.differed += row.number * differs
            if differs:
                kinds[row.difference or ""] += row.number
    total = Counts()
    for counts in by_disease.values():
        total.add(counts)
    return QualityFigures(total=total, by_disease=by_disease, crossed=crossed, kinds=kinds)


def _decisions(where: list[ColumnElement[bool]]) -> Any:
    corrected = (
        select(Correction.id)
        .where(Correction.application_id == Decision.application_id, Correction.made_at <= Decision.made_at)
        .where(Correction.undone_at.is_(None))
        .exists()
        .label("corrected")
    )
    rows = (
        select(
            Application.disease.label("disease"),
            Decision.outcome.label("outcome"),
            Decision.final.label("final"),
            Decision.second_agrees.label("second"),
            Assessment.machine_conclusion.label("machine"),
            Assessment.conclusion.label("conclusion"),
            corrected,
        )
        .select_from(Decision)
        .join(Application, Application.id == Decision.application_id)
        .join(Assessment, Assessment.id == Decision.assessment_id)
        .where(*where)
        .subquery()
    )
    return select(*rows.c, func.count().label("number")).group_by(*rows.c)


def _of_decision(row: Any) -> Counts:
    made = Counts()
    if row.second is not None:
        made.seconded = row.number
        made.objected = row.number * (not row.second)
    if row.final:
        made.decided = row.number
        made.corrected = row.number * bool(row.corrected)
        made.turned = row.number * (row.machine != row.conclusion)
        if row.machine in FOLLOWING:
            made.suggested = row.number
            made.agreed = row.number * (FOLLOWING[row.machine] == row.outcome.value)
    return made


def _samples(where: list[ColumnElement[bool]]) -> Any:
    named = (
        Application.disease.label("disease"),
        QualitySample.outcome.label("found"),
        Decision.outcome.label("decided"),
        QualitySample.difference.label("difference"),
    )
    return (
        select(*named, func.count().label("number"))
        .select_from(QualitySample)
        .join(Decision, Decision.id == QualitySample.decision_id)
        .join(Application, Application.id == QualitySample.application_id)
        .where(*where)
        .group_by(*named)
    )


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), LOCAL)
