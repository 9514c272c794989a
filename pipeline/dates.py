"""Dates as Chinese papers print them; shared by every stage that reads text."""

from __future__ import annotations

from pipeline.normalising.dates import FoundDate, Precision, parse_dates, single_date

__all__ = ["FoundDate", "Precision", "parse_dates", "single_date"]
