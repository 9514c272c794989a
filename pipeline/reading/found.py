"""What OCR made of one page, before it becomes lines of the pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.reading.geometry import Points, Quads

__all__ = ["Flattened", "Reading", "SealAt", "TextAt"]


@dataclass(frozen=True, slots=True)
class TextAt:
    """One recognised line; ``quad`` is a 4x2 array in the upright frame."""

    text: str
    confidence: float
    quad: Points
    flat: Points | None = None
    """The same in the flattened frame, where the page was made flat to read it."""


@dataclass(frozen=True, slots=True)
class SealAt:
    """One seal with its words; ``box`` is x0, y0, x1, y1 in the upright frame."""

    text: str
    centre: str
    box: tuple[float, float, float, float]
    confidence: float
    oval: bool
    colour: Literal["red", "blue", "dark"]


@dataclass(frozen=True, slots=True, eq=False)
class Flattened:
    """The frame of a page made flat, in which rows run level; lines carry their place in it as ``flat``."""

    width: int
    height: int
    grid: Quads
    """Rows x columns x 2: places in the upright frame of points spread evenly over the flat page, corners included."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one page says, in reading order, in the upright frame. ``skew`` is that of ``flat`` where a page has one."""

    lines: tuple[TextAt, ...]
    angle: int
    skew: float
    width: int
    height: int
    text_height: float | None
    seals: tuple[SealAt, ...] = ()
    flattened: Flattened | None = None
    """None: the page was read as it lies."""
    layer_refuted: bool = False
    """True when the page was read because its pixels show other digits than its text layer says."""

    @property
    def confidence(self) -> float:
        """Mean confidence weighted by characters; 0 when nothing was read."""
        total = sum(len(line.text) for line in self.lines)
        return sum(len(line.text) * line.confidence for line in self.lines) / total if total else 0.0
