"""How badly a cell of one kind suits a column of one role: half of where it belongs; its place is the other half."""

from __future__ import annotations

from pipeline.extracting.lab.cells import Cell
from pipeline.extracting.lab.columns import Column
from pipeline.extracting.lab.kinds import Kind

__all__ = ["FREE", "clash"]

FREE = {"flag": Kind.FLAG, "unit": Kind.UNIT, "range": Kind.RANGE}
"""Roles that a table may print without a column of their own, and the kind that is sure enough to be one."""

_SUITS: dict[str, dict[Kind, float]] = {
    "name": {Kind.NAME: 0.0, Kind.CODE: 0.3, Kind.METHOD: 0.6, Kind.UNIT: 0.9, Kind.QUAL: 1.2, Kind.FLAG: 1.2,
    Kind.NUMBER: 1.6, Kind.RANGE: 1.8},
    "code": {Kind.CODE: 0.0, Kind.NAME: 0.9, Kind.UNIT: 0.8, Kind.FLAG: 0.9, Kind.NUMBER: 1.3, Kind.QUAL: 1.3,
    Kind.RANGE: 1.8, Kind.METHOD: 1.0},
    "result": {Kind.NUMBER: 0.0, Kind.QUAL: 0.0, Kind.RANGE: 0.9, Kind.NAME: 0.7, Kind.CODE: 1.0, Kind.UNIT: 1.4,
    Kind.FLAG: 0.9, Kind.METHOD: 1.4, Kind.DATE: 1.0},
    "flag": {Kind.FLAG: 0.0, Kind.QUAL: 0.6, Kind.NUMBER: 1.0, Kind.NAME: 0.9, Kind.CODE: 0.9, Kind.UNIT: 1.2,
    Kind.RANGE: 1.8, Kind.METHOD: 1.5},
    "unit": {Kind.UNIT: 0.0, Kind.CODE: 0.4, Kind.FLAG: 1.0, Kind.NAME: 1.0, Kind.NUMBER: 1.2, Kind.QUAL: 1.2,
    Kind.RANGE: 1.6, Kind.METHOD: 1.3},
    "range": {Kind.RANGE: 0.0, Kind.QUAL: 0.2, Kind.NUMBER: 0.6, Kind.NAME: 0.7, Kind.UNIT: 1.0, Kind.CODE: 1.0,
    Kind.FLAG: 1.0, Kind.METHOD: 1.3, Kind.DATE: 0.8},
    "low": {Kind.NUMBER: 0.0, Kind.RANGE: 0.5, Kind.QUAL: 0.5},
    "high": {Kind.NUMBER: 0.0, Kind.RANGE: 0.5, Kind.QUAL: 0.5},
    "index": {Kind.NUMBER: 0.0, Kind.NAME: 1.2, Kind.CODE: 1.2},
    "method": {Kind.METHOD: 0.0, Kind.NAME: 0.3, Kind.CODE: 0.4},
    "previous": {Kind.NUMBER: 0.0, Kind.QUAL: 0.0, Kind.FLAG: 0.6, Kind.RANGE: 0.9, Kind.NAME: 1.0},
    "other": {},
}  # fmt: skip


def clash(cell: Cell, column: Column) -> float:
    """Return 0 where ``cell`` is what ``column`` holds, up to about 2 where it cannot be."""
    weights = cell.kinds
    if column.role == "other" and not column.named and any(weights.get(kind, 0.0) >= 0.7 for kind in FREE.values()):
        return 1.2  # a mark, unit or range belongs to the table even where it stands a little off its column
    if column.role == "other" or not weights:
        return 0.6
    suits = _SUITS[column.role]
    return min(suits.get(kind, 1.5) + 0.6 * (1.0 - weight) for kind, weight in weights.items())
