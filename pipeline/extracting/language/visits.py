"""Hospital stays and outpatient visits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from pipeline.extracting.language.context import Reading
from pipeline.nouns import Alert, Severity
from rules.engine.facts import DocumentType, Maybe, Unknown, Visit, VisitKind

__all__ = ["extract_visits"]

_STAYS = frozenset({DocumentType.DISCHARGE_SUMMARY, DocumentType.FRONT_PAGE, DocumentType.ADMISSION_RECORD})


def extract_visits(reading: Reading, alerts: list[Alert]) -> Iterator[Visit]:
    """Yield the visits that one document proves; dates that cannot be are reported and left unknown."""
    kind = reading.document.type
    dates = reading.dates
    if kind in _STAYS or (kind is DocumentType.DIAGNOSIS_CERTIFICATE and dates.admitted_at and dates.discharged_at):
        yield _stay(reading, alerts)
    elif kind is DocumentType.OUTPATIENT_RECORD or (kind is DocumentType.PRESCRIPTION and "门诊" in reading.text[:300]):
        yield from _outpatient(reading)


def _stay(reading: Reading, alerts: list[Alert]) -> Visit:
    dates = reading.dates
    start: Maybe[dt.date] = dates.admitted
    end: Maybe[dt.date] = dates.discharged
    if end is Unknown.ABSENT and reading.document.type in (DocumentType.DISCHARGE_SUMMARY, DocumentType.FRONT_PAGE):
        end = dates.stated
    spans = [span for span in (dates.admitted_at, dates.discharged_at) if span is not None]
    evidence = tuple(e for span in spans for e in reading.evidence(*span))
    if isinstance(start, dt.date) and isinstance(end, dt.date) and end < start:
        alerts.append(
            Alert(
                code="stay_dates_reversed",
                severity=Severity.WARNING,
                message="出院日期早于入院日期，请核对原件上的日期。",
                file=reading.document.pages[0].page.file,
                page=reading.document.pages[0].page.number,
                evidence=evidence,
            )
        )
        start = end = Unknown.CONFLICTING
    return _visit(reading, VisitKind.INPATIENT, start, end, evidence)


def _outpatient(reading: Reading) -> Iterator[Visit]:
    seen: set[dt.date] = set()
    for day, start, end in reading.dates.visits:
        if day not in seen:
            seen.add(day)
            yield _visit(reading, VisitKind.OUTPATIENT, day, day, reading.evidence(start, end))
    if not seen:
        stated = reading.dates.stated
        yield _visit(reading, VisitKind.OUTPATIENT, stated, stated, ())


def _visit(
    reading: Reading, kind: VisitKind, start: Maybe[dt.date], end: Maybe[dt.date], evidence: tuple[object, ...]
) -> Visit:
    info = reading.document.info
    if not evidence:
        first = next((i for i, line in enumerate(reading.source.line_of) if line >= 0), None)
        if first is not None:
            last = first
            while last + 1 < len(reading.text) and reading.text[last + 1] != "\n":
                last += 1
            evidence = reading.evidence(first, last + 1)
    return Visit(
        document=reading.document.id,
        kind=kind,
        start=start,
        end=end,
        hospital=info.hospital if info else Unknown.ABSENT,
        department=info.department if info else Unknown.ABSENT,
        evidence=tuple(evidence),  # type: ignore[arg-type]
    )
