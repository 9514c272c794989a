"""Builds single laboratory results and runs them through normalising."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from pipeline.normalising import normalise
from pipeline.nouns import Alert
from rules.engine.facts import CaseFacts, DocumentInfo, DocumentType, Evidence, LabResult
from rules.vocabulary import load_vocabulary

__all__ = ["AS_OF", "done", "evidence", "lab", "run"]

AS_OF = dt.date(2026, 1, 1)


def evidence(document: str = "d1") -> tuple[Evidence, ...]:
    return (
        Evidence(
            document=document,
            file="sheet.jpg",
            page=1,
            box=(0.0, 0.0, 1.0, 1.0),
            quote="row",
            confidence=0.99,
            extractor="lab-table",
        ),
    )


def lab(
    name: str, text: str, unit: str | None = None, low: str | None = None, high: str | None = None, **more: Any
) -> LabResult:
    """A row as the table reader gives it: the number parsed where the text is one."""
    document = more.pop("document", "d1")
    comparator = text[0] if text.startswith(("<", ">")) else None
    try:
        number = Decimal(text.lstrip("<>"))
        value: Decimal | None = number if number.is_finite() else None
    except InvalidOperation:
        value = None
    fields: dict[str, Any] = {"value": value, "comparator": comparator, "evidence": evidence(document)} | more
    return LabResult(
        document=document,
        name=name,
        text=text,
        unit=unit,
        reference_low=Decimal(low) if low else None,
        reference_high=Decimal(high) if high else None,
        **fields,
    )


def run(
    rows: Sequence[LabResult], *, kind: DocumentType = DocumentType.LAB_REPORT
) -> tuple[tuple[LabResult, ...], tuple[Alert, ...]]:
    documents = tuple(DocumentInfo(id=d, type=kind) for d in dict.fromkeys(r.document for r in rows))
    facts = CaseFacts(as_of=AS_OF, documents=documents, lab_results=tuple(rows))
    found, alerts = normalise(facts, vocabulary=load_vocabulary())
    return found.lab_results, alerts


def done(row: LabResult, *others: LabResult, kind: DocumentType = DocumentType.LAB_REPORT) -> LabResult:
    """Normalise ``row`` on a sheet with ``others`` and return it."""
    return run((row, *others), kind=kind)[0][0]
