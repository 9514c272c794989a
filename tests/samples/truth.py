"""Truth of the sample cases: a typed loader for ``truth.yaml`` and a comparer for ``report.json``.

``compare(report, truth)`` returns one sentence per deviation; an empty list means that the review is right. Reading
pixels is not perfect, so shares of lab rows and diagnoses have floors (:class:`Floors`); a wrong ``meets``, a wrong
status, another person's evidence or evidence at the wrong place has none.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

__all__ = [
    "SAMPLES",
    "Box",
    "Expected",
    "Floors",
    "Truth",
    "TruthDocument",
    "TruthFact",
    "TruthFile",
    "case_folders",
    "compare",
    "item_number",
    "load_truth",
]

SAMPLES = Path(__file__).resolve().parents[2] / "data_samples"
KINDS = ("form", "visits", "diagnoses", "lab_results", "findings", "treatments")

Box = tuple[float, float, float, float]
"""Fractions of the width and height of the page as displayed."""
Report = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TruthFact:
    """One fact as printed; ``page`` indexes the document's pages (from 0), None where nothing is printed."""

    kind: str
    values: Mapping[str, Any]
    page: int | None
    box: Box | None


@dataclass(frozen=True, slots=True)
class TruthDocument:
    id: str
    type: str
    owner: str
    pages: tuple[tuple[str, int], ...]
    """File as uploaded (``archive.zip/member.jpg`` inside an archive) and page from 1."""
    hospital: str | None
    hospital_level: str | None
    date: dt.date
    patient: Mapping[str, Any]
    facts: tuple[TruthFact, ...]

    def of(self, kind: str) -> tuple[TruthFact, ...]:
        return tuple(fact for fact in self.facts if fact.kind == kind)


@dataclass(frozen=True, slots=True)
class TruthFile:
    name: str
    kind: str
    """How it was made; ``broken`` for a file that cannot be used."""
    reason: str | None


@dataclass(frozen=True, slots=True)
class Expected:
    conclusion: tuple[str, ...]
    criteria: Mapping[str, tuple[str, ...]]
    """Item number -> statuses that are right."""
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    case: str
    title: str
    as_of: dt.date
    disease_number: int
    disease_name: str
    applicant: Mapping[str, str]
    expected: Expected
    files: tuple[TruthFile, ...]
    documents: tuple[TruthDocument, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """Shares that must be right at least."""

    lab_rows: float = 0.9
    lab_units: float = 0.8
    """Detection loses short units (g/L, %, pg) of small print on photographs."""
    lab_ranges: float = 0.85
    lab_flags: float = 0.9
    diagnoses: float = 0.9
    types: float = 1.0
    identity: float = 0.9


def case_folders() -> list[Path]:
    """Return the folders of all committed cases."""
    return sorted(path.parent for path in SAMPLES.glob("*/truth.yaml"))


@lru_cache(maxsize=64)
def load_truth(folder: Path) -> Truth:
    """Load ``folder/truth.yaml``.

    Raises:
        KeyError, ValueError: a key is missing or a value is malformed.
    """
    raw = yaml.load((folder / "truth.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    if raw["schema"] != "yushen.truth.v1":
        raise ValueError(f"{folder.name}: unknown schema")
    expected = raw["expected"]
    return Truth(
        case=raw["case"],
        title=raw["title"],
        as_of=dt.date.fromisoformat(raw["as_of"]),
        disease_number=int(raw["disease"]["number"]),
        disease_name=raw["disease"]["name"],
        applicant=raw["applicant"],
        expected=Expected(
            tuple(expected["conclusion"]),
            {key: tuple(value) for key, value in expected["criteria"].items()},
            tuple(expected["missing"]),
        ),
        files=tuple(TruthFile(f["name"], f["kind"], f.get("reason")) for f in raw["files"]),
        documents=tuple(_document(entry) for entry in raw["documents"]),
    )


def _document(raw: Mapping[str, Any]) -> TruthDocument:
    facts = []
    for kind in KINDS:
        for entry in raw.get(kind, []):
            values = {key: value for key, value in entry.items() if key not in ("at", "box")}
            box = entry.get("box")
            facts.append(
                TruthFact(kind, values, entry["at"] - 1 if "at" in entry else None, _box(box) if box else None)
            )
    return TruthDocument(
        id=raw["id"],
        type=raw["type"],
        owner=raw["owner"],
        pages=tuple((page["file"], page["page"]) for page in raw["pages"]),
        hospital=raw["hospital"],
        hospital_level=raw["hospital_level"],
        date=dt.date.fromisoformat(raw["date"]),
        patient=raw["patient"],
        facts=tuple(facts),
    )


def _box(values: Sequence[float]) -> Box:
    x0, y0, x1, y1 = (float(value) for value in values)
    return (x0, y0, x1, y1)


def item_number(criterion_id: str) -> str:
    """Return the number of the official item that a criterion id stands for: its last run of digits."""
    found = re.findall(r"\d+", criterion_id)
    return found[-1] if found else criterion_id


def compare(report: Report, truth: Truth, floors: Floors | None = None) -> list[str]:
    """Return one sentence for each way in which ``report`` (the parsed report.json) departs from ``truth``."""
    floors = floors or Floors()
    return [
        *_judgement(report, truth),
        *_evidence(report, truth),
        *_files(report, truth),
        *_documents(report, truth, floors),
        *_lab_rows(report, truth, floors),
        *_diagnoses(report, truth, floors),
    ]


def _judgement(report: Report, truth: Truth) -> list[str]:
    chosen = [r for r in report["reviews"] if r["disease"].get("number") == truth.disease_number] or [
        r for r in report["reviews"] if r["disease"]["name"] == truth.disease_name
    ]
    if not chosen:
        return [f"disease {truth.disease_number} was not judged"]
    review, out = chosen[0], []
    if review["conclusion"] not in truth.expected.conclusion:
        out.append(f"conclusion {review['conclusion']}, expected {'/'.join(truth.expected.conclusion)}")
    seen = set()
    for criterion in review["criteria"]:
        number = item_number(criterion["id"])
        seen.add(number)
        right = truth.expected.criteria.get(number)
        if right is not None and criterion["status"] not in right:
            out.append(f"item {number}: {criterion['status']} ({criterion['reason']}), expected {'/'.join(right)}")
    out += [f"item {number} was not judged" for number in truth.expected.criteria if number not in seen]
    named = {item_number(need["criterion"]) for need in review["missing"]}
    named |= {item_number(a) for need in review["missing"] for ids in need["alternative_criteria"] for a in ids}
    out += [f"missing list does not name item {number}" for number in truth.expected.missing if number not in named]
    return out


def _pages(report: Report) -> dict[tuple[str, int], Mapping[str, Any]]:
    return {(p["file"], p["page"]): d for d in report["documents"] for p in d["pages"]}


def _sizes(report: Report) -> dict[tuple[str, int], tuple[float, float]]:
    return {(p["file"], p["page"]): (p["width"], p["height"]) for d in report["documents"] for p in d["pages"]}


def _touch(a: Box, b: Box, slack: float = 0.012) -> bool:
    return a[0] - slack < b[2] and b[0] - slack < a[2] and a[1] - slack < b[3] and b[1] - slack < a[3]


def _evidence(report: Report, truth: Truth) -> list[str]:
    """Evidence of a met item must lie on the applicant's papers and touch print that is a fact."""
    sizes, out = _sizes(report), []
    boxes: dict[tuple[str, int], list[Box]] = {}
    foreign: set[tuple[str, int]] = set()
    for document in truth.documents:
        if document.owner == "other":
            foreign.update(document.pages)
        for fact in document.facts:
            if fact.page is not None and fact.box is not None:
                boxes.setdefault(document.pages[fact.page], []).append(fact.box)
    for review in report["reviews"]:
        for criterion in review["criteria"]:
            if criterion["status"] != "met":
                continue
            number, hit = item_number(criterion["id"]), False
            for evidence in criterion["evidence"]:
                place = (evidence["file"], evidence["page"])
                if place in foreign:
                    out.append(f"item {number}: evidence on another person's paper {place[0]}")
                if place not in sizes:
                    out.append(f"item {number}: evidence on a page that is not in the report: {place}")
                    continue
                width, height = sizes[place]
                x0, y0, x1, y1 = evidence["box"]
                box = (x0 / width, y0 / height, x1 / width, y1 / height)
                hit = hit or any(_touch(box, known) for known in boxes.get(place, []))
            if not criterion["evidence"]:
                out.append(f"item {number}: met without evidence")
            elif not hit:
                out.append(f"item {number}: no evidence box touches a true fact")
    return out


def _files(report: Report, truth: Truth) -> list[str]:
    named = {alert.get("file") for alert in report["alerts"]}
    read = {place[0] for place in _pages(report)}
    out = [
        f"no alert names the broken file {f.name}" for f in truth.files if f.kind == "broken" and f.name not in named
    ]
    for document in truth.documents:
        out += [f"{file} was not read" for file, _ in document.pages if file not in read]
    return out


def _documents(report: Report, truth: Truth, floors: Floors) -> list[str]:
    by_page, out = _pages(report), []
    right = total = 0
    good = asked = 0
    patients = {p["document"]: p for p in report["facts"]["patient"]} if report["facts"]["patient"] else {}
    for document in truth.documents:
        for page in document.pages:
            total += 1
            found = by_page.get(page)
            kind = found["type"] if found else None
            right += kind == document.type
            if kind != document.type:
                out.append(f"{page[0]} p{page[1]}: type {kind}, is {document.type}")
        found = by_page.get(document.pages[0])
        if found is None:
            continue
        if found.get("owner") == "applicant" and document.owner == "other":
            out.append(f"{document.pages[0][0]}: another person's paper taken for the applicant's")
        patient = patients.get(found["id"], {})
        for key in ("name", "sex", "age"):
            asked += 1
            good += str(patient.get(key)) in (str(document.patient[key]), f"{document.patient[key]}.0")
    if right >= floors.types * total:
        out = [line for line in out if ": type " not in line]
    if good < floors.identity * asked:
        out.append(f"identity: {good} of {asked} fields right")
    return out


def _plain(name: str) -> str:
    """Fold widths and numerals (Ⅱ, （）), drop a closing remark in brackets and marks beside the name."""
    folded = unicodedata.normalize("NFKC", name).strip()
    return re.sub(r"[\s*★☆▲#]", "", re.sub(r"\([^()]*\)$", "", folded)).lower()


def _same_text(a: str, b: str) -> bool:
    def bare(text: str) -> str:
        return re.sub(r"[\s↑↓*]", "", text).replace("（", "(").replace("）", ")").lower()

    return bare(a) == bare(b)


def _same_unit(a: str | None, b: str | None) -> bool:
    def bare(text: str | None) -> str:
        text = (
            (text or "").lower().replace("μ", "u").replace("µ", "u").replace("×", "").replace("*", "").replace("^", "")
        )
        return re.sub(r"\s", "", text).replace("²", "2")

    return bare(a) == bare(b)


def _lab_rows(report: Report, truth: Truth, floors: Floors) -> list[str]:
    found: dict[tuple[str, int], list[Mapping[str, Any]]] = {}
    for row in report["facts"]["lab_results"]:
        for evidence in row["evidence"] if isinstance(row["evidence"], list) else [row["evidence"]]:
            found.setdefault((evidence["file"], evidence["page"]), []).append(row)
    misses, counts = [], {"rows": 0, "lab_rows": 0, "lab_units": 0, "lab_ranges": 0, "lab_flags": 0}
    for document in truth.documents:
        for fact in document.of("lab_results"):
            page = document.pages[fact.page or 0]
            want = fact.values
            counts["rows"] += 1
            same = [r for r in found.get(page, []) if _plain(r["name"]) == _plain(want["name"])]
            match = next((r for r in same if _same_text(r["text"], want["text"])), None)
            if match is None:
                seen = "/".join(str(r["text"]) for r in same) or "no such row"
                misses.append(f"{page[0]} p{page[1]}: {want['name']} {want['text']}: {seen}")
                continue
            counts["lab_rows"] += 1
            counts["lab_units"] += _same_unit(match["unit"], want["unit"])
            counts["lab_ranges"] += (match["reference_low"], match["reference_high"]) == (
                want["reference_low"],
                want["reference_high"],
            )
            counts["lab_flags"] += match["flag"] == want["flag"]
    out = []
    for key in ("lab_rows", "lab_units", "lab_ranges", "lab_flags"):
        if counts[key] < getattr(floors, key) * counts["rows"]:
            out.append(f"{key}: {counts[key]} of {counts['rows']} right")
    return out + (misses if out else [])


def _diagnoses(report: Report, truth: Truth, floors: Floors) -> list[str]:
    by_page = _pages(report)
    misses, right, total = [], 0, 0
    for document in truth.documents:
        found = by_page.get(document.pages[0])
        own = [d for d in report["facts"]["diagnoses"] if found and d["document"] == found["id"]]
        for fact in document.of("diagnoses"):
            total += 1
            want = _plain(fact.values["name"])
            concept = fact.values.get("concept")
            same = [
                d
                for d in own
                if want in _plain(d["name"])
                or _plain(d["name"]) in want
                or (concept is not None and d.get("concept") == concept)
            ]
            if any(d["status"] == fact.values["status"] for d in same):
                right += 1
            else:
                seen = "/".join(f"{d['name']}:{d['status']}" for d in same) or "not found"
                misses.append(f"{document.pages[0][0]}: {fact.values['name']} {fact.values['status']}: {seen}")
            if fact.values["status"] != "confirmed" and any(d["status"] == "confirmed" for d in same):
                misses.append(f"{document.pages[0][0]}: {fact.values['name']} taken for confirmed")
                right = -len(truth.documents) * 100  # never tolerated
    return [f"diagnoses: {max(right, 0)} of {total} right", *misses] if right < floors.diagnoses * total else []
