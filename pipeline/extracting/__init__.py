"""Extracting: from typed documents to facts, each with its place on the page.

The heads of pages (whose paper, which hospital, which dates) are read first, because rules need them of every document;
then each extractor takes the documents that it understands. An extractor that fails on one document costs that
document's facts, never the case: an alert says so.
"""

from __future__ import annotations

import datetime as dt
import logging
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from pipeline.extracting.form import extract_form
from pipeline.extracting.header import extract_header, seal_alerts
from pipeline.extracting.identity import extract_identity
from pipeline.extracting.lab import extract_lab_results
from pipeline.extracting.language import ClinicalFacts, extract_clinical
from pipeline.extracting.owner import assign_owners
from pipeline.nouns import Alert, Document, Severity
from rules.engine.facts import CaseFacts, DocumentInfo, DocumentType, FormEntry, LabResult, PatientIdentity

__all__ = ["extract"]

T = TypeVar("T")

_LOG = logging.getLogger(__name__)


def extract(
    documents: Sequence[Document], *, as_of: dt.date, applicant: PatientIdentity | None = None
) -> tuple[tuple[Document, ...], CaseFacts, tuple[Alert, ...]]:
    """Extract everything that rules and readers need from ``documents``.

    Args:
        applicant: who applies, where that is known from elsewhere than the documents.

    Returns:
        The documents with their heads filled in (hospital, level, dates, owner), the raw facts of the case as of
        ``as_of``, and alerts.
    """
    alerts: list[Alert] = []

    def guarded(work: Callable[[Document], T], document: Document, otherwise: T) -> T:
        try:
            return work(document)
        except Exception as error:  # a defect in one extractor must not lose the other facts of the case
            _log_failure(error)
            alerts.append(_failed(document))
            return otherwise

    headed = [
        replace(document, info=guarded(extract_header, document, DocumentInfo(id=document.id, type=document.type)))
        for document in documents
    ]
    quiet: tuple[Alert, ...] = ()
    alerts.extend(alert for document in headed for alert in guarded(seal_alerts, document, quiet))
    nobody: tuple[PatientIdentity, ...] = ()
    identities = [one for document in headed for one in guarded(extract_identity, document, nobody)]
    blank: tuple[FormEntry, ...] = ()
    form = [
        entry
        for document in headed
        if document.type is DocumentType.APPLICATION_FORM
        for entry in guarded(extract_form, document, blank)
    ]
    owned, owner_alerts = assign_owners(headed, identities, form, applicant)
    alerts.extend(owner_alerts)

    results: list[LabResult] = []
    no_rows: tuple[tuple[LabResult, ...], tuple[Alert, ...]] = ((), ())
    for document in owned:
        rows, row_alerts = guarded(extract_lab_results, document, no_rows)
        results.extend(rows)
        alerts.extend(row_alerts)

    try:
        clinical = extract_clinical(owned)
    except Exception as error:
        _log_failure(error)
        clinical = ClinicalFacts()
        alerts.extend(_failed(document) for document in owned)
    alerts.extend(clinical.alerts)

    facts = CaseFacts(
        as_of=as_of,
        documents=tuple(document.info for document in owned if document.info is not None),
        patient=tuple(identities),
        visits=clinical.visits,
        diagnoses=clinical.diagnoses,
        lab_results=(*results, *clinical.lab_results),
        findings=clinical.findings,
        treatments=clinical.treatments,
        form=tuple(form),
    )
    return tuple(owned), facts, tuple(alerts)


def _log_failure(error: Exception) -> None:
    """Kind and place only: the message of a foreign exception may quote the page."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    _LOG.error("extractor failed: %s at %s:%s", type(error).__name__, frame.filename, frame.lineno)


def _failed(document: Document) -> Alert:
    page = document.pages[0].page
    return Alert(
        code="extraction_failed",
        severity=Severity.ERROR,
        message="这份材料的内容没有完全提取出来，请人工查看原件。",
        file=page.file,
        page=page.number,
    )
