"""Records in prose: discharge and admission records, outpatient notes, certificates, reports of examinations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from data_samples.generator.hospitals import Hospital
from data_samples.generator.ink import seal, signature
from data_samples.generator.people import Person
from data_samples.generator.sheets import Ink, Json, Sheet, prose

__all__ = ["Dx", "base", "dx_items", "heads", "marked", "seal_ink", "sign"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dx:
    """A diagnosis as it is written and what it states."""

    name: str
    status: str = "confirmed"
    printed: str | None = None
    """Words on the page where they differ from the name (``？``, ``待查``)."""
    icd10: str | None = None
    concept: str | None = None
    grade: str | None = None


_NUMBERS: dict[str, Callable[[int], str]] = {
    "1.": lambda k: f"{k}.",
    "1、": lambda k: f"{k}、",
    "(1)": lambda k: f"({k})",
    "①": lambda k: "①②③④⑤⑥⑦⑧⑨⑩"[k - 1],
    "": lambda k: "",
}


def dx_items(
    sheet: Sheet, section: str, items: list[Dx], *, style: str = "1.", date: dt.date | None = None, inline: bool = False
) -> list[list[Json]]:
    """Print diagnoses in a numbering style and note them as truth. One entry per line, or one line when ``inline``."""
    lines: list[list[Json]] = []
    for k, dx in enumerate(items, start=1):
        fact = {
            "name": dx.name,
            "status": dx.status,
            "section": section,
            "icd10": dx.icd10,
            "concept": dx.concept,
            "grade": dx.grade,
            "date": date,
        }
        mark = sheet.add("diagnoses", {key: value for key, value in fact.items() if value is not None})
        lines.append([{"t": _NUMBERS[style](k)}, {"t": dx.printed or dx.name, "id": mark, "long": True}])
    if not inline:
        return lines
    joined: list[Json] = []
    for index, line in enumerate(lines):
        joined += ([{"t": "；" if style == "" else " "}] if index else []) + line
    return [joined]


def marked(sheet: Sheet, kind: str, words: str, fact: Json) -> str:
    """Note ``fact`` and return ``words`` wrapped in its mark, for use inside prose."""
    return f"⟦{sheet.add(kind, fact)}|{words}⟧"


def base(
    sheet_type: str, person: Person, hospital: Hospital, date: dt.date, template: str = "record", **data: object
) -> Sheet:
    """Start a sheet: letterhead, paper, and the truth that every document carries."""
    sheet = Sheet(template=template, data={}, truth={})
    sheet.truth |= {
        "type": sheet_type,
        "hospital": hospital.name,
        "hospital_level": hospital.level,
        "patient": {"name": person.name, "sex": person.sex, "age": person.age(date)},
        "date": date,
    }
    sheet.data = {
        "hospital": hospital.letterhead(),
        "paper": {"w": 210, "h": 297, "mx": 20, "my": 15},
        "font": hospital.body,
        "size": 10.5,
        "head": [],
        "head_cols": 4,
        "sections": [],
        **data,
    }
    return sheet


def heads(rows: list[list[tuple[str, object] | tuple[str, object, int]]]) -> list[list[Json]]:
    """Labelled fields for a template from ``(label, value[, span])``."""
    out = []
    for row in rows:
        cells = []
        for cell in row:
            value = cell[1]
            if isinstance(value, str) and "⟦" in value:
                value = prose(value)
            cells.append({"label": cell[0], "value": value, "span": cell[2] if len(cell) == 3 else 1})
        out.append(cells)
    return out


def seal_ink(hospital: Hospital, centre: str, dx: float, dy: float, w: float = 40) -> Ink:
    """A red seal of ``hospital``."""
    return Ink(lambda path, rng: seal(path, hospital.name, centre, rng), dx, dy, w)


def sign(name: str, dx: float = 0, dy: float = 0, w: float = 18) -> Ink:
    """A signature."""
    return Ink(lambda path, rng: signature(path, name, rng), dx, dy, w)
