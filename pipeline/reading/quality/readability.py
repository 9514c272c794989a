"""How well a page was read: the only judge of whether it is usable."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pipeline.reading.found import Reading
from pipeline.reading.quality import limits

__all__ = ["Readability", "Verdict", "judge"]


class Verdict(Enum):
    WELL = "well"
    """Never refused."""
    PARTLY = "partly"
    """Most of it can be used; where a cause is measurable, it is worth a word."""
    BADLY = "badly"
    """Refused."""


@dataclass(frozen=True, slots=True)
class Readability:
    """What the reader itself says of a page."""

    characters: int
    confidence: float
    """Mean over characters; 0 when nothing was read."""
    sure: float
    """Share of characters in lines read with confidence."""

    @property
    def verdict(self) -> Verdict:
        if self.characters < limits.FEW_CHARACTERS and self.confidence < limits.WELL_READ:
            return Verdict.BADLY
        if self.confidence >= limits.WELL_READ and self.sure >= limits.SURE_SHARE:
            return Verdict.WELL
        if self.confidence < limits.UNREADABLE or self.sure < limits.LEAST_SURE_SHARE:
            return Verdict.BADLY
        return Verdict.PARTLY


def judge(reading: Reading) -> Readability:
    """Weigh the lines of a page by their characters."""
    counts = [(len(line.text), line.confidence) for line in reading.lines]
    total = sum(count for count, _ in counts)
    sure = sum(count for count, confidence in counts if confidence >= limits.SURE_LINE)
    return Readability(
        characters=total,
        confidence=reading.confidence,
        sure=sure / total if total else 0.0,
    )
