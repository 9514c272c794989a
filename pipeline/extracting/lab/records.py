"""Records: for each item of a table, the cells of its name, result, mark, unit and range.

Every cell of a row goes to the column that costs least by place and content; lines that are only a part of an item
(a wrapped
name, a second line of ranges) are joined to the item they belong to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from pipeline.extracting.lab.blocks import Block
from pipeline.extracting.lab.cells import Cell
from pipeline.extracting.lab.columns import Column
from pipeline.extracting.lab.kinds import Kind
from pipeline.extracting.lab.names import known_name
from pipeline.extracting.lab.rows import Row
from pipeline.extracting.lab.splits import cut_for_result
from pipeline.extracting.lab.suits import FREE, clash
from pipeline.extracting.lab.text import has_cjk, squeeze

__all__ = ["Record", "records_of"]


@dataclass(slots=True, eq=False)
class Record:
    """Cells of one item by role, in reading order, and what is unsure about their belonging together."""

    cells: dict[str, list[Cell]] = field(default_factory=dict)
    joined: bool = False
    """True when name and result stood in different lines of print."""
    cut: bool = False
    """True when the result was cut out of a cell by the place of the columns' gap."""
    stacked: bool = False
    """True when the slip prints the result in a line of its own, above or below the name."""

    def of(self, role: str) -> list[Cell]:
        return self.cells.get(role, [])

    @property
    def has_name(self) -> bool:
        return bool(self.of("name") or self.of("code"))

    @property
    def has_result(self) -> bool:
        return bool(self.of("result"))

    @property
    def v(self) -> float:
        cells = self.of("result") or self.of("name") or self.of("code") or [c for cs in self.cells.values() for c in cs]
        return float(np.median([c.v for c in cells]))

    @property
    def h(self) -> float:
        return float(np.median([c.h for cs in self.cells.values() for c in cs]))

    @property
    def all(self) -> list[Cell]:
        cells = [c for cs in self.cells.values() for c in cs]
        return sorted(cells, key=lambda c: (c.v // max(c.h, 1.0), c.mid) if self.stacked else (0.0, c.mid))


def records_of(block: Block, rows: Sequence[Row]) -> list[Record]:
    """Return the records of ``block`` from ``rows``, whose cells belong to the block."""
    lines = [record for row in rows if (record := _line_record(block, row)) is not None]
    return _join_parts(lines)


def _line_record(block: Block, row: Row) -> Record | None:
    record = Record()
    for cell in row.cells:
        record.cells.setdefault(_role(block, cell), []).append(cell)
    _settle(record, block)
    if not record.has_result:
        _cut_result(record, block)
    return record if any(role not in ("other", "index", "method") for role in record.cells) else None


def _role(block: Block, cell: Cell) -> str:
    """The role of ``cell``: place and content weighed against each other over the block's columns."""
    best: tuple[float, str] = (9.0, "other")
    printed = {column.role for column in block.columns}
    for column in block.columns:
        cost = 0.45 * min(column.distance(cell), 14.0) * (0.6 if cell.piece else 1.0) + 2.2 * clash(cell, column)
        best = min(best, (cost, column.role))
    for role, kind in FREE.items():
        if role not in printed and cell.kinds.get(kind, 0.0) >= 0.7:
            best = min(best, (0.9, role))
    return best[1]


_MISREAD = frozenset("†‡个十千tTfJ→↗↘")


def _move_misread_arrow(record: Record) -> None:
    """A lone glyph that readers take an arrow for, cut off right behind the result, belongs to the mark."""
    results = record.of("result")
    if not results:
        return
    end = max(c.u1 for c in results)
    for role in ("unit", "code", "name", "other"):
        for cell in list(record.of(role)):
            glued = cell.piece and squeeze(cell.text) in _MISREAD and 0 <= cell.u0 - end < 1.2 * cell.h
            if glued and (role != "unit" or len(record.of("unit")) > 1):
                record.cells[role].remove(cell)
                record.cells.setdefault("flag", []).append(cell)


_ITEM_MARKS = ("*", "★", "☆", "▲", "△", "●", "◆", "#", "※", "＊")


def _settle(record: Record, block: Block) -> None:
    """Mend what single cells cannot know: two numbers in one result, a code where the name should be."""
    results = record.of("result")
    if len(results) > 1:
        _settle_results(record, block.of("result"))
    _move_misread_arrow(record)
    names = record.of("name")
    if names:
        # A star or triangle that leads the name marks the item (mutual recognition), not its result.
        lead = [
            c for c in record.of("flag") if c.text.strip(" ") in _ITEM_MARKS and 0 <= names[0].u0 - c.u1 < 1.5 * c.h
        ]
        record.cells["flag"] = [c for c in record.of("flag") if c not in lead]
    numbers = [c for c in names if re.fullmatch(r"[*★#]?\d{1,3}[.,)]?", squeeze(c.text)) and not c.is_a(Kind.NAME)]
    if numbers:
        names = [c for c in names if c not in numbers]
        record.cells.setdefault("index", []).extend(numbers)
        record.cells["name"] = names
    if not names and record.of("code"):
        return
    if names and not record.of("code"):
        codes = [c for c in names if c.is_a(Kind.CODE) and not has_cjk(c.text)]
        words = [c for c in names if has_cjk(c.text)]
        if codes and words and len(squeeze(codes[0].text)) >= 2 and (known_name(words[0].text) or codes[0] is names[0]):
            record.cells["code"] = codes
            record.cells["name"] = [c for c in names if c not in codes]
    if not record.of("result") and record.of("flag"):
        # 阴性, + and the like in the mark column of a row without a result are the result.
        marks = [
            c for c in record.of("flag") if c.is_a(Kind.QUAL, 0.8) or (c.is_a(Kind.NUMBER) and len(squeeze(c.text)) > 1)
        ]
        if marks:
            record.cells["result"] = marks
            record.cells["flag"] = [c for c in record.of("flag") if c not in marks]


def _cut_result(record: Record, block: Block) -> None:
    cut = cut_for_result(block, [c for cells in record.cells.values() for c in cells])
    if cut is None:
        return
    cell, value, role, rest = cut
    for cells in record.cells.values():
        if cell in cells:
            cells.remove(cell)
    record.cells["result"] = [value]
    record.cells.setdefault(role, []).append(rest)
    record.cut = True


def _settle_results(record: Record, column: Column | None) -> None:
    cells = sorted(record.of("result"), key=lambda c: c.mid)
    values = [c for c in cells if c.is_a(Kind.NUMBER) or c.is_a(Kind.QUAL, 0.8)]
    marks = [c for c in cells if c.is_a(Kind.FLAG, 0.7) and c not in values]
    units = [c for c in cells if c.is_a(Kind.UNIT, 0.6) and c not in values]
    for role, moved in (("flag", marks), ("unit", units)):
        if moved and values:
            record.cells.setdefault(role, []).extend(moved)
            cells = [c for c in cells if c not in moved]
    if len(values) > 1 and column is not None:
        near = min(values, key=lambda c: (column.distance(c) - c.is_a(Kind.NUMBER), abs(c.mid - column.mid)))
        spare = [c for c in values if c is not near and abs(c.mid - near.mid) > 2.5 * c.h]
        cells = [c for c in cells if c not in spare]
        record.cells.setdefault("other", []).extend(spare)
    record.cells["result"] = cells


def _join_parts(lines: list[Record]) -> list[Record]:
    """Join lines that are parts of one item. ``lines`` come top to bottom."""
    full = [r for r in lines if r.has_name and r.has_result]
    pitch = _pitch(full) or _pitch([r for r in lines if r.has_result]) or 2.2 * (lines[0].h if lines else 1.0)
    out = list(lines)
    _join_bare_results(out, pitch)
    _join_tails(out, pitch)
    return out


def _pitch(records: Sequence[Record]) -> float | None:
    steps = [b.v - a.v for a, b in pairwise(records) if b.v - a.v > 0]
    return float(np.median(steps)) if len(steps) >= 2 else None


def _join_bare_results(out: list[Record], pitch: float) -> None:
    """A result without a name takes the name lines just above and below it: names wrapped around the row's middle."""
    for record in list(out):
        if record not in out or record.has_name or not record.has_result:
            continue
        i = out.index(record)
        above = out[i - 1] if i and _only_name(out[i - 1]) and record.v - out[i - 1].v < 0.8 * pitch else None
        below = (
            out[i + 1]
            if i + 1 < len(out) and _only_name(out[i + 1]) and out[i + 1].v - record.v < 0.8 * pitch
            else None
        )
        if above is None and below is None:
            near = [r for r in (out[i - 1] if i else None, out[i + 1] if i + 1 < len(out) else None) if r]
            near = [r for r in near if r.has_name and not r.has_result and abs(r.v - record.v) < 0.75 * pitch]
            if len(near) != 1:
                continue
            above = near[0]
        for part in (above, below):
            if part is not None:
                _absorb(record, part, before=part is above)
                record.joined = True
                out.remove(part)


def _only_name(record: Record) -> bool:
    return record.has_name and not record.has_result and not record.of("unit") and not record.of("range")


def _absorb(record: Record, part: Record, *, before: bool) -> None:
    for role, cells in part.cells.items():
        own = record.cells.setdefault(role, [])
        own[:0] = cells if before else []
        if not before:
            own.extend(cells)


def _join_tails(out: list[Record], pitch: float) -> None:
    """Second lines: of a range, of a name, of a unit. They hang on the item above when nearer to it than a row's
    step."""
    for record in list(out):
        i = out.index(record)
        if record.has_result or len(out) < 2:
            continue
        above = next((r for r in reversed(out[:i]) if r.has_result), None)
        below = next((r for r in out[i + 1 :] if r.has_result), None)
        if not record.has_name:
            hosts = [r for r in (above, below) if r is not None and abs(r.v - record.v) < 1.05 * pitch]
            if hosts:
                host = min(hosts, key=lambda r: abs(r.v - record.v) * (0.9 if r is above else 1.0))
                _absorb(host, record, before=host is below)
                out.remove(record)
            continue
        if above is not None and _continues(above, record, pitch, below):
            _absorb(above, record, before=False)
            out.remove(record)
        elif below is not None and _only_name(record) and _opens(record, below, pitch, above):
            _absorb(below, record, before=True)
            out.remove(record)


def _name_text(record: Record) -> str:
    return squeeze("".join(c.text for c in (record.of("name") or record.of("code"))))


def _continues(above: Record, part: Record, pitch: float, below: Record | None) -> bool:
    """True when ``part`` is the rest of the name above: an open bracket, a known joint name, or plainly nearer."""
    if not (_only_name(part) or (part.of("range") and not part.of("unit"))) or part.v - above.v > 1.1 * pitch:
        return False
    head, tail = _name_text(above), _name_text(part)
    if not head:
        return False
    if head.count("(") > head.count(")") or tail.startswith((")", "(")) or head.endswith(("-", "/", "(")):
        return True
    if known_name(head + tail) and not known_name(tail):
        return True
    if known_name(tail):
        return False
    return part.v - above.v < 0.72 * pitch and (below is None or below.v - part.v > part.v - above.v)


def _opens(part: Record, below: Record, pitch: float, above: Record | None) -> bool:
    """True when ``part`` is the first line of the name below."""
    if below.v - part.v > 0.72 * pitch or not below.has_name:
        return False
    head, tail = _name_text(part), _name_text(below)
    if head.count("(") > head.count(")") or (known_name(head + tail) and not known_name(tail)):
        return True
    return not known_name(head) and (above is None or part.v - above.v > below.v - part.v)
