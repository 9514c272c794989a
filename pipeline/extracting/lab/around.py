"""Results found around their names: for screens and slips whose rows and columns tell nothing (tiles, cards, lists).

Whatever the layout, each item has its name, and what belongs to it stands at the same place beside, above or below
the name all over the page. That place is learned from the names that the vocabulary knows: the page is cut into one
band for each name where the gaps between bands are widest, and the result is what stands at the place where most
bands hold one. Where gaps and units leave it open, all rows are doubted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pipeline.extracting.lab.bands import (
    Piece,
    doubt_odd_places,
    record_of,
    result_places,
    value_count,
)
from pipeline.extracting.lab.cells import Cell, cut_text, is_prose
from pipeline.extracting.lab.few import REACH, doubt_unproven, own_names
from pipeline.extracting.lab.headers import is_header_word
from pipeline.extracting.lab.kinds import Kind
from pipeline.extracting.lab.labels import label_of, rest_of
from pipeline.extracting.lab.names import known_name
from pipeline.extracting.lab.records import Record
from pipeline.extracting.lab.rows import Row
from pipeline.extracting.lab.soundness import soundness
from pipeline.extracting.lab.splits import part_of
from pipeline.extracting.lab.telling import settled
from pipeline.extracting.lab.text import has_cjk

__all__ = ["Around", "find_around"]

_LEAST = 3
"""Known names from which a page's habit can be learned."""
_CLEAR_GAP = 1.25
"""The gap between two items is this much wider than any inside them."""
_REACH = 1.8
"""An item is at most this much taller than the step from name to name."""


@dataclass(frozen=True, slots=True, eq=False)
class Around:
    """The items of one page. ``unsure``: which lines belong to which name is open. ``tight``: each name has its
    result, and no band holds more numbers than the others: nothing was lost or slipped."""

    records: tuple[Record, ...]
    unsure: bool
    tight: bool


@dataclass(slots=True, eq=False)
class _Lane:
    """Names below one another and all print that stands between their lane's edges."""

    names: list[Piece]
    pieces: list[Piece]


def find_around(rows: Sequence[Row], *, least: int = _LEAST) -> Around | None:
    """Return the items around the known names in ``rows``; None where fewer than ``least`` names are known."""
    pieces = [piece for row in rows for piece in _pieces(row)]
    names = own_names(_names(pieces))
    if len(names) < least:
        return None
    lanes = _lanes(names, pieces)
    if len(names) < _LEAST:
        return _few(lanes)
    step = _step(lanes)
    for lane in lanes:
        lane.names = sorted([*lane.names, *_unknown_names(lane, step)], key=lambda p: p.cell.v)
    shift, clear = _shift(lanes, step)
    h = float(np.median([p.cell.h for p in names]))
    options = {shift} if step is None else {0.6 * h, step - 0.6 * h} | ({shift} if clear else set())
    scored = sorted(((soundness(_records(lanes, s, step)[0]), s) for s in options), reverse=True)
    best, chosen = scored[0]
    if clear:
        chosen = shift  # print is laid out by gaps; units that fit better otherwise only raise doubt
    own = next(score for score, s in scored if s == chosen)
    rivals = [score for score, s in scored if abs(s - chosen) > 0.8 * h]
    records, tight = _records(lanes, chosen, step)
    # Gaps and units speak for one cut, or nothing does.
    limit = own if clear else best - 1.0
    unsure = any(score > limit for score in rivals) or not (clear or tight)
    return Around(tuple(records), unsure, tight and not unsure)


def _few(lanes: Sequence[_Lane]) -> Around:
    """The items of a page with too few names to learn from: each must prove itself."""
    step = _step(lanes)
    shift, clear = _shift(lanes, step)
    bands = _bands(lanes, shift, step)
    if step is None:
        bands = [
            (name, [p for p in lane.pieces if p is not name and abs(p.cell.v - name.cell.v) < REACH * name.cell.h])
            for lane in lanes
            for name in lane.names
        ]
    bands = settled(bands)
    places = result_places(bands)
    records = [record_of(name, pieces, places) for name, pieces in bands]
    doubt_unproven(records, [pieces for _, pieces in bands])
    whole = all(r.has_result for r in records)
    return Around(tuple(records), unsure=step is not None and not clear, tight=whole)


def _pieces(row: Row) -> list[Piece]:
    """Cells of a row with the roles that labels give them; rows of the sheet's head and foot give none."""
    out: list[Piece] = []
    role: str | None = None
    for cell in row.cells:
        found = label_of(cell.text)
        if found is not None:
            role, end = found
            rest = rest_of(cell, end)
            if rest is not None:
                out += [Piece(part, role) for part in _cut(rest)]
                role = role if role == "previous" else None
            continue
        if cell.is_a(Kind.LABEL, 1.0) or is_prose(cell.text) or is_header_word(cell.text):
            role = None
            continue
        if role == "previous" and known_name(cell.text) and has_cjk(cell.text):
            role = None
        if cell.is_a(Kind.DATE, 1.0):
            continue
        out.append(Piece(cell, role))
        role = role if role == "previous" else None
    return out


def _cut(cell: Cell) -> list[Cell]:
    return [part_of(cell, start, end) for start, end in cut_text(cell.text)]


def _names(pieces: Sequence[Piece]) -> list[Piece]:
    """The known names: Chinese ones, and the codes of rows without one where most have none."""
    known = [p for p in pieces if p.role in (None, "name") and (known_name(p.cell.text) or _wrapped(p, pieces))]
    words = [p for p in known if has_cjk(p.cell.text)]
    if 2 * len(words) >= len(known):
        return words
    level = [w.cell for w in words]
    return [p for p in known if p in words or not any(abs(p.cell.v - w.v) < 0.5 * w.h for w in level)]


def _wrapped(name: Piece, pieces: Sequence[Piece]) -> bool:
    """True for the upper part of a name that breaks: it is known together with what stands right below it."""
    one = name.cell
    if name.role is not None or not has_cjk(one.text) or not one.is_a(Kind.NAME, 0.6):
        return False
    return any(
        p.role is None
        and 0.8 * one.h < p.cell.v - one.v < 1.8 * one.h
        and abs(p.cell.u0 - one.u0) < 0.6 * one.h
        and not known_name(p.cell.text)
        and known_name(one.text + p.cell.text)
        for p in pieces
    )


def _lanes(names: Sequence[Piece], pieces: Sequence[Piece]) -> list[_Lane]:
    """Group names that stand below one another; every other piece goes to the lane between whose edges it lies."""
    groups: list[list[Piece]] = []
    for name in sorted(names, key=lambda p: p.cell.u0):
        home = next((g for g in groups if any(_stacked(name.cell, other.cell) for other in g)), None)
        if home is None:
            groups.append([name])
        else:
            home.append(name)
    groups.sort(key=lambda g: float(np.median([p.cell.mid for p in g])))
    edges = [float("-inf"), *(_edge(a, b) for a, b in pairwise(groups)), float("inf")]
    lanes = []
    for group, (low, high) in zip(groups, pairwise(edges), strict=True):
        lanes.append(_Lane(sorted(group, key=lambda p: p.cell.v), [p for p in pieces if low <= p.cell.mid < high]))
    return lanes


def _stacked(one: Cell, two: Cell) -> bool:
    overlap = min(one.u1, two.u1) - max(one.u0, two.u0)
    return overlap > 0 or abs(one.u0 - two.u0) < 1.2 * one.h


def _edge(left: Sequence[Piece], right: Sequence[Piece]) -> float:
    """Where the right lane begins: at its names' left edge, or half-way where its names are centred."""
    starts = [p.cell.u0 for p in right]
    h = float(np.median([p.cell.h for p in right]))
    if max(starts) - min(starts) < 1.2 * h and len(starts) > 1:
        return min(starts) - 0.5 * h
    if len(starts) == 1 and len(left) == 1:
        return starts[0] - 0.5 * h
    return float(np.median([p.cell.mid for p in left]) + np.median([p.cell.mid for p in right])) / 2


def _step(lanes: Sequence[_Lane]) -> float | None:
    steps = [b.cell.v - a.cell.v for lane in lanes for a, b in pairwise(lane.names)]
    return float(np.quantile(steps, 0.4)) if steps else None


def _unknown_names(lane: _Lane, step: float | None) -> list[Piece]:
    """Names that the vocabulary does not know: in line with the known ones, as tall, and a step away from them.

    Nothing is taken where such print also stands inside the items themselves (comments, methods).
    """
    if step is None or len(lane.names) < 2:
        return []
    left = float(np.median([p.cell.u0 for p in lane.names]))
    tall = float(np.median([p.cell.h for p in lane.names]))
    like = [
        p
        for p in lane.pieces
        if p.role is None
        and p not in lane.names
        and abs(p.cell.u0 - left) < 0.7 * tall
        and 0.8 < p.cell.h / tall < 1.25
        and p.cell.is_a(Kind.NAME, 0.6)
        and lane.names[0].cell.v < p.cell.v < lane.names[-1].cell.v + 3 * step
    ]
    inside = [p for p in like if any(abs(p.cell.v - n.cell.v) < 0.75 * step for n in lane.names)]
    if len(inside) >= max(2, 0.3 * len(lane.names)):
        return []
    return [p for p in like if p not in inside]


def _shift(lanes: Sequence[_Lane], step: float | None) -> tuple[float, bool]:
    """How far above its name an item begins, from the widest gaps between names; and whether the gaps agree."""
    told: list[float] = []
    pairs = 0
    tall = [p.cell.h for lane in lanes for p in lane.names]
    for lane in lanes:
        for one, two in pairwise(lane.names):
            pairs += 1
            cut = _widest_gap([p.cell for p in lane.pieces], one.cell, two.cell)
            if cut is not None:
                told.append(two.cell.v - cut)
    if not told:
        return 0.6 * float(np.median(tall)), False
    shift = float(np.median(told))
    agreeing = sum(1 for t in told if abs(t - shift) < 0.8 * float(np.median(tall)))
    return shift, agreeing >= 0.7 * len(told) and len(told) >= 0.5 * pairs


def _widest_gap(cells: Sequence[Cell], one: Cell, two: Cell) -> float | None:
    """Middle of the widest empty stripe between two names, None where another is nearly as wide."""
    spans = sorted((c.v - c.h / 2, c.v + c.h / 2) for c in cells if one.v - 0.4 * one.h <= c.v <= two.v + 0.4 * two.h)
    gaps: list[tuple[float, float]] = []
    end = spans[0][1] if spans else 0.0
    for low, high in spans[1:]:
        if low > end:
            gaps.append((low - end, (low + end) / 2))
        end = max(end, high)
    gaps.sort(reverse=True)
    if not gaps or (len(gaps) > 1 and gaps[0][0] < _CLEAR_GAP * gaps[1][0]):
        return None
    return gaps[0][1]


def _bands(lanes: Sequence[_Lane], shift: float, step: float | None) -> list[tuple[Piece, list[Piece]]]:
    """For each name what stands in its band: from ``shift`` above it to that above the next name."""
    bands: list[tuple[Piece, list[Piece]]] = []
    for lane in lanes:
        tops = [name.cell.v - shift for name in lane.names]
        ends = [*tops[1:], float("inf")]
        for name, top, end in zip(lane.names, tops, ends, strict=True):
            bottom = min(end, top + _REACH * step) if step is not None else end
            bands.append((name, [p for p in lane.pieces if p is not name and top <= p.cell.v < bottom]))
    return bands


def _records(lanes: Sequence[_Lane], shift: float, step: float | None) -> tuple[list[Record], bool]:
    """One record for each name; and whether all bands hold one result and equally many numbers."""
    bands = settled(_bands(lanes, shift, step))
    places = result_places(bands)
    records = [record_of(name, pieces, places) for name, pieces in bands]
    doubt_odd_places(records)
    counts = ({len(band) for band in places.of_bands}, {value_count(pieces) for _, pieces in bands})
    tight = all(r.has_result for r in records) and any(len(count) == 1 for count in counts)
    return sorted(records, key=lambda r: (r.v, r.all[0].u0)), tight
