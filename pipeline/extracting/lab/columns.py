"""Columns of a table zone: found from the cells themselves, named by header words and by what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.extracting.lab.cells import Cell
from pipeline.extracting.lab.kinds import Kind
from pipeline.extracting.lab.rows import Row

__all__ = ["ROLES", "Column", "find_columns"]

ROLES = ("name", "code", "result", "flag", "unit", "range", "low", "high", "method", "index", "previous", "other")


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """Cells standing below one another."""

    cells: tuple[Cell, ...]
    u0: float
    u1: float
    role: str = "other"
    named: bool = False
    """True when a header word gave the role."""
    group: int = -1
    """Number of the item column of the header that named it."""
    unit: str | None = None
    """Unit that the header prints for all its cells."""

    @property
    def mid(self) -> float:
        return (self.u0 + self.u1) / 2

    def share(self, kind: Kind) -> float:
        """Mean weight of ``kind`` over the cells."""
        return float(np.mean([cell.kinds.get(kind, 0.0) for cell in self.cells])) if self.cells else 0.0

    def distance(self, cell: Cell) -> float:
        """Sideways distance of ``cell`` in glyph heights: the gap, plus a little for lying off the middle."""
        gap = max(self.u0 - cell.u1, cell.u0 - self.u1, 0.0)
        centre = max(0.0, abs(cell.mid - self.mid) - (self.u1 - self.u0) / 2)
        return (gap + 0.3 * centre) / max(cell.h, 1.0)


_CLASS = {
    Kind.NAME: "text", Kind.CODE: "code", Kind.NUMBER: "number", Kind.RANGE: "range", Kind.UNIT: "unit", Kind.FLAG:
    "flag",
    Kind.QUAL: "qual", Kind.METHOD: "text",
}  # fmt: skip


def find_columns(rows: Sequence[Row]) -> list[Column]:
    """Return the physical columns of ``rows``, left to right.

    Cells of one kind that overlap or share an edge form a cluster, so that a long name never bridges to the numbers
    beside it;
    clusters of different kinds that lie over one another are one column.
    """
    cells = [cell for row in rows for cell in row.cells if _class(cell) and cell.u1 - cell.u0 < 30 * cell.h]
    least = 1 if len(rows) < 4 else max(2, round(0.06 * len(rows)))
    clusters: list[list[Cell]] = []
    for kind in sorted({_class(cell) for cell in cells}):
        clusters += _clusters([cell for cell in cells if _class(cell) == kind])
    clusters = _merge_overlapping([c for c in clusters if c])
    columns = [_column(cluster) for cluster in clusters if len(cluster) >= least]
    return sorted(columns, key=lambda c: c.mid)


def _class(cell: Cell) -> str:
    weights = cell.kinds
    if not weights:
        return ""
    kind = max(weights, key=lambda k: weights[k])
    return _CLASS.get(kind, "")


def _clusters(cells: list[Cell]) -> list[list[Cell]]:
    order = sorted(cells, key=lambda c: c.mid)
    of = list(range(len(order)))

    def root(i: int) -> int:
        while of[i] != i:
            of[i] = of[of[i]]
            i = of[i]
        return i

    for i, one in enumerate(order):
        for j in range(i + 1, len(order)):
            two = order[j]
            h = min(one.h, two.h)
            overlap = min(one.u1, two.u1) - max(one.u0, two.u0)
            together = overlap > 0.5 * min(one.u1 - one.u0, two.u1 - two.u0)
            edges = min(abs(one.u0 - two.u0), abs(one.u1 - two.u1), abs(one.mid - two.mid))
            if together or (edges < 0.7 * h and overlap > -0.3 * h):
                of[root(j)] = root(i)
    groups: dict[int, list[Cell]] = {}
    for i, cell in enumerate(order):
        groups.setdefault(root(i), []).append(cell)
    return list(groups.values())


def _extent(cells: Sequence[Cell]) -> tuple[float, float]:
    left, right = [c.u0 for c in cells], [c.u1 for c in cells]
    return float(np.quantile(left, 0.15)), float(np.quantile(right, 0.85))


def _merge_overlapping(clusters: list[list[Cell]]) -> list[list[Cell]]:
    """Merge clusters whose typical extents lie over one another and whose rows seldom hold both apart."""
    pool = sorted(clusters, key=len, reverse=True)
    done: list[list[Cell]] = []
    for cluster in pool:
        best: tuple[float, list[Cell]] | None = None
        a0, a1 = _extent(cluster)
        for other in done:
            b0, b1 = _extent(other)
            overlap = (min(a1, b1) - max(a0, b0)) / max(1.0, min(a1 - a0, b1 - b0))
            if overlap > 0.5 and (best is None or overlap > best[0]):
                best = (overlap, other)
        if best is None:
            done.append(list(cluster))
        else:
            best[1].extend(cluster)
    return done


def _column(cells: Sequence[Cell]) -> Column:
    u0, u1 = _extent(cells)
    return Column(tuple(sorted(cells, key=lambda c: c.v)), u0, u1)
