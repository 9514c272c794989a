"""Normalising: printed names, units, marks, diagnoses and drugs brought to one vocabulary; the raw text always stays.

Pure: facts in, facts out, nothing read or written beyond the vocabulary that is passed in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from pipeline.normalising.context import Meaning, resolve
from pipeline.normalising.diagnoses import normalise_diagnosis, normalise_treatment
from pipeline.normalising.labs import normalise_result
from pipeline.nouns import Alert, Severity
from rules.engine.facts import (
    CaseFacts,
    Diagnosis,
    DocumentInfo,
    DocumentType,
    LabResult,
    Maybe,
    Unknown,
    seen_by_model_alone,
)
from rules.vocabulary import Vocabulary

__all__ = ["normalise"]


def normalise(facts: CaseFacts, *, vocabulary: Vocabulary) -> tuple[CaseFacts, tuple[Alert, ...]]:
    """Return ``facts`` in the terms of ``vocabulary`` and what a person should look at.

    Laboratory results get analyte, canonical value and unit, polarity, doubts, and a mark that agrees with value and
    range. Diagnoses get concept, ICD-10 and grade; drugs concept and classes. Nothing printed is changed or dropped.
    """
    labs, lab_alerts = _labs(facts, vocabulary)
    diagnoses: list[Diagnosis] = []
    diagnosis_alerts: list[Alert] = []
    for diagnosis in facts.diagnoses:
        found, alerts = normalise_diagnosis(diagnosis, vocabulary=vocabulary)
        diagnoses.extend(found)
        diagnosis_alerts.extend(alerts)
    done = replace(
        facts,
        documents=tuple(_dated(document, labs) for document in facts.documents),
        diagnoses=tuple(dict.fromkeys(diagnoses)),
        lab_results=labs,
        treatments=tuple(normalise_treatment(t, vocabulary=vocabulary) for t in facts.treatments),
    )
    return done, (*lab_alerts, *diagnosis_alerts, *_date_alerts(labs, facts.as_of))


def _labs(facts: CaseFacts, vocabulary: Vocabulary) -> tuple[tuple[LabResult, ...], list[Alert]]:
    types = {document.id: document.type for document in facts.documents}
    meanings = _meanings(facts.lab_results, types, vocabulary)
    flagged = {result.document for result in facts.lab_results if result.flag is not None and not _alone(result)}
    results: list[LabResult] = []
    alerts: list[Alert] = []
    for result, meaning in zip(facts.lab_results, meanings, strict=True):
        done, told = normalise_result(result, meaning, sheet_has_flags=result.document in flagged)
        results.append(done)
        alerts.extend(told)
    return tuple(results), alerts


def _meanings(
    results: Sequence[LabResult], types: dict[str, DocumentType], vocabulary: Vocabulary
) -> list[Meaning]:  # fmt: skip
    """Rows tell what their neighbours mean; a row that only the page reader saw tells nothing of those rules saw."""
    sure = iter(resolve([r for r in results if not _alone(r)], types, vocabulary=vocabulary))
    if not any(map(_alone, results)):
        return list(sure)
    every = resolve(results, types, vocabulary=vocabulary)
    return [meaning if _alone(result) else next(sure) for result, meaning in zip(results, every, strict=True)]


def _alone(result: LabResult) -> bool:
    return seen_by_model_alone(result.evidence)


def _dated(document: DocumentInfo, labs: Sequence[LabResult]) -> DocumentInfo:
    """Give a lab report without a date that of its rows: sampling first, then reporting; never where rows differ."""
    alone = "date" in document.model_only  # only the page reader has one: that of the rows is better
    if document.type is not DocumentType.LAB_REPORT or (document.date is not Unknown.ABSENT and not alone):
        return document
    rows = [r for r in labs if r.document == document.id]
    for moments in ([r.sampled_at for r in rows], [r.reported_at for r in rows]):
        days = {m.date() for m in moments if isinstance(m, dt.datetime)}
        if len(days) == 1:
            marks = tuple(mark for mark in document.model_only if mark != "date")
            return replace(document, date=days.pop(), model_only=marks)
        if days:
            return document
    return document


def _date_alerts(labs: Sequence[LabResult], as_of: dt.date) -> list[Alert]:
    """Dates that cannot be: sampled after the application, or reported before sampling. Once per document."""
    alerts: dict[tuple[str, str], Alert] = {}
    for result in labs:
        sampled, reported = _moment(result.sampled_at), _moment(result.reported_at)
        latest = max((m for m in (sampled, reported) if m), default=None)
        if latest and latest.date() > as_of:
            alerts.setdefault(
                (result.document, "date_in_future"), _date_alert("date_in_future", result, "日期晚于申请日期")
            )
        if sampled and reported and reported.date() < sampled.date():
            alerts.setdefault(
                (result.document, "date_order"), _date_alert("date_order", result, "报告日期早于采样日期")
            )
    return list(alerts.values())


def _moment(value: Maybe[dt.datetime]) -> dt.datetime | None:
    return value if isinstance(value, dt.datetime) else None


def _date_alert(code: str, result: LabResult, what: str) -> Alert:
    first = result.evidence[0] if result.evidence else None
    return Alert(
        code=code,
        severity=Severity.WARNING,
        message=f"检验报告的{what}，请核对原件",
        file=first.file if first else None,
        page=first.page if first else None,
        evidence=result.evidence[:1],
    )
