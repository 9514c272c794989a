"""What a story is made of. Texts may hold marked words ``[[words|code]]``: ``data_samples.factory.papers.marks``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from data_samples.factory.clinic.labs import LabSheet
from data_samples.factory.clinic.people import Patient
from data_samples.factory.paper import Hospital

__all__ = [
    "Certificate",
    "Dialysis",
    "Drug",
    "Dx",
    "Encounter",
    "Exam",
    "Expected",
    "Form",
    "LabSheet",
    "Operation",
    "Plain",
    "Stay",
    "Story",
    "Visit",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dx:
    """A diagnosis as written and what it states."""

    name: str
    status: str = "confirmed"
    printed: str | None = None
    """Words on the page where they differ from the name (``？``)."""
    concept: str | None = None
    icd10: str | None = None
    grade: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drug:
    name: str
    trade: str
    spec: str
    dose: str
    route: str
    frequency: str
    classes: str
    """The class that benefits and criteria speak of: 降压药, 降糖药 ..."""
    quantity: str
    price: float
    """Yuan for one pack."""
    packs: int = 1

    @property
    def use(self) -> str:
        return f"{self.dose} {self.route} {self.frequency}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Met:
    hospital: Hospital
    owner: Patient
    department: str
    doctor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam(_Met):
    """An examination with its report."""

    kind: str
    variant: str
    type: str
    modality: str
    title: str
    part: str
    method: str
    on: dt.date
    seen: tuple[str, ...]
    conclusion: tuple[str, ...]
    number: str
    clinical: str = ""
    """Diagnosis on the request form."""
    table: tuple[Mapping[str, str], ...] = ()
    """Lung function: rows of measured values; a key's text may hold a mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay(_Met):
    """A hospital stay."""

    admitted: dt.date
    discharged: dt.date
    number: str
    bed: str
    admission_dx: tuple[Dx, ...]
    discharge_dx: tuple[Dx, ...]
    complaint: str
    history: str
    past: str
    family: str
    physical: str
    auxiliary: tuple[str, ...]
    course: str
    condition: str
    orders: tuple[str, ...]
    drugs: tuple[Drug, ...]
    labs: tuple[LabSheet, ...] = ()
    exams: tuple[Exam, ...] = ()
    cost: float = 0
    """Yuan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit(_Met):
    """An outpatient visit."""

    on: dt.date
    number: str
    complaint: str
    history: str
    past: str
    physical: str
    dx: tuple[Dx, ...]
    drugs: tuple[Drug, ...]
    advice: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(_Met):
    on: dt.date
    number: str
    dx: tuple[Dx, ...]
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialysis(_Met):
    """Sessions of haemodialysis on one record."""

    sessions: tuple[dt.date, ...]
    number: str
    dx: tuple[Dx, ...]
    weight: float
    """Dry weight, kg."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(_Met):
    """An operation or a course of treatment with its record."""

    on: dt.date
    name: str
    kind: str
    """operation, chemotherapy, radiotherapy ... as in the truth of treatments."""
    concept: str
    before: tuple[Dx, ...]
    after: tuple[Dx, ...]
    anaesthesia: str
    course: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(_Met):
    """The application form."""

    on: dt.date
    disease: str
    first_diagnosed: str
    history: str
    opinion: str
    physician_title: str
    signed: bool
    sealed: bool
    agent: str
    materials: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain(_Met):
    """A paper that tells nothing of the disease: identity card, insurance card, receipt, consent."""

    on: dt.date
    type: str
    kind: str
    """id_front, id_back, insurance_card, receipt, consent, ticket."""
    drugs: tuple[Drug, ...] = ()


Encounter = Exam | Stay | Visit | Certificate | Dialysis | Operation | Form | Plain | LabSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a review should conclude. Where the standard leaves room several are right."""

    conclusion: tuple[str, ...]
    criteria: Mapping[str, tuple[str, ...]]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One application: a person's course as far as the papers handed in tell it."""

    disease: int
    disease_name: str
    outcome: str
    title: str
    """One Chinese line."""
    as_of: dt.date
    patient: Patient
    relative: Patient | None
    handed: tuple[tuple[str, Encounter], ...]
    """What is handed in, in this order: document type and encounter (a stay may come as several documents)."""
    expected: Expected
    formula: str
    """The official formula of the disease's items."""
    levelled: Mapping[str, tuple[Encounter, ...]]
    """Item -> encounters of which one must show a hospital of level 2 or above; unread levels leave it to a person."""
