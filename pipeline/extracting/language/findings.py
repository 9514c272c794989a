"""Findings and measurements of examination reports, and of the examinations that clinical records quote."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from spacy.tokens import Span

from pipeline.extracting.language.context import EXAM_TYPES, Reading
from pipeline.extracting.language.exams import exam_kind, modality_before, modality_of
from pipeline.extracting.language.lung_table import lung_table
from pipeline.extracting.language.measurements import Measured, find_measurements
from pipeline.extracting.language.moments import date_before
from pipeline.extracting.language.patterns import alternatives
from pipeline.extracting.language.sections import Section
from pipeline.extracting.language.terms import NORMAL
from rules.engine.facts import AssertionStatus, DocumentType, Finding, Maybe, Unknown
from rules.vocabulary import load_vocabulary
from rules.vocabulary.language import load_exams

__all__ = ["extract_findings", "is_exam"]

OBSERVED = "所见"
CONCLUDED = "结论"
_QUOTING_KINDS = frozenset({"exam", "course", "illness", "findings", "conclusion"})
_SAME = {
    "echo": {"ultrasound"},
    "ultrasound": {"echo"},
    "holter": {"ecg"},
    "cytology": {"pathology"},
    "nerve_exam": {"emg"},
}


def is_exam(reading: Reading) -> bool:
    """True for reports of examinations, also where the page's type could not be told."""
    kind = reading.document.type
    if kind in EXAM_TYPES:
        return True
    kinds = {section.kind for section in reading.sections if section.kind != "stop"}
    unsure = kind in (DocumentType.OTHER, DocumentType.UNKNOWN)
    return unsure and "conclusion" in kinds and not kinds & {"course", "history", "orders"}


def extract_findings(reading: Reading) -> Iterator[Finding]:
    """Yield the findings of one document."""
    yield from _report(reading) if is_exam(reading) else _quoted(reading)


# --- reports -----------------------------------------------------------------------------------------------------


def _part(reading: Reading, index: int, *, sole: str) -> str | None:
    """所见 or 结论 for the character at ``index``; None where nothing is stated (page head, signature)."""
    section = reading.section(index)
    if section is None:
        return sole
    if section.kind == "conclusion" or (section.kind == "diagnosis" and section.name == "诊断"):
        return CONCLUDED
    if section.kind in ("findings", "exam", "course"):
        return OBSERVED
    if section.kind == "stop" and section.heading > 0 and "\n" in reading.text[section.start : index].strip("\n"):
        return sole  # text below the page head that stands under no heading
    return None


def _report(reading: Reading) -> Iterator[Finding]:
    modality = modality_of(reading)
    concluded = any(s.kind == "conclusion" or (s.kind == "diagnosis" and s.name == "诊断") for s in reading.sections)
    sole = OBSERVED if concluded or modality not in ("ecg", "holter") else CONCLUDED
    found: list[Finding] = []
    for span in reading.terms("finding", NORMAL):
        part = _part(reading, span.start, sole=sole)
        if part is None or span.kb_id_ == "exam_normal" or not _fits(span.kb_id_, modality):
            continue
        found.append(_finding(reading, span, modality, part, reading.dates.at("stated")))
    found = _settle(found)
    yield from found
    for section in reading.sections:
        if section.kind == "conclusion" or (section.kind == "diagnosis" and section.name == "诊断"):
            yield from _normal(reading, section, modality, found)
    if not concluded and sole == CONCLUDED and not any(f.status is not AssertionStatus.DENIED for f in found):
        yield from _normal_trace(reading, modality)
    for measured in _measured(reading):
        part = _part(reading, measured.start, sole=OBSERVED)
        if part is not None:
            yield _measurement(reading, measured, modality, part, reading.dates.at("stated"))
    if modality == "lung_function":
        yield from lung_table(reading)


@lru_cache(maxsize=512)
def _modalities(concept: str) -> tuple[str, ...]:
    return load_vocabulary().findings[concept].modalities


def _fits(concept: str, modality: str) -> bool:
    allowed = _modalities(concept)
    return (
        not allowed or modality == "unknown" or modality in allowed or bool(_SAME.get(modality, set()) & set(allowed))
    )


def _finding(reading: Reading, span: Span, modality: str, part: str, date: Maybe[dt.date]) -> Finding:
    status = AssertionStatus.DENIED if span.label_ == NORMAL else span._.assertion.status
    if status in (AssertionStatus.HISTORY, AssertionStatus.FAMILY) and part in (OBSERVED, CONCLUDED):
        status = AssertionStatus.SUSPECTED
    low, high = reading.clause(span.start, span.end)
    return Finding(
        document=reading.document.id,
        concept=span.kb_id_,
        status=status,
        modality=modality,
        section=part,
        text=reading.source.printed(low, high),
        date=date,
        evidence=reading.evidence(low, high),
    )


def _settle(found: list[Finding]) -> list[Finding]:
    """Within one part of one report a finding that is present somewhere is present: 腺癌, 切缘未见癌."""
    present = {
        (f.concept, f.section, f.modality) for f in found if f.status is AssertionStatus.CONFIRMED and f.value is None
    }
    kept: list[Finding] = []
    seen: set[tuple[str, str, str, str]] = set()
    for finding in found:
        if finding.status is AssertionStatus.DENIED and (finding.concept, finding.section, finding.modality) in present:
            continue
        key = (finding.concept, finding.section, finding.status.value, finding.text)
        if key not in seen:
            seen.add(key)
            kept.append(finding)
    return kept


@lru_cache(maxsize=1)
def _clauses() -> tuple[re.Pattern[str], re.Pattern[str]]:
    exams = load_exams()
    return alternatives(exams.normal_clause), alternatives(exams.neutral_clause)


def _normal(reading: Reading, section: Section, modality: str, found: list[Finding]) -> Iterator[Finding]:
    """``exam_normal`` where every clause of the conclusion is normal or neutral, and what that excludes."""
    normal, neutral = _clauses()
    text = reading.text[section.start : section.end]
    clauses = [c for c in re.split(r"[,;。\n\t、①-⑳]|\([1-9]\)|(?<![\d.])\d{1,2}[.)](?!\d)", text) if c.strip(" .:()")]
    clauses = [
        c for c in clauses if not re.fullmatch(r"[一二三四五六七八九十]{1,2}", c.strip(" .:()"))
    ]  # 二、正常心电图
    states = [bool(normal.fullmatch(c.strip(" .:()"))) for c in clauses]
    others = [bool(neutral.fullmatch(c.strip(" .:()"))) for c in clauses]
    if not any(states) or not all(s or o for s, o in zip(states, others, strict=True)):
        return
    if any(f.section == CONCLUDED and f.status is not AssertionStatus.DENIED for f in found):
        return
    low, high = section.start, section.end
    while low < high and reading.source.line_of[low] < 0:
        low += 1
    while high > low and reading.source.line_of[high - 1] < 0:
        high -= 1
    base = Finding(
        document=reading.document.id,
        concept="exam_normal",
        status=AssertionStatus.CONFIRMED,
        modality=modality,
        section=CONCLUDED,
        text=reading.source.printed(low, high),
        date=reading.dates.at("stated"),
        evidence=reading.evidence(low, high),
    )
    yield base
    yield from _excluded(reading, base, modality, {f.concept for f in found if f.section == CONCLUDED})


_NORMAL_TRACE = re.compile(r"(?<!不)(?:大致)?正常(?:范围)?(?:动态)?心电图|心电图(?:大致)?正常")


def _normal_trace(reading: Reading, modality: str) -> Iterator[Finding]:
    """A printout of an electrocardiograph without headings: 窦性心律 正常心电图."""
    match = _NORMAL_TRACE.search(reading.text)
    if match is None:
        return
    base = Finding(
        document=reading.document.id,
        concept="exam_normal",
        status=AssertionStatus.CONFIRMED,
        modality=modality,
        section=CONCLUDED,
        text=reading.source.printed(*match.span()),
        date=reading.dates.at("stated"),
        evidence=reading.evidence(*match.span()),
    )
    yield base
    yield from _excluded(reading, base, modality, set())


def _excluded(reading: Reading, base: Finding, modality: str, known: set[str]) -> Iterator[Finding]:
    """What a normal result of this examination, of the body part that the report names, states absent."""
    kind = exam_kind(modality)
    for area, concepts in kind.denies.items() if kind else ():
        if re.search(area, reading.text):
            for concept in concepts:
                if concept not in known:
                    yield replace(base, concept=concept, status=AssertionStatus.DENIED)


# --- measurements ------------------------------------------------------------------------------------------------


def _measured(reading: Reading) -> tuple[Measured, ...]:
    return find_measurements(reading.text)


def _measurement(
    reading: Reading, measured: Measured, modality: str, part: str, date: Maybe[dt.date]
) -> Finding:  # fmt: skip
    return Finding(
        document=reading.document.id,
        concept=measured.term,
        status=AssertionStatus.CONFIRMED,
        modality=modality,
        section=part,
        text=reading.source.printed(measured.start, measured.end),
        value=measured.value,
        comparator=measured.comparator,
        unit=measured.unit,
        date=date,
        evidence=reading.evidence(measured.start, measured.end),
    )


# --- clinical records --------------------------------------------------------------------------------------------


def _quoted(reading: Reading) -> Iterator[Finding]:
    """Examinations that a discharge summary or a note quotes: 心脏彩超示左室肥厚."""
    found: list[Finding] = []
    for span in reading.terms("finding", NORMAL):
        section = reading.section(span.start)
        if section is None or section.kind not in _QUOTING_KINDS or span.kb_id_ == "exam_normal":
            continue
        modality = modality_before(reading.text, span.end)
        if modality == "unknown" or not _fits(span.kb_id_, modality):
            continue  # without an examination it is a statement about the patient, not a finding of one
        status = AssertionStatus.DENIED if span.label_ == NORMAL else span._.assertion.status
        if status is AssertionStatus.HISTORY and section.rule.status is AssertionStatus.HISTORY:
            status = AssertionStatus.CONFIRMED  # the record tells the past; the examination did find it
        finding = _finding(reading, span, modality, section.name, _quoted_date(reading, span.start))
        found.append(replace(finding, status=status))
    yield from _settle(found)
    for measured in _measured(reading):
        section = reading.section(measured.start)
        if section is None or section.kind not in _QUOTING_KINDS:
            continue
        modality = modality_before(reading.text, measured.start)
        own = load_vocabulary().measurements[measured.term].modalities
        if modality == "unknown" and len(own) == 1:
            modality = own[0]
        if measured.term in ("systolic_bp", "diastolic_bp", "heart_rate"):
            modality = "vitals"
        yield _measurement(reading, measured, modality, section.name, _quoted_date(reading, measured.start))


def _quoted_date(reading: Reading, index: int) -> Maybe[dt.date]:
    found = date_before(reading.text, index, 0, reading.found_dates)
    return found.date if found is not None and found.date is not None else Unknown.ABSENT
