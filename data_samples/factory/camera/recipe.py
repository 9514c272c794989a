"""A recipe: what may befall a page on one way from paper to file, and how likely each thing is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["CameraRecipe", "Step", "alone"]


@dataclass(frozen=True, slots=True)
class Step:
    """One effect that happens with ``chance``, with a strength drawn between ``low`` and ``high``."""

    name: str
    low: float = 0.2
    high: float = 0.8
    chance: float = 1.0

    def drawn(self, rng: np.random.Generator) -> float | None:
        """Return a strength, or None where the effect does not happen."""
        happens, strength = rng.random() < self.chance, float(rng.uniform(self.low, self.high))
        return strength if happens else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraRecipe:
    """One way that paper becomes a picture (see ``capture.Recipe``)."""

    id: str
    medium: str
    weight: float = 1.0
    """About how many of a hundred uploads; compared within one medium."""
    sheets: int = 1
    stage: str = "phone"
    """phone, glass or flat (see ``placing.Standing``)."""
    steps: tuple[Step, ...] = ()
    surfaces: tuple[str, ...] = ("wood", "board", "stone", "bedsheet", "tiles", "papers", "dark")
    longest: tuple[int, int] = (2000, 3000)
    """Pixels of a photograph's longer side: 12 megapixels, as phones and portals scale them."""
    dpi: tuple[int, ...] = (150, 200, 200)
    """Of a scan."""
    fill: tuple[float, float] | None = None
    """Share of the frame in place of the distance."""
    quality: tuple[int, int] = (72, 92)
    exif: float = 0.0
    """Chance that the file relies on the EXIF orientation, as phones write it."""
    turned: float = 0.0
    """Chance that the picture lies on its side or head and nothing in the file says so."""
    black_lid: float = 0.0
    grey: bool = False
    subject: str = "page"
    """page; back (the empty side of the sheet); nothing (no document in the picture)."""
    unusable: tuple[str, ...] = ()
    """Quality codes that every picture of this recipe must raise."""


def alone(name: str, strength: float, *, stage: str = "flat") -> CameraRecipe:
    """Return a recipe with a single effect, to look at it or to test it."""
    return CameraRecipe(
        id=f"alone-{name}",
        medium="photo",
        stage=stage,
        steps=(Step(name, strength, strength),),
        quality=(95, 95),
        longest=(2400, 2400),
        surfaces=("board",),
    )
