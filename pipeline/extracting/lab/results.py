"""Turns a record into a :class:`LabResult` with its evidence."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.extracting.lab.cells import Cell
from pipeline.extracting.lab.checks import expected_flag
from pipeline.extracting.lab.kinds import Kind, unit_after_number
from pipeline.extracting.lab.labels import label_of
from pipeline.extracting.lab.names import known_name
from pipeline.extracting.lab.records import Record
from pipeline.extracting.lab.stamps import Stamps
from pipeline.extracting.lab.tables import Table
from pipeline.extracting.lab.text import squeeze
from pipeline.extracting.lab.values import ReadRange, ReadValue, read_flag, read_name, read_range, read_value
from pipeline.extracting.lab.verdicts import all_negative
from pipeline.nouns import Document
from rules.engine.facts import Flag, LabResult

__all__ = ["EXTRACTOR", "result_of"]

EXTRACTOR = "lab-table"
_SURE_READING = 0.85
"""Below this confidence of the reader a result is doubted ..."""
_POOR_READING = 0.7
"""... and below this one the name too."""


@dataclass(frozen=True, slots=True)
class _Marked:
    flag: Flag | None
    unclear: bool


def result_of(document: Document, table: Table, record: Record, stamps: Stamps) -> LabResult | None:
    """Read ``record``; None when it holds no item with a result."""
    if not (record.has_name and record.has_result):
        return None
    name = read_name(record.of("name"), record.of("code"), counted=table.counted)
    value = read_value(record.of("result"))
    if name is None or not value.text or not _is_result(value, record) or label_of(name.name) is not None:
        return None
    span = read_range(record.of("range"), record.of("low"), record.of("high"), sex=stamps.sex)
    unit = _unit(record, value) or name.unit or _unit_of_column(table)
    marked = _flag(record, value, span)
    doubts = {*value.doubts, *span.doubts}
    read = [*record.of("name"), *record.of("code"), *record.of("result")]
    if record.joined:
        doubts.add("row_mismatch")
    if min(c.line.confidence for c in record.of("result")) < _SURE_READING:
        doubts.add("low_confidence")
    if record.cut or any(c.sealed for c in record.of("result")):
        doubts.add("low_confidence")
    if marked.flag in (Flag.HIGH, Flag.LOW) and all_negative(record.of("result")):
        doubts.add("row_mismatch")  # an arrow beside 阴性: the result that it marks was not read
    if table.block.unsure:
        doubts.add("row_mismatch")
    if min(c.line.confidence for c in read) < _POOR_READING:
        doubts.add("low_confidence")
    if marked.unclear:
        doubts.add("flag_range_disagree")
    page = read[0].page
    cells = sorted((c for c in read if c.page is page), key=lambda c: (c.mid, c.v))
    structure = (
        (0.97 if table.headed else 0.9)
        - (0.3 if record.joined else 0.0)
        - (0.05 if any(c.piece for c in cells) else 0.0)
    )
    evidence = document.evidence(
        page,
        tuple(c.line for c in cells),
        quote=" ".join(c.text for c in record.all if c.page is page),
        extractor=EXTRACTOR,
        confidence=structure,
    )
    return LabResult(
        document=document.id,
        name=name.name,
        text=value.text,
        abbreviation=name.abbreviation,
        value=value.value,
        comparator=value.comparator,
        unit=unit,
        reference_low=span.low,
        reference_high=span.high,
        reference_text=span.text,
        flag=marked.flag,
        specimen=stamps.specimen,
        sampled_at=stamps.sampled_at,
        reported_at=stamps.reported_at,
        doubts=tuple(sorted(doubts)),
        evidence=(evidence,),
    )


def _is_result(value: ReadValue, record: Record) -> bool:
    """Words in the result column count as a result unless they are plainly something else."""
    if value.value is not None:
        return True
    cells = record.of("result")
    if any(c.is_a(Kind.QUAL, 0.4) for c in cells):
        return True
    if any(c.kinds.get(Kind.DATE, 0.0) or c.kinds.get(Kind.LABEL, 0.0) or known_name(c.text) for c in cells):
        return False
    return not all(c.is_a(Kind.UNIT, 0.8) or c.is_a(Kind.METHOD) for c in cells)


def _unit(record: Record, value: ReadValue) -> str | None:
    own = [c.text.strip() for c in record.of("unit") if squeeze(c.text) not in ("-", "--", "/", ".", "_")]
    if own:
        return "".join(own).strip(" .,|丨·") or None
    if value.unit:
        return value.unit
    return next((unit for c in record.of("range") if (unit := unit_after_number(c.text))), None)


def _unit_of_column(table: Table) -> str | None:
    column = table.block.of("result")
    return column.unit if column is not None else None


def _flag(record: Record, value: ReadValue, span: ReadRange) -> _Marked:
    """The printed mark. A garbled one (1, 个, →, t) takes the direction that value and range give, or stays open
    with a doubt."""
    printed = [read_flag(c.text) for c in record.of("flag")]
    plain = [f for f in (*printed, value.flag) if f is not None]
    directed = {f for f in plain if f is not Flag.ABNORMAL}
    expected = expected_flag(value.value, value.comparator, span.low, span.high)
    if len(directed) == 1:
        return _Marked(directed.pop(), False)
    if len(directed) > 1:
        return _Marked(expected, True)
    if plain:
        return _Marked(Flag.ABNORMAL, False)
    garbled = [c for c in record.of("flag") if _garbled(c)]
    unclear = bool(garbled) or value.garbled
    if unclear and expected is not None:
        return _Marked(expected, False)
    return _Marked(None, unclear and value.value is not None and (span.low is not None or span.high is not None))


def _garbled(cell: Cell) -> bool:
    text = squeeze(cell.text)
    return (
        text not in ("-", "--", "正常", "N", "M", "R", "C", "S", "阴性", "阴")
        and cell.kinds.get(Kind.FLAG, 0.0) > 0
        and len(text) <= 2
    )
