"""A report for readers outside the bureau: platforms, and whoever gets a copy of the case.

What people corrected stands in it, because the judgement rests on it; who did it and what they noted for each other
stays inside.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["report_for_outside"]

_INSIDE = ("made_by", "note")
"""Of a correction: id of an account, and words written for colleagues."""


def report_for_outside(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return report.json with accounts and notes left empty; it keeps to its schema."""
    rows = [{**row, **dict.fromkeys(_INSIDE, "")} for row in report.get("corrections", ())]
    return {**report, "corrections": rows}
