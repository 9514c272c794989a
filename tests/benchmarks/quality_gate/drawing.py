"""Pages for the benchmark: factory papers under the camera's recipes, usable ones by weight, unusable ones in turn."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from data_samples.factory.camera import RECIPES, UNUSABLE, CameraRecipe, capture
from data_samples.factory.capture import CleanPage
from data_samples.factory.family import Family, Split, families
from data_samples.factory.papers import COMPOSE, example

__all__ = ["Shot", "shots"]

_DPI = 200
_USABLE_OF_FIVE = 3
"""Of five pages, how many are usable."""
_MEDIA = {"photo": 0.7, "scan": 0.25, "screen": 0.05}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One stored picture and what is true of it."""

    name: str
    jpeg: bytes
    """As displayed: without an orientation tag."""
    family: str
    recipe: str
    unusable: tuple[str, ...]
    """Codes that must be raised; empty for a usable page."""
    texts: tuple[str, ...]
    """Lines of print that are in the picture."""


def shots(count: int, *, seed: int, split: Split, kept: Path | None = None) -> Iterator[Shot]:
    """Draw ``count`` pages; the same arguments give the same pages. Those in ``kept`` are not drawn again."""
    bad = list(UNUSABLE.values())
    good = [recipe for recipe in RECIPES.values() if not recipe.unusable]
    turn = 0
    for number in range(count):
        rng = np.random.default_rng([seed, number, 0 if split == "development" else 1])
        if number % 5 < _USABLE_OF_FIVE:
            medium = str(rng.choice(list(_MEDIA), p=list(_MEDIA.values())))
            known = [recipe for recipe in good if recipe.medium == medium]
            weight = np.array([recipe.weight for recipe in known])
            recipe = known[int(rng.choice(len(known), p=weight / weight.sum()))]
        else:
            recipe, turn = bad[turn % len(bad)], turn + 1
        name = f"{split}-{seed}-{number:03d}-{recipe.id}"
        path = None if kept is None else kept / f"{name}.shot"
        if path is not None and path.is_file():
            shot: Shot = pickle.loads(path.read_bytes())
        else:
            shot = _shot(recipe, split, rng, name)
            if path is not None:
                path.write_bytes(pickle.dumps(shot))
        yield shot


def _shot(recipe: CameraRecipe, split: Split, rng: np.random.Generator, name: str) -> Shot:
    fitting = [family for family in families(split) if recipe.medium in family.media] or list(families(split))
    pages, family = [], fitting[0]
    for _ in range(recipe.sheets):
        page, family = _clean(fitting, rng)
        pages.append(page)
    # Pictures are judged as displayed, so none of them needs an orientation tag.
    taken = capture(pages, replace(recipe, exif=0.0), rng)
    stored = cv2.imencode(".jpg", taken.image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, taken.quality])[1]
    return Shot(
        name=name,
        jpeg=stored.tobytes(),
        family=family.id,
        recipe=recipe.id,
        unusable=taken.unusable,
        texts=tuple(line.text for sheet in taken.sheets for line in sheet.lines),
    )


def _clean(fitting: list[Family], rng: np.random.Generator) -> tuple[CleanPage, Family]:
    """Draw one page of a family that has papers and can hold the one drawn."""
    for _ in range(200):
        family = fitting[int(rng.integers(len(fitting)))]
        types = sorted(family.types & set(COMPOSE))
        if not types:
            continue
        paper = example(types[int(rng.integers(len(types)))], rng)
        if not family.fits(paper):
            continue
        drawn = family.draw(paper, rng)
        picture: NDArray[np.uint8] = drawn.pictures(_DPI)[0]
        first = drawn.pages[0]
        return CleanPage(image=picture, lines=first.lines, marks=first.marks, dpi=_DPI), family
    raise RuntimeError("no family holds the papers drawn")
