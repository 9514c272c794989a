"""Cuts a cell that lies over two columns where their gap runs: a result the reader glued to the range or the name
beside it.

Content alone cannot cut ``9-502.7`` (9-50 and 2.7) or ``铁蛋白98``; the place of the gap between the columns can.
What is cut
this way is doubted.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extracting.lab.blocks import Block
from pipeline.extracting.lab.cells import Cell
from pipeline.extracting.lab.columns import Column
from pipeline.extracting.lab.kinds import Kind

__all__ = ["cut_for_result", "part_of"]

_NEIGHBOURS = {
    "range": (Kind.RANGE, Kind.QUAL),
    "name": (Kind.NAME, Kind.CODE),
    "code": (Kind.CODE, Kind.NAME),
    "unit": (Kind.UNIT,),
    "previous": (Kind.NUMBER, Kind.QUAL),
}


def cut_for_result(block: Block, cells: Sequence[Cell]) -> tuple[Cell, Cell, str, Cell] | None:
    """Return (cell, its result part, role of the rest, the rest) for the one cell that reaches into the result
    column."""
    result = block.of("result")
    if result is None or result.u1 <= result.u0:
        return None
    for cell in cells:
        for column in block.columns:
            kinds = _NEIGHBOURS.get(column.role)
            if kinds and _covers(cell, result) and _covers(cell, column):
                parts = _cut(cell, column, result, kinds)
                if parts is not None:
                    return (cell, parts[0], column.role, parts[1])
    return None


def _covers(cell: Cell, column: Column) -> bool:
    overlap = min(cell.u1, column.u1) - max(cell.u0, column.u0)
    return overlap > 0.4 * min(column.u1 - column.u0, 3 * cell.h)


def _cut(cell: Cell, column: Column, result: Column, kinds: tuple[Kind, ...]) -> tuple[Cell, Cell] | None:
    before = column.mid < result.mid
    gap = (column.u1 + result.u0) / 2 if before else (result.u1 + column.u0) / 2
    options = []
    for place in range(1, len(cell.text)):
        one, two = part_of(cell, 0, place), part_of(cell, place, len(cell.text))
        value, rest = (two, one) if before else (one, two)
        sound = value.is_a(Kind.NUMBER, 0.6) or value.is_a(Kind.QUAL, 0.8)
        if sound and any(rest.is_a(kind) for kind in kinds):
            options.append((abs(two.u0 - gap), place, value, rest))
    if not options:
        return None
    off, _, value, rest = min(options, key=lambda option: option[:2])
    return (value, rest) if off < 1.5 * cell.h else None


def part_of(cell: Cell, start: int, end: int) -> Cell:
    """The piece of a cell; its place is shared out by the width of the print."""
    line = cell.line.part(start, end) if cell.line.text == cell.text else cell.line
    total = _width(cell.text)
    a, b = _width(cell.text[:start]) / total, _width(cell.text[:end]) / total
    span = cell.u1 - cell.u0
    return Cell(
        text=cell.text[start:end].strip(), line=line, page=cell.page, u0=cell.u0 + a * span, u1=cell.u0 + b * span,
        v=cell.v,
        h=cell.h, piece=True,
    )  # fmt: skip


def _width(text: str) -> float:
    return float(sum(2 if ord(c) >= 0x2E80 else 1 for c in text)) or 1.0
