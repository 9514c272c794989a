"""Whether two extractors mean the same print."""

from __future__ import annotations

from pipeline.extracting.lab.cells import Cell
from rules.engine.facts import Box

__all__ = ["same_place", "shared"]


def shared(a: Box, b: Box) -> float:
    """Share of the smaller box that lies in the other, 0 to 1."""
    wide = min(a[2], b[2]) - max(a[0], b[0])
    tall = min(a[3], b[3]) - max(a[1], b[1])
    least = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return wide * tall / least if wide > 0 and tall > 0 and least > 0 else 0.0


def same_place(a: Cell, b: Cell) -> float:
    """As :func:`shared`, of two cells in the upright frame."""
    return shared(a.line.upright, b.line.upright)
