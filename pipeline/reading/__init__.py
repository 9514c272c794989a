"""Reading: pages become lines of text with their place, by text layer or by OCR."""

from __future__ import annotations

from pipeline.reading.choosing import Choice, choose_reader
from pipeline.reading.reader import Reader, read_pages

__all__ = ["Choice", "Reader", "choose_reader", "read_pages"]
