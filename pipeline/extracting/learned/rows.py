"""Rows of laboratory tables as the page reader links them, made of the lab extractor's own cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.page_reader.labels import Label
from pipeline.extracting.lab.cells import Cell
from pipeline.extracting.lab.records import Record
from pipeline.extracting.learned.pieces import Piece, begins, sureness, whole
from pipeline.nouns import ReadPage

__all__ = ["ModelRow", "model_rows"]

_ROLES = {
    Label.ITEM_NAME: "name",
    Label.ITEM_CODE: "code",
    Label.RESULT: "result",
    Label.FLAG: "flag",
    Label.UNIT: "unit",
    Label.RANGE: "range",
}


@dataclass(frozen=True, slots=True, eq=False)
class ModelRow:
    """One item with a result. ``sure`` is that of name, result and the link between them."""

    record: Record
    sure: float


def model_rows(page: ReadPage, pieces: Sequence[Piece]) -> tuple[ModelRow, ...]:
    """Return the rows in reading order; an item without a result is none."""
    rows: list[ModelRow] = []
    for piece in pieces:
        if piece.label is not Label.ITEM_NAME or not begins(piece):
            continue
        members = _members(piece)
        results = [member for member in members if member.label is Label.RESULT]
        if not results:
            continue
        record = Record(stacked=len({id(member.whole) for member in members}) > 1 and _stands_in_lines(members))
        for member in members:
            record.cells.setdefault(_ROLES[member.label], []).append(_cell(member, page))
        rows.append(ModelRow(record, sureness([*whole(piece), *results])))
    return tuple(rows)


def _members(name: Piece) -> list[Piece]:
    """The name and one cell of each other role: the surest, its further lines, and what touches it (阴性 | (-)).

    A row has one result; a second one far from it belongs to a row whose name the page reader has missed.
    """
    own = [cell for part in whole(name) for cell in part.parts if cell.label in _ROLES and begins(cell)]
    members = whole(name)
    for label in _ROLES:
        cells = [cell for cell in own if cell.label is label]
        if cells:
            best = max(cells, key=lambda cell: min(cell.confidence, cell.link_confidence))
            members += [piece for cell in cells if cell is best or _touches(cell, best) for piece in whole(cell)]
    return members


def _touches(one: Piece, other: Piece) -> bool:
    a, b = one.line.upright, other.line.upright
    tall = max(min(a[3] - a[1], b[3] - b[1]), 1.0)
    apart, level = max(a[0], b[0]) - min(a[2], b[2]), abs(a[1] + a[3] - b[1] - b[3]) / 2
    beside = apart < 1.2 * tall and level < 0.4 * tall
    below = one.label is Label.RANGE and apart < 0 and level < 1.3 * tall
    return beside or below


def _stands_in_lines(members: Sequence[Piece]) -> bool:
    """True when the cells stand one above another: the row's quote then goes line by line."""
    boxes = [member.line.upright for member in members]
    tall = min(box[3] - box[1] for box in boxes)
    middles = [(box[1] + box[3]) / 2 for box in boxes]
    return max(middles) - min(middles) > max(tall, 1.0)


def _cell(piece: Piece, page: ReadPage) -> Cell:
    x0, y0, x1, y1 = piece.line.upright
    return Cell(
        text=piece.text,
        line=piece.line,
        page=page,
        u0=x0,
        u1=x1,
        v=(y0 + y1) / 2,
        h=max(y1 - y0, 1.0),
        piece=piece.cut,
    )
