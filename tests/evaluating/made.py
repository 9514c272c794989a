"""Truth and kept results made by hand, so that every score has a value that is known beforehand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.evaluating.kept import KeptCase, KeptCost, KeptDocument, KeptJudgement, KeptLine, KeptPage, Place
from pipeline.evaluating.runs import Pair
from pipeline.evaluating.truth import (
    Box,
    Degradation,
    Expected,
    Truth,
    TruthDocument,
    TruthFact,
    TruthLine,
    TruthPage,
)
from rules.engine.facts import (
    AssertionStatus,
    CaseFacts,
    Diagnosis,
    DocumentInfo,
    DocumentType,
    Evidence,
    LabResult,
    PatientIdentity,
)

DAY = dt.date(2026, 3, 15)
FILE = "a.jpg"
SIZE = (1000, 2000)


def box(row: int, *, x0: float = 0.1, x1: float = 0.5, height: float = 0.02) -> Box:
    """The ``row``-th line of a page."""
    top = 0.1 + row * 0.03
    return (x0, top, x1, top + height)


def line(text: str, row: int, **place: float) -> TruthLine:
    return TruthLine(text, box(row, **place))


def read_line(text: str, row: int, **place: float) -> KeptLine:
    return KeptLine(text, box(row, **place), 0.99)


def truth_page(lines: Sequence[TruthLine] | None = None, *, file: str = FILE, page: int = 1, **more: Any) -> TruthPage:
    return TruthPage(
        **{"file": file, "page": page, "documents": ("t1",), "medium": "photo", **more},
        lines=None if lines is None else tuple(lines),
    )


def kept_page(lines: Sequence[KeptLine] = (), *, file: str = FILE, page: int = 1, **more: Any) -> KeptPage:
    return KeptPage(
        **{"width": SIZE[0], "height": SIZE[1], "reader": "ppocr", "angle": 0, "seconds": 2.0, **more},
        file=file,
        page=page,
        lines=tuple(lines),
    )


def lab(
    name: str,
    text: str,
    row: int,
    *,
    unit: str | None = "μmol/L",
    low: float | None = 57,
    high: float | None = 97,
    flag: str | None = None,
    comparator: str | None = None,
    cells: Mapping[str, Box] | None = None,
) -> TruthFact:
    number = float(text) if text.replace(".", "", 1).isdigit() else None
    return TruthFact(
        "lab_results",
        {
            "name": name,
            "text": text,
            "value": number,
            "comparator": comparator,
            "unit": unit,
            "reference_low": low,
            "reference_high": high,
            "reference_text": f"{low}-{high}",
            "flag": flag,
        },
        0,
        box(row),
        cells or {},
    )


def evidence(row: int, *, file: str = FILE, page: int = 1, confidence: float = 0.99, **place: float) -> Evidence:
    x0, y0, x1, y1 = box(row, **place)
    pixels = (x0 * SIZE[0], y0 * SIZE[1], x1 * SIZE[0], y1 * SIZE[1])
    return Evidence(
        document="d1", file=file, page=page, box=pixels, quote="", confidence=confidence, extractor="lab-table"
    )


def read_lab(name: str, text: str, row: int, *, confidence: float = 0.99, **more: Any) -> LabResult:
    number = Decimal(text) if text.replace(".", "", 1).isdigit() else None
    given = {
        "value": number,
        "unit": "μmol/L",
        "reference_low": Decimal(57),
        "reference_high": Decimal(97),
        "reference_text": "57-97",
        **more,
    }
    return LabResult(document="d1", name=name, text=text, evidence=(evidence(row, confidence=confidence),), **given)


def diagnosis(name: str, row: int, *, status: str = "confirmed", **more: Any) -> TruthFact:
    return TruthFact("diagnoses", {"name": name, "status": status, "section": "出院诊断", **more}, 0, box(row), {})


def read_diagnosis(name: str, row: int, *, status: str = "confirmed", **more: Any) -> Diagnosis:
    return Diagnosis(
        document="d1",
        name=name,
        status=AssertionStatus(status),
        section="出院诊断",
        evidence=(evidence(row),),
        **more,
    )


def document(
    facts: Sequence[TruthFact] = (),
    *,
    id: str = "t1",
    type: str = "lab_report",
    pages: Sequence[Place] = ((FILE, 1),),
    **more: Any,
) -> TruthDocument:
    given = {
        "owner": "applicant",
        "hospital": "抚河医院",
        "hospital_level": "三级甲等",
        "date": dt.date(2026, 1, 5),
        "patient": {"name": "邱桂芝", "sex": "女", "age": 64},
        "dates": {},
        **more,
    }
    return TruthDocument(id=id, type=type, pages=tuple(pages), facts=tuple(facts), **given)


def truth(
    documents: Sequence[TruthDocument] = (),
    pages: Sequence[TruthPage] = (),
    *,
    case: str = "case",
    conclusion: Sequence[str] = ("meets",),
    criteria: Mapping[str, Sequence[str]] | None = None,
    missing: Sequence[str] = (),
) -> Truth:
    return Truth(
        case=case,
        title="",
        folder=Path("nowhere"),
        as_of=DAY,
        region="jiangxi",
        disease_number=7,
        disease_name="慢性肾功能衰竭（尿毒症期）",
        applicant={},
        expected=Expected(
            tuple(conclusion), {k: tuple(v) for k, v in (criteria or {"1": ("met",)}).items()}, tuple(missing)
        ),
        broken={},
        pages=tuple(pages) or (truth_page(),),
        documents=tuple(documents),
    )


def kept(
    pages: Sequence[KeptPage] | None = None,
    *,
    case: str = "case",
    documents: Sequence[KeptDocument] = (KeptDocument("d1", "lab_report", ((FILE, 1),)),),
    labs: Sequence[LabResult] = (),
    diagnoses: Sequence[Diagnosis] = (),
    infos: Sequence[DocumentInfo] = (),
    patient: Sequence[PatientIdentity] = (),
    judgements: Sequence[KeptJudgement] = (),
    cost: KeptCost | None = None,
    facts: Mapping[str, Any] | None = None,
    **more: Any,
) -> KeptCase:
    return KeptCase(
        **{"key": "k", "min_confidence": 0.8, **more},
        case=case,
        pages=tuple(pages) if pages is not None else (kept_page(),),
        documents=tuple(documents),
        facts=CaseFacts(
            as_of=DAY,
            documents=tuple(infos),
            patient=tuple(patient),
            lab_results=tuple(labs),
            diagnoses=tuple(diagnoses),
            **(facts or {}),
        ),
        judgements=tuple(judgements),
        cost=cost or KeptCost(),
    )


def judged(conclusion: str = "meets", *criteria: tuple[str, str], missing: Sequence[str] = ()) -> KeptJudgement:
    return KeptJudgement(
        number=7,
        name="慢性肾功能衰竭（尿毒症期）",
        conclusion=conclusion,
        criteria=tuple((f"jiangxi.07.{item}", status, "evidence_found") for item, status in criteria),
        missing=tuple(missing),
    )


def sheet(
    case: str, *, wrong: int = 0, rows: int = 10, silent: bool = False, medium: str = "photo", **traits: Any
) -> Pair:
    """A laboratory sheet of which the first ``wrong`` rows are read with another unit (or another number)."""
    names = ("肌酐", "尿素", "尿酸", "钾", "钠", "氯", "钙", "葡萄糖", "总胆红素", "白蛋白")
    facts = [lab(names[i % 10], f"{60 + i}", i) for i in range(rows)]
    lines = [line(f"{names[i % 10]} {60 + i}", i) for i in range(rows)]
    found = [
        read_lab(
            names[i % 10],
            f"{60 + i}" if i >= wrong or not silent else f"{600 + i}",
            i,
            unit="μmol/L" if i >= wrong or silent else "mg",
        )
        for i in range(rows)
    ]
    read = [read_line(t.text if i >= wrong else t.text[:-1] + "X", i) for i, t in enumerate(lines)]
    given = {
        "degradations": (),
        **traits,
    }
    return Pair(
        truth(
            [document(facts)],
            [truth_page(lines, medium=medium, **given)],
            case=case,
            criteria={"1": ("met",)},
        ),
        kept(
            [kept_page(read)],
            case=case,
            labs=found,
            infos=[DocumentInfo(id="d1", type=DocumentType.LAB_REPORT)],
            judgements=[judged("meets", ("1", "met"))],
            cost=KeptCost(
                seconds={"reading": 3.0, "intake": 1.0},
                cpu_seconds={"reading": 5.0},
                peak_bytes=10**9,
                peak_worker_bytes=5 * 10**8,
            ),
        ),
    )


def blur(strength: float) -> tuple[Degradation, ...]:
    return (Degradation("blur", strength),)
