"""Heads of documents and entries of the form: each field exactly right, wrong, not read, or read where none is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from pipeline.evaluating.counting import Ratio
from pipeline.evaluating.documents import document_for
from pipeline.evaluating.kept import KeptCase, Place
from pipeline.evaluating.text import fold
from pipeline.evaluating.truth import Truth, TruthDocument
from rules.engine.facts import DocumentInfo, HospitalLevel, PatientIdentity, Unknown
from rules.vocabulary.hospitals import parse_printed_level

__all__ = ["FieldCount", "FieldMistake", "FieldScore", "score_fields"]

_UNDATED = ("identity_card",)
"""Types whose date in the truth is the day of the case: the paper states nothing of a day."""
_NONE = (None, Unknown.ABSENT, Unknown.UNREADABLE, Unknown.CONFLICTING)


@dataclass(frozen=True, slots=True)
class FieldCount:
    right: int = 0
    wrong: int = 0
    """Read as something else."""
    missed: int = 0
    invented: int = 0
    """Read although nothing is printed."""

    def __add__(self, other: FieldCount) -> FieldCount:
        return FieldCount(
            self.right + other.right,
            self.wrong + other.wrong,
            self.missed + other.missed,
            self.invented + other.invented,
        )

    @property
    def exact(self) -> Ratio:
        return Ratio(self.right, self.right + self.wrong + self.missed)


@dataclass(frozen=True, slots=True)
class FieldMistake:
    """A field that is not right; texts for the page of an evaluation, whose people are invented."""

    field: str
    printed: str
    read: str


@dataclass(frozen=True, slots=True)
class FieldScore:
    counts: Mapping[str, FieldCount] = field(default_factory=dict)
    mistakes: tuple[FieldMistake, ...] = ()

    @property
    def exact(self) -> Ratio:
        return sum((count.exact for count in self.counts.values()), Ratio())


def score_fields(truth: Truth, kept: KeptCase) -> dict[Place, FieldScore]:
    """Return the score by first page of each document."""
    unusable = {(p.file, p.page) for p in truth.pages if p.unusable}
    out: dict[Place, FieldScore] = {}
    for document in truth.documents:
        if not document.pages or document.pages[0] in unusable:
            continue
        place = document.pages[0]
        score = _document(document, kept)
        before = out.get(place, FieldScore())
        counts = dict(before.counts)
        for name, count in score.counts.items():
            counts[name] = counts.get(name, FieldCount()) + count
        out[place] = FieldScore(counts, before.mistakes + score.mistakes)
    return out


def _document(document: TruthDocument, kept: KeptCase) -> FieldScore:
    read = document_for(document, kept)
    own = {d.id for d in kept.documents if set(d.pages) & set(document.pages)}
    info = next((i for i in kept.facts.documents if read and i.id == read.id), None)
    patients = [p for p in kept.facts.patient if read and p.document == read.id]
    counts: dict[str, FieldCount] = {}
    mistakes: list[FieldMistake] = []
    for name, wanted, found, same in (
        *_head(document, info, patients[0] if patients else None),
        *_days(document, kept, own, info),
        *_form(document, kept, own),
    ):
        count = _count(bool(same), wanted not in _NONE, found not in _NONE)
        counts[name] = counts.get(name, FieldCount()) + count
        if not count.right and count != FieldCount():
            mistakes.append(FieldMistake(name, _show(wanted), _show(found)))
    return FieldScore(counts, tuple(mistakes))


def _count(same: bool, printed: bool, read: bool) -> FieldCount:
    if printed and read:
        return FieldCount(right=1) if same else FieldCount(wrong=1)
    if printed:
        return FieldCount(missed=1)
    return FieldCount(invented=1) if read else FieldCount()


_Row = tuple[str, Any, Any, bool]
"""Field, true value, read value, whether they agree."""


def _head(document: TruthDocument, info: DocumentInfo | None, patient: PatientIdentity | None) -> Iterable[_Row]:
    for name in ("name", "sex", "id_number", "birth_date"):
        wanted, found = document.patient.get(name), getattr(patient, name, None)
        if name == "birth_date" and wanted is None:
            continue  # what an ID number tells is read as well
        yield name, wanted, found, fold(str(wanted)) == fold(str(found))
    wanted, found = document.patient.get("age"), getattr(patient, "age", None)
    yield "age", wanted, found, _number(wanted) is not None and _number(wanted) == _number(found)
    hospital = getattr(info, "hospital", None)
    yield "hospital", document.hospital, hospital, _hospital(document.hospital) == _hospital(hospital)
    printed = parse_printed_level(document.hospital_level) if document.hospital_level else None
    level = getattr(info, "hospital_level", None)
    if isinstance(level, HospitalLevel) and printed is None and level.source != "printed":
        level = None  # known from the name or the catalogue, not read
    same = isinstance(level, HospitalLevel) and printed is not None
    yield (
        "level",
        printed and printed.label,
        level.label if isinstance(level, HospitalLevel) else None,
        same and (printed.rank, printed.grade) == (level.rank, level.grade),  # type: ignore[union-attr]
    )


def _days(document: TruthDocument, kept: KeptCase, own: set[str], info: DocumentInfo | None) -> Iterable[_Row]:
    found = getattr(info, "date", None)
    right = {document.date, *(document.dates[k] for k in ("sampled", "examined", "collected") if k in document.dates)}
    if document.type not in _UNDATED:
        yield "date", document.date, found, found in right
    facts = kept.facts
    labs = [r for r in facts.lab_results if r.document in own]
    stays = [v for v in facts.visits if v.document in own and v.kind.value == "inpatient"]
    sources: tuple[tuple[str, list[Any]], ...] = (
        ("sampled", [r.sampled_at for r in labs]),
        ("reported", [r.reported_at for r in labs]),
        ("admitted", [v.start for v in stays]),
        ("discharged", [v.end for v in stays]),
    )
    for name, values in sources:
        wanted = document.dates.get(name)
        days = [v.date() if isinstance(v, dt.datetime) else v for v in values if isinstance(v, dt.date)]
        if wanted is None or (name in ("sampled", "reported") and not document.of("lab_results")):
            continue
        day = max(set(days), key=days.count) if days else None
        yield (
            name,
            wanted,
            wanted if wanted in days and name in ("admitted", "discharged") else day,
            (wanted in days if name in ("admitted", "discharged") else wanted == day),
        )


def _form(document: TruthDocument, kept: KeptCase, own: set[str]) -> Iterable[_Row]:
    read = {entry.field: entry.value for entry in kept.facts.form if entry.document in own}
    for fact in document.of("form"):
        name, wanted = str(fact.values["field"]), fact.values.get("value")
        found = read.get(name)
        yield f"form_{name}", wanted, found, _entry(wanted) == _entry(found)


def _entry(value: Any) -> str:
    text = fold(str(value))
    if re.search(r"\d{4}", text):
        parts = re.findall(r"\d+", text)
        if len(parts) == 3:
            return "-".join(str(int(part)) for part in parts)
    return text


def _hospital(value: Any) -> str:
    return re.sub(r"\(.*?\)", "", fold(str(value)))


def _number(value: Any) -> Decimal | None:
    try:
        return None if isinstance(value, Unknown) or value is None else Decimal(str(value))
    except InvalidOperation:
        return None


def _show(value: Any) -> str:
    if isinstance(value, Unknown):
        return {"absent": "", "unreadable": "（看不清）", "conflicting": "（矛盾）"}[value.value]
    return "" if value is None else str(value)
