"""Small choices that families share: which columns, where the flag stands, which papers fit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from data_samples.factory.families.lab.habits import Habits
from data_samples.factory.paper import Paper

__all__ = ["TYPES", "holds", "some", "swapped", "with_flag"]

TYPES = frozenset({"lab_report"})


def with_flag(columns: tuple[str, ...], habits: Habits, *, after: str = "result") -> tuple[str, ...]:
    """Put the flag's column where these habits want it, if they want one."""
    if habits.flag_place == "column":
        at = columns.index(after) + 1
        return (*columns[:at], "flag", *columns[at:])
    return ("flag", *columns) if habits.flag_place == "first" else columns


def some(rng: np.random.Generator, columns: tuple[str, ...], **chances: float) -> tuple[str, ...]:
    """Leave out optional columns, each by its chance of being there."""
    return tuple(key for key in columns if rng.random() < chances.get(key, 1.0))


def swapped(columns: tuple[str, ...], one: str, other: str) -> tuple[str, ...]:
    """Exchange two columns."""
    return tuple({one: other, other: one}.get(key, key) for key in columns)


def holds(*, least: int = 1, most: int, abbreviated: bool = False) -> Callable[[Paper], bool]:
    """Return a test: as many rows as this, with abbreviations throughout where those are all that is printed."""

    def fits(paper: Paper) -> bool:
        named = not abbreviated or all(row.abbr for row in paper.rows)
        return least <= len(paper.rows) <= most and named

    return fits
