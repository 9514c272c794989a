"""What one document says, before any layout: fields, table rows, sections, signatures, and the facts it holds.

Every printed value that is a fact carries a mark. A family prints a marked value as a link to ``mark:<id>``; where the
link landed is the fact's place, whatever engine drew the page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Fact", "Field", "Hospital", "Paper", "Row", "Run", "Section", "Signature"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hospital:
    """An invented hospital."""

    name: str
    level: str | None
    """``三级甲等`` ...; None where its papers do not print it."""
    short: str = ""
    english: str = ""
    address: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text; ``mark`` where it is a fact."""

    text: str
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One labelled value of the page's head or foot. The label is the family's affair, the key is not."""

    key: str
    """name, sex, age, birth_date, id_number, number (住院号/门诊号/病历号), department, ward, bed, specimen,
    sample_number, doctor, diagnosis, panel, barcode, applied, sampled, received, tested, reported, printed, admitted,
    discharged, days, visited, examined, examination, modality, device, tester, checker, phone, address, occupation,
    marriage,
    insurance, disease_applied, applied_on, physician_name, physician_title ..."""
    value: str | dt.date | dt.datetime
    """Days and times are formatted by the family."""
    mark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One laboratory result, or one line of any other table (procedures, drugs, charges)."""

    name: str
    abbr: str = ""
    result: str = ""
    unit: str = ""
    low: str | None = None
    high: str | None = None
    """Limits as strings with the analyte's usual decimals; both None for a qualitative result."""
    expected: str = ""
    """Reference text of a qualitative result: ``阴性``."""
    flag: str | None = None
    """high, low, abnormal, or None."""
    method: str = ""
    group: str = ""
    mark: str | None = None
    """Mark of the whole fact. Cells are marked ``<mark>.name``, ``.result``, ``.unit``, ``.range``, ``.flag`` and
    ``.abbr``; the union of the cells is the place of the fact."""
    more: Mapping[str, str] = field(default_factory=dict)
    """Columns of other tables: dose, frequency, days, quantity, price ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A headed part of a record. ``items`` are diagnoses or orders (the family numbers them), ``text`` is prose."""

    key: str
    """chief_complaint, present_illness, past_history, personal_history, family_history, physical_exam, auxiliary_exams,
    admission_diagnosis, discharge_diagnosis, diagnosis, course, discharge_condition, orders, treatment, findings,
    impression, specimen_seen, microscopy, immunohistochemistry, pathology_diagnosis, procedure, advice, note ..."""
    title: str
    text: tuple[Run, ...] = ()
    items: tuple[tuple[Run, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed: role as printed before the line (医师签名), and the name."""

    role: str
    name: str
    title: str = ""
    handwritten: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One true statement. ``kind`` and ``values`` are those of truth.json."""

    kind: str
    """diagnoses, lab_results, findings, treatments, visits, form."""
    values: Mapping[str, Any]
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One document."""

    type: str
    """Value of ``rules.engine.facts.DocumentType``."""
    title: str
    hospital: Hospital
    fields: Mapping[str, Field]
    date: dt.date
    """The day the document is of: reported, discharged, visited, issued."""
    patient: Mapping[str, Any]
    """Truth: name, sex, age, birth_date, id_number as far as printed."""
    dates: Mapping[str, dt.date] = field(default_factory=dict)
    """Truth: sampled, reported, admitted, discharged, visited, issued, examined ..."""
    rows: tuple[Row, ...] = ()
    sections: tuple[Section, ...] = ()
    signatures: tuple[Signature, ...] = ()
    seals: tuple[str, ...] = ()
    """Texts of the seals pressed on it: ``医务科``, ``疾病诊断专用章``, ``检验专用章`` ...; the name runs round."""
    facts: tuple[Fact, ...] = ()
    owner: str = "applicant"
    """``applicant`` or ``other``."""
