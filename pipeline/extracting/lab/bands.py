"""What belongs to one name, told by content and by the place that results take in most bands of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.extracting.lab.cells import Cell
from pipeline.extracting.lab.kinds import Kind
from pipeline.extracting.lab.names import analytes_of, known_name
from pipeline.extracting.lab.records import Record
from pipeline.extracting.lab.soundness import ids_of
from pipeline.extracting.lab.text import has_cjk, plain_decimal, squeeze
from pipeline.extracting.lab.values import read_flag
from pipeline.extracting.lab.verdicts import all_negative, is_verdict
from rules.engine.facts import Flag

__all__ = [
    "Piece",
    "Places",
    "doubt_odd_places",
    "in_line",
    "record_of",
    "result_candidates",
    "result_places",
    "value_count",
]

_COMMENTS = frozenset({"正常", "偏高", "偏低", "异常", "升高", "降低", "增高", "减低"})
_BIGGER = 1.12
"""Screens print the result in larger glyphs than what is beside it."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A cell and the role that a label before it gives, if any."""

    cell: Cell
    role: str | None = None


_Offset = tuple[float, float, float, float]
"""How far below the name; left and right edge; where the print that it is part of ends."""


@dataclass(frozen=True, slots=True)
class Places:
    """Offsets of all cells that could be results from their names, one list for each band."""

    of_bands: tuple[tuple[_Offset, ...], ...]
    two_words: bool = False
    """True when a band holds two words that could be results: what was found, and what should be."""

    def support(self, name: Cell, cell: Cell, end: float) -> int:
        """Number of bands with a possible result at the place of ``cell``; ``end``: of it and its unit or mark.

        Of a result that ends together with its unit at the edge of the screen only that edge is the same everywhere.
        """
        below, left, right, _ = _offset(name, cell, end)
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
                    or abs(end - e) < near
                )
                for b, x0, x1, e in band
            )
        )


def _offset(name: Cell, cell: Cell, end: float) -> _Offset:
    return cell.v - name.v, cell.u0, cell.u1, end


def _end(cell: Cell, others: Sequence[Cell]) -> float:
    """Where the unit or mark ends that stands right behind ``cell``; its own end where none does."""
    end = cell.u1
    for other in sorted(others, key=lambda c: c.u0):
        behind = -0.5 * cell.h < other.u0 - end < 1.2 * cell.h and abs(other.v - cell.v) < 0.5 * cell.h
        if other is not cell and behind and (other.is_a(Kind.UNIT, 0.6) or other.is_a(Kind.FLAG, 0.3)):
            end = max(end, other.u1)
    return end


def in_line(one: Cell, two: Cell) -> bool:
    """True for cells below one another: left edges, right edges or middles stand in one line."""
    near = 0.8 * one.h
    return min(abs(one.u0 - two.u0), abs(one.u1 - two.u1), abs(one.mid - two.mid)) < near


def result_places(bands: Sequence[tuple[Piece, Sequence[Piece]]]) -> Places:
    found = [result_candidates(pieces) for _, pieces in bands]
    two_words = any(len(cells) > 1 and not cells[0].is_a(Kind.NUMBER) for cells in found)
    offsets = tuple(
        tuple(_offset(name.cell, c, _end(c, [p.cell for p in pieces])) for c in cells)
        for (name, pieces), cells in zip(bands, found, strict=True)
    )
    return Places(offsets, two_words)


def doubt_odd_places(records: Sequence[Record]) -> None:
    """Doubt a result that stands where hardly any other item of the page has its own: its own was not read, and this
    is an earlier one or a limit."""
    whole = [r for r in records if r.has_result and r.of("name")]
    for record in whole if len(whole) >= 3 else ():
        alike = sum(1 for other in whole if other is not record and _same_place(record, other))
        if alike < 0.3 * (len(whole) - 1):
            record.joined = True


def _same_place(one: Record, two: Record) -> bool:
    """Results as far below their names, and in line, as far behind, or each right before its unit."""
    (name, cell), (other, result) = ((r.of("name")[0], r.of("result")[0]) for r in (one, two))
    near = 0.6 * cell.h
    if abs((cell.v - name.v) - (result.v - other.v)) > near:
        return False
    behind = all(0 <= c.u0 - n.u1 < 2.5 * c.h for n, c in ((name, cell), (other, result)))
    before = all(
        any(abs(u.v - c.v) < 0.5 * c.h and 0 <= u.u0 - c.u1 < 4 * c.h for u in r.of("unit"))
        for r, c in ((one, cell), (two, result))
    )
    ends = abs(_end(cell, one.all) - _end(result, two.all)) < near
    return behind or before or ends or in_line(cell, result) or abs((cell.u0 - name.u0) - (result.u0 - other.u0)) < near


def result_candidates(pieces: Sequence[Piece]) -> list[Cell]:
    """Cells that can be the result: what a label says, else numbers, else words."""
    labelled = [p.cell for p in pieces if p.role == "result" and (p.cell.is_a(Kind.NUMBER) or p.cell.is_a(Kind.QUAL))]
    if labelled:
        return labelled
    free = [p.cell for p in pieces if p.role is None]
    numbers = _without_limits([c for c in free if c.is_a(Kind.NUMBER, 0.6)], pieces)
    # A lone - may be the result itself: beside 阴性 both count, and the place decides or nothing does.
    words = [c for c in free if c.is_a(Kind.QUAL, 0.5) and squeeze(c.text) not in _COMMENTS]
    return numbers or words or [c for c in free if c.is_a(Kind.QUAL)]


def value_count(pieces: Sequence[Piece]) -> int:
    """Number of pieces that say something of a result: results and limits of any kind, earlier results too."""
    told = [p.cell for p in pieces if p.role not in ("unit", "flag")]
    return sum(1 for c in told if c.is_a(Kind.NUMBER, 0.6) or c.is_a(Kind.RANGE) or is_verdict(c.text))


def _without_limits(numbers: Sequence[Cell], pieces: Sequence[Piece]) -> list[Cell]:
    """A number with a sign behind or below a plain one (21.3 ... >90) is its limit, where no range is printed."""
    plain = [c for c in numbers if c.is_a(Kind.NUMBER, 1.0)]
    if not plain or any(p.role == "range" or p.cell.is_a(Kind.RANGE, 0.8) for p in pieces):
        return list(numbers)

    def behind(cell: Cell) -> bool:
        return all(c.u1 <= cell.u0 if abs(c.v - cell.v) < 0.5 * cell.h else c.v < cell.v for c in plain)

    return [c for c in numbers if c in plain or not behind(c)]


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
    _settle_captions(record)
    if any(_names_another(c, name.cell) for c in record.of("other")):
        record.joined = True  # its band holds the abbreviation of another item: lines have slipped
    return record


def _names_another(cell: Cell, name: Cell) -> bool:
    ids, own = ids_of(cell.text), ids_of(name.text)
    return len(squeeze(cell.text)) > 1 and known_name(cell.text) and bool(ids and own) and not ids & own


def _result(name: Cell, pieces: Sequence[Piece], places: Places, record: Record) -> Cell | None:
    """The result among the candidates of a band: most usual place, then larger print, then a unit or mark beside it."""
    cells = result_candidates(pieces)
    if not cells:
        return None

    def beside(cell: Cell) -> bool:
        near = [p.cell for p in pieces if p.cell is not cell and abs(p.cell.v - cell.v) < 0.5 * cell.h]
        close = [c for c in near if -0.5 * c.h < c.u0 - cell.u1 < 4 * c.h]
        return any((c.is_a(Kind.UNIT, 0.6) and not c.is_a(Kind.NUMBER)) or c.is_a(Kind.FLAG, 0.7) for c in close)

    inside = [p.cell for p in pieces]
    support = {id(c): places.support(name, c, _end(c, inside)) for c in cells}
    usual = max(support.values())
    best = [c for c in cells if support[id(c)] >= max(usual - 1, 0.7 * usual)]
    if len(best) > 1:
        tall = max(c.h for c in best)
        best = [c for c in best if c.h * _BIGGER > tall] if any(c.h * _BIGGER <= tall for c in best) else best
    if len(best) > 1:
        best = [c for c in best if beside(c)] or best
    labelled = any(p.cell is best[0] and p.role for p in pieces)
    alike = len(cells) > 1 and all_negative(cells)
    if places.two_words and not best[0].is_a(Kind.NUMBER) and not labelled and not alike:
        record.joined = True  # the - or + of one column is easily lost, and 阴性 of the other is no result
    if len(best) > 1 and not alike:
        record.joined = True  # an earlier result, a limit: nothing on the page tells them apart
    chosen = min(best, key=lambda c: (abs(c.v - name.v), c.u0))
    record.cells["result"] = [chosen]
    return chosen


def _role(piece: Piece, name: Cell, result: Cell | None, record: Record) -> str:
    cell = piece.cell
    if piece.role is None and _goes_on(name, cell):
        return "name"
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
    if not has_cjk(cell.text) and cell.is_a(Kind.CODE) and analytes_of(cell.text) & analytes_of(name.text):
        return "code"
    return "other"


def _goes_on(name: Cell, cell: Cell) -> bool:
    """True for the rest of a name that breaks: below it, or behind it in its line."""
    lettered = has_cjk(cell.text) or any(glyph.isalpha() for glyph in cell.text)
    if known_name(cell.text) or not lettered or not has_cjk(name.text) or not known_name(name.text + cell.text):
        return False
    below = 0.5 * name.h < cell.v - name.v < 2 * name.h and abs(cell.u0 - name.u0) < name.h
    behind = abs(cell.v - name.v) < 0.5 * name.h and -0.5 * name.h < cell.u0 - name.u1 < 2 * name.h
    return below or behind


def _settle_units(record: Record, result: Cell | None) -> None:
    """Of several units the one in the result's line counts, else the first. What may be an arrow (个 for ↑) is none
    beside a plain unit or a result in words."""
    units = record.of("unit")
    arrows = [c for c in units if c.is_a(Kind.FLAG, 0.3)]
    if arrows and (len(arrows) < len(units) or (result is not None and not result.is_a(Kind.NUMBER))):
        units = record.cells["unit"] = [c for c in units if c not in arrows]
        record.cells.setdefault("flag", []).extend(arrows)
    if len(units) < 2 or result is None:
        return
    near = min(units, key=lambda c: (abs(c.v - result.v) > 0.5 * c.h, units.index(c)))
    record.cells["unit"] = [near]
    record.cells.setdefault("other", []).extend(c for c in units if c is not near)


def _settle_captions(record: Record) -> None:
    """偏低 and 偏高 in one line are the parts of a scale; they say nothing of the result."""
    words = [c for c in record.of("flag") if squeeze(c.text) in _COMMENTS]
    scale = [
        c for c in words if {read_flag(o.text) for o in words if abs(o.v - c.v) < 0.5 * c.h} >= {Flag.HIGH, Flag.LOW}
    ]
    if scale:
        record.cells["flag"] = [c for c in record.of("flag") if c not in scale]
        record.cells.setdefault("other", []).extend(scale)


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
