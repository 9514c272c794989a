"""``visits``: k outpatient visits on different days, or one stay, for the disease; window and span kept apart.

The window looks back from the application date; the span asks how far the first and last visit lie apart.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from rules.engine.admission import Admission, Conditions, admit
from rules.engine.case_view import CaseView, document_title, in_order
from rules.engine.dates import parse_period
from rules.engine.facts import (
    AssertionStatus,
    Diagnosis,
    DocumentType,
    Evidence,
    Maybe,
    Treatment,
    Unknown,
    Visit,
    VisitKind,
)
from rules.engine.outcome import Candidate, Outcome, Weight, combine
from rules.engine.predicates.base import Environment, Leaf, predicate, settle
from rules.engine.predicates.diagnosis import is_provisional
from rules.engine.predicates.treatment import TreatmentWords, check_words, is_of
from rules.engine.targets import Match
from rules.engine.weighing import Count, weigh

__all__ = ["VisitsParams"]

OUTPATIENT_PAPERS = frozenset({DocumentType.OUTPATIENT_RECORD, DocumentType.PRESCRIPTION})
STAY_PAPERS = frozenset({DocumentType.DISCHARGE_SUMMARY, DocumentType.FRONT_PAGE, DocumentType.ADMISSION_RECORD})


class VisitsParams(TreatmentWords):
    """``kinds``, ``concepts``, ``classes`` name the treatments that relate a visit to the disease."""

    name: str
    outpatient: int | None = Field(default=3, ge=1)
    """So many visits on different days; None: visits do not count."""
    inpatient: int | None = Field(default=1, ge=1)
    outpatient_by: Literal["disease_or_treatment", "treatment"] = "disease_or_treatment"
    """What relates an outpatient visit to the disease."""
    span: str | None = None
    reading: str | None = None


@dataclass(frozen=True, slots=True)
class _Event:
    """A visit or stay with the facts that stand on its papers."""

    document: str
    kind: VisitKind
    date: Maybe[dt.date]
    evidence: tuple[Evidence, ...]
    several: bool
    """True where the paper reports several visits."""


def _events(case: CaseView) -> list[_Event]:
    """Visits as extracted; a paper of a visit from which none was extracted is a visit on its own date."""
    per_document: dict[str, int] = defaultdict(int)
    for visit in case.visits:
        per_document[visit.document] += 1
    events = [
        _Event(visit.document, visit.kind, _day(visit), visit.evidence, per_document[visit.document] > 1)
        for visit in case.visits
    ]
    for document in case.documents.values():
        if document.id in per_document or case.roots.get(document.id, document.id) in per_document:
            continue
        if case.roots.get(document.id, document.id) != document.id:
            continue
        if document.type in OUTPATIENT_PAPERS:
            events.append(_Event(document.id, VisitKind.OUTPATIENT, document.date, (), False))
        elif document.type in STAY_PAPERS:
            events.append(_Event(document.id, VisitKind.INPATIENT, document.date, (), False))
    return events


def _day(visit: Visit) -> Maybe[dt.date]:
    """Day of a visit; of a stay the last, else the first."""
    if visit.kind is VisitKind.OUTPATIENT or isinstance(visit.end, Unknown):
        return visit.start
    return visit.end


@predicate("visits", VisitsParams)
def build(params: VisitsParams, environment: Environment) -> Leaf:
    if params.outpatient is None and params.inpatient is None:
        raise ValueError("outpatient 和 inpatient 至少写一个")
    check_words(params, environment)
    span = parse_period(params.span) if params.span else None
    apart = f"，首末次相隔满{span.text}" if span else ""
    out_label = f"{params.prefix()} {params.name} 门诊 {params.outpatient} 次（不同日期）{apart}".strip()
    in_label = f"{params.prefix()} {params.name} 住院 {params.inpatient} 次".strip()

    conditions = params.conditions()
    own = environment.own_readings

    def run(case: CaseView) -> Outcome:
        by: dict[VisitKind, list[Candidate]] = defaultdict(list)
        related = _Related(params, environment, case)
        for event in _events(case):
            candidate = _weigh_event(params, environment, conditions, case, event, related)
            by[event.kind].append(candidate)
        parts: list[Outcome] = []
        if params.outpatient is not None:
            count = Count(at_least=params.outpatient, unit="次门诊", span=span)
            found = by[VisitKind.OUTPATIENT]
            parts.append(weigh(out_label, found, count=count, absent="未见相关门诊记录", own_readings=own))
        if params.inpatient is not None:
            count = Count(at_least=params.inpatient, unit="次住院")
            found = by[VisitKind.INPATIENT]
            parts.append(weigh(in_label, found, count=count, absent="未见相关住院记录", own_readings=own))
        if len(parts) == 1:
            return parts[0]
        return combine("any", 1, f"{out_label}，或 {in_label}", parts)

    labels = [out_label] if params.outpatient is not None else []
    labels += [in_label] if params.inpatient is not None else []
    return Leaf(label="，或 ".join(labels), run=run, can_be_unmet=False)


class _Related:
    """Facts that relate a visit to the disease, by document."""

    def __init__(self, params: VisitsParams, environment: Environment, case: CaseView) -> None:
        self.diagnoses: dict[str, list[Diagnosis]] = defaultdict(list)
        self.treatments: dict[str, list[Treatment]] = defaultdict(list)
        for diagnosis in case.diagnoses:
            if diagnosis.status is not AssertionStatus.CONFIRMED:
                continue
            if environment.target.match(diagnosis) is not Match.YES:
                continue
            # On papers of a stay only what stands under a heading of diagnoses; 入院诊断 yields to 出院诊断.
            if "诊断" not in diagnosis.section:
                continue
            document = case.documents.get(diagnosis.document)
            if is_provisional(diagnosis.section, document) and diagnosis.document in case.with_discharge:
                continue
            self.diagnoses[diagnosis.document].append(diagnosis)
        for treatment in case.treatments:
            if treatment.status is AssertionStatus.CONFIRMED and is_of(treatment, params):
                self.treatments[treatment.document].append(treatment)


def _weigh_event(
    params: VisitsParams,
    environment: Environment,
    conditions: Conditions,
    case: CaseView,
    event: _Event,
    related: _Related,
) -> Candidate:
    document = case.documents.get(event.document)
    kind = "门诊" if event.kind is VisitKind.OUTPATIENT else "住院"
    title = document_title(document, event.date)
    treatments: Sequence[Treatment | Diagnosis] = related.treatments[event.document]
    links = list(treatments)
    if event.kind is VisitKind.INPATIENT or params.outpatient_by == "disease_or_treatment":
        links = [*related.diagnoses[event.document], *links]
    if event.several:
        # A booklet of several visits: a fact belongs to the visit of its own date.
        links = [f for f in links if f.date == event.date]
    first, last = (dt.date.min, dt.date.max) if isinstance(event.date, Unknown) else (event.date, event.date)
    if not links:
        wanted = "用药" if params.outpatient_by == "treatment" and kind == "门诊" else "诊断或治疗"
        admission = admit(case, environment.policies, conditions, event.document, event.date, event.evidence)
        reason = admission.reason if admission.weight is Weight.REJECTED else "not_related"
        told = f"{title} {kind}，未见与本病相关的{wanted}"
        if admission.weight is Weight.REJECTED:
            told += f"（{admission.text}）"
        return Candidate(Weight.REJECTED, reason, told, event.evidence, first, last)
    best, admission = _best(environment, case, event, links, conditions)
    text = f"{title} {kind}（{best.name}）"
    weight, reason, text = settle(admission, Weight.SUPPORT, "evidence_found", text)
    evidence = tuple(dict.fromkeys((*event.evidence, *best.evidence)))
    return Candidate(weight, reason, text, evidence, first, last, admission.reading or params.reading)


def _best(
    environment: Environment,
    case: CaseView,
    event: _Event,
    links: Sequence[Diagnosis | Treatment],
    conditions: Conditions,
) -> tuple[Diagnosis | Treatment, Admission]:
    """The surest fact that relates the visit, with whether both together may count."""
    judged = []
    for link in in_order(links):
        evidence = (*event.evidence, *link.evidence) if link.evidence else ()
        found = admit(case, environment.policies, conditions, event.document, event.date, evidence)
        judged.append((link, found))
    return min(judged, key=lambda pair: pair[1].weight)
