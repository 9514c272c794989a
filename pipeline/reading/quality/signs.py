"""All measurements of one page image: about 20 ms of one core where it reads well, 40 where a cause is sought."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.reading.found import Reading
from pipeline.reading.geometry import heights
from pipeline.reading.pixels import Image
from pipeline.reading.quality import limits
from pipeline.reading.quality.edges import Cut, cut_sides
from pipeline.reading.quality.hand import covered
from pipeline.reading.quality.light import Burnt, burnt, paper_level
from pipeline.reading.quality.readability import Verdict, judge
from pipeline.reading.quality.sharpness import softness
from pipeline.reading.quality.sheet import longest_crease, paper_of
from pipeline.reading.quality.view import View, view

__all__ = ["Signs", "Trouble", "measure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Measured only where a page does not read well."""

    softness: float | None
    """Width of print's edges in heights of its line; None where nothing has any contrast."""
    crease: float
    """Longest fold as a share of the shorter side; not looked for in a blurred picture."""
    sheet: float
    """Share of the picture that is paper; 1 where there is print."""
    ink: float
    """Share of the sheet that is dark against its surroundings; 1 where there is print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What the pixels say; none of it is a judgement."""

    paper: float
    """Brightness of paper, 0 to 255."""
    line_height: float | None
    """Usual height of a line's box in pixels."""
    burnt: Burnt | None
    covered: tuple[float, tuple[float, float]] | None
    """Share of the printed area under a hand, and where."""
    cut: tuple[Cut, ...]
    trouble: Trouble | None
    """None for a page that reads well: nobody needs to know why it does."""


def measure(image: Image, glyph: float | None, reading: Reading | None = None) -> Signs:
    """Measure a page image.

    Args:
        image: BGR or gray, as displayed, at its full resolution.
        glyph: height of a character in pixels, if known.
        reading: what was read of it. Without it (before reading) nothing is known of where print should be, so glare,
            fingers and cut edges are not looked for.
    """
    at = view(image, reading)
    paper = paper_level(at)
    tall = None
    if reading is not None and reading.lines:
        tall = float(np.median(heights(np.stack([line.quad for line in reading.lines]))))
    elif glyph is not None:
        tall = 1.4 * glyph
    well = reading is not None and judge(reading).verdict is Verdict.WELL
    return Signs(
        paper=paper,
        line_height=tall,
        burnt=burnt(image, reading, at),
        covered=covered(at),
        cut=cut_sides(image, reading) if reading is not None else (),
        trouble=None if well else _trouble(image, at, reading, glyph),
    )


def _trouble(image: Image, at: View, reading: Reading | None, glyph: float | None) -> Trouble:
    """Look for causes, the dear ones only where the cheap ones explain nothing."""
    found = glyph is not None or (reading is not None and bool(reading.lines))
    soft = softness(image, reading, glyph) if found else None
    # Only a page without print asks whether there is a sheet at all.
    bare = glyph is None or reading is None or judge(reading).characters < limits.FEW_CHARACTERS
    sheet = paper_of(at) if bare else None
    return Trouble(
        softness=soft,
        crease=0.0 if soft is not None and soft > limits.SOFT else longest_crease(at),
        sheet=sheet.share if sheet else 1.0,
        ink=sheet.ink if sheet else 1.0,
    )
