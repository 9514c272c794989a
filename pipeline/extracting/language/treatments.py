"""Drugs, operations, dialysis, chemo- and radiotherapy: what was given, with dose text and date."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from spacy.tokens import Span

from pipeline.extracting.language.context import Reading
from pipeline.extracting.language.entries import reads_like_prose
from pipeline.extracting.language.findings import is_exam
from pipeline.extracting.language.lists import split_list
from pipeline.extracting.language.moments import date_before
from pipeline.extracting.language.sections import Section
from rules.engine.facts import AssertionStatus, DocumentType, Maybe, Treatment, Unknown
from rules.vocabulary import load_vocabulary

__all__ = ["extract_treatments"]

_PAST_KINDS = frozenset({"history", "illness"})
_SKIP_KINDS = frozenset({"allergy", "family", "differential", "stop"})
_ALLERGY = re.compile(r"[^。;\n]{0,12}(?:过敏|皮试)")
_STOPPED = re.compile(r"(?:停用|停服|停止使用|已停|自行停)[^,。;\n]{0,12}$")
_AFTER = re.compile(r"(?:术|疗|移植|透析)?(?:后|史)")


def extract_treatments(reading: Reading) -> Iterator[Treatment]:
    """Yield the treatments of one document."""
    if is_exam(reading):
        return
    kind = reading.document.type
    spans = reading.terms("drug", "procedure")
    if kind is DocumentType.DIALYSIS_RECORD:
        sessions = list(_dialysis_sessions(reading))
        yield from sessions
        if sessions:  # title and headings name the dialysis once more
            spans = [span for span in spans if span.label_ == "drug" or _kind(span) != "dialysis"]
    seen: set[tuple[str, str, str, str]] = set()
    for span in spans:
        if any(
            o.label_ == span.label_ and o.start <= span.start and span.end <= o.end and len(o) > len(span)
            for o in spans
        ):
            continue
        treatment = _treatment(reading, span)
        if treatment is None:
            continue
        key = (treatment.concept or treatment.name, treatment.section, treatment.status.value, str(treatment.date))
        if key not in seen:
            seen.add(key)
            yield treatment
    for section in reading.sections:
        if section.kind == "procedure" and kind is not DocumentType.PRESCRIPTION:
            yield from _named_operations(reading, section, spans)


def _treatment(reading: Reading, span: Span) -> Treatment | None:
    section = reading.section(span.start)
    kind = reading.document.type
    if section is None and kind not in (DocumentType.PRESCRIPTION, DocumentType.DIALYSIS_RECORD):
        return None
    if section is not None and section.kind in _SKIP_KINDS and kind is not DocumentType.PRESCRIPTION:
        return None
    if section is not None and span.start < section.start:
        return None
    if (
        section is not None
        and section.kind == "diagnosis"
        and kind is not DocumentType.PRESCRIPTION
        and (span.label_ == "drug" or _AFTER.match(reading.text, span.end) or reading.text[span.end - 1] == "术")
    ):
        return None  # 术后, 化疗后: part of a diagnosis, not a treatment of this stay
    if span.label_ == "drug" and _ALLERGY.match(reading.text, span.end):
        return None
    date = _date(reading, span, section)
    status = _status(reading, span, section, date)
    vocabulary = load_vocabulary()
    if span.label_ == "drug":
        drug = vocabulary.drugs[span.kb_id_]
        what, classes = "drug", drug.classes
    else:
        procedure = vocabulary.procedures[span.kb_id_]
        what = "other" if procedure.kind == "rehabilitation" else procedure.kind
        classes = procedure.classes
    low, high = reading.clause(span.start, span.end, stops="。;\n", limit=36)
    low = span.start if span.label_ == "drug" else max(low, span.start - 24)
    return Treatment(
        document=reading.document.id,
        kind=what,
        name=reading.source.printed(span.start, span.end),
        status=status,
        concept=span.kb_id_,
        classes=classes,
        date=date,
        section=section.name if section else "",
        evidence=reading.evidence(low, high),
    )


def _status(reading: Reading, span: Span, section: Section | None, date: Maybe[dt.date]) -> AssertionStatus:
    assertion = span._.assertion
    if assertion.nobody or assertion.status is AssertionStatus.FAMILY:
        return AssertionStatus.DENIED
    if _STOPPED.search(reading.text, max(0, span.start - 20), span.start):
        return AssertionStatus.HISTORY
    if assertion.status in (AssertionStatus.DENIED, AssertionStatus.SUSPECTED):
        status: AssertionStatus = assertion.status
        return status
    if assertion.planned and not (section is not None and section.kind == "orders" and span.label_ == "drug"):
        return AssertionStatus.SUSPECTED
    if section is not None and section.kind == "orders" and span.label_ == "procedure":
        # 规律血液透析 among the orders goes on; 返院化疗 is a plan.
        return AssertionStatus.CONFIRMED if "dialysis" in _kind(span) else AssertionStatus.SUSPECTED
    if section is not None and section.kind in _PAST_KINDS and not _goes_on(reading, span):
        return AssertionStatus.CONFIRMED if isinstance(date, dt.date) else AssertionStatus.HISTORY
    return AssertionStatus.CONFIRMED


_REGULAR = re.compile(r"规律|维持|长期|目前|(?<![出发])现")


def _goes_on(reading: Reading, span: Span) -> bool:
    """True for dialysis that a history tells as going on: 规律血液透析每周3次."""
    if span.label_ != "procedure" or _kind(span) != "dialysis":
        return False
    return bool(_REGULAR.search(reading.text, max(0, span.start - 4), span.end))


def _kind(span: Span) -> str:
    return load_vocabulary().procedures[span.kb_id_].kind


def _date(reading: Reading, span: Span, section: Section | None) -> Maybe[dt.date]:
    dates = reading.dates
    floor = section.start if section else 0
    stated = date_before(reading.text, span.start, floor, reading.found_dates)
    if stated is not None and stated.date is not None:
        return stated.date
    if section is not None and section.kind in _PAST_KINDS and not _goes_on(reading, span):
        return Unknown.ABSENT
    if reading.document.type in (DocumentType.OUTPATIENT_RECORD, DocumentType.PRESCRIPTION):
        return dates.visit_at(span.start)
    if section is not None and section.kind in ("orders", "diagnosis"):
        return dates.at("discharged")
    if reading.document.type in (DocumentType.OPERATION_RECORD, DocumentType.DIALYSIS_RECORD):
        return dates.at("operated")
    return dates.at("admitted", "discharged")  # given during the stay: the earlier day is the careful one


def _named_operations(reading: Reading, section: Section, spans: list[Span]) -> Iterator[Treatment]:
    """Operations by their printed name that the vocabulary does not know."""
    for item in split_list(reading.text, reading.source.before, section.start, _end_of_names(reading, section)):
        if any(span.label_ == "procedure" and span.start < item.end and item.start < span.end for span in spans):
            continue
        name = reading.source.printed(item.start, item.end)
        if not re.search(r"术|造影|穿刺|置入|植入|切除|移植", name):
            continue
        planned = section.title.startswith("拟")
        yield Treatment(
            document=reading.document.id,
            kind="operation",
            name=name,
            status=AssertionStatus.SUSPECTED if planned else AssertionStatus.CONFIRMED,
            date=reading.dates.at("operated", "admitted", "discharged"),
            section=section.name,
            evidence=reading.evidence(item.start, item.end),
        )


def _end_of_names(reading: Reading, section: Section) -> int:
    """Where the names of operations end: above the first row that tells, whose heading the form hid (手术经过)."""
    end = min(section.end, section.start + 200)
    row = section.start
    while row < end:
        stop = reading.text.find("\n", row, section.end)
        stop = section.end if stop < 0 else stop
        if reads_like_prose(reading.text[row:stop]):
            return row
        row = stop + 1
    return end


def _dialysis_sessions(reading: Reading) -> Iterator[Treatment]:
    """One treatment per dated row of a dialysis record."""
    text = reading.text
    concept = "peritoneal_dialysis" if re.search(r"腹膜透析|腹透", text) else "hemodialysis"
    if concept == "hemodialysis" and not re.search(r"血液?透析|血透|血滤|透析|HDF?|超滤", text):
        return
    procedure = load_vocabulary().procedures[concept]
    seen: set[dt.date] = set()
    for found in reading.found_dates:
        day = found.date
        line_start = text.rfind("\n", 0, found.start) + 1
        label = text[max(line_start, found.start - 8) : found.start]
        if day is None or day in seen or re.search(r"出生|打印|首次|开始|建立|有效", label):
            continue
        seen.add(day)
        yield Treatment(
            document=reading.document.id,
            kind="dialysis",
            name=procedure.name,
            status=AssertionStatus.CONFIRMED,
            concept=concept,
            classes=procedure.classes,
            date=day,
            section="透析记录",
            evidence=reading.evidence(found.start, found.end),
        )
