"""Rows of print: cells that stand level, chained from neighbour to neighbour in the straightened frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.extracting.lab.cells import Cell

__all__ = ["Row", "chain_rows"]


@dataclass(frozen=True, slots=True)
class Row:
    """Cells of one line of print, left to right."""

    cells: tuple[Cell, ...]

    @property
    def v(self) -> float:
        return float(np.median([cell.v for cell in self.cells]))

    @property
    def h(self) -> float:
        return float(np.median([cell.h for cell in self.cells]))

    @property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells)


def chain_rows(cells: Sequence[Cell], *, level: float = 0.5) -> list[Row]:
    """Group ``cells`` into rows, top to bottom.

    Each cell is linked to the nearest cell to its right whose height differs by less than ``level`` of the smaller
    glyph height; chains that overlap sideways stay apart. Chaining follows a bend that the straightening left over.
    """
    if not cells:
        return []
    n = len(cells)
    u0 = np.array([c.u0 for c in cells])
    u1 = np.array([c.u1 for c in cells])
    v = np.array([c.v for c in cells])
    h = np.array([c.h for c in cells])
    links: list[tuple[float, int, int]] = []
    for i in range(n):
        gap = u0 - u1[i]
        limit = level * np.minimum(h, h[i])
        near = np.flatnonzero((gap > -0.6 * h[i]) & (np.abs(v - v[i]) < limit) & ((u0 + u1) / 2 > (u0[i] + u1[i]) / 2))
        near = near[near != i]
        for j in near[np.argsort(gap[near])][:4]:
            # Distance counts a little, height difference much: the level neighbour beats the near one.
            cost = float(abs(v[j] - v[i]) / limit[j]) + 0.02 * float(max(gap[j], 0.0)) / float(h[i])
            links.append((cost, i, int(j)))
    chains = _Chains(cells)
    for _, i, j in sorted(links):
        chains.join(i, j, level)
    return sorted((Row(tuple(sorted(group, key=lambda c: c.mid))) for group in chains.groups()), key=lambda r: r.v)


class _Chains:
    """Union of cells that refuses to put two cells above one another into one row."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self.cells = cells
        self.of = list(range(len(cells)))
        self.members: dict[int, list[int]] = {i: [i] for i in range(len(cells))}

    def join(self, i: int, j: int, level: float) -> None:
        a, b = self.of[i], self.of[j]
        if a == b:
            return
        for p in self.members[a]:
            for q in self.members[b]:
                one, two = self.cells[p], self.cells[q]
                overlap = min(one.u1, two.u1) - max(one.u0, two.u0)
                small = min(one.h, two.h)
                if overlap > 0.6 * small and overlap > 0.25 * min(one.u1 - one.u0, two.u1 - two.u0):
                    return
                # A chain may bend, but not climb to the next row.
                if abs(one.v - two.v) > 1.2 * level * max(one.h, two.h) + 0.004 * abs(one.mid - two.mid):
                    return
        for q in self.members.pop(b):
            self.of[q] = a
            self.members[a].append(q)

    def groups(self) -> list[list[Cell]]:
        return [[self.cells[i] for i in group] for group in self.members.values()]
