"""The nouns that rules judge: documents, typed facts and the evidence that places each on a page.

These types live beside the engine, below every pipeline stage, so that the engine needs nothing of the pipeline
(import direction: rules.engine <- pipeline stages <- review <- cli). All are frozen. A quantity that is not known is
a member of :class:`Unknown`, never a sentinel string or a silent default: absent (nothing printed), unreadable
(something is printed that could not be read), conflicting (sources disagree) and ``False`` are four different things.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar, Union

__all__ = [
    "MODEL_ONLY",
    "PAGE_READER",
    "AssertionStatus",
    "Box",
    "CaseFacts",
    "Diagnosis",
    "DocumentInfo",
    "DocumentType",
    "Evidence",
    "Finding",
    "Flag",
    "FormEntry",
    "HospitalLevel",
    "InkState",
    "LabResult",
    "Maybe",
    "Owner",
    "PatientIdentity",
    "Treatment",
    "Unknown",
    "Visit",
    "VisitKind",
    "seen_by_model_alone",
]

PAGE_READER = "page-reader"
"""Extractor of evidence that the learned page reader alone found. Joined names (``lab-table+page-reader``) say that a
rule found it as well."""
MODEL_ONLY = "model_only"
"""Doubt of a result that no rule found."""

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in pixels of the page as the person sees it; origin top left."""

T = TypeVar("T")


class Unknown(StrEnum):
    """Why a value is not known."""

    ABSENT = "absent"
    UNREADABLE = "unreadable"
    CONFLICTING = "conflicting"


Maybe = Union[T, Unknown]  # noqa: UP007 - a generic alias needs Union on Python 3.11


class DocumentType(StrEnum):
    """What a document is. The label is the term that people use; reports print it."""

    APPLICATION_FORM = "application_form"
    DISCHARGE_SUMMARY = "discharge_summary"
    FRONT_PAGE = "front_page"
    ADMISSION_RECORD = "admission_record"
    OUTPATIENT_RECORD = "outpatient_record"
    DIAGNOSIS_CERTIFICATE = "diagnosis_certificate"
    LAB_REPORT = "lab_report"
    IMAGING_REPORT = "imaging_report"
    PATHOLOGY_REPORT = "pathology_report"
    ENDOSCOPY_REPORT = "endoscopy_report"
    ECG_REPORT = "ecg_report"
    LUNG_FUNCTION_REPORT = "lung_function_report"
    EEG_EMG_REPORT = "eeg_emg_report"
    OPERATION_RECORD = "operation_record"
    DIALYSIS_RECORD = "dialysis_record"
    PRESCRIPTION = "prescription"
    RECEIPT = "receipt"
    IDENTITY_CARD = "identity_card"
    OTHER = "other"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    DocumentType.APPLICATION_FORM: "申请表",
    DocumentType.DISCHARGE_SUMMARY: "出院小结/出院记录",
    DocumentType.FRONT_PAGE: "住院病案首页",
    DocumentType.ADMISSION_RECORD: "入院记录",
    DocumentType.OUTPATIENT_RECORD: "门诊病历",
    DocumentType.DIAGNOSIS_CERTIFICATE: "疾病诊断证明书",
    DocumentType.LAB_REPORT: "检验报告单",
    DocumentType.IMAGING_REPORT: "影像报告",
    DocumentType.PATHOLOGY_REPORT: "病理报告",
    DocumentType.ENDOSCOPY_REPORT: "内镜报告",
    DocumentType.ECG_REPORT: "心电图/动态心电图",
    DocumentType.LUNG_FUNCTION_REPORT: "肺功能",
    DocumentType.EEG_EMG_REPORT: "脑电图/肌电图",
    DocumentType.OPERATION_RECORD: "手术/操作记录",
    DocumentType.DIALYSIS_RECORD: "透析记录",
    DocumentType.PRESCRIPTION: "处方/用药记录",
    DocumentType.RECEIPT: "收费票据",
    DocumentType.IDENTITY_CARD: "身份证/医保卡",
    DocumentType.OTHER: "其他",
    DocumentType.UNKNOWN: "未能识别",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where a statement stands: the quote verbatim and its place. A fact without one cannot reach a verdict."""

    document: str
    """Id of the document (``d1`` ...)."""
    file: str
    """Name of the uploaded file as the person knows it."""
    page: int
    """Page within that file, from 1."""
    box: Box
    quote: str
    confidence: float
    """0 to 1: the lower of the reader's and the extractor's."""
    extractor: str
    """Which extractor found it, e.g. ``lab-table``, ``clinical-text``, ``form-ink``."""
    generative: bool = False
    """True when a generative model produced it; such evidence alone never satisfies an item (hazard H13)."""

    share: float | None = None
    """How often facts of this kind and confidence are right, as measured; None: never measured."""
    for_human: bool = False
    """True when its confidence lies below what its kind has to have to count without a person."""

    @property
    def model_alone(self) -> bool:
        """True when only the learned page reader found it: it sends an item to a person and never decides one."""
        return self.extractor == PAGE_READER


def seen_by_model_alone(evidence: Sequence[Evidence]) -> bool:
    """True for the evidence of a fact that no rule and no person has seen."""
    return bool(evidence) and all(piece.model_alone for piece in evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class HospitalLevel:
    """Level of a hospital (医院分级管理办法): rank 1 to 3 (0: clinic without a level), grade 甲/乙/丙 where known."""

    rank: int
    grade: str | None = None
    source: str = "printed"
    """``printed`` on the page, ``catalogue`` (hospital list), or ``name`` (plain from the name, e.g. 卫生院)."""

    @property
    def label(self) -> str:
        names = {0: "未定级（诊所等）", 1: "一级", 2: "二级", 3: "三级"}
        return names[self.rank] + (f"{self.grade}等" if self.grade else "")


class Owner(StrEnum):
    """Whose document it is, by name, sex, age and ID compared over the case (hazard H15)."""

    APPLICANT = "applicant"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentInfo:
    """What the rules need to know of a document."""

    id: str
    type: DocumentType
    hospital: Maybe[str] = Unknown.ABSENT
    hospital_level: Maybe[HospitalLevel] = Unknown.ABSENT
    department: Maybe[str] = Unknown.ABSENT
    date: Maybe[dt.date] = Unknown.ABSENT
    """Date of what the document states: sampling or examination date, discharge date, date of issue for a
    certificate, visit date. Never the printing date where another one is printed."""
    owner: Owner = Owner.UNKNOWN
    signers: tuple[str, ...] = ()
    """Professional titles of those who signed, as printed (主任医师, 副主任医师, ...)."""
    duplicate_of: str | None = None
    """Id of the document of which this is a second photograph or reprint; it counts once."""
    model_only: tuple[str, ...] = ()
    """Names of fields above that only the learned page reader found: ``type``, ``hospital``, or ``date:unreadable``
    where rules had found the field and could not read it. They are shown; items are judged as the rules left them, and
    a document of such a type decides nothing alone."""
    readers_disagree: tuple[str, ...] = ()
    """Names of fields above that the learned page reader surely reads otherwise (``hospital``, ``date``). The rules'
    word stands, and a person is told to look."""


class AssertionStatus(StrEnum):
    """How a diagnosis, finding or treatment is asserted (hazard H11). Only CONFIRMED supports an item."""

    CONFIRMED = "confirmed"
    SUSPECTED = "suspected"
    DENIED = "denied"
    HISTORY = "history"
    FAMILY = "family"


class Flag(StrEnum):
    """Abnormal mark of a laboratory result as printed."""

    HIGH = "high"
    LOW = "low"
    ABNORMAL = "abnormal"


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientIdentity:
    """Identity as one document prints it."""

    document: str
    name: Maybe[str] = Unknown.ABSENT
    sex: Maybe[str] = Unknown.ABSENT
    """``男`` or ``女``."""
    age: Maybe[Decimal] = Unknown.ABSENT
    """Years; months and days as a fraction."""
    birth_date: Maybe[dt.date] = Unknown.ABSENT
    id_number: Maybe[str] = Unknown.ABSENT
    """Resident ID number, unmasked: mask it before it leaves the process (pipeline.reporting)."""
    evidence: tuple[Evidence, ...] = ()
    model_only: tuple[str, ...] = ()
    """As in :class:`DocumentInfo`. Evidence of such fields is that of the page reader alone."""
    readers_disagree: tuple[str, ...] = ()
    """As in :class:`DocumentInfo`: ``name``."""


class VisitKind(StrEnum):
    OUTPATIENT = "outpatient"
    INPATIENT = "inpatient"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One outpatient visit or one hospital stay."""

    document: str
    kind: VisitKind
    start: Maybe[dt.date] = Unknown.ABSENT
    end: Maybe[dt.date] = Unknown.ABSENT
    """Discharge date of a stay; equal to ``start`` for an outpatient visit."""
    hospital: Maybe[str] = Unknown.ABSENT
    department: Maybe[str] = Unknown.ABSENT
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One diagnosis with the way it is asserted."""

    document: str
    name: str
    """As printed, one diagnosis per fact."""
    status: AssertionStatus
    section: str
    """Heading it stands under, as a standard term: 出院诊断, 入院诊断, 门诊诊断, 诊断, 病理诊断, 既往史, ..."""
    concept: str | None = None
    """Id in rules/vocabulary/diagnoses, set by normalising; None when the vocabulary does not know the name."""
    icd10: str | None = None
    """Code printed on the page, or the concept's prefix."""
    date: Maybe[dt.date] = Unknown.ABSENT
    """Date at which it holds (discharge, visit, issue)."""
    grade: str | None = None
    """Grade or stage, normalised: 高血压 1/2/3级 -> ``"1"``..``"3"``, CKD -> ``"G1"``..``"G5"``, NYHA -> ``"II"``."""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LabResult:
    """One result of a laboratory sheet or one laboratory value inside prose."""

    document: str
    name: str
    """Item name as printed."""
    text: str
    """Result as printed, e.g. ``阴性(-)``, ``<0.5``, ``3+``, ``812.4``."""
    abbreviation: str | None = None
    value: Decimal | None = None
    """Number in the unit printed; None when the result is not a number."""
    comparator: str | None = None
    """``<``, ``<=``, ``>``, ``>=`` or None."""
    unit: str | None = None
    """As printed."""
    reference_low: Decimal | None = None
    reference_high: Decimal | None = None
    reference_text: str | None = None
    flag: Flag | None = None
    specimen: str | None = None
    sampled_at: Maybe[dt.datetime] = Unknown.ABSENT
    reported_at: Maybe[dt.datetime] = Unknown.ABSENT
    analyte: str | None = None
    """Id in rules/vocabulary/analytes, set by normalising."""
    canonical_value: Decimal | None = None
    """Value in the analyte's canonical unit; None when it could not be converted."""
    canonical_unit: str | None = None
    polarity: bool | None = None
    """Qualitative result: True positive, False negative, None neither."""
    doubts: tuple[str, ...] = ()
    """Codes of what makes the number unsure: ``flag_range_disagree``, ``unit_unknown``, ``implausible``,
    ``ambiguous_name``, ``row_mismatch``, ``low_confidence``; ``model_only``: no rule found it;
    ``readers_disagree``: the page reader reads another result, unit or range in this row;
    ``reference_model_only``: only the page reader found the range ... A result with doubts never turns an item to
    met alone."""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One statement of an examination (imaging, ECG, pathology, lung function ...) or a measurement in it."""

    document: str
    concept: str
    """Id in rules/vocabulary/findings (``left_ventricular_hypertrophy``) or measurements (``lvef``, ``fev1_fvc``)."""
    status: AssertionStatus
    """CONFIRMED: stated present; DENIED: stated absent or normal; SUSPECTED: 考虑, 可疑, 不除外."""
    modality: str = "unknown"
    """ct, mri, xray, ultrasound, echo, ecg, holter, pathology, cytology, endoscopy, lung_function, angiography,
    fundus, emg, eeg, bone_density ..."""
    section: str = ""
    """所见 or 结论 (the report's own conclusion decides), or the section of a clinical record."""
    text: str = ""
    value: Decimal | None = None
    comparator: str | None = None
    unit: str | None = None
    date: Maybe[dt.date] = Unknown.ABSENT
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """A drug, operation, dialysis session, chemo- or radiotherapy ... that was given (CONFIRMED) or not."""

    document: str
    kind: str
    """drug, operation, dialysis, chemotherapy, radiotherapy, transplant, palliative, other."""
    name: str
    """As printed."""
    status: AssertionStatus
    concept: str | None = None
    """Id in rules/vocabulary/drugs or procedures."""
    classes: tuple[str, ...] = ()
    """Drug classes (降糖药, 降压药 ...) or procedure classes (血液透析 ...)."""
    date: Maybe[dt.date] = Unknown.ABSENT
    section: str = ""
    evidence: tuple[Evidence, ...] = ()


class InkState(StrEnum):
    """Whether ink stands where a signature or a seal belongs; decided from pixels, not from the label."""

    PRESENT = "present"
    EMPTY = "empty"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormEntry:
    """One field of the 申请表: ``disease_applied``, ``physician_title``, ``physician_signature``, ``hospital_seal``."""

    document: str
    field: str
    value: Maybe[str] = Unknown.ABSENT
    """Text of the field; for signature and seal one of :class:`InkState`."""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """All that is known of one application; what the engine judges and what an audit stores."""

    as_of: dt.date
    """Application date: look-back windows count back from it."""
    documents: tuple[DocumentInfo, ...] = ()
    patient: tuple[PatientIdentity, ...] = ()
    visits: tuple[Visit, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    lab_results: tuple[LabResult, ...] = ()
    findings: tuple[Finding, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    form: tuple[FormEntry, ...] = ()
