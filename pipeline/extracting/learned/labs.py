"""Laboratory rows of rules and page reader brought together, sheet by sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.extracting.lab import SheetRows
from pipeline.extracting.lab.blocks import Block
from pipeline.extracting.lab.cells import Cell
from pipeline.extracting.lab.checks import doubt_disagreements
from pipeline.extracting.lab.records import Record
from pipeline.extracting.lab.results import result_of
from pipeline.extracting.lab.soundness import soundness
from pipeline.extracting.lab.tables import Table, numbered
from pipeline.extracting.learned.agreeing import Agreement, compared
from pipeline.extracting.learned.completing import completed
from pipeline.extracting.learned.pieces import pieces_of
from pipeline.extracting.learned.places import same_place
from pipeline.extracting.learned.rows import ModelRow, model_rows
from pipeline.learned import Finders
from pipeline.nouns import Document
from rules.engine.facts import MODEL_ONLY, PAGE_READER, DocumentType, Evidence, LabResult

__all__ = ["merge_labs"]

_SURE = 0.1
"""Below this sureness of name, result and link the page reader is not listened to at all. What it half knows still
tells whose rows hang together: on layouts that no rule knows, its unsure rows are right as often as theirs ..."""
_AGAINST = 0.85
"""... and below this one not where it contradicts the rules, whose rows hang together by more than one sign. On
development pages nine in ten contradictions below it were its own mistakes."""
_ALONE = 0.5
"""... nor below this one where no rule sees a row, unless its rows hang together better than theirs."""
_OWN_ROWS = frozenset({DocumentType.LAB_REPORT, DocumentType.UNKNOWN, DocumentType.OTHER})
"""Where rows that no rule found are added. Elsewhere tables list drugs, fees and operations, and laboratory values in
prose are the business of another extractor."""


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """One row of the page reader, read like any other."""

    record: Record
    result: LabResult
    sure: float


def merge_labs(
    document: Document, sheets: Sequence[SheetRows], finders: Finders = Finders.BOTH
) -> tuple[LabResult, ...]:
    """Return the results of ``document``: those of ``sheets``, told what the page reader says of them, and its own.

    With :attr:`Finders.MODEL` the page reader's rows alone, without a doubt on what no rule saw.
    """
    if finders is Finders.RULES:
        return tuple(result for sheet in sheets for _, result in sheet.rows)
    out: list[LabResult] = []
    for sheet in sheets:
        seen = _seen(document, sheet)
        if finders is Finders.MODEL:
            out += [one.result for one in seen]
        else:
            out += _merged(sheet, seen, own=document.type in _OWN_ROWS)
    return tuple(out)


def _seen(document: Document, sheet: SheetRows) -> list[_Seen]:
    page = sheet.sheet.page
    rows = [row for row in model_rows(page, pieces_of(page, sheet.sheet.lines)) if row.sure >= _SURE]
    if not rows:
        return []
    records = tuple(row.record for row in rows)
    table = Table(Block((), False), records, False, numbered(records))
    read: list[tuple[ModelRow, LabResult]] = []
    for row in rows:
        result = result_of(document, table, row.record, sheet.stamps)
        if result is not None:
            read.append((row, replace(result, evidence=tuple(_by_model(e, row.sure) for e in result.evidence))))
    results = doubt_disagreements([result for _, result in read])
    if sheet.several_patients:
        results = [_doubted(result, "several_patients") for result in results]
    return [_Seen(row.record, result, row.sure) for (row, _), result in zip(read, results, strict=True)]


def _by_model(evidence: Evidence, sure: float) -> Evidence:
    return replace(evidence, extractor=PAGE_READER, confidence=min(evidence.confidence, sure))


def _merged(sheet: SheetRows, seen: Sequence[_Seen], *, own: bool) -> list[LabResult]:
    used: set[int] = set()
    out: list[LabResult] = []
    better = _sounder(sheet, seen)
    for record, result in sheet.rows:
        match = _match(record, seen, used)
        if match is not None:
            used.add(match)
            out.append(_told(record, result, seen[match], better=better))
        elif not any(_claims(record, one) for one in seen if better or one.sure >= _AGAINST):
            out.append(result)
        elif not (better and own):
            out.append(_doubted(result, "readers_disagree"))
    if own:
        taken = [] if better else [cell for record, _ in sheet.rows for cell in record.of("result")]
        more = [one for k, one in enumerate(seen) if k not in used and (better or one.sure >= _ALONE)]
        out += [_alone(one.result) for one in more if not _on(one.record, taken)]
    return out


def _sounder(sheet: SheetRows, seen: Sequence[_Seen]) -> bool:
    """True when the page reader's rows hang together clearly better than the rules': names, units and ranges that
    belong together. The same arbiter, with the same lead, decides between the rules' own readings of a page."""
    mine = soundness([one.record for one in seen])
    theirs = soundness([record for record, _ in sheet.rows])
    theirs -= 0.75 * sum("row_mismatch" in result.doubts for _, result in sheet.rows)
    return mine > theirs + max(1.0, 0.12 * abs(theirs))


def _match(record: Record, seen: Sequence[_Seen], used: set[int]) -> int | None:
    """The page reader's row with the same name cell."""
    names = [*record.of("name"), *record.of("code")]
    best: tuple[float, int] | None = None
    for number, one in enumerate(seen):
        theirs = [*one.record.of("name"), *one.record.of("code")]
        shared = max((same_place(a, b) for a in names for b in theirs), default=0.0)
        if number not in used and shared >= 0.5 and (best is None or shared > best[0]):
            best = (shared, number)
    return best[1] if best is not None else None


def _claims(record: Record, one: _Seen) -> bool:
    """True when the page reader gives this row's result to another name."""
    return _on(one.record, record.of("result")) and one.result.value is not None


def _on(record: Record, cells: Sequence[Cell]) -> bool:
    return any(same_place(a, b) >= 0.5 for a in record.of("result") for b in cells)


def _told(record: Record, result: LabResult, one: _Seen, *, better: bool) -> LabResult:
    """The rules' row, told what the page reader says of it; where that is ``better`` and differs, the other one.

    Either way a row on which they differ is doubted.
    """
    told = compared(result, one.result)
    if told is Agreement.DIFFERS:
        if better:
            return _doubted(_alone(one.result), "readers_disagree")
        return _doubted(result, "readers_disagree") if one.sure >= _AGAINST else result
    filled = completed(result, one.result)
    if told is not Agreement.SAME:
        return filled
    reader = min(cell.line.confidence for role in ("name", "code", "result") for cell in record.of(role))
    return replace(filled, evidence=tuple(_by_both(e, one.sure, reader) for e in filled.evidence))


def _by_both(evidence: Evidence, sure: float, reader: float) -> Evidence:
    """Two that see the same row for different reasons are wrong together less often; the characters stay as unsure as
    they were read."""
    both = 1 - (1 - evidence.confidence) * (1 - min(sure, 0.99))
    return replace(
        evidence,
        extractor=f"{evidence.extractor}+{PAGE_READER}",
        confidence=max(evidence.confidence, min(both, reader)),
    )


def _alone(result: LabResult) -> LabResult:
    return _doubted(result, MODEL_ONLY)


def _doubted(result: LabResult, code: str) -> LabResult:
    return replace(result, doubts=tuple(sorted({*result.doubts, code})))
