"""Facts of a case as plain rows, for an engine that knows texts, numbers and lists and no dates without a day.

What such an engine cannot say in its own language is worked out here and counted as flattening: which copy of a paper
stands for all, the date of a statement, the day on which a window begins (calendar months), which diagnoses lie under
which, headings, and units. No threshold, no document type and no level of a clause is decided here.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rules.engine.case_view import CaseView, view_case
from rules.engine.dates import Period
from rules.engine.facts import (
    AssertionStatus,
    CaseFacts,
    Diagnosis,
    DocumentInfo,
    DocumentType,
    Evidence,
    Finding,
    Flag,
    HospitalLevel,
    LabResult,
    Maybe,
    Owner,
    Treatment,
    Unknown,
    Visit,
    VisitKind,
)
from rules.engine.predicates.diagnosis import grade_rank, is_provisional, states_diagnosis, when_of
from rules.engine.targets import fold_icd10
from rules.vocabulary import Vocabulary

__all__ = ["Kinds", "flatten"]

Row = dict[str, Any]
Kinds = Mapping[str, list[str]]
"""Concept -> itself and everything broader."""

_YEARS = {f"y{years}": Period(months=12 * years) for years in (1, 2, 3)}
_VISIT_PAPERS = {
    DocumentType.OUTPATIENT_RECORD: VisitKind.OUTPATIENT,
    DocumentType.PRESCRIPTION: VisitKind.OUTPATIENT,
    DocumentType.DISCHARGE_SUMMARY: VisitKind.INPATIENT,
    DocumentType.FRONT_PAGE: VisitKind.INPATIENT,
    DocumentType.ADMISSION_RECORD: VisitKind.INPATIENT,
}


def kinds_of(vocabulary: Vocabulary) -> Kinds:
    """Made once for all cases."""
    found: dict[str, list[str]] = {}
    for concept in vocabulary.diagnoses:
        known = [concept]
        for name in known:
            known += [wider for wider in vocabulary.diagnoses[name].broader if wider not in known]
        found[concept] = known
    return found


def flatten(facts: CaseFacts, kinds: Kinds) -> Row:
    case = view_case(facts)
    rows = _Rows(case, kinds)
    diagnoses = [rows.diagnosis(d) for d in case.diagnoses]
    labs = [rows.lab(r) for r in case.lab_results]
    findings = [rows.finding(f) for f in case.findings]
    treatments = [rows.treatment(t) for t in case.treatments]
    visits = rows.visits(diagnoses, treatments)
    days = {row["day"] for group in (labs, findings, visits) for row in group}
    return {
        "as_of": case.as_of.toordinal(),
        "since": {name: period.before(case.as_of).toordinal() for name, period in _YEARS.items()},
        "sex": next((p.sex.__str__() for p in facts.patient if not isinstance(p.sex, Unknown)), ""),
        "documents": [
            {"kind": d.type.value, "own": d.owner is Owner.APPLICANT}
            for d in case.documents.values()
            if case.roots.get(d.id, d.id) == d.id
        ],
        "days": sorted(days - {0}),
        "diagnoses": diagnoses,
        "labs": labs,
        "findings": findings,
        "treatments": treatments,
        "visits": visits,
    }


def _day(date: Maybe[dt.date]) -> int:
    """Number of the day; 0 where it is not known."""
    return 0 if isinstance(date, Unknown) else date.toordinal()


class _Rows:
    def __init__(self, case: CaseView, kinds: Kinds) -> None:
        self.case = case
        self.kinds = kinds
        self.papers = {key: self.paper(document) for key, document in case.documents.items()}

    def paper(self, document: DocumentInfo) -> Row:
        level = document.hospital_level
        known = isinstance(level, HospitalLevel)
        return {
            "kind": document.type.value,
            "own": document.owner is Owner.APPLICANT,
            "rank": level.rank if known else -1,
            "grade": (level.grade or "") if known else "",
        }

    def base(self, document: str, date: Maybe[dt.date], evidence: tuple[Evidence, ...]) -> Row:
        read = [e.confidence for e in evidence if not e.generative and e.box[2] > e.box[0] and e.box[3] > e.box[1]]
        paper = self.papers.get(document) or {"kind": "unknown", "own": False, "rank": -1, "grade": ""}
        sure = date is Unknown.ABSENT or not isinstance(date, Unknown)
        return {**paper, "document": document, "day": _day(date), "confidence": min(read, default=0.0), "sure": sure}

    def diagnosis(self, fact: Diagnosis) -> Row:
        document = self.case.documents.get(fact.document)
        heading = "final" if states_diagnosis(fact.section) else "none"
        if is_provisional(fact.section, document):
            heading = "provisional"
        row = self.base(fact.document, when_of(self.case, fact.document, fact.date), fact.evidence)
        row |= _asserted(fact.status)
        row["is"] = self.kinds.get(fact.concept or "", [])
        row["icd"] = fold_icd10(fact.icd10) if fact.icd10 and fact.concept is None else ""
        row["heading"] = heading
        row["stage"] = grade_rank(fact.grade) or 0
        row["own_day"] = _day(fact.date)
        return row

    def lab(self, fact: LabResult) -> Row:
        # A result without a sampling time is of the day of its sheet.
        sampled = fact.sampled_at
        date = when_of(self.case, fact.document, sampled if isinstance(sampled, Unknown) else sampled.date())
        row = self.base(fact.document, date, fact.evidence)
        number = fact.canonical_value if fact.comparator is None else None
        row["analyte"] = fact.analyte or ""
        row["number"] = None if number is None else float(number)
        row["side"] = _side(fact)
        row["positive"] = fact.polarity
        row["sure"] = row["sure"] and not fact.doubts
        return row

    def finding(self, fact: Finding) -> Row:
        row = self.base(fact.document, when_of(self.case, fact.document, fact.date), fact.evidence)
        row |= _asserted(fact.status)
        number = fact.value if fact.comparator is None else None
        row["concept"] = fact.concept
        row["modality"] = fact.modality
        row["number"] = None if number is None else float(number)
        row["concluded"] = any(word in fact.section for word in ("结论", "诊断", "印象", "提示", "意见"))
        row["words"] = " ".join((fact.text, *(e.quote for e in fact.evidence)))
        return row

    def treatment(self, fact: Treatment) -> Row:
        row = self.base(fact.document, when_of(self.case, fact.document, fact.date), fact.evidence)
        row |= _asserted(fact.status)
        row["type"] = fact.kind
        row["procedure"] = fact.concept or ""
        row["classes"] = list(fact.classes)
        row["own_day"] = _day(fact.date)
        return row

    def visits(self, diagnoses: list[Row], treatments: list[Row]) -> list[Row]:
        """Visits and stays with what stands on their papers; a paper of a visit is itself one where none was read."""
        case = self.case
        per: dict[str, list[Visit]] = defaultdict(list)
        for visit in case.visits:
            per[visit.document].append(visit)
        found = []
        for document, visits in per.items():
            for visit in visits:
                ends = visit.kind is VisitKind.OUTPATIENT or isinstance(visit.end, Unknown)
                date = visit.start if ends else visit.end
                found.append((document, visit.kind, date, visit.evidence, len(visits) > 1))
        for key, paper in case.documents.items():
            if paper.type in _VISIT_PAPERS and key not in per and case.roots.get(key, key) == key:
                found.append((key, _VISIT_PAPERS[paper.type], paper.date, (), False))
        return [self.visit(*one, diagnoses, treatments) for one in found]

    def visit(
        self,
        document: str,
        kind: VisitKind,
        date: Maybe[dt.date],
        evidence: tuple[Evidence, ...],
        several: bool,
        diagnoses: list[Row],
        treatments: list[Row],
    ) -> Row:
        row = self.base(document, date, evidence)

        def here(fact: Row) -> bool:
            return fact["document"] == document and fact["confirmed"] and (not several or fact["own_day"] == row["day"])

        ill = [d for d in diagnoses if here(d) and d["heading"] == "final"]
        given = [t for t in treatments if here(t)]
        best = max((fact["confidence"] for fact in (*ill, *given)), default=0.0)
        row["confidence"] = min(row["confidence"], best) if evidence else best
        row["visit"] = kind.value
        row["is"] = [name for d in ill for name in d["is"]]
        row["icds"] = [d["icd"] for d in ill if d["icd"]]
        row["classes"] = [name for t in given for name in t["classes"]]
        row["procedures"] = [t["procedure"] for t in given]
        if not isinstance(date, Unknown):
            row["plus_3m"] = Period(months=3).after(date).toordinal()
            row["plus_6m"] = Period(months=6).after(date).toordinal()
        else:
            row["plus_3m"] = row["plus_6m"] = dt.date.max.toordinal()
        return row


def _asserted(status: AssertionStatus) -> Row:
    return {"confirmed": status is AssertionStatus.CONFIRMED, "denied": status is AssertionStatus.DENIED}


def _side(result: LabResult) -> str:
    """``high``, ``low``, ``normal`` by the printed range, else by the mark; empty where neither tells."""
    mark = {Flag.HIGH: "high", Flag.LOW: "low"}.get(result.flag) if result.flag is not None else None
    low, high = result.reference_low, result.reference_high
    value: Decimal | None = result.value if result.comparator is None else None
    if value is None or (low is None and high is None):
        return mark or ""
    side = "high" if high is not None and value > high else "low" if low is not None and value < low else "normal"
    return side if mark in (None, side) else ""
