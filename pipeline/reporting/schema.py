"""Shape of report.json (``yushen.report.v1``). Tests outside the repository read it: keys are added, never renamed.

The models are the single source: :mod:`pipeline.reporting.as_json` builds them, so that a report is valid by
construction, and ``report.schema.json`` beside this file is their JSON Schema (a test keeps the two equal; write it
anew with ``python -m pipeline.reporting``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from rules.engine.facts import AssertionStatus, DocumentType, Flag, InkState, Owner, Unknown, VisitKind
from rules.engine.judgement import Conclusion, Status

__all__ = ["SCHEMA_FILE", "SCHEMA_ID", "Report", "json_schema"]

SCHEMA_ID = "yushen.report.v1"
SCHEMA_FILE = Path(__file__).with_name("report.schema.json")

Number = int | float
UnknownFields = dict[str, Unknown]
"""Field -> why it is null, where the reason is more than its absence from the page."""


class _Out(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_enum_values=True)


class EvidenceOut(_Out):
    """Where a statement stands. ``box`` is in pixels of the page as displayed."""

    document: str
    file: str
    page: int
    box: tuple[Number, Number, Number, Number]
    quote: str
    confidence: float = Field(ge=0, le=1)
    extractor: str
    """Who found it: ``lab-table``; ``page-reader`` where only the learned page reader did, which decides nothing
    alone; ``lab-table+page-reader`` where both did; ``person``."""


class ApplicantOut(_Out):
    name: str | None
    sex: str | None
    age: Number | None
    id_number: str | None
    """Masked."""
    unknown: UnknownFields = {}


class CaseOut(_Out):
    as_of: str
    region: str
    applicant: ApplicantOut
    applied_for: tuple[str, ...] = ()


class DiseaseOut(_Out):
    id: str
    name: str
    code: str | None
    number: int | None = None
    category: str | None = None


class RulesetOut(_Out):
    version: str
    sha256: str
    verified: bool
    source: str


class TraceOut(_Out):
    label: str
    value: bool | None
    status: Status | None = None
    note: str = ""
    children: tuple[TraceOut, ...] = ()


class FormulaOut(_Out):
    text: str
    trace: TraceOut


class CriterionOut(_Out):
    id: str
    title: str
    status: Status
    reason: str
    message: str
    evidence: tuple[EvidenceOut, ...]
    against: tuple[EvidenceOut, ...] = ()
    trace: tuple[TraceOut, ...] = ()
    readings: tuple[str, ...] = ()
    verified: bool = False
    source: str = ""


class NeedOut(_Out):
    criterion: str
    need: str
    accepts: tuple[str, ...]
    why: str
    alternatives: tuple[str, ...]
    alternative_criteria: tuple[tuple[str, ...], ...] = ()
    """Ids of the criteria that each alternative would meet, in the order of ``alternatives``."""
    where: str = ""


class JudgementOut(_Out):
    disease: DiseaseOut
    ruleset: RulesetOut
    conclusion: Conclusion
    formula: FormulaOut
    criteria: tuple[CriterionOut, ...]
    missing: tuple[NeedOut, ...]
    notices: tuple[str, ...] = ()


class QualityOut(_Out):
    code: str
    message: str
    score: float | None
    retake: bool = True
    """True: the page has to be taken again. False: a word on a part of a page that can be used."""


class PageOut(_Out):
    file: str
    page: int
    width: int
    height: int
    quality: tuple[QualityOut, ...]
    id: str = ""
    reader: str = ""
    why: str = ""
    angle: int = 0
    duplicate_of: str | None = None


class SealOut(_Out):
    """A round or oval seal pressed on a document, and what its words say of who issued it."""

    text: str
    """Round the rim; empty when it cannot be read."""
    centre: str
    """Straight across the middle: ``疾病诊断专用章``."""
    hospital: str | None
    """The hospital that its words name."""
    agreement: Literal["same", "other", "only_seal", "unread", "not_compared"]
    """With the letterhead: the same hospital, another one for certain, known by this seal alone, words not read, or
    nothing that could be compared."""
    shape: Literal["round", "oval"]
    colour: Literal["red", "blue", "dark"]
    evidence: EvidenceOut


class DocumentOut(_Out):
    id: str
    type: DocumentType
    type_label: str
    hospital: str | None
    hospital_level: str | None
    date: str | None
    pages: tuple[PageOut, ...]
    title: str | None = None
    department: str | None = None
    hospital_level_source: str | None = None
    owner: Owner = Owner.UNKNOWN
    signers: tuple[str, ...] = ()
    duplicate_of: str | None = None
    model_only: tuple[str, ...] = ()
    """Fields that only the learned page reader read: ``type``, ``hospital``, ``hospital_level``, ``department``,
    ``date``. Items are judged without them."""
    readers_disagree: tuple[str, ...] = ()
    """Fields that the learned page reader reads otherwise than the rules, whose word stands: ``hospital``, ``date``."""
    why: tuple[str, ...] = ()
    confidence: float | None = None
    unknown: UnknownFields = {}
    seals: tuple[SealOut, ...] = ()
    key: str = ""
    """Stays the same when other material is added or the order changes."""


class _FactOut(_Out):
    key: str = ""
    """Stays the same while the same upload is read the same way; ids of documents and pages do not."""
    document: str
    evidence: EvidenceOut | None
    more_evidence: tuple[EvidenceOut, ...] = ()
    """Further places of the same statement."""
    unknown: UnknownFields = {}
    share: float | None = None
    """How often facts of this kind and confidence were right where the truth is known; null: never measured."""
    for_human: bool = False
    """True when its confidence lies below what facts of its kind need to count without a person."""


class PatientOut(_FactOut):
    name: str | None
    sex: str | None
    age: Number | None
    birth_year: int | None
    """The year only: a full birth date beside a masked ID number would unmask it."""
    id_number: str | None
    """Masked."""
    model_only: tuple[str, ...] = ()
    """Fields that only the learned page reader read; items are judged without them."""
    readers_disagree: tuple[str, ...] = ()
    """Fields that the learned page reader reads otherwise than the rules, whose word stands: ``name``."""


class VisitOut(_FactOut):
    kind: VisitKind
    start: str | None
    end: str | None
    hospital: str | None
    department: str | None


class DiagnosisOut(_FactOut):
    name: str
    icd10: str | None
    status: AssertionStatus
    section: str
    date: str | None
    concept: str | None = None
    grade: str | None = None


class LabResultOut(_FactOut):
    analyte: str | None
    name: str
    value: Number | None
    comparator: str | None
    text: str
    unit: str | None
    reference_low: Number | None
    reference_high: Number | None
    reference_text: str | None
    flag: Flag | None
    specimen: str | None
    sampled_at: str | None
    reported_at: str | None
    abbreviation: str | None = None
    canonical_value: Number | None = None
    canonical_unit: str | None = None
    polarity: bool | None = None
    doubts: tuple[str, ...] = ()


class FindingOut(_FactOut):
    concept: str
    status: AssertionStatus
    modality: str
    section: str
    text: str
    value: Number | None
    comparator: str | None
    unit: str | None
    date: str | None


class TreatmentOut(_FactOut):
    kind: str
    name: str
    status: AssertionStatus
    concept: str | None
    classes: tuple[str, ...]
    date: str | None
    section: str


class FormEntryOut(_FactOut):
    field: str
    value: str | InkState | None


class FactsOut(_Out):
    patient: tuple[PatientOut, ...]
    visits: tuple[VisitOut, ...]
    diagnoses: tuple[DiagnosisOut, ...]
    lab_results: tuple[LabResultOut, ...]
    findings: tuple[FindingOut, ...]
    treatments: tuple[TreatmentOut, ...]
    form: tuple[FormEntryOut, ...]


class AlertOut(_Out):
    code: str
    severity: Literal["error", "warning", "info"]
    message: str
    evidence: tuple[EvidenceOut, ...]
    file: str | None = None
    page: int | None = None


class CorrectionOut(_Out):
    """What a person changed of what the machine read: both values, who and when."""

    id: str
    kind: str
    target: str
    """Key of the fact or document; ``criterion-3`` for an item."""
    field: str
    machine: dict[str, Any]
    human: dict[str, Any]
    note: str
    made_at: str
    made_by: str
    """Id of the account."""
    state: str
    """``applied``, or why it is not: ``target_lost``, ``page_lost``, ``not_possible``, ``other_disease``,
    ``item_settled``."""
    evidence: EvidenceOut | None = None
    """Where the machine read it."""


class Report(_Out):
    """report.json as a whole."""

    schema_: Literal["yushen.report.v1"] = Field(alias="schema", default="yushen.report.v1")
    case: CaseOut
    reviews: tuple[JudgementOut, ...]
    documents: tuple[DocumentOut, ...]
    facts: FactsOut
    alerts: tuple[AlertOut, ...]
    timing: dict[str, float]
    versions: dict[str, str] = {}
    corrections: tuple[CorrectionOut, ...] = ()
    """In the service: what reviewers changed before judging. Evidence that a person vouches for has the extractor
    ``person``."""


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of report.json as it is written."""
    schema = Report.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **schema}
