"""What belongs to one name, told by content and by the place that results take in most bands of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.extracting.lab.cells import Cell
from pipeline.extracting.lab.kinds import Kind
from pipeline.extracting.lab.names import analytes_of, known_name
from pipeline.extracting.lab.records import Record
from pipeline.extracting.lab.text import has_cjk, plain_decimal, squeeze

__all__ = ["Piece", "Places", "record_of", "result_places"]

_COMMENTS = frozenset({"正常", "偏高", "偏低", "异常", "升高", "降低", "增高", "减低"})
_BIGGER = 1.12
"""Screens print the result in larger glyphs than what is beside it."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A cell and the role that a label before it gives, if any."""

    cell: Cell
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Offsets of all cells that could be results from their names: (below, left, right), one list for each band."""

    of_bands: tuple[tuple[tuple[float, float, float], ...], ...]

    def support(self, name: Cell, cell: Cell) -> int:
        """Number of bands with a possible result at the place of ``cell``."""
        below, left, right = _offset(name, cell)
        near = 0.6 * cell.h
        return sum(
            1
            for band in self.of_bands
            if any(
                abs(below - b) < near
                and (
                    abs(left - x0) < 1.5 * near
                    or abs(right - x1) < 1.5 * near
                    or abs(left + right - x0 - x1) < 3 * near
                )
                for b, x0, x1 in band
            )
        )


def _offset(name: Cell, cell: Cell) -> tuple[float, float, float]:
    return cell.v - name.v, cell.u0, cell.u1


def result_places(bands: Sequence[tuple[Piece, Sequence[Piece]]]) -> Places:
    return Places(tuple(tuple(_offset(name.cell, c) for c in _candidates(pieces)) for name, pieces in bands))


def _candidates(pieces: Sequence[Piece]) -> list[Cell]:
    """Cells that can be the result: what a label says, else numbers, else words."""
    labelled = [p.cell for p in pieces if p.role == "result" and (p.cell.is_a(Kind.NUMBER) or p.cell.is_a(Kind.QUAL))]
    if labelled:
        return labelled
    free = [p.cell for p in pieces if p.role is None]
    numbers = [c for c in free if c.is_a(Kind.NUMBER, 0.6)]
    words = [c for c in free if c.is_a(Kind.QUAL, 0.5) and squeeze(c.text) not in _COMMENTS]
    sure = [c for c in words if c.is_a(Kind.QUAL, 0.8)]
    return numbers or sure or words or [c for c in free if c.is_a(Kind.QUAL)]


def record_of(name: Piece, pieces: Sequence[Piece], places: Places) -> Record:
    """Give each piece of a name's band its role."""
    record = Record(stacked=True)
    record.cells["name"] = [name.cell]
    result = _result(name.cell, pieces, places, record)
    for piece in sorted(pieces, key=lambda p: (p.cell.v // max(p.cell.h, 1.0), p.cell.u0)):
        if piece.cell is not result:
            record.cells.setdefault(_role(piece, name.cell, result, record), []).append(piece.cell)
    _settle_units(record, result)
    _settle_limits(record)
    return record


def _result(name: Cell, pieces: Sequence[Piece], places: Places, record: Record) -> Cell | None:
    """The result among the candidates of a band: most usual place, then larger print, then a unit or mark beside it."""
    cells = _candidates(pieces)
    if not cells:
        return None

    def beside(cell: Cell) -> bool:
        near = [p.cell for p in pieces if p.cell is not cell and abs(p.cell.v - cell.v) < 0.5 * cell.h]
        close = [c for c in near if -0.5 * c.h < c.u0 - cell.u1 < 4 * c.h]
        return any((c.is_a(Kind.UNIT, 0.6) and not c.is_a(Kind.NUMBER)) or c.is_a(Kind.FLAG, 0.7) for c in close)

    usual = max(places.support(name, c) for c in cells)
    best = [c for c in cells if places.support(name, c) >= max(usual - 1, 0.7 * usual)]
    if len(best) > 1:
        tall = max(c.h for c in best)
        best = [c for c in best if c.h * _BIGGER > tall] if any(c.h * _BIGGER <= tall for c in best) else best
    if len(best) > 1:
        best = [c for c in best if beside(c)] or best
    if len(best) > 1:
        record.joined = True  # an earlier result, a limit: nothing on the page tells them apart
    chosen = min(best, key=lambda c: (abs(c.v - name.v), c.u0))
    record.cells["result"] = [chosen]
    return chosen


def _role(piece: Piece, name: Cell, result: Cell | None, record: Record) -> str:
    cell = piece.cell
    if piece.role in ("previous", "unit", "range", "flag"):
        wanted = {"range": Kind.RANGE, "unit": Kind.UNIT}.get(piece.role)
        if wanted is None or cell.is_a(wanted) or not cell.is_a(Kind.UNIT):
            return piece.role
    if cell.is_a(Kind.RANGE):
        return "range"
    if cell.is_a(Kind.FLAG, 0.7) or squeeze(cell.text) in _COMMENTS:
        return "flag"
    if cell.is_a(Kind.NUMBER):
        return "other"
    if cell.is_a(Kind.UNIT, 0.6):
        return "unit"
    if result is not None and cell.is_a(Kind.FLAG, 0.3) and abs(cell.v - result.v) < 0.5 * cell.h:
        return "flag" if 0 <= cell.u0 - result.u1 < 1.5 * cell.h else "other"
    if cell.is_a(Kind.QUAL):
        return "other"
    if known_name(name.text + cell.text) and not known_name(cell.text):
        return "name"
    if not has_cjk(cell.text) and cell.is_a(Kind.CODE) and analytes_of(cell.text) & analytes_of(name.text):
        return "code"
    return "other"


def _settle_units(record: Record, result: Cell | None) -> None:
    """Of several units the one in the result's line counts, else the first."""
    units = record.of("unit")
    if len(units) < 2 or result is None:
        return
    near = min(units, key=lambda c: (abs(c.v - result.v) > 0.5 * c.h, units.index(c)))
    record.cells["unit"] = [near]
    record.cells.setdefault("other", []).extend(c for c in units if c is not near)


def _settle_limits(record: Record) -> None:
    """Two rising numbers in one line are the limits (a scale under the result)."""
    numbers = [c for c in record.of("other") if c.is_a(Kind.NUMBER, 1.0)]
    if record.of("range") or len(numbers) != 2 or abs(numbers[0].v - numbers[1].v) > 0.5 * numbers[0].h:
        return
    low, high = (
        plain_decimal(squeeze(c.text)) if squeeze(c.text).replace(".", "").isdigit() else None for c in numbers
    )
    if low is not None and high is not None and low < high:
        record.cells["low"], record.cells["high"] = [numbers[0]], [numbers[1]]
        record.cells["other"] = [c for c in record.of("other") if c not in numbers]
