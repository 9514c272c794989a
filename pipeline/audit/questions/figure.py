"""A single figure beside a table, told with how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.intervals import Interval, wilson

__all__ = ["Figure", "share_figure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    label: str
    """Chinese."""
    value: float | None
    """None: cannot be worked out."""
    kind: Literal["count", "share", "number"]
    unit: str = ""
    sure: Interval | None = None
    """95% interval, where chance has a part in it."""
    cases: int | None = None
    """How many cases it rests on, in the answer's unit."""


def share_figure(label: str, part: int, whole: int) -> Figure:
    """Return a share with its interval."""
    value = part / whole if whole else None
    return Figure(label=label, value=value, kind="share", sure=wilson(part, whole), cases=whole)
