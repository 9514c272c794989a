"""Which applications a question looks at."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["SCOPE", "Filters"]

SCOPE = """scope AS (
    SELECT * FROM applications
    WHERE ($disease IS NULL OR disease = $disease)
      AND ($hospital IS NULL OR hospital = $hospital)
      AND ($channel IS NULL OR channel = $channel)
      AND ($region IS NULL OR region = $region)
      AND ($month_from IS NULL OR month >= $month_from)
      AND ($month_to IS NULL OR month <= $month_to)
)"""
"""The applications asked about; every question begins with it. ``$criterion`` narrows questions on items further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """None: all. Months (``YYYY-MM``) are those of the first submission, both included."""

    disease: str | None = None
    criterion: str | None = None
    hospital: str | None = None
    channel: str | None = None
    region: str | None = None
    month_from: str | None = None
    month_to: str | None = None

    @property
    def params(self) -> dict[str, Any]:
        return asdict(self)
