"""truth.json of a case: what its pages print and what a review should make of it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from data_samples.factory.clinic.levels import with_levels_read
from data_samples.factory.clinic.model import Encounter, Story
from data_samples.factory.drawn import Box
from data_samples.factory.paper import Fact
from data_samples.factory.uploads import Document, Files, Page
from data_samples.plain import plain

__all__ = ["SCHEMA", "level_printed", "truth"]

SCHEMA = "yushen.truth.v2"
_INK = ("physician_signature", "hospital_seal")


def truth(case: str, of: Story, documents: Sequence[Document], files: Files) -> dict[str, Any]:
    """Return the truth of a case. ``documents`` follow ``of.handed``."""
    by_encounter: dict[int, list[Document]] = {}
    for (_, met), document in zip(of.handed, documents, strict=True):
        by_encounter.setdefault(id(met), []).append(document)
    levelled = {document.paper.hospital.name for document in documents if level_printed(document)}

    def printed(met: Encounter) -> bool:
        return any(level_printed(document) for document in by_encounter.get(id(met), []) if _proves(document))

    expected = with_levels_read(of, printed, levelled.__contains__)
    person = of.patient.person
    raw = {
        "schema": SCHEMA,
        "case": case,
        "title": of.title,
        "region": "jiangxi",
        "as_of": of.as_of,
        "disease": {"number": of.disease, "name": of.disease_name},
        "outcome": of.outcome,
        "applicant": {
            "name": person.name,
            "sex": person.sex,
            "birth_date": person.birth,
            "id_number": person.id_number,
        },
        "expected": {
            "conclusion": expected.conclusion,
            "criteria": expected.criteria,
            "missing": expected.missing,
        },
        "files": [
            {
                "name": name,
                "kind": kind,
                "pages": sum(page.file == name or page.file.startswith(f"{name}/") for page in files.pages),
            }
            for name, kind in files.kinds.items()
        ],
        "pages": [_page(page) for page in files.pages],
        "documents": [_document(document, files.pages) for document in documents],
    }
    told: dict[str, Any] = plain(raw)
    return told


def level_printed(document: Document) -> bool:
    """Whether the level of the hospital stands on the pages as drawn."""
    level = document.paper.hospital.level
    return level is not None and level.strip("（）") in _text(document)


def _proves(document: Document) -> bool:
    return document.paper.type in ("discharge_summary", "diagnosis_certificate", "imaging_report")


def _text(document: Document) -> str:
    return re.sub(r"\s", "", "".join(line.text for page in document.drawn.pages for line in page.lines))


def _page(page: Page) -> dict[str, Any]:
    return {
        "file": page.file,
        "page": page.page,
        "documents": [document.id for document in page.documents],
        "medium": page.medium,
        "family": None if page.family is None else page.family.id,
        "split": None if page.family is None else page.family.split,
        "degradations": [{"name": name, "strength": round(strength, 3)} for name, strength in page.degradations],
        "angle": page.angle,
        "lines": [{"text": line.text, "box": _rounded(line.box)} for line in page.lines],
        "unusable": page.unusable,
    }


def _document(document: Document, pages: Iterable[Page]) -> dict[str, Any]:
    own = [
        (page, page.marks[index]) for page in pages for index, one in enumerate(page.documents) if one.id == document.id
    ]
    paper, text = document.paper, _text(document)
    printed = {mark for page in document.drawn.pages for mark, _ in page.marks}
    out: dict[str, Any] = {
        "id": document.id,
        "type": paper.type,
        "owner": paper.owner,
        "family": document.family.id,
        "pages": [{"file": page.file, "page": page.page} for page, _ in own],
        "hospital": paper.hospital.name if paper.hospital.name in text else None,
        "hospital_level": str(paper.hospital.level).strip("（）") if level_printed(document) else None,
        "date": paper.date,
        "patient": {key: value for key, value in paper.patient.items() if key in printed or _stands(value, text)},
        "dates": paper.dates,
    }
    for fact in paper.facts:
        entry = _fact(fact, [marks for _, marks in own], printed)
        if entry is not None:
            out.setdefault(fact.kind, []).append(entry)
    return out


def _stands(value: Any, text: str) -> bool:
    return not isinstance(value, int) and not isinstance(value, dt.date) and len(str(value)) > 1 and str(value) in text


def _fact(fact: Fact, pages: Sequence[Mapping[str, tuple[Box, ...]]], printed: set[str]) -> dict[str, Any] | None:
    """The fact with its place; None where its print is not in any picture."""
    values = dict(fact.values)
    if values.get("field") in _INK and values["value"] == "empty":
        return values
    for index, marks in enumerate(pages):
        cells = {
            mark.removeprefix(fact.mark).lstrip("."): box
            for mark, box in marks.items()
            if mark == fact.mark or mark.startswith(fact.mark + ".")
        }
        if not cells:
            continue
        places = {key: _around(boxes) for key, boxes in cells.items()}
        entry = {**_as_printed(fact, values, printed), "at": index + 1, "box": _rounded(_around(places.values()))}
        named = {key: _rounded(box) for key, box in places.items() if key}
        return entry | ({"cells": named} if named else {})
    return values if values.get("field") in _INK else None


def _as_printed(fact: Fact, values: dict[str, Any], printed: set[str]) -> dict[str, Any]:
    """A laboratory result without the cells that its sheet does not have."""
    if fact.kind != "lab_results" or f"{fact.mark}.result" not in printed:
        return values
    out = dict(values)
    if f"{fact.mark}.name" not in printed:
        out["name"] = out.get("abbreviation", out["name"])
    if f"{fact.mark}.abbr" not in printed:
        out.pop("abbreviation", None)
    if f"{fact.mark}.unit" not in printed:
        out["unit"] = None
    if f"{fact.mark}.range" not in printed:
        out |= {"reference_low": None, "reference_high": None, "reference_text": None}
    return out


def _around(boxes: Iterable[Box]) -> Box:
    found = list(boxes)
    return (
        min(box[0] for box in found),
        min(box[1] for box in found),
        max(box[2] for box in found),
        max(box[3] for box in found),
    )


def _rounded(box: Box) -> list[float]:
    return [round(value, 4) for value in box]
