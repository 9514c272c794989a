"""Diagnoses: the lists under diagnosis headings, and what histories mention."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from pipeline.extracting.language.assertion import item_status
from pipeline.extracting.language.context import EXAM_TYPES, Reading
from pipeline.extracting.language.entries import Entry, judge_entries
from pipeline.extracting.language.grades import grade_of
from pipeline.extracting.language.lists import Item, split_list
from pipeline.extracting.language.sections import Section
from rules.engine.facts import AssertionStatus, Diagnosis, DocumentType, Maybe, Unknown
from rules.vocabulary.language import load_exams, load_sections

__all__ = ["extract_diagnoses"]

_PROSE_KINDS = frozenset({"history", "family", "illness", "differential"})
_DOCTORS_NOTES = frozenset(
    {DocumentType.OUTPATIENT_RECORD, DocumentType.PRESCRIPTION, DocumentType.DIAGNOSIS_CERTIFICATE}
)
_ADMISSION_SECTIONS = frozenset({"入院诊断", "初步诊断", "门诊诊断", "术前诊断"})


def extract_diagnoses(reading: Reading) -> Iterator[Diagnosis]:
    """Yield the diagnoses of one document, one fact per statement; contradictions stay side by side."""
    listed = False
    for section in _diagnosis_sections(reading):
        if section.kind == "diagnosis" or section.name == "病理诊断":
            for entry, fact in _listed(reading, section):
                listed = listed or entry.listed
                yield fact
    if reading.document.type in EXAM_TYPES:
        return
    yield from _mentioned(reading)
    if not listed and reading.document.type in (DocumentType.DIAGNOSIS_CERTIFICATE, DocumentType.OUTPATIENT_RECORD):
        yield from _stated(reading)


_IMPRESSION = re.compile(
    r"印象(?:及|与|和)?(?:诊断|建议|处理|意见)?|诊断(?:印象|意见)(?:及建议)?|impression", re.IGNORECASE
)


def _diagnosis_sections(reading: Reading) -> Iterator[Section]:
    """Sections as a record of a doctor means them: its 印象 is the diagnosis where no other heading gives one.

    Below the name of an examination that the record quotes, or below its 所见, 印象 is that report's conclusion.
    """
    stated = any(section.kind == "diagnosis" for section in reading.sections)
    first = next((rule for rule in load_sections() if rule.name == "门诊诊断"), None)
    previous: Section | None = None
    for section in reading.sections:
        own = section.kind == "conclusion" and _IMPRESSION.fullmatch(section.title) is not None
        quoted = (previous is not None and previous.kind == "findings") or _under_exam(reading, section.heading)
        if own and not stated and not quoted and first and reading.document.type in _DOCTORS_NOTES:
            yield replace(section, name=first.name, rule=first)
        else:
            yield section
        previous = section if section.kind != "stop" else previous


_EXAM_ROW_TAIL = re.compile(r"(?:平扫|增强|检查|报告单?|\(?[\d./年月日-]+\)?|[::])+$")


def _under_exam(reading: Reading, heading: int) -> bool:
    """True when what stands right above ``heading`` is the bare name of an examination: 外院胸部CT平扫."""
    row = reading.text[:heading].rstrip("\n\t ;。").rpartition("\n")[2]
    bare = _EXAM_ROW_TAIL.sub("", row)
    return len(bare) <= 24 and _exam_at_end().search(bare) is not None


@cache
def _exam_at_end() -> re.Pattern[str]:
    names = "|".join(f"(?:{name})" for kind in load_exams().kinds for name in kind.names)
    return re.compile(rf"(?:{names})\Z", re.IGNORECASE)


def _listed(reading: Reading, section: Section) -> Iterator[tuple[Entry, Diagnosis]]:
    exam = reading.document.type in EXAM_TYPES
    pathology = section.name == "病理诊断"
    if exam and not pathology and section.name != "临床诊断":
        return  # 诊断 on a report is its conclusion: findings
    default = AssertionStatus.SUSPECTED if exam and not pathology else section.rule.status
    date = _date(reading, section.name, section.start)
    text = reading.text
    end = _before_drugs(reading, section)
    items = list(_untied(reading, split_list(text, reading.source.before, section.start, end)))
    entries = _pathology(reading, items) if pathology else judge_entries(reading, items, default)
    for entry in entries:
        item = entry.item
        yield (
            entry,
            Diagnosis(
                document=reading.document.id,
                name=reading.source.printed(item.start, item.end),
                status=entry.status,
                section=section.name,
                icd10=item.icd10,
                date=date,
                grade=grade_of(text[item.start : item.end]),
                evidence=reading.evidence(item.start, item.end),
            ),
        )


def _pathology(reading: Reading, items: list[Item]) -> Iterator[Entry]:
    """Lines of a pathology diagnosis that name a disease; 切缘, 分型 are part of the description."""
    for item in items:
        shown = _shown(reading, item.start, item.end)
        if shown is not None:
            yield Entry(item, item_status(reading.text[item.start : item.end], shown))


def _before_drugs(reading: Reading, section: Section) -> int:
    """Where the diagnoses of a prescription end: above its first drug, whatever sign stands between."""
    if reading.document.type is not DocumentType.PRESCRIPTION:
        return section.end
    drugs = [span.start for span in reading.terms("drug") if section.start <= span.start < section.end]
    if not drugs:
        return section.end
    row = reading.text.rfind("\n", section.start, drugs[0])
    return row if row >= 0 else drugs[0]


_TIED = re.compile(r"(?:糖尿病|高血压|肾炎|肝炎|结核|损伤|中毒|感染)病?$")
_HEART_CLASS = re.compile(r"心功能(?:分级)?[^,;。]{0,4}?级")


def _untied(reading: Reading, items: list[Item]) -> Iterator[Item]:
    """Part diagnoses that stand without any sign between them, because the reader lost the blank.

    Only where a whole name of the vocabulary ends and another whole one begins, and no longer name spans both. A name
    that may qualify the next one (糖尿病 视网膜病变) is never parted from it.
    """
    spans = [(span.start, span.end) for span in reading.terms("diagnosis") if len(span) >= 3]
    for item in items:
        inner = [(s, e) for s, e in spans if item.start <= s and e <= item.end]
        heart = [m.span() for m in _HEART_CLASS.finditer(reading.text, item.start, item.end)]
        ends = {e for s, e in inner if not _TIED.search(reading.text[s:e])}
        starts = {s for s, e in inner if e - s >= 4} | {s for s, _ in heart}
        cuts = [c for c in sorted(ends & starts) if not any(s < c < e for s, e in inner)]
        if item.icd10 is not None or not cuts:
            yield item
            continue
        for low, high in zip([item.start, *cuts], [*cuts, item.end], strict=True):
            yield Item(low, high)


def _shown(reading: Reading, start: int, end: int) -> AssertionStatus | None:
    """How a line of a pathology diagnosis asserts the diseases it names; None where it names or finds none."""
    stated = {
        span._.assertion.status
        for span in reading.terms("finding", "diagnosis")
        if start <= span.start and span.end <= end and span.kb_id_ != "exam_normal"
    }
    if AssertionStatus.CONFIRMED in stated:
        return AssertionStatus.CONFIRMED
    return AssertionStatus.SUSPECTED if stated - {AssertionStatus.DENIED} else None


def _names_disease(reading: Reading, start: int, end: int) -> bool:
    return any(start <= span.start and span.end <= end for span in reading.terms("finding", "diagnosis"))


def _date(reading: Reading, section: str, index: int) -> Maybe[dt.date]:
    dates = reading.dates
    kind = reading.document.type
    if kind is DocumentType.DIAGNOSIS_CERTIFICATE:
        return dates.at("stated", "discharged")
    if kind in (DocumentType.OUTPATIENT_RECORD, DocumentType.PRESCRIPTION):
        return dates.visit_at(index)
    if kind is DocumentType.ADMISSION_RECORD or section in _ADMISSION_SECTIONS:
        return dates.at("admitted") if dates.admitted is not Unknown.ABSENT else dates.at("stated")
    return dates.at("discharged")


def _mentioned(reading: Reading) -> Iterator[Diagnosis]:
    """Names of the vocabulary in histories: 既往史, 家族史, 现病史 ... Never confirmed from there."""
    seen: set[tuple[str, str, str]] = set()
    spans = reading.terms("diagnosis")
    for span in spans:
        section = reading.section(span.start)
        if section is None or section.kind not in _PROSE_KINDS or span.start < section.start:
            continue
        if any(o.start <= span.start and span.end <= o.end and len(o) > len(span) for o in spans):
            continue
        assertion = span._.assertion
        key = (section.name, span.kb_id_, assertion.status.value)
        if assertion.nobody or key in seen:
            continue
        seen.add(key)
        status = assertion.status
        low, high = reading.clause(span.start, span.end, limit=24)
        yield Diagnosis(
            document=reading.document.id,
            name=reading.source.printed(span.start, span.end),
            status=AssertionStatus.HISTORY if status is AssertionStatus.CONFIRMED else status,
            section=section.name,
            date=Unknown.ABSENT,
            grade=grade_of(reading.text[span.start : min(high, span.end + 12)]),
            evidence=reading.evidence(low, high),
        )


_STATED = re.compile(r"(?:诊断|确诊|印象)(?:为|是|考虑为?|:|如下)+:?")


def _stated(reading: Reading) -> Iterator[Diagnosis]:
    """A paper without headings: 经检查诊断为2型糖尿病，建议休息两周。"""
    text = reading.text
    for match in _STATED.finditer(text):
        if match[0].startswith("印象") and _under_exam(reading, match.start()):
            continue
        end = re.compile(r"[。\n]|建议|需|特此|予|给予|休息|于\d").search(text, match.end())
        stop = end.start() if end else len(text)
        suspected = "考虑" in match[0]
        items = split_list(text, reading.source.before, match.end(), stop)
        for entry in judge_entries(reading, items, AssertionStatus.CONFIRMED):
            item, status = entry.item, entry.status
            folded = text[item.start : item.end]
            if not _names_disease(reading, item.start, item.end):
                continue
            if suspected and status is AssertionStatus.CONFIRMED:
                status = AssertionStatus.SUSPECTED
            yield Diagnosis(
                document=reading.document.id,
                name=reading.source.printed(item.start, item.end),
                status=status,
                section="诊断",
                icd10=item.icd10,
                date=_date(reading, "诊断", item.start),
                grade=grade_of(folded),
                evidence=reading.evidence(item.start, item.end),
            )
