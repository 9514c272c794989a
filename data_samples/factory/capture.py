"""What the factory hands to the camera and what it gets back.

``camera`` offers two names: ``RECIPES`` and ``capture``. Until it is there, or for pages handed in as they are,
:func:`identity` stands in. One capture makes one picture: of one page, or of several sheets that lie side by side
(``recipe.sheets`` says how many it takes at most).
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from data_samples.factory.drawn import Box, Picture, TextLine

__all__ = ["IDENTITY", "Capture", "CapturedPage", "CleanPage", "PlainRecipe", "Recipe", "Sheet", "camera", "identity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Where the print of one clean page is; boxes are fractions of the picture that it belongs to."""

    lines: tuple[TextLine, ...]
    marks: tuple[tuple[str, Box], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanPage:
    """One page as drawn, upright, RGB."""

    image: Picture
    lines: tuple[TextLine, ...]
    marks: tuple[tuple[str, Box], ...]
    dpi: float = 200
    """Pixels per inch of ``image`` against the paper, so that effects can be sized in millimetres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedPage:
    """One picture as it is stored in the uploaded file.

    Boxes enclose the moved print and are fractions of the picture *as displayed*, that is after ``exif`` is applied.
    Print that lies outside the picture is left out; a line cut by the edge is kept with its box cut.
    """

    image: Picture
    sheets: tuple[Sheet, ...]
    """One for each clean page, in the order given."""
    angle: int = 0
    """Clockwise quarter turns, in degrees (0, 90, 180, 270), that bring the displayed picture upright."""
    exif: int | None = None
    """EXIF orientation 1 to 8 to store; None: no such tag."""
    degradations: tuple[tuple[str, float], ...] = ()
    """Name and strength from 0 (hardly seen) to 1."""
    unusable: tuple[str, ...] = ()
    """Quality codes that must be raised because nobody could read the page."""
    quality: int = 85
    """JPEG quality of the stored file."""
    grey: bool = False
    """True: store one channel."""


class Recipe(Protocol):
    """One way that paper becomes a picture."""

    @property
    def id(self) -> str:
        """Kebab case: ``phone-curled-shadow``."""

    @property
    def medium(self) -> str:
        """scan, photo or screen."""

    @property
    def weight(self) -> float:
        """How often it is drawn among those of its medium."""

    @property
    def sheets(self) -> int:
        """How many clean pages one picture may show."""


class Capture(Protocol):
    """``camera.capture``."""

    def __call__(self, pages: Sequence[CleanPage], recipe: Recipe, rng: np.random.Generator) -> CapturedPage:
        """Return the picture of ``pages``; the same generator state gives the same picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainRecipe:
    """A recipe without settings."""

    id: str
    medium: str
    weight: float = 1.0
    sheets: int = 1


IDENTITY: Mapping[str, Recipe] = {
    medium: PlainRecipe(id=f"{medium}-as-drawn", medium=medium) for medium in ("scan", "photo", "screen")
}


def identity(pages: Sequence[CleanPage], recipe: Recipe, rng: np.random.Generator) -> CapturedPage:
    """Return the first page as it is."""
    page = pages[0]
    return CapturedPage(image=page.image, sheets=(Sheet(lines=page.lines, marks=page.marks),), quality=92)


def camera() -> tuple[Mapping[str, Recipe], Capture]:
    """Return recipes and capture of the camera, or the identity where there is no camera."""
    try:
        module = importlib.import_module("data_samples.factory.camera")
    except ModuleNotFoundError:
        return IDENTITY, identity
    recipes: Mapping[str, Recipe] | None = getattr(module, "RECIPES", None)
    capture: Capture | None = getattr(module, "capture", None)
    if not recipes or capture is None:
        return IDENTITY, identity
    return recipes, capture
