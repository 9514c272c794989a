"""All extractors over the documents of a case, in their order."""

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
from pipeline.extracting.lab import SheetRows, read_sheets
from pipeline.extracting.language import ClinicalFacts, extract_clinical
from pipeline.extracting.learned import fill_heads, fill_identities, merge_diagnoses, merge_labs
from pipeline.extracting.owner import assign_owners
from pipeline.learned import Finders
from pipeline.nouns import Alert, Document, Severity
from rules.engine.facts import CaseFacts, DocumentInfo, DocumentType, FormEntry, LabResult, PatientIdentity

__all__ = ["compose"]

T = TypeVar("T")

_LOG = logging.getLogger(__name__)


def compose(
    documents: Sequence[Document], *, as_of: dt.date, applicant: PatientIdentity | None, finders: Finders
) -> tuple[tuple[Document, ...], CaseFacts, tuple[Alert, ...]]:
    """See :func:`pipeline.extracting.extract`."""
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
    if finders is Finders.MODEL:
        headed, identities, form = _by_model(headed, identities)
    owned, owner_alerts = assign_owners(headed, identities, form, applicant)
    alerts.extend(owner_alerts)

    results: list[LabResult] = []
    no_sheets: tuple[tuple[SheetRows, ...], tuple[Alert, ...]] = ((), ())
    for document in owned:
        sheets, row_alerts = guarded(read_sheets, document, no_sheets)
        rules_rows = merge_labs(document, sheets, Finders.RULES)
        results.extend(guarded(_rows_of_both(sheets, finders), document, rules_rows))
        alerts.extend(row_alerts)

    try:
        clinical = extract_clinical(owned)
    except Exception as error:
        _log_failure(error)
        clinical = ClinicalFacts()
        alerts.extend(_failed(document) for document in owned)
    alerts.extend(clinical.alerts)

    # Last: what the page reader alone read of a head changes no date of a fact and nobody's ownership.
    headed = [replace(document, info=guarded(_heads_of_both, document, document.info)) for document in owned]
    try:
        patients = fill_identities(owned, identities, finders)
        diagnoses = merge_diagnoses(owned, clinical.diagnoses, finders)
    except Exception as error:
        _log_failure(error)
        patients, diagnoses = tuple(identities), clinical.diagnoses

    facts = CaseFacts(
        as_of=as_of,
        documents=tuple(document.info for document in headed if document.info is not None),
        patient=patients,
        visits=clinical.visits,
        diagnoses=diagnoses,
        lab_results=(*results, *clinical.lab_results),
        findings=clinical.findings,
        treatments=clinical.treatments,
        form=tuple(form),
    )
    return tuple(headed), facts, tuple(alerts)


def _rows_of_both(sheets: Sequence[SheetRows], finders: Finders) -> Callable[[Document], tuple[LabResult, ...]]:
    return lambda document: merge_labs(document, sheets, finders)


def _heads_of_both(document: Document) -> DocumentInfo | None:
    return fill_heads(document)


def _by_model(
    documents: Sequence[Document], identities: Sequence[PatientIdentity]
) -> tuple[list[Document], list[PatientIdentity], list[FormEntry]]:
    """Heads and identities as the page reader alone gives them; forms it does not read."""
    headed = [replace(document, info=fill_heads(document, Finders.MODEL)) for document in documents]
    return headed, list(fill_identities(documents, identities, Finders.MODEL)), []


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
