"""Facts of a case written in a few Chinese words: how ``cases.yaml`` says what the uploads hold.

    - {type: 出院小结, date: 2026-02-10, diagnoses: [2型糖尿病 E11.900], treatments: [胰岛素 降糖药]}
    - {type: 检验报告单, date: 2026-03-12, labs: [肌酐 812.4 μmol/L 参考57-97]}

Left out, a document is the applicant's own, from a 三级甲等 hospital; every fact has a place on the page and is read
with confidence 0.95. Words may be given in any order after the name.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from rules.engine.facts import (
    AssertionStatus,
    CaseFacts,
    Diagnosis,
    DocumentInfo,
    DocumentType,
    Evidence,
    Finding,
    Flag,
    HospitalLevel,
    LabResult,
    Maybe,
    Owner,
    PatientIdentity,
    Treatment,
    Unknown,
    Visit,
    VisitKind,
)
from rules.engine.nearest import find_term, nearest_name
from rules.engine.predicates.base import document_types
from rules.engine.units import UnitError, to_canonical
from rules.vocabulary import Vocabulary
from rules.vocabulary.schema import Analyte
from rules.vocabulary.term_names import lookup_diagnosis

__all__ = ["CaseDocument", "build_facts"]


class CaseDocument(BaseModel):
    """One document of a case."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str
    date: dt.date | Literal["未印", "看不清"] = "未印"
    id: str | None = None
    hospital: str = "示例医院"
    """Name of the hospital; 未印: none was read."""
    level: str = "三级甲等"
    """一级, 二级甲等, 三级, 未定级, 未知."""
    owner: Literal["本人", "他人", "未知"] = "本人"
    department: str | None = None
    signers: tuple[str, ...] = ()
    copy_of: str | None = None
    confidence: float = 0.95
    generative: bool = False
    placed: bool = True
    """False: facts without a place on the page."""
    stay: tuple[dt.date, dt.date] | None = None
    visits: tuple[dt.date, ...] = ()
    section: str | None = None
    modality: str = "unknown"
    sampled: dt.datetime | dt.date | Literal["未印", "看不清"] | None = None
    """Of the results; default: the date of the document on a 检验报告单, not printed elsewhere."""
    doubts: tuple[str, ...] = ()
    diagnoses: tuple[str, ...] = ()
    labs: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    treatments: tuple[str, ...] = ()
    sex: Literal["男", "女"] | None = None
    age: int | None = None


_STATUS = {
    "确诊": AssertionStatus.CONFIRMED,
    "疑似": AssertionStatus.SUSPECTED,
    "考虑": AssertionStatus.SUSPECTED,
    "计划": AssertionStatus.SUSPECTED,
    "否认": AssertionStatus.DENIED,
    "未见": AssertionStatus.DENIED,
    "未做": AssertionStatus.DENIED,
    "既往": AssertionStatus.HISTORY,
    "家族": AssertionStatus.FAMILY,
}
_SECTIONS = {DocumentType.DISCHARGE_SUMMARY: "出院诊断", DocumentType.FRONT_PAGE: "出院诊断"}
_SECTIONS |= {DocumentType.OUTPATIENT_RECORD: "门诊诊断", DocumentType.ADMISSION_RECORD: "入院诊断"}
_OWNERS = {"本人": Owner.APPLICANT, "他人": Owner.OTHER, "未知": Owner.UNKNOWN}
_RANKS = {"未定级": 0, "一级": 1, "二级": 2, "三级": 3}
_UNKNOWN = {"未印": Unknown.ABSENT, "看不清": Unknown.UNREADABLE}
_ICD = re.compile(r"[A-Z]\d{2}(\.[\dxX]+)?")
_NUMBER = re.compile(r"(<=|>=|<|>|≤|≥)?(-?\d+(?:\.\d+)?)")
_RANGE = re.compile(r"参考(\d+(?:\.\d+)?)?-(\d+(?:\.\d+)?)?")


def build_facts(documents: Sequence[CaseDocument], as_of: dt.date, vocabulary: Vocabulary) -> CaseFacts:
    """Build the facts of a case.

    Raises:
        ValueError: a word is not understood; the message is Chinese.
    """
    collected: dict[str, list[Any]] = {
        name: [] for name in ("documents", "visits", "diagnoses", "lab_results", "findings", "treatments", "patient")
    }
    for number, document in enumerate(documents, start=1):
        builder = _Builder(document, document.id or f"d{number}", vocabulary)
        for name, facts in builder.build().items():
            collected[name].extend(facts)
    return CaseFacts(as_of=as_of, **{name: tuple(facts) for name, facts in collected.items()})


def _date(value: dt.date | str) -> Maybe[dt.date]:
    return value if isinstance(value, dt.date) else _UNKNOWN[value]


class _Builder:
    """Facts of one document."""

    def __init__(self, document: CaseDocument, key: str, vocabulary: Vocabulary) -> None:
        self.document = document
        self.key = key
        self.words = vocabulary
        (self.kind,) = document_types((document.type,))
        self.rows = 0

    def build(self) -> Mapping[str, Sequence[Any]]:
        document = self.document
        info = DocumentInfo(
            id=self.key,
            type=self.kind,
            hospital=Unknown.ABSENT if document.hospital == "未印" else document.hospital,
            hospital_level=self.level(),
            department=document.department or Unknown.ABSENT,
            date=_date(document.date),
            owner=_OWNERS[document.owner],
            signers=document.signers,
            duplicate_of=document.copy_of,
        )
        person = []
        if document.sex is not None or document.age is not None:
            age: Maybe[Decimal] = Unknown.ABSENT if document.age is None else Decimal(document.age)
            person = [
                PatientIdentity(
                    document=self.key, sex=document.sex or Unknown.ABSENT, age=age, evidence=self.place("患者")
                )
            ]
        return {
            "documents": [info],
            "patient": person,
            "visits": self.visits(),
            "diagnoses": [diagnosis for text in document.diagnoses for diagnosis in self.diagnosis(text)],
            "lab_results": [self.lab(text) for text in document.labs],
            "findings": [self.finding(text) for text in document.findings],
            "treatments": [self.treatment(text) for text in document.treatments],
        }

    def place(self, quote: str) -> tuple[Evidence, ...]:
        if not self.document.placed:
            return ()
        self.rows += 1
        top = 100.0 + 40 * self.rows
        return (
            Evidence(
                document=self.key,
                file=f"{self.key}.jpg",
                page=1,
                box=(100.0, top, 600.0, top + 30),
                quote=quote,
                confidence=self.document.confidence,
                extractor="case",
                generative=self.document.generative,
            ),
        )

    def level(self) -> Maybe[HospitalLevel]:
        text = self.document.level
        if text == "未知":
            return Unknown.ABSENT
        match = re.fullmatch(r"(未定级|[一二三]级)(?:([甲乙丙])等)?", text)
        if match is None:
            raise ValueError(f"医院级别“{text}”读不懂，可写 一级、二级甲等、三级、未定级、未知")
        return HospitalLevel(rank=_RANKS[match.group(1)], grade=match.group(2))

    def visits(self) -> list[Visit]:
        document = self.document
        if document.stay is not None:
            first, last = document.stay
            return [
                Visit(document=self.key, kind=VisitKind.INPATIENT, start=first, end=last, evidence=self.place("住院"))
            ]
        return [
            Visit(document=self.key, kind=VisitKind.OUTPATIENT, start=day, end=day, evidence=self.place("就诊"))
            for day in document.visits
        ]

    def split(self, text: str) -> tuple[str, AssertionStatus, list[str]]:
        """Name, status, further words. A status word may stand first or last."""
        status = AssertionStatus.CONFIRMED
        rest: list[str] = []
        for word in text.split():
            if word in _STATUS:
                status = _STATUS[word]
            else:
                rest.append(word)
        if not rest:
            raise ValueError(f"“{text}”没有名称")
        return rest[0], status, rest[1:]

    def diagnosis(self, text: str) -> list[Diagnosis]:
        """One diagnosis; a longer name that holds several known ones (桥本甲状腺炎伴甲减) gives a fact for each."""
        name, status, rest = self.split(text)
        section = self.document.section or _SECTIONS.get(self.kind, "诊断")
        code = grade = None
        date: Maybe[dt.date] = Unknown.ABSENT
        for word in rest:
            if _ICD.fullmatch(word):
                code = word
            elif re.fullmatch(r"G?\d[ab]?[级期]", word):
                grade = word[:-1]
            elif word.startswith("栏:"):
                section = word[2:]
            elif re.fullmatch(r"\d{4}-\d{2}-\d{2}", word):
                date = dt.date.fromisoformat(word)
            else:
                raise ValueError(f"诊断“{text}”里的“{word}”读不懂，可写编码、2级、G5期、栏:入院诊断、日期、状态")
        term = find_term(self.words.diagnoses, name)
        found = None if term else lookup_diagnosis(name, vocabulary=self.words)
        concepts = (term.id,) if term else found.concepts if found else ()
        place = self.place(text)
        return [
            Diagnosis(
                document=self.key,
                name=name,
                status=status,
                section=section,
                concept=concept,
                icd10=code or self.prefix(concept),
                grade=grade or (found.grade if found else None),
                date=date,
                evidence=place,
            )
            for concept in concepts or (None,)
        ]

    def prefix(self, concept: str | None) -> str | None:
        """First code of a known diagnosis."""
        codes = self.words.diagnoses[concept].icd10 if concept else ()
        return codes[0] if codes else None

    def lab(self, text: str) -> LabResult:
        name, _, rest = self.split(text)
        term = find_term(self.words.analytes, name)
        if term is None:
            raise ValueError(f"化验项目“{name}”不在词表里。{nearest_name(name, self.words.analytes)}")
        analyte = self.words.analytes[term.id]
        if not rest:
            raise ValueError(f"“{text}”没有结果")
        number = _NUMBER.fullmatch(rest[0])
        value = Decimal(number.group(2)) if number else None
        low = high = unit = flag = None
        for word in rest[1:]:
            span = _RANGE.fullmatch(word)
            if span:
                low, high = (Decimal(g) if g else None for g in span.groups())
            elif word in ("↑", "↓"):
                flag = Flag.HIGH if word == "↑" else Flag.LOW
            else:
                unit = word
        canonical = None
        if value is not None:
            try:
                canonical = to_canonical(value, unit or "", analyte)
            except UnitError:
                canonical = None
        return LabResult(
            document=self.key,
            name=name,
            text=rest[0],
            value=value,
            comparator=number.group(1) if number else None,
            unit=unit,
            reference_low=low,
            reference_high=high,
            flag=flag,
            sampled_at=self.sampled(),
            analyte=analyte.id,
            canonical_value=canonical,
            canonical_unit=analyte.unit if canonical is not None else None,
            polarity=_polarity(rest[0], value, high, analyte),
            doubts=self.document.doubts,
            evidence=self.place(text),
        )

    def sampled(self) -> Maybe[dt.datetime]:
        when = self.document.sampled
        if when is None:
            when = self.document.date if self.kind is DocumentType.LAB_REPORT else "未印"
        if isinstance(when, str):
            return _UNKNOWN[when]
        return when if isinstance(when, dt.datetime) else dt.datetime.combine(when, dt.time())

    def finding(self, text: str) -> Finding:
        name, status, rest = self.split(text)
        section = self.document.section or "结论"
        modality = self.document.modality
        value = comparator = unit = told = None
        for word in rest:
            number = re.fullmatch(r"(<=|>=|<|>|≤|≥)?(-?\d+(?:\.\d+)?)(%|[a-zA-Z][\w/³²]*)?", word)
            if word.startswith("栏:"):
                section = word[2:]
            elif word.startswith("原文:"):
                told = word[3:]
            elif number:
                comparator, value, unit = number.group(1), Decimal(number.group(2)), number.group(3)
            else:
                raise ValueError(f"检查所见“{text}”里的“{word}”读不懂，可写 62%、栏:所见、原文:双肺未见异常、状态")
        term = find_term(self.words.findings, name) or find_term(self.words.measurements, name)
        if term is None:
            near = nearest_name(name, self.words.findings, self.words.measurements)
            raise ValueError(f"检查所见或测量值“{name}”不在词表里。{near}")
        return Finding(
            document=self.key,
            concept=term.id,
            status=status,
            modality=modality,
            section=section,
            text=told or _told(name, status, value, unit),
            value=value,
            comparator=comparator,
            unit=unit,
            evidence=self.place(text),
        )

    def treatment(self, text: str) -> Treatment:
        name, status, rest = self.split(text)
        date: Maybe[dt.date] = Unknown.ABSENT
        classes: list[str] = []
        kind = None
        for word in rest:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", word):
                date = dt.date.fromisoformat(word)
            elif word == "手术":
                kind = "operation"
            else:
                classes.append(word)
        procedure = find_term(self.words.procedures, name)
        drug = find_term(self.words.drugs, name)
        if procedure is not None:
            known = self.words.procedures[procedure.id]
            kind, classes = known.kind, [*known.classes, *classes]
        elif drug is not None:
            kind, classes = "drug", [*self.words.drugs[drug.id].classes, *classes]
        term = procedure or drug
        return Treatment(
            document=self.key,
            kind=kind or ("drug" if classes else "other"),
            name=name,
            status=status,
            concept=term.id if term else None,
            classes=tuple(classes),
            date=date,
            evidence=self.place(text),
        )


def _polarity(text: str, value: Decimal | None, high: Decimal | None, analyte: Analyte) -> bool | None:
    """As a sheet is read: by the words, the plus signs, or for what is not a mere quantity by the printed bound."""
    if text in ("阳性", "弱阳性") or re.fullmatch(r"[1-4]?\+{1,4}", text):
        return True
    if text in ("阴性", "未检出", "-"):
        return False
    if value is None or high is None or analyte.kind == "quantitative":
        return None
    if text.startswith(("<", "≤")):
        return False if value <= high else None
    return value > high


_BEFORE = {AssertionStatus.DENIED: "未见", AssertionStatus.SUSPECTED: "考虑", AssertionStatus.HISTORY: "既往"}


def _told(name: str, status: AssertionStatus, value: Decimal | None, unit: str | None) -> str:
    """The words of a finding as a report has them."""
    return f"{name} {value}{unit or ''}" if value is not None else _BEFORE.get(status, "") + name
