"""Slips in two lines (narrow thermal print, phone screens): a row with the name alone, then a row with its result.

Names and results of such a block stand under one another in one column, so no column tells which belong together;
the order of the rows, the gaps between them and the units do. Where these leave it open, all rows are doubted (H6).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pipeline.extracting.lab.cells import Cell, is_prose
from pipeline.extracting.lab.headers import is_header_word
from pipeline.extracting.lab.kinds import Kind
from pipeline.extracting.lab.names import analytes_of, known_name
from pipeline.extracting.lab.records import Record
from pipeline.extracting.lab.rows import Row
from pipeline.extracting.lab.text import has_cjk, plain_decimal, squeeze
from rules.vocabulary import load_vocabulary

__all__ = ["TwoLine", "find_two_line"]

_NAME, _VALUE, _REST, _FULL, _BREAK = "N", "V", "R", "F", "X"
_INDEX = re.compile(r"^[*★☆#●]?\s*(\d{1,3})\s*[.,、)]?\s*(?=\D|$)")
_COMMENTS = frozenset({"正常", "偏高", "偏低", "异常", "升高", "降低"})
_LEAST = 2
"""Pairs that make a pattern; one alone may be a wrapped name."""


@dataclass(frozen=True, slots=True, eq=False)
class TwoLine:
    """The items of one two-line block. ``unsure``: which name and result belong together is open."""

    records: tuple[Record, ...]
    rows: tuple[Row, ...]
    unsure: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    kind: str
    row: Row
    used: tuple[Row, ...]
    """Rows of the page that went into it: a line of limits below a result is merged with it."""


def find_two_line(rows: Sequence[Row], *, least: int = _LEAST) -> list[TwoLine]:
    """Return the two-line blocks in ``rows`` with at least ``least`` pairs."""
    kinds = [(_kind(row), row) for row in rows]
    full = any(kind == _FULL for kind, _ in kinds)
    runs: list[list[_Line]] = [[]]
    for kind, row in kinds:
        if kind in (_BREAK, _FULL):
            runs.append([])
        elif kind == _REST and runs[-1] and runs[-1][-1].kind == _VALUE:
            above = runs[-1][-1]
            # The first row's cells come first: its result stays the result.
            runs[-1][-1] = _Line(_VALUE, Row((*above.row.cells, *row.cells)), (*above.used, row))
        elif kind != _REST:
            runs[-1].append(_Line(kind, row, (row,)))
    return [block for run in runs if (block := _block(run, full=full, least=least)) is not None]


def _kind(row: Row) -> str:
    cells = row.cells
    if any(c.is_a(Kind.LABEL, 1.0) or c.is_a(Kind.DATE, 1.0) or is_prose(c.text) for c in cells):
        return _BREAK
    if all(is_header_word(c.text) for c in cells):
        return _BREAK
    valued = [i for i, c in enumerate(cells) if _is_value(c)]
    named = [i for i, c in enumerate(cells) if _is_name(c)]
    if named:
        # 正常 or 偏高 behind a name alone is the screen's comment on the result below.
        valued = [i for i in valued if i < named[0] or squeeze(cells[i].text) not in _COMMENTS]
    if named and valued and len(valued) == 1 and valued[0] < named[0] and _is_index(cells[valued[0]]):
        valued = []  # the running number left of the name
    if valued:
        lead = all(c.is_a(Kind.FLAG, 0.3) for c in cells[: valued[0]])
        items = [i for i in named if known_name(cells[i].text) or has_cjk(cells[i].text) or i < valued[0]]
        return _VALUE if lead and not items else _FULL if items else _BREAK
    if named:
        return _NAME
    return _REST if any(c.is_a(Kind.RANGE) or c.is_a(Kind.UNIT, 0.6) for c in cells) else _BREAK


def _is_value(cell: Cell) -> bool:
    # A bare sign can be a dash of the print, a single letter a mark.
    return cell.is_a(Kind.NUMBER, 0.6) or cell.is_a(Kind.QUAL, 0.8)


def _is_name(cell: Cell) -> bool:
    return (cell.is_a(Kind.NAME, 0.6) or cell.is_a(Kind.CODE, 0.6)) and not _is_value(cell)


def _is_index(cell: Cell) -> bool:
    return re.fullmatch(r"\d{1,3}", squeeze(cell.text).rstrip(".,)")) is not None


def _block(run: Sequence[_Line], *, full: bool, least: int) -> TwoLine | None:
    lines, irregular = _trimmed(list(run))
    steps = sum(1 for a, b in pairwise(lines) if a.kind != b.kind)
    if steps < 2 * least - 1 or sum(1 for line in lines if line.kind == _VALUE) < least:
        return None
    irregular |= steps != len(lines) - 1 or any(_two_items(line.row) for line in lines if line.kind == _NAME)
    apart = _apart(lines)
    if (irregular and (full or apart)) or (apart and full):
        return None  # names wrapped in their column, in a table that prints whole rows
    lines, below, unsure = _direction(lines)
    used = tuple(row for line in lines for row in line.used)
    records = _records(lines, below=below)
    while records and not _proven(records[-1]):
        records.pop()  # "终端号 / 3": print under the block
    while records and not _proven(records[0]):
        records.pop(0)
    if sum(1 for r in records if r.has_name and r.has_result) < least:
        return None
    return TwoLine(tuple(records), used, unsure or irregular or apart)


def _trimmed(lines: list[_Line]) -> tuple[list[_Line], bool]:
    """Drop headings above and print below the block; True when one of them could be an item."""
    doubtful = False
    for first, second in ((0, 1), (-1, -2)):
        while len(lines) > 2 and lines[first].kind == lines[second].kind:
            line = lines.pop(first)
            text = squeeze(line.row.text)
            doubtful |= line.kind == _VALUE or _itemlike(line) or text.count("(") != text.count(")")
    return lines, doubtful


def _itemlike(line: _Line) -> bool:
    return _number(line) is not None or any(known_name(c.text) for c in line.row.cells)


def _number(line: _Line) -> int | None:
    match = _INDEX.match(squeeze(line.row.text))
    return int(match.group(1)) if match else None


def _two_items(row: Row) -> bool:
    names = [c for c in row.cells if has_cjk(c.text) and known_name(c.text)]
    return any(b.u0 - a.u1 > 3 * a.h for a, b in pairwise(names))


def _apart(lines: Sequence[_Line]) -> bool:
    """True when the results stand in a column of their own, right of all names: rows read half a step off."""
    end = max(c.u1 for line in lines if line.kind == _NAME for c in line.row.cells if _is_name(c))
    starts = [min(c.u0 for c in line.row.cells) for line in lines if line.kind == _VALUE]
    return float(np.median(starts)) > end


def _direction(lines: list[_Line]) -> tuple[list[_Line], bool, bool]:
    """Return the lines of the pairs, whether results stand below their names, and whether that is unsure."""
    first, last = lines[0], lines[-1]
    hint: bool | None = None
    if first.kind != last.kind:
        hint = first.kind == _NAME
    elif first.kind == _NAME and _itemlike(first) != _itemlike(last):
        hint = _itemlike(first)
        lines = lines[:-1] if hint else lines[1:]
    proof = _proof(lines)
    some = any(_itemlike(line) for line in lines if line.kind == _NAME)
    if hint is None:
        return lines, proof >= 0, abs(proof) < 2
    if hint:
        return lines, True, proof < 0 or (some and not _itemlike(lines[0]))
    names = [line for line in lines if line.kind == _NAME]
    # A block whose first name and last result are cut off looks the same: values first need more than the order.
    counted = _number(names[0]) == 1
    return lines, False, not (proof < 0 or (counted and proof <= 0)) or (some and not _itemlike(lines[-1]))


def _proof(lines: Sequence[_Line]) -> int:
    """Above 0 where units fit the names above them better, or stand nearer to them; below 0 for the names below.

    Means are compared: the pairing that the ends suggest always has one pair more.
    """
    fits: dict[str, list[int]] = {_NAME: [], _VALUE: []}
    gaps: dict[str, list[float]] = {_NAME: [], _VALUE: []}
    for one, two in pairwise(lines):
        if one.kind == two.kind:
            continue
        gaps[one.kind].append(two.row.v - one.used[-1].v)
        name, value = (one, two) if one.kind == _NAME else (two, one)
        fits[one.kind].append(_unit_fit(name.row, value.row))
    score = 0
    if gaps[_NAME] and gaps[_VALUE]:
        better = float(np.mean(fits[_NAME]) - np.mean(fits[_VALUE]))
        score = 2 * ((better >= 0.5) - (better <= -0.5))
        inner, outer = float(np.median(gaps[_NAME])), float(np.median(gaps[_VALUE]))
        score += (inner < 0.75 * outer) - (outer < 0.75 * inner)
    return score


def _unit_fit(name: Row, value: Row) -> int:
    ids = {i for c in name.cells if _is_name(c) for i in _analytes(c.text)}
    units = [_plain_unit(c.text) for c in value.cells if c.is_a(Kind.UNIT, 0.6)]
    if not ids or not units:
        return 0
    analytes = load_vocabulary().analytes
    known = {_plain_unit(u) for i in ids for u in (analytes[i].unit, *analytes[i].units) if u}
    return (1 if units[0] in known else -1) if known else 0


def _analytes(text: str) -> frozenset[str]:
    plain = squeeze(text)
    return (
        analytes_of(plain)
        or analytes_of(_INDEX.sub("", plain))
        or analytes_of(re.sub(r"\(.*?\)", "", _INDEX.sub("", plain)))
    )


def _plain_unit(text: str) -> str:
    return re.sub(r"[\^*x]", "", squeeze(text).replace("μ", "u")).lower()


def _records(lines: Sequence[_Line], *, below: bool) -> list[Record]:
    """Pair each name with the result next to it; what stays alone becomes a record of its own and is reported."""
    out: list[Record] = []
    k = 0
    while k < len(lines):
        one, two = lines[k], lines[k + 1] if k + 1 < len(lines) else None
        pair = two is not None and one.kind != two.kind and (one.kind == _NAME) == below
        record = Record(stacked=True)
        for line in (one, two) if pair and two is not None else (one,):
            (_put_name if line.kind == _NAME else _put_value)(record, line.row)
        out.append(record)
        k += 2 if pair else 1
    return out


def _put_name(record: Record, row: Row) -> None:
    words = [c for c in row.cells if _is_name(c) and has_cjk(c.text)]
    for cell in row.cells:
        if not record.of("name") and _is_index(cell):
            role = "index"
        elif _is_name(cell):
            role = "name" if cell in words or not words else "code"
        else:
            role = next((r for r, kind in _BESIDE if cell.is_a(kind)), "other")
        record.cells.setdefault(role, []).append(cell)


_BESIDE = (("range", Kind.RANGE), ("unit", Kind.UNIT), ("flag", Kind.FLAG))


def _put_value(record: Record, row: Row) -> None:
    spare: list[Cell] = []
    for cell in row.cells:
        if not record.has_result:
            role = "result" if _is_value(cell) else "flag"
        elif (beside := next((r for r, kind in _BESIDE if cell.is_a(kind)), None)) is not None:
            role = beside
        elif cell.is_a(Kind.FLAG, 0.3):
            role = "flag"
        elif _is_value(cell):
            spare.append(cell)
            continue
        else:
            role = "unit" if cell.is_a(Kind.CODE, 0.2) and "/" in cell.text else "other"
        record.cells.setdefault(role, []).append(cell)
    if len(spare) == 1 and spare[0].is_a(Kind.QUAL) and not record.of("range"):
        record.cells["range"] = spare
    elif len(spare) == 2 and not record.of("range") and _rising(spare):
        record.cells["low"], record.cells["high"] = [spare[0]], [spare[1]]
    elif spare:
        record.cells.setdefault("other", []).extend(spare)
        record.joined = True


def _rising(cells: Sequence[Cell]) -> bool:
    texts = [squeeze(c.text) for c in cells]
    if not all(re.fullmatch(r"\d+(\.\d+)?", t) for t in texts):
        return False
    low, high = (plain_decimal(t) for t in texts)
    return low is not None and high is not None and low < high


def _proven(record: Record) -> bool:
    if not record.has_name:
        return record.has_result
    known = any(known_name(c.text) for c in (*record.of("name"), *record.of("code")))
    beside = any(record.of(role) for role in ("unit", "range", "low"))
    return known or (record.has_result and beside)
