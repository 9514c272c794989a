"""Builds a Review by hand: pages are drawn, documents and facts point at them, judgements are written out."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.nouns import (
    Alert,
    Document,
    Line,
    Page,
    PageReader,
    QualityIssue,
    ReadCase,
    ReadPage,
    Review,
    SourceFile,
)
from rules.engine.facts import (
    AssertionStatus,
    Box,
    CaseFacts,
    Diagnosis,
    DocumentInfo,
    DocumentType,
    Evidence,
    Flag,
    HospitalLevel,
    LabResult,
    Owner,
    PatientIdentity,
    Unknown,
)
from rules.engine.judgement import CriterionResult, DiseaseInfo, Judgement, RulesetInfo, Status, TraceNode
from tests.reporting.sheets import Sheet, lab_sheet

AS_OF = dt.date(2026, 3, 12)
ID_NUMBER = "999999196803120010"
TOP = HospitalLevel(rank=3, grade="甲", source="printed")


class CaseBuilder:
    """Collects documents and facts; ``review()`` returns the frozen whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.documents: list[Document] = []
        self.files: list[SourceFile] = []
        self.sheets: dict[str, Sheet] = {}
        self.facts: dict[str, list[Any]] = {
            name: [] for name in ("patient", "visits", "diagnoses", "lab_results", "findings", "treatments", "form")
        }
        self.judgements: list[Judgement] = []
        self.alerts: list[Alert] = []
        self.applied_for: tuple[str, ...] = ()

    def document(
        self,
        kind: DocumentType,
        sheets: Sheet | list[Sheet],
        file: str,
        *,
        date: dt.date | Unknown = Unknown.ABSENT,
        hospital: str | Unknown = "江州市第一人民医院",
        level: HospitalLevel | Unknown = TOP,
        owner: Owner = Owner.APPLICANT,
        name: str = "张建国",
        quality: tuple[QualityIssue, ...] = (),
        angle: int = 0,
        image: bool = True,
        readable: bool = True,
        duplicate_of: str | None = None,
        confidence: float = 0.98,
    ) -> str:
        """Add a document and return its id (``d1`` ...)."""
        sheets = sheets if isinstance(sheets, list) else [sheets]
        number = f"d{len(self.documents) + 1}"
        self.sheets[number] = sheets[0]
        pages = []
        for index, sheet in enumerate(sheets, start=1):
            picture = sheet.image.rotate(angle, expand=True) if angle else sheet.image
            path = self.folder / f"{number}-{index}.jpg"
            if image:
                picture.save(path, quality=85)
            lines = tuple(_line(text, box, confidence) for text, box in sheet.lines) if readable else ()
            pages.append(
                ReadPage(
                    page=Page(
                        id=f"{number}p{index}",
                        file=file,
                        file_sha256="0" * 64,
                        number=index,
                        width=picture.width,
                        height=picture.height,
                        image=path,
                    ),
                    lines=lines,
                    reader=PageReader.OCR if readable else PageReader.NONE,
                    why="整页是照片，没有文字层",
                    angle=angle,
                    width=sheet.image.width,
                    height=sheet.image.height,
                    quality=quality,
                    seconds=2.1,
                )
            )
        info = DocumentInfo(
            id=number,
            type=kind,
            hospital=hospital,
            hospital_level=level,
            date=date,
            owner=owner,
            duplicate_of=duplicate_of,
        )
        self.documents.append(
            Document(
                id=number, type=kind, pages=tuple(pages), why=(f"标题“{kind.label}”",), title=kind.label, info=info
            )
        )
        self.files.append(
            SourceFile(
                name=file, path=self.folder / file.replace("/", "_"), sha256="0" * 64, media_type="image/png", size=1
            )
        )
        if kind is not DocumentType.UNKNOWN:
            self.facts["patient"].append(
                PatientIdentity(
                    document=number,
                    name=name,
                    sex="男",
                    age=Decimal(58),
                    id_number=ID_NUMBER if kind is DocumentType.APPLICATION_FORM else Unknown.ABSENT,
                    evidence=self.evidence(number, "name", f"姓名：{name}") if "name" in sheets[0].boxes else (),
                )
            )
        return number

    def evidence(
        self, document: str, key: str, quote: str, *, extractor: str = "clinical-text", confidence: float = 0.96
    ) -> tuple[Evidence, ...]:
        """Evidence at the place that the sheet of ``document`` recorded under ``key``, in displayed pixels."""
        owner = next(d for d in self.documents if d.id == document) if self.documents else None
        page = owner.pages[0] if owner else None
        box = self.sheets[document].boxes.get(key) or self.sheets[document].boxes[f"{key}.0"]
        if page is not None and page.angle:
            box = _displayed(box, page.angle, page.page.width, page.page.height)
        file = page.page.file if page else ""
        return (
            Evidence(
                document=document,
                file=file,
                page=1,
                box=box,
                quote=quote,
                confidence=confidence,
                extractor=extractor,
            ),
        )

    def lab(
        self,
        day: dt.date,
        rows: list[tuple[str, str, str, str, str, str]],
        file: str,
        *,
        photo: bool = True,
        **more: Any,
    ) -> str:
        """Add a laboratory sheet with its results as facts."""
        sheet = lab_sheet("江州市第一人民医院", "检验报告单", more.get("name", "张建国"), day.isoformat(), rows)
        if photo:
            sheet.photo()
        number = self.document(DocumentType.LAB_REPORT, sheet, file, date=day, **more)
        for index, row in enumerate(rows):
            self.facts["lab_results"].append(
                _lab_result(
                    number,
                    day,
                    row,
                    self.evidence(number, f"row{index}", " ".join(v for v in row if v), extractor="lab-table"),
                )
            )
        return number

    def diagnosis(self, document: str, name: str, key: str, **more: Any) -> None:
        more.setdefault("status", AssertionStatus.CONFIRMED)
        more.setdefault("section", "出院诊断")
        self.facts["diagnoses"].append(
            Diagnosis(document=document, name=name, evidence=self.evidence(document, key, name), **more)
        )

    def review(self) -> Review:
        infos = tuple(d.info for d in self.documents if d.info)
        facts = CaseFacts(as_of=AS_OF, documents=infos, **{k: tuple(v) for k, v in self.facts.items()})
        return Review(
            region="jiangxi",
            read=ReadCase(
                files=tuple(self.files),
                documents=tuple(self.documents),
                facts=facts,
                seconds={"intake": 0.41, "reading": 18.732, "classifying": 0.12, "extracting": 1.004},
            ),
            judgements=tuple(self.judgements),
            versions={"yushen": "0.1.0", "PP-OCRv6_small_det": "3.10.0", "rules/jiangxi": "2024.1"},
            alerts=tuple(self.alerts),
            seconds={"judging": 0.051},
            applied_for=self.applied_for,
        )


def judgement(name: str, conclusion: Any, criteria: list[CriterionResult], **more: Any) -> Judgement:
    """A judgement whose formula asks for every item."""
    root = TraceNode(
        label="全部满足",
        value={"meets": True, "not_met": False}.get(str(conclusion.value)),
        children=tuple(
            TraceNode(
                label=f"({c.id}) {c.title}", value={"met": True, "unmet": False}.get(c.status.value), status=c.status
            )
            for c in criteria
        ),
    )
    return Judgement(
        disease=more.pop("disease", DiseaseInfo(id=more.pop("id", "disease"), name=name, code="M07801", number=7)),
        ruleset=RulesetInfo(
            version="jiangxi-2024.1", sha256="3f" * 32, verified=more.pop("verified", False), source="二手转录，未核对"
        ),
        conclusion=conclusion,
        formula_text=more.pop("formula", " 且 ".join(f"({c.id})" for c in criteria)),
        formula_trace=root,
        criteria=tuple(criteria),
        **more,
    )


def criterion(number: str, title: str, status: Status, message: str, **more: Any) -> CriterionResult:
    more.setdefault("reason", "evidence_found" if status is Status.MET else "no_evidence")
    return CriterionResult(id=number, title=title, status=status, message=message, **more)


def _line(text: str, box: Box, confidence: float) -> Line:
    quad = ((box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3]))
    return Line(text, quad, quad, confidence, "ppocr", "PP-OCRv6_small_rec")


def _displayed(box: Box, angle: int, width: int, height: int) -> Box:
    """Upright box to displayed box; the page was turned counter-clockwise by ``angle``."""
    x0, y0, x1, y1 = box
    if angle == 90:
        return (y0, height - x1, y1, height - x0)
    if angle == 180:
        return (width - x1, height - y1, width - x0, height - y0)
    return (width - y1, x0, width - y0, x1)


def _lab_result(
    document: str, day: dt.date, row: tuple[str, str, str, str, str, str], evidence: tuple[Evidence, ...]
) -> LabResult:
    abbreviation, name, text, flag, unit, reference = row
    low, _, high = reference.partition("-")
    digits = text.lstrip("<>")
    plain = digits.replace(".", "", 1).isdigit()
    ranged = high and low.replace(".", "", 1).isdigit()
    return LabResult(
        document=document,
        name=name,
        text=text,
        abbreviation=abbreviation,
        value=Decimal(digits) if plain else None,
        comparator=text[0] if text[:1] in "<>" else None,
        unit=unit or None,
        reference_low=Decimal(low) if ranged else None,
        reference_high=Decimal(high) if ranged else None,
        reference_text=reference or None,
        flag={"↑": Flag.HIGH, "↓": Flag.LOW}.get(flag),
        specimen="血清",
        sampled_at=dt.datetime.combine(day, dt.time(7, 31)),
        analyte=abbreviation.lower(),
        evidence=evidence,
    )
