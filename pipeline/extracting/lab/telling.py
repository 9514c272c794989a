"""Numbers in the band of a name that are told from results before one is chosen: counts, ends of scales, limits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.extracting.lab.bands import Piece, in_line
from pipeline.extracting.lab.kinds import Kind
from pipeline.extracting.lab.splits import part_of
from pipeline.extracting.lab.text import plain_decimal, squeeze

__all__ = ["settled"]

_DECIMAL = re.compile(r"[<>≤≥]?\d+\.\d+")


def settled(bands: Sequence[tuple[Piece, Sequence[Piece]]]) -> list[tuple[Piece, list[Piece]]]:
    """Bands in which running numbers, ends of scales and signed results are told from what they look like."""
    return with_signed_results(without_scales(without_counting(bands)))


def without_counting(bands: Sequence[tuple[Piece, Sequence[Piece]]]) -> list[tuple[Piece, list[Piece]]]:
    """Take running numbers out of the bands: they count the items and are never results.

    They are whole numbers below one another that rise by one from band to band, or one right before its name where no
    column of results is: results stand before their names too, and some of them are whole.
    """
    counting: set[int] = set()
    whole = [
        (piece.cell, int(squeeze(piece.cell.text)))
        for _, pieces in bands
        for piece in pieces
        if piece.role is None and re.fullmatch(r"\d{1,3}", squeeze(piece.cell.text))
    ]
    for cell, _ in whole:
        below = sorted(((c, n) for c, n in whole if in_line(cell, c)), key=lambda pair: pair[0].v)
        steps = [b - a for (_, a), (_, b) in pairwise(below)]
        if len(steps) >= 2 and sum(1 for step in steps if 1 <= step <= 2) >= 0.7 * len(steps):
            counting.update(id(c) for c, _ in below)
    free = [p.cell for _, pieces in bands for p in pieces if p.role is None]
    parts = [cell for cell in free if _DECIMAL.fullmatch(squeeze(cell.text))]
    for name, pieces in bands:
        for piece in pieces:
            gap = name.cell.u0 - piece.cell.u1
            leads = abs(piece.cell.v - name.cell.v) < 0.5 * name.cell.h and 0 <= gap < 3 * name.cell.h
            leads = leads and re.fullmatch(r"\d{1,3}[.,)]?", squeeze(piece.cell.text)) is not None
            if leads and sum(in_line(piece.cell, part) for part in parts) < 0.3 * len(bands):
                counting.add(id(piece.cell))
    return [(name, [p for p in pieces if id(p.cell) not in counting]) for name, pieces in bands]


def without_scales(bands: Sequence[tuple[Piece, Sequence[Piece]]]) -> list[tuple[Piece, list[Piece]]]:
    """Tell the ends of a scale, drawn below the result of most items, from results: they become limits.

    The ends are two rising numbers level with each other, below the one number that stands in the name's own row.
    Earlier results would not rise in every band.
    """
    ends = [_scale(name, pieces) for name, pieces in bands]
    asked = sum(1 for _, pieces in bands if len([p for p in pieces if _plain_number(p)]) >= 3)
    if sum(map(bool, ends)) < max(3, 0.8 * asked):
        return [(name, list(pieces)) for name, pieces in bands]
    return [
        (name, [Piece(p.cell, "limit") if id(p.cell) in limits else p for p in pieces])
        for (name, pieces), limits in zip(bands, ends, strict=True)
    ]


def _scale(name: Piece, pieces: Sequence[Piece]) -> frozenset[int]:
    numbers = [p.cell for p in pieces if _plain_number(p)]
    own = [c for c in numbers if abs(c.v - name.cell.v) < 0.5 * name.cell.h]
    below = sorted((c for c in numbers if c not in own), key=lambda c: c.u0)
    if len(own) > 1 or len(below) != 2 or abs(below[0].v - below[1].v) > 0.5 * below[0].h or below[0].v < name.cell.v:
        return frozenset()
    low, high = (plain_decimal(squeeze(c.text)) for c in below)
    return frozenset(map(id, below)) if low is not None and high is not None and low < high else frozenset()


def _plain_number(piece: Piece) -> bool:
    return piece.role is None and re.fullmatch(r"\d+(?:\.\d+)?", squeeze(piece.cell.text)) is not None


_SIGNED = re.compile(r"\s*[<>≤≥]=?\s*\d+(?:\.\d+)?(?=\s*\D)")


def with_signed_results(bands: Sequence[tuple[Piece, Sequence[Piece]]]) -> list[tuple[Piece, list[Piece]]]:
    """Take ``<0.5 mg/L`` for a result and its unit where the item has no other number, and limits beside it.

    Alone it reads as a limit, which such a text mostly is.
    """
    out = []
    for name, pieces in bands:
        made = list(pieces)
        signed = [p for p in pieces if p.role is None and p.cell.is_a(Kind.RANGE) and _SIGNED.match(p.cell.text)]
        limits = [p for p in pieces if p not in signed and (p.role == "range" or p.cell.is_a(Kind.RANGE))]
        numbers = [p for p in pieces if p.role != "limit" and p.cell.is_a(Kind.NUMBER)]
        scale = [p for p in pieces if p.role == "limit"]
        if len(signed) == 1 and (limits or scale) and not numbers:
            cell = signed[0].cell
            match = _SIGNED.match(cell.text)
            end = match.end() if match else 0
            at = made.index(signed[0])
            made[at : at + 1] = [Piece(part_of(cell, 0, end)), Piece(part_of(cell, end, len(cell.text)), "unit")]
        out.append((name, made))
    return out
