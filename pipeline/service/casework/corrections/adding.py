"""A fact that a person adds by hand, with a box drawn on the page where it stands.

``human`` of such a correction: ``document`` (key), ``file`` and ``page`` (as evidence names them), ``box`` ``[x0, y0,
x1, y1]`` in pixels of the page as displayed, ``quote`` (what stands there), and the fields of the fact under their own
names (:data:`FIELDS_OF_ADDED`), each as in ``{"value": ...}`` of a correction.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.keys import Fact
from pipeline.nouns import Document, ReadPage
from pipeline.service.casework.corrections.changes import ChangeError
from pipeline.service.casework.corrections.facts import PERSON, corrected
from rules.engine.facts import (
    AssertionStatus,
    Diagnosis,
    DocumentInfo,
    DocumentType,
    Evidence,
    Finding,
    FormEntry,
    LabResult,
    Treatment,
    Visit,
    VisitKind,
)
from rules.engine.stored_fields import KINDS
from rules.vocabulary import load_vocabulary

__all__ = ["FIELDS_OF_ADDED", "PageGoneError", "added_fact", "added_key"]

FIELDS_OF_ADDED: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "diagnoses": (frozenset({"name"}), frozenset({"status", "section", "icd10", "date", "grade"})),
    "lab_results": (
        frozenset({"name", "text"}),
        frozenset({"unit", "abbreviation", "reference_text", "flag", "specimen", "sampled_at", "reported_at"}),
    ),
    "findings": (
        frozenset({"concept"}),
        frozenset({"status", "modality", "section", "text", "value", "unit", "comparator", "date"}),
    ),
    "treatments": (frozenset({"kind", "name"}), frozenset({"status", "date", "section"})),
    "visits": (frozenset({"kind", "start"}), frozenset({"end"})),
    "form": (frozenset({"field", "value"}), frozenset()),
}
"""Kind of fact -> fields it must have, fields it may have."""

_SECTIONS = {
    DocumentType.DISCHARGE_SUMMARY: "出院诊断",
    DocumentType.FRONT_PAGE: "出院诊断",
    DocumentType.ADMISSION_RECORD: "入院诊断",
    DocumentType.OUTPATIENT_RECORD: "门诊诊断",
    DocumentType.PATHOLOGY_REPORT: "病理诊断",
}


class PageGoneError(ChangeError):
    """The page on which it was drawn is no longer part of the case."""


def added_key(kind: str, correction: str) -> str:
    """Return the key of what correction ``correction`` adds."""
    return f"{kind}-added{correction[:24]}"


def added_fact(
    kind: str, human: Mapping[str, Any], documents: Sequence[Document], infos: Mapping[str, DocumentInfo]
) -> Fact:
    """Build the fact; the rules treat it as printed where the box is, with certainty.

    Raises:
        PageGoneError: its page is gone.
        ChangeError: a field lacks, is unknown or not of its form; the box is not on the page.
    """
    values = _values(kind, human)
    document, page = _place(human, documents)
    info = infos.get(document.id) or DocumentInfo(id=document.id, type=document.type)
    evidence = Evidence(
        document=document.id,
        file=page.page.file,
        page=page.page.number,
        box=_box(human.get("box"), page),
        quote=_quote(human),
        confidence=1.0,
        extractor=PERSON,
    )
    common: dict[str, Any] = {"document": document.id, "evidence": (evidence,)}
    dated = {**common, "date": info.date}
    if kind == "lab_results":
        blank = LabResult(**common, name=values.pop("name"), text=values["text"])
        return corrected(blank, values)
    if kind == "diagnoses":
        section = _SECTIONS.get(info.type, "诊断")
        return Diagnosis(**{**dated, "status": AssertionStatus.CONFIRMED, "section": section, **values})
    if kind == "findings":
        if not _known_concept(values["concept"]):
            raise ChangeError("unknown concept")
        made = {**dated, "status": AssertionStatus.CONFIRMED, "section": "结论", "text": evidence.quote, **values}
        return Finding(**made)
    if kind == "treatments":
        return Treatment(**{**dated, "status": AssertionStatus.CONFIRMED, **values})
    if kind == "visits":
        made = {**common, "hospital": info.hospital, "department": info.department, **values}
        if made["kind"] is VisitKind.OUTPATIENT:
            made.setdefault("end", made["start"])
        return Visit(**made)
    return FormEntry(**{**common, **values})


def _values(kind: str, human: Mapping[str, Any]) -> dict[str, Any]:
    if kind not in FIELDS_OF_ADDED:
        raise ChangeError("no such kind of fact")
    must, may = FIELDS_OF_ADDED[kind]
    given = {name: value for name, value in human.items() if name in must | may and value not in (None, "")}
    lacking = must - given.keys()
    if lacking:
        raise ChangeError(f"lacks {'/'.join(sorted(lacking))}")
    readers = KINDS[kind][1]
    made = {}
    for name, value in given.items():
        whole_day = name in ("sampled_at", "reported_at") and isinstance(value, str) and len(value) == 10
        try:
            made[name] = readers[name](f"{value}T00:00:00" if whole_day else value)
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            raise ChangeError(f"{name}: {type(error).__name__}") from None
    return made


def _place(human: Mapping[str, Any], documents: Sequence[Document]) -> tuple[Document, ReadPage]:
    """The page by the upload's digest; of several documents on one photograph the one that the box lies in."""
    wanted = human.get("sha256"), human.get("page")
    found = [(d, p) for d in documents for p in d.pages if (p.page.file_sha256, p.page.number) == wanted]
    if not found:
        raise PageGoneError("page is not in the case")
    if len(found) == 1:
        return found[0]
    box = _box(human.get("box"), found[0][1])
    return min(found, key=lambda place: _distance(box, place[1]))


def _distance(box: tuple[float, float, float, float], page: ReadPage) -> float:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return min(
        (math.hypot(x - (b[0] + b[2]) / 2, y - (b[1] + b[3]) / 2) for b in (line.box for line in page.lines)),
        default=math.inf,
    )


def _box(value: Any, page: ReadPage) -> tuple[float, float, float, float]:
    try:
        x0, y0, x1, y1 = (float(side) for side in value)
    except (TypeError, ValueError):
        raise ChangeError("box") from None
    inside = 0 <= x0 < x1 <= page.page.width and 0 <= y0 < y1 <= page.page.height
    if not inside or x1 - x0 < 2 or y1 - y0 < 2:
        raise ChangeError("box is not on the page")
    return (x0, y0, x1, y1)


def _quote(human: Mapping[str, Any]) -> str:
    quote = human.get("quote")
    if not isinstance(quote, str) or not quote.strip() or len(quote) > 500:
        raise ChangeError("quote")
    return quote.strip()


def _known_concept(concept: str) -> bool:
    vocabulary = load_vocabulary()
    return concept in vocabulary.findings or concept in vocabulary.measurements
