"""Recorded readings of laboratory sheets with their truth, documents made of lines, and the scoring of rows.

The readings were made once by the program's own reader from drawn sheets, photographed by simulation (tilt,
perspective, bend,
blur, shadow, JPEG). Every name and number in them is invented.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.extracting.lab import extract_lab_results
from pipeline.extracting.lab.text import squeeze
from pipeline.nouns import Document, Line, Page, PageReader, Quad, ReadPage
from rules.engine.facts import DocumentType, LabResult

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Row:
    """One printed row: what a person reads off the sheet."""

    name: str
    code: str
    text: str
    unit: str
    reference: str
    flag: str
    sampled: str | None
    reported: str | None


@dataclass(frozen=True)
class Sheet:
    document: Document
    rows: tuple[Row, ...]
    photo: str


def line(text: str, quad: Quad, confidence: float = 0.99) -> Line:
    return Line(text, quad, quad, confidence, "ppocr", "test")


def cells(*rows: list[tuple[str, float]], top: float = 100, step: float = 40, glyph: float = 10) -> tuple[Line, ...]:
    """Lines of a table drawn by hand: each row a list of (text, left edge)."""
    out = []
    for number, row in enumerate(rows):
        y = top + number * step
        for text, x in row:
            width = glyph * sum(2 if ord(c) >= 0x2E80 else 1 for c in text)
            out.append(line(text, ((x, y), (x + width, y), (x + width, y + 22), (x, y + 22))))
    return tuple(out)


def page_of(lines: tuple[Line, ...], number: int = 1, width: int = 1600, height: int = 2200) -> ReadPage:
    page = Page(
        id=f"p{number}",
        file=f"photo{number}.jpg",
        file_sha256="0" * 64,
        number=number,
        width=width,
        height=height,
        image=Path("unused.png"),
    )
    return ReadPage(page=page, lines=lines, reader=PageReader.OCR, why="test", width=width, height=height)


def document_of(*pages: tuple[Line, ...], type: DocumentType = DocumentType.LAB_REPORT) -> Document:
    return Document(id="d1", type=type, pages=tuple(page_of(p, i) for i, p in enumerate(pages, start=1)), why=("test",))


def read(*pages: tuple[Line, ...], type: DocumentType = DocumentType.LAB_REPORT) -> tuple[LabResult, ...]:
    return extract_lab_results(document_of(*pages, type=type))[0]


def families() -> list[str]:
    return sorted(path.stem for path in DATA.glob("*.json"))


@lru_cache(maxsize=64)
def recorded(family: str) -> tuple[Sheet, ...]:
    sheets = []
    for page in json.loads((DATA / f"{family}.json").read_text(encoding="utf-8"))["pages"]:
        lines = []
        for text, confidence, c in page["lines"]:
            quad: Quad = ((c[0], c[1]), (c[2], c[3]), (c[4], c[5]), (c[6], c[7]))
            lines.append(line(text, quad, confidence))
        whole = page_of(tuple(lines), width=page["width"], height=page["height"])
        document = Document(id="d1", type=DocumentType.LAB_REPORT, pages=(whole,), why=("test",))
        sheets.append(Sheet(document, tuple(Row(*row) for row in page["truth"]), page["photo"]))
    return tuple(sheets)


def score(sheet: Sheet) -> Counter[str]:
    """Count rows by what is right: ``row`` (name and result), ``unit``, ``reference``, ``flag``, ``time``; ``n``
    printed,
    ``found`` returned, ``sure_wrong`` a wrong number without any doubt."""
    results = list(extract_lab_results(sheet.document)[0])
    out: Counter[str] = Counter(n=len(sheet.rows), found=len(results))
    for row in sheet.rows:
        ranked = sorted(results, key=lambda r: (_same_name(r, row), _same_text(r, row)), reverse=True)
        if not ranked or not _same_name(ranked[0], row):
            continue
        best = ranked[0]
        results.remove(best)
        right = _same_text(best, row)
        out["row"] += right
        out["sure_wrong"] += not right and not best.doubts
        out["unit"] += _unit(best.unit) == _unit(row.unit)
        out["reference"] += _reference(best.reference_text) == _reference(row.reference)
        letter = {"high": "H", "low": "L", "abnormal": "A"}.get(best.flag or "", "")
        out["flag"] += letter == row.flag or (letter == "A" and bool(row.flag))
        out["time"] += all(
            printed is None or (hasattr(at, "strftime") and at.strftime("%Y-%m-%d %H:%M") == printed)
            for printed, at in ((row.sampled, best.sampled_at), (row.reported, best.reported_at))
        )
    return out


def _letters(text: str | None) -> str:
    return re.sub(r"[\s()\-_,.:*★#]", "", squeeze(text or "")).upper()


def _same_name(result: LabResult, row: Row) -> bool:
    got, name, code = _letters(result.name), _letters(row.name), _letters(row.code)
    if got in (name, name + code, code + name):
        return True
    # One glyph misread in a long name is the reader's, not the table's.
    return len(name) >= 4 and len(got) == len(name) and sum(a != b for a, b in zip(got, name, strict=True)) <= 1


def _same_text(result: LabResult, row: Row) -> bool:
    if _plain(result.text) == _plain(row.text):
        return True
    return (
        result.value is not None and _plain(result.text).startswith(_plain(row.text)) and str(result.value) == row.text
    )


def _plain(text: str | None) -> str:
    return squeeze(text or "").upper().strip("()")


def _unit(text: str | None) -> str:
    return _plain(text).replace("10^", "10").replace("U", "Μ")


def _reference(text: str | None) -> str:
    return re.sub(r"[男女]:", "", _plain(text).replace("--", "-").replace("~", "-"))
