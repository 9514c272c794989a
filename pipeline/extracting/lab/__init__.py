"""Lab tables: rows and columns of laboratory sheets rebuilt from the places of their lines.

page ─sheets─▶ sheet ─straight─▶ level cells ─rows─▶ rows ─headers, columns, blocks─▶ item columns
     ─records─▶ records ─values, results─▶ LabResult ─checks─▶ doubts and alerts
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.extracting.lab.checks import doubt_disagreements, shifted_ranges
from pipeline.extracting.lab.notices import mixed_patients, rows_without_result, shifted_reference, slipped_rows
from pipeline.extracting.lab.records import Record
from pipeline.extracting.lab.results import result_of
from pipeline.extracting.lab.rows import Row
from pipeline.extracting.lab.sheets import Sheet, split_sheets
from pipeline.extracting.lab.stamps import Stamps, joined_stamps, read_stamps
from pipeline.extracting.lab.tables import Table, rows_of, tables_of
from pipeline.nouns import Alert, Document
from rules.engine.facts import DocumentType, LabResult

__all__ = ["SheetRows", "extract_lab_results", "read_sheets"]


@dataclass(frozen=True, slots=True, eq=False)
class SheetRows:
    """What tables gave on one sheet, for another extractor that looks at the same lines."""

    sheet: Sheet
    stamps: Stamps
    rows: tuple[tuple[Record, LabResult], ...]
    """Results, each with the cells it was read from."""
    several_patients: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    sheet: Sheet
    rows: list[Row]
    stamps: Stamps


def extract_lab_results(document: Document) -> tuple[tuple[LabResult, ...], tuple[Alert, ...]]:
    """Return the results printed in tables of ``document``, in reading order, and what a person should look at.

    Works on lab sheets and on result blocks inside other documents; there a table without a header needs more proof.
    Values inside sentences are not read here.
    """
    sheets, alerts = read_sheets(document)
    return tuple(result for sheet in sheets for _, result in sheet.rows), alerts


def read_sheets(document: Document) -> tuple[tuple[SheetRows, ...], tuple[Alert, ...]]:
    """As :func:`extract_lab_results`, sheet by sheet, also those on which no table was found."""
    sheets: list[SheetRows] = []
    alerts: list[Alert] = []
    strict = document.type not in (DocumentType.LAB_REPORT, DocumentType.UNKNOWN)
    for page_sheets in _stamped(document):
        patients: set[str] = set()
        of_page: list[SheetRows] = []
        for read in page_sheets:
            found: list[tuple[Record, LabResult]] = []
            for table in tables_of(read.rows, strict=strict):
                block, notes = _table_results(document, table, read)
                found.extend(block)
                alerts.extend(notes)
            if found and read.stamps.patient:
                patients.add(read.stamps.patient)
            of_page.append(SheetRows(read.sheet, read.stamps, tuple(found)))
        if len(patients) > 1:
            of_page = [_of_several(sheet) for sheet in of_page]
            alerts.append(mixed_patients(page_sheets[0].sheet.page))
        sheets.extend(of_page)
    return tuple(sheets), tuple(alerts)


def _of_several(sheet: SheetRows) -> SheetRows:
    rows = tuple((record, _doubted(result, "several_patients")) for record, result in sheet.rows)
    return replace(sheet, rows=rows, several_patients=True)


def _stamped(document: Document) -> list[list[_Read]]:
    """Read every sheet's rows and stamps, page by page. A sheet without a title goes on with the report before it:
    what one part prints (sampling time in the head of the first page, report time at the foot of the last) holds
    for all."""
    pages: list[list[_Read]] = []
    for page in document.pages:
        rows = [(sheet, rows_of(sheet)) for sheet in split_sheets(page)]
        pages.append([_Read(sheet, of_sheet, read_stamps(of_sheet)) for sheet, of_sheet in rows])
    flat = [read for page in pages for read in page]
    reports: list[list[_Read]] = []
    for read in flat:
        if reports and not read.sheet.titled and reports[-1][-1].sheet.page is not read.sheet.page:
            reports[-1].append(read)
        else:
            reports.append([read])
    merged = {
        id(read): joined_stamps([part.stamps for part in report], k)
        for report in reports
        for k, read in enumerate(report)
    }
    return [[replace(read, stamps=merged[id(read)]) for read in page] for page in pages if page]


def _table_results(document: Document, table: Table, read: _Read) -> tuple[list[tuple[Record, LabResult]], list[Alert]]:
    page = read.sheet.page
    pairs = [(record, result_of(document, table, record, read.stamps)) for record in table.records]
    block = doubt_disagreements([result for _, result in pairs if result is not None])
    alerts: list[Alert] = []
    if table.slipped:
        block = [_doubted(result, "row_mismatch") for result in block]
        alerts.append(slipped_rows(page, block))
    elif shifted_ranges(block):
        block = [_doubted(_doubted(result, "row_mismatch"), "reference_unreadable") for result in block]
        alerts.append(shifted_reference(page, block))
    alerts.extend(rows_without_result(document, page, [record for record, result in pairs if result is None]))
    records = [record for record, result in pairs if result is not None]
    return list(zip(records, block, strict=True)), alerts


def _doubted(result: LabResult, code: str) -> LabResult:
    return replace(result, doubts=tuple(sorted({*result.doubts, code})))
