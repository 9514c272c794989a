"""Clinical language: discharge summaries, records, certificates and examination reports become typed facts.

One public function, :func:`extract_clinical`, called once per case: spaCy's ``memory_zone`` wraps the case, so that
what it learned of one applicant's words is gone with it (hazard H2).
"""

from __future__ import annotations

import pipeline.extracting.language.spacy_alone  # noqa: F401 - before everything that imports spaCy

# isort: split
import logging
from collections.abc import Sequence

from pipeline.dates import parse_dates
from pipeline.extracting.language.context import ClinicalFacts, Reading
from pipeline.extracting.language.diagnoses import extract_diagnoses
from pipeline.extracting.language.findings import extract_findings
from pipeline.extracting.language.labs import extract_prose_labs
from pipeline.extracting.language.moments import paper_dates
from pipeline.extracting.language.nlp import clinical_pipeline, make_doc
from pipeline.extracting.language.sections import is_heading
from pipeline.extracting.language.text import join_document
from pipeline.extracting.language.treatments import extract_treatments
from pipeline.extracting.language.visits import extract_visits
from pipeline.nouns import Alert, Document, Severity
from rules.engine.facts import Diagnosis, DocumentType, Finding, LabResult, Treatment, Unknown, Visit

__all__ = ["ClinicalFacts", "extract_clinical"]

log = logging.getLogger(__name__)

_NOT_PROSE = frozenset(
    {
        DocumentType.LAB_REPORT,
        DocumentType.RECEIPT,
        DocumentType.IDENTITY_CARD,
        DocumentType.APPLICATION_FORM,
    }
)
"""Sheets that other extractors read; their words are no clinical statements."""


def extract_clinical(documents: Sequence[Document]) -> ClinicalFacts:
    """Extract what the running text of ``documents`` states.

    A document whose text cannot be worked through costs its own facts only: an alert says so.
    """
    visits: list[Visit] = []
    diagnoses: list[Diagnosis] = []
    findings: list[Finding] = []
    treatments: list[Treatment] = []
    labs: list[LabResult] = []
    alerts: list[Alert] = []
    nlp = clinical_pipeline()
    with nlp.memory_zone():
        for document in documents:
            if document.type in _NOT_PROSE or not any(page.readable for page in document.pages):
                continue
            try:
                source = join_document(document, is_heading)
                stated = document.info.date if document.info else Unknown.ABSENT
                reading = Reading(
                    document=document,
                    source=source,
                    doc=make_doc(nlp, source),
                    dates=paper_dates(source.text, document.type, stated),
                    found_dates=parse_dates(source.text),
                )
                notices: list[Alert] = []
                made = (
                    list(extract_visits(reading, notices)),
                    list(extract_diagnoses(reading)),
                    list(extract_findings(reading)),
                    list(extract_treatments(reading)),
                    list(extract_prose_labs(reading)),
                )
            except Exception as error:  # one page of odd text must not lose the others
                log.error("clinical text: %s in document %s", type(error).__name__, document.id)
                alerts.append(_failed(document))
                continue
            visits += made[0]
            diagnoses += made[1]
            findings += made[2]
            treatments += made[3]
            labs += made[4]
            alerts += notices
    return ClinicalFacts(
        visits=tuple(visits),
        diagnoses=tuple(diagnoses),
        findings=tuple(findings),
        treatments=tuple(treatments),
        lab_results=tuple(labs),
        alerts=tuple(alerts),
    )


def _failed(document: Document) -> Alert:
    page = document.pages[0].page
    return Alert(
        code="extraction_failed",
        severity=Severity.ERROR,
        message="这份材料的文字没有完全提取出来，请人工查看原件。",
        file=page.file,
        page=page.number,
    )
