"""Lab tables: rows and columns of laboratory sheets rebuilt from the places of their lines.

page ─sheets─▶ sheet ─straight─▶ level cells ─rows─▶ rows ─headers, columns─▶ item columns ─records─▶ records
     ─values, results─▶ LabResult ─checks─▶ doubts and alerts
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.extracting.lab.checks import doubt_disagreements, shifted_ranges
from pipeline.extracting.lab.notices import mixed_patients, rows_without_result, shifted_reference
from pipeline.extracting.lab.results import result_of
from pipeline.extracting.lab.sheets import split_sheets
from pipeline.extracting.lab.stamps import Stamps, read_stamps
from pipeline.extracting.lab.tables import rows_of, tables_of
from pipeline.nouns import Alert, Document
from rules.engine.facts import DocumentType, LabResult

__all__ = ["extract_lab_results"]


def extract_lab_results(document: Document) -> tuple[tuple[LabResult, ...], tuple[Alert, ...]]:
    """Return the results printed in tables of ``document``, in reading order, and what a person should look at.

    Works on lab sheets and on result blocks inside other documents; there a table without a header needs more proof. Values inside
    sentences are not read here.
    """
    results: list[LabResult] = []
    alerts: list[Alert] = []
    strict = document.type not in (DocumentType.LAB_REPORT, DocumentType.UNKNOWN)
    before: Stamps | None = None
    for page in document.pages:
        patients: set[str] = set()
        of_page: list[LabResult] = []
        for sheet in split_sheets(page):
            rows = rows_of(sheet)
            stamps = read_stamps(rows)
            if stamps.empty and not sheet.titled and before is not None:
                stamps = replace(
                    stamps,
                    sampled_at=before.sampled_at,
                    reported_at=before.reported_at,
                    specimen=stamps.specimen or before.specimen,
                )
            if not stamps.empty:
                before = stamps
            found: list[LabResult] = []
            for table in tables_of(rows, strict=strict):
                read = [(record, result_of(document, table, record, stamps)) for record in table.records]
                block = doubt_disagreements([result for _, result in read if result is not None])
                if shifted_ranges(block):
                    block = [
                        replace(r, doubts=tuple(sorted({*r.doubts, "row_mismatch", "reference_unreadable"})))
                        for r in block
                    ]
                    alerts.append(shifted_reference(document, page, block))
                missing = [record for record, result in read if result is None]
                alerts.extend(rows_without_result(document, page, missing))
                found.extend(block)
            if found and stamps.patient:
                patients.add(stamps.patient)
            of_page.extend(found)
        if len(patients) > 1:
            of_page = [replace(r, doubts=tuple(sorted({*r.doubts, "several_patients"}))) for r in of_page]
            alerts.append(mixed_patients(page))
        results.extend(of_page)
    return tuple(results), tuple(alerts)
