"""A share with its interval: the columns of a row that tell it, and the chart of them."""

from __future__ import annotations

from typing import Any

from pipeline.audit.questions.answer import Chart, Col
from pipeline.intervals import wilson

__all__ = ["LIMITS", "interval_chart", "limit_columns", "limits"]

LIMITS = ("low", "high")
"""Columns of a row for the interval of its share."""


def limits(part: int, whole: int, names: tuple[str, str] = LIMITS) -> dict[str, float | None]:
    """Return the 95% interval of ``part`` of ``whole`` as columns of a row; None where nothing was counted."""
    found = wilson(part, whole)
    return dict(zip(names, (found.low, found.high) if found else (None, None), strict=True))


def limit_columns(of: str, names: tuple[str, str] = LIMITS) -> tuple[Col, Col]:
    """Return how :func:`limits` are told; hidden with the count ``of``."""
    low, high = names
    return Col(low, "95% 区间下限", "share", of=of), Col(high, "95% 区间上限", "share", of=of)


def interval_chart(x: str, y: str, title: str, names: tuple[str, str] = LIMITS, **more: Any) -> Chart:
    """Return a point for each share with a line over its interval."""
    low, high = names
    return Chart(kind="interval", x=x, y=y, low=low, high=high, x_title=title, percent=True, **more)
