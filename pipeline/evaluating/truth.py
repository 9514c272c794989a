"""Truth of a case: what its pages print and what a review should make of it. The format is docs/truth-json.md.

``truth.json`` lies beside the uploads of a case. Boxes are fractions of the page as displayed, so that they hold at any
resolution. Shipped samples carry the older ``truth.yaml`` without lines, families and degradations; both load alike.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

__all__ = [
    "SCHEMA",
    "Box",
    "Degradation",
    "Expected",
    "Truth",
    "TruthDocument",
    "TruthError",
    "TruthFact",
    "TruthLine",
    "TruthPage",
    "load_truth",
    "truth_folders",
]

SCHEMA = "yushen.truth.v2"
_OLDER = "yushen.truth.v1"
KINDS = ("form", "visits", "diagnoses", "lab_results", "findings", "treatments")

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 as fractions of the width and height of the page as displayed."""


class TruthError(ValueError):
    """A truth file cannot be used; the message names file and key."""


@dataclass(frozen=True, slots=True)
class TruthLine:
    """One printed line. ``box`` encloses it on the page as displayed."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Degradation:
    """What paper and camera did to the page: ``skew``, ``curl``, ``glare`` ...; strength 0 (hardly seen) to 1."""

    name: str
    strength: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthPage:
    """One page of one file."""

    file: str
    """As uploaded; ``archive.zip/member.jpg`` inside an archive."""
    page: int
    documents: tuple[str, ...]
    """Ids of the documents that lie on it: more than one where several sheets are in one photograph."""
    medium: str
    """pdf, scan, photo, screen."""
    family: str | None = None
    split: str | None = None
    """development or held-out."""
    degradations: tuple[Degradation, ...] = ()
    angle: int = 0
    """Clockwise quarter turns, in degrees, that bring the displayed page upright."""
    lines: tuple[TruthLine, ...] | None = None
    """None: not recorded."""
    unusable: tuple[str, ...] = ()
    """Quality codes that must be raised because nobody could read the page: blurred, dark, glare, cut ..."""


@dataclass(frozen=True, slots=True)
class TruthFact:
    """One fact as printed; ``page`` indexes the document's pages (from 0), None where nothing is printed."""

    kind: str
    values: Mapping[str, Any]
    page: int | None
    box: Box | None
    cells: Mapping[str, Box]
    """Of a laboratory result: place of name, result, unit, range, flag, abbr as far as printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthDocument:
    id: str
    type: str
    owner: str
    """applicant or other."""
    pages: tuple[tuple[str, int], ...]
    hospital: str | None
    hospital_level: str | None
    date: dt.date
    patient: Mapping[str, Any]
    """name, sex, age, birth_date, id_number as far as printed."""
    dates: Mapping[str, dt.date]
    facts: tuple[TruthFact, ...]
    family: str | None = None
    complete: tuple[str, ...] = ()
    """Kinds of facts of which every printed one is listed, where that is not taken for granted: ``findings``."""

    def of(self, kind: str) -> tuple[TruthFact, ...]:
        return tuple(fact for fact in self.facts if fact.kind == kind)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a review should conclude; where the standard leaves room several statuses are right."""

    conclusion: tuple[str, ...]
    criteria: Mapping[str, tuple[str, ...]]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    case: str
    title: str
    folder: Path
    as_of: dt.date
    region: str
    disease_number: int
    disease_name: str
    applicant: Mapping[str, Any]
    expected: Expected
    broken: Mapping[str, str]
    """File -> why it cannot be used."""
    pages: tuple[TruthPage, ...]
    documents: tuple[TruthDocument, ...]


def truth_folders(root: Path) -> list[Path]:
    """Return the folders of all cases at or below ``root``, sorted."""
    found = {path.parent for name in ("truth.json", "truth.yaml") for path in root.rglob(name)}
    return sorted(found)


def load_truth(folder: Path) -> Truth:
    """Load the truth of the case in ``folder``.

    Raises:
        TruthError: missing, malformed, or of an unknown schema.
    """
    path = folder / "truth.json"
    try:
        if path.is_file():
            raw = json.loads(path.read_text(encoding="utf-8"))
        else:
            path = folder / "truth.yaml"
            raw = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        if raw["schema"] not in (SCHEMA, _OLDER):
            raise TruthError(f"{path}: unknown schema {raw['schema']!r}")
        return _truth(raw, folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        if isinstance(error, TruthError):
            raise
        raise TruthError(f"{path}: {type(error).__name__}: {error}") from error


def _truth(raw: Mapping[str, Any], folder: Path) -> Truth:
    documents = tuple(_document(entry) for entry in raw["documents"])
    expected = raw["expected"]
    return Truth(
        case=raw["case"],
        title=raw["title"],
        folder=folder,
        as_of=_day(raw["as_of"]),
        region=raw.get("region", "jiangxi"),
        disease_number=int(raw["disease"]["number"]),
        disease_name=raw["disease"]["name"],
        applicant=raw["applicant"],
        expected=Expected(
            conclusion=tuple(expected["conclusion"]),
            criteria={str(key): tuple(value) for key, value in expected["criteria"].items()},
            missing=tuple(expected["missing"]),
        ),
        broken={f["name"]: f.get("reason", "") for f in raw["files"] if f["kind"] == "broken"},
        pages=tuple(_page(p) for p in raw["pages"]) if "pages" in raw else _pages_of(documents, raw["files"]),
        documents=documents,
    )


def _page(raw: Mapping[str, Any]) -> TruthPage:
    lines = raw.get("lines")
    return TruthPage(
        file=raw["file"],
        page=int(raw["page"]),
        documents=tuple(raw["documents"]),
        medium=raw["medium"],
        family=raw.get("family"),
        split=raw.get("split"),
        degradations=tuple(Degradation(d["name"], float(d["strength"])) for d in raw.get("degradations", ())),
        angle=int(raw.get("angle", 0)),
        lines=None if lines is None else tuple(TruthLine(entry["text"], _box(entry["box"])) for entry in lines),
        unusable=tuple(raw.get("unusable", ())),
    )


_MEDIA = {
    "pdf": "pdf",
    "scan": "scan",
    "tiff": "scan",
    "photo": "photo",
    "heic": "photo",
    "zip": "photo",
    "png": "screen",
}


def _pages_of(documents: Sequence[TruthDocument], files: Sequence[Mapping[str, Any]]) -> tuple[TruthPage, ...]:
    kinds = {f["name"]: f["kind"] for f in files}
    on: dict[tuple[str, int], list[str]] = {}
    for document in documents:
        for place in document.pages:
            on.setdefault(place, []).append(document.id)
    return tuple(
        TruthPage(
            file=file,
            page=page,
            documents=tuple(ids),
            medium=_MEDIA.get(kinds.get(file.split(".zip/")[0], kinds.get(file, "")), "scan")
            if ".zip/" not in file
            else "photo",
        )
        for (file, page), ids in on.items()
    )


def _document(raw: Mapping[str, Any]) -> TruthDocument:
    facts = []
    for kind in KINDS:
        for entry in raw.get(kind, ()):
            values = {key: value for key, value in entry.items() if key not in ("at", "box", "cells")}
            facts.append(
                TruthFact(
                    kind,
                    values,
                    entry["at"] - 1 if "at" in entry else None,
                    _box(entry["box"]) if entry.get("box") else None,
                    {key: _box(box) for key, box in entry.get("cells", {}).items()},
                )
            )
    return TruthDocument(
        id=raw["id"],
        type=raw["type"],
        owner=raw["owner"],
        pages=tuple((page["file"], int(page["page"])) for page in raw["pages"]),
        hospital=raw["hospital"],
        hospital_level=raw["hospital_level"],
        date=_day(raw["date"]),
        patient=raw["patient"],
        # Several days under one key (dialysis sessions) are facts of their own.
        dates={key: _day(value) for key, value in raw.get("dates", {}).items() if not isinstance(value, list)},
        facts=tuple(facts),
        family=raw.get("family"),
        complete=tuple(raw.get("complete", ())),
    )


def _day(value: Any) -> dt.date:
    return dt.date.fromisoformat(str(value)[:10])


def _box(values: Sequence[float]) -> Box:
    x0, y0, x1, y1 = (float(value) for value in values)
    return (x0, y0, x1, y1)
