"""What OCR made of one page, before it becomes lines of the pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.reading.geometry import Points

__all__ = ["Reading", "SealAt", "TextAt"]


@dataclass(frozen=True, slots=True)
class TextAt:
    """One recognised line; ``quad`` is a 4x2 array in the upright frame."""

    text: str
    confidence: float
    quad: Points


@dataclass(frozen=True, slots=True)
class SealAt:
    """One seal with its words; ``box`` is x0, y0, x1, y1 in the upright frame."""

    text: str
    centre: str
    box: tuple[float, float, float, float]
    confidence: float
    oval: bool
    colour: Literal["red", "blue", "dark"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one page says, in reading order, in the upright frame."""

    lines: tuple[TextAt, ...]
    angle: int
    skew: float
    width: int
    height: int
    text_height: float | None
    seals: tuple[SealAt, ...] = ()

    @property
    def confidence(self) -> float:
        """Mean confidence weighted by characters; 0 when nothing was read."""
        total = sum(len(line.text) for line in self.lines)
        return sum(len(line.text) * line.confidence for line in self.lines) / total if total else 0.0
