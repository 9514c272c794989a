"""One or two items on a screen or a slip (glycated haemoglobin alone): no habit of the page to learn from.

What stands around the only name can be its result only if nothing else can be, and if its unit or its limits are those
of the item. Everything short of that is doubted.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from pipeline.extracting.lab.bands import Piece, result_candidates
from pipeline.extracting.lab.kinds import Kind, unit_after_number
from pipeline.extracting.lab.records import Record
from pipeline.extracting.lab.soundness import ids_of, unit_suits
from pipeline.extracting.lab.text import squeeze
from pipeline.extracting.lab.values import read_range, read_value

__all__ = ["REACH", "doubt_unproven", "own_names"]

REACH = 9.0
"""Around a lone name its item reaches this many glyph heights up and down."""
_FAR = 25


def own_names(names: Sequence[Piece]) -> list[Piece]:
    """Names without those that only announce another (检验项目：糖化血红蛋白 in the head of the page)."""
    kept = list(names)
    for name in names:
        ids = ids_of(name.cell.text)
        if name.role == "name" and any(p is not name and p.role is None and ids & ids_of(p.cell.text) for p in kept):
            kept.remove(name)
    return kept


def doubt_unproven(records: Sequence[Record], bands: Sequence[Sequence[Piece]]) -> None:
    """Doubt each record that has a rival for its result, or whose result nothing ties to its name."""
    for record, pieces in zip(records, bands, strict=True):
        rivals = [c for c in result_candidates(pieces) if c not in record.of("low") and c not in record.of("high")]
        if len(rivals) > 1 or not _proven(record):
            record.joined = True


def _proven(record: Record) -> bool:
    ids = frozenset[str]().union(*(ids_of(c.text) for c in (*record.of("name"), *record.of("code"))))
    units = [c.text for c in record.of("unit") if c.is_a(Kind.UNIT, 0.6)]
    units += [unit for c in record.of("range") if (unit := unit_after_number(c.text))]
    suits = unit_suits(ids, units[0]) if units else None
    if suits is not None:
        return suits
    span = read_range(record.of("range"), record.of("low"), record.of("high"))
    value = read_value(record.of("result")).value
    limits = [x for x in (span.low, span.high) if x is not None and x > 0]
    if value is not None and limits:
        return min(limits) / _FAR <= max(value, Decimal("0.001")) <= max(limits) * _FAR
    return value is None and any(squeeze(c.text) and c.is_a(Kind.QUAL, 0.8) for c in record.of("range"))
