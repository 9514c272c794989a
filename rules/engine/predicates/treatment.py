"""``treatment``: drugs, operations, dialysis, chemotherapy that were given, counted on different days."""

from __future__ import annotations

import datetime as dt

from pydantic import Field, model_validator

from rules.engine.admission import admit
from rules.engine.case_view import CaseView, document_title
from rules.engine.dates import parse_period
from rules.engine.facts import AssertionStatus, DocumentType, Treatment, Unknown
from rules.engine.nearest import nearest
from rules.engine.outcome import Candidate, Outcome, Weight
from rules.engine.predicates.base import (
    DocumentNames,
    Environment,
    Leaf,
    Sourced,
    document_types,
    known_classes,
    known_ids,
    located,
    predicate,
    settle,
)
from rules.engine.predicates.diagnosis import when_of
from rules.engine.weighing import Count, weigh

__all__ = ["TreatmentParams", "TreatmentWords", "is_of"]

KINDS = frozenset({"drug", "operation", "dialysis", "chemotherapy", "radiotherapy", "transplant", "palliative"}) | {
    "rehabilitation",
    "other",
}


def check_kinds(kinds: tuple[str, ...]) -> None:
    """Raises ValueError for a kind of treatment that there is not."""
    for kind in kinds:
        if kind not in KINDS:
            raise ValueError(f"没有 {kind} 这类治疗。{nearest(kind, KINDS)}可写：{'、'.join(sorted(KINDS))}")


class TreatmentWords(Sourced):
    """Which treatments are meant: by kind, by concept of the vocabulary, by class."""

    kinds: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _known_kinds(self) -> TreatmentWords:
        check_kinds(self.kinds)
        return self


class TreatmentParams(TreatmentWords):
    name: str
    weak_kinds: tuple[str, ...] = ()
    """Kinds that may be it (an operation whose purpose is not clear): for a person."""
    record_documents: DocumentNames = ()
    """Documents that are themselves a record of it; one without readable detail is for a person."""
    times: int = Field(default=1, ge=1)
    span: str | None = None
    reading: str | None = None

    @model_validator(mode="after")
    def _known_weak_kinds(self) -> TreatmentParams:
        check_kinds(self.weak_kinds)
        return self


def check_words(params: TreatmentWords, environment: Environment) -> None:
    """Raises ValueError when a concept or a class is not in the vocabulary."""
    vocabulary = environment.vocabulary
    with located("concepts"):
        known_ids("治疗", params.concepts, {**vocabulary.procedures, **vocabulary.drugs})
    with located("classes"):
        known_classes(params.classes, vocabulary)


def is_of(treatment: Treatment, params: TreatmentWords) -> bool:
    """True when the treatment is one of those meant."""
    return (
        treatment.kind in params.kinds
        or treatment.concept in params.concepts
        or any(c in params.classes for c in treatment.classes)
    )


@predicate("treatment", TreatmentParams)
def build(params: TreatmentParams, environment: Environment) -> Leaf:
    if not (params.kinds or params.concepts or params.classes):
        raise ValueError("没有写明是哪些治疗，请写 kinds、concepts 或 classes")
    check_words(params, environment)
    conditions = params.conditions()
    records = document_types(params.record_documents)
    lasting = f"，首末相隔满{parse_period(params.span).text}" if params.span else ""
    times = f" {params.times} 次（不同日期{lasting}）" if params.times > 1 else ""
    label = f"{params.prefix()} {params.name}{times}".strip()
    count = Count(at_least=params.times, span=parse_period(params.span) if params.span else None)

    def run(case: CaseView) -> Outcome:
        found: list[Candidate] = []
        detailed: set[str] = set()
        for treatment in case.treatments:
            weak = treatment.kind in params.weak_kinds and not is_of(treatment, params)
            if not weak and not is_of(treatment, params):
                continue
            candidate = _weigh_one(params, environment, case, treatment, weak)
            found.append(candidate)
            if candidate.weight is not Weight.REJECTED:
                detailed.add(treatment.document)
        for document in case.documents.values():
            first_copy = case.roots.get(document.id, document.id) == document.id
            if document.type in records and document.id not in detailed and first_copy:
                admission = admit(case, environment.policies, conditions, document.id, document.date, ())
                weight = Weight.REJECTED if admission.weight is Weight.REJECTED else Weight.UNSURE
                reason = admission.reason if weight is Weight.REJECTED else "record_without_detail"
                told = f"（{admission.text}）" if weight is Weight.REJECTED else "，内容未能读出"
                found.append(Candidate(weight, reason, f"{document_title(document)}{told}"))
        return weigh(label, found, count=count, absent=f"未见{label}记录", own_readings=environment.own_readings)

    def _weigh_one(
        params: TreatmentParams, environment: Environment, case: CaseView, treatment: Treatment, weak: bool
    ) -> Candidate:
        document = case.documents.get(treatment.document)
        past = treatment.status is AssertionStatus.HISTORY
        # A treatment told as past keeps its own date: the paper's date says nothing about it.
        date = treatment.date if past else when_of(case, treatment.document, treatment.date)
        admission = admit(case, environment.policies, conditions, treatment.document, date, treatment.evidence)
        weight, reason, told = _content(treatment, weak)
        weight, reason, text = settle(admission, weight, reason, f"{document_title(document, date)} {told}")
        first, last = (dt.date.min, dt.date.max) if isinstance(date, Unknown) else (date, date)
        if isinstance(treatment.date, Unknown) and not isinstance(date, Unknown) and document is not None:
            first = _first_day(case, document.type, treatment.document, date)
        return Candidate(weight, reason, text, treatment.evidence, first, last, admission.reading or params.reading)

    return Leaf(label=label, run=run, can_be_unmet=False)


def _first_day(case: CaseView, kind: DocumentType, document: str, date: dt.date) -> dt.date:
    """Earliest day of a treatment without a date of its own: the stay's first day, the visit's day."""
    if kind in (DocumentType.OUTPATIENT_RECORD, DocumentType.PRESCRIPTION, DocumentType.DIALYSIS_RECORD):
        return date
    start, _ = case.stays.get(document, (Unknown.ABSENT, Unknown.ABSENT))
    return dt.date.min if isinstance(start, Unknown) else min(start, date)


def _content(treatment: Treatment, weak: bool) -> tuple[Weight, str, str]:
    name = treatment.name
    if treatment.status is AssertionStatus.CONFIRMED:
        if weak:
            return Weight.UNSURE, "purpose_unclear", f"{name}，是否属于本项治疗需人工判断"
        return Weight.SUPPORT, "evidence_found", name
    if treatment.status is AssertionStatus.HISTORY:
        return Weight.UNSURE, "history_only", f"{name}只见于病史叙述"
    words = {AssertionStatus.SUSPECTED: "只是计划或建议", AssertionStatus.DENIED: "记为未做"}
    return Weight.REJECTED, "not_given", f"{name}{words.get(treatment.status, '不是本人的治疗')}"
