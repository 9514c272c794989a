"""Alerts of the lab tables, in plain Chinese and without identity."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extracting.lab.kinds import Kind
from pipeline.extracting.lab.names import known_name
from pipeline.extracting.lab.records import Record
from pipeline.nouns import Alert, Document, ReadPage, Severity
from rules.engine.facts import LabResult

__all__ = ["mixed_patients", "rows_without_result", "shifted_reference", "slipped_rows"]


def rows_without_result(document: Document, page: ReadPage, records: Sequence[Record]) -> list[Alert]:
    """One alert when names and results do not pair up: items whose result was not found, results without a name
    (H6)."""
    named = [r for r in records if r.has_name and not r.has_result and _is_item(r)]
    bare = [r for r in records if r.has_result and not r.has_name]
    if not named and not bare:
        return []
    evidence = tuple(
        document.evidence(
            page,
            tuple(c.line for c in r.all),
            quote=" ".join(c.text for c in r.all),
            extractor="lab-table",
            confidence=0.5,
        )
        for r in (*named, *bare)
        if all(c.page is page for c in r.all)
    )
    parts = []
    if named:
        parts.append(f"有{len(named)}个检验项目未读到结果")
    if bare:
        parts.append(f"有{len(bare)}个检验结果未读到项目名称")
    message = "，".join(parts) + "，请对照原件核对。"
    return [
        Alert(
            code="lab_rows_mismatch",
            severity=Severity.WARNING,
            message=message,
            file=page.page.file,
            page=page.page.number,
            evidence=evidence,
        )
    ]


def _is_item(record: Record) -> bool:
    """A name with a unit or range beside it, or one the vocabulary knows; a heading inside the table is no item."""
    sure = any(c.is_a(Kind.UNIT, 0.6) for c in record.of("unit")) or any(c.is_a(Kind.RANGE) for c in record.of("range"))
    return sure or any(known_name(c.text) for c in (*record.of("name"), *record.of("code")))


def slipped_rows(page: ReadPage, results: Sequence[LabResult]) -> Alert:
    return Alert(
        code="lab_rows_mismatch",
        severity=Severity.WARNING,
        message="检验单的项目名称与结果可能错了一行，请对照原件核对。",
        file=page.page.file,
        page=page.page.number,
        evidence=tuple(e for r in results for e in r.evidence),
    )


def shifted_reference(page: ReadPage, results: Sequence[LabResult]) -> Alert:
    return Alert(
        code="lab_reference_shifted",
        severity=Severity.WARNING,
        message="检验单的参考范围与结果可能错了一行，请对照原件核对。",
        file=page.page.file,
        page=page.page.number,
        evidence=tuple(e for r in results for e in r.evidence),
    )


def mixed_patients(page: ReadPage) -> Alert:
    return Alert(
        code="lab_several_patients",
        severity=Severity.WARNING,
        message="同一张图片中有不同姓名的检验单，请分开拍摄并核对。",
        file=page.page.file,
        page=page.page.number,
    )
