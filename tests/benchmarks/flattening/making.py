"""Development pages photographed with one effect at a known strength."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from data_samples.factory.camera import CameraRecipe, Step, capture
from data_samples.factory.capture import CleanPage
from data_samples.factory.drawn import TextLine
from data_samples.factory.family import families
from data_samples.factory.paper import Row
from data_samples.factory.papers import example
from pipeline.reading.pixels import Image

__all__ = ["EFFECTS", "Taken", "taken"]

_DPI = 200
_KINDS = ("lab_report", "discharge_summary", "lab_report", "imaging_report", "lab_report", "diagnosis_certificate")
_HELD = (Step("distance", 0.05, 0.3), Step("sensor", 0.2, 0.4), Step("uneven_light", 0.1, 0.3))


def _one(*steps: tuple[str, float]) -> tuple[Step, ...]:
    own = {name for name, _ in steps}
    held = tuple(step for step in _HELD if step.name not in own)
    return (*held, *(Step(name, strength, strength) for name, strength in steps))


EFFECTS: Mapping[str, tuple[Step, ...]] = {
    "scan": (Step("skew", 0.0, 0.3), Step("scanned", 0.2, 0.4)),
    "photo, flat": _one(),
    "curl 0.3": _one(("curl", 0.3)),
    "curl 0.6": _one(("curl", 0.6)),
    "curl 0.9": _one(("curl", 0.9)),
    "perspective 0.5": _one(("perspective", 0.5)),
    "perspective 1.0": _one(("perspective", 1.0)),
    "fold 0.5": _one(("fold", 0.5)),
    "fold 1.0": _one(("fold", 1.0)),
    "crumple 0.7": _one(("crumple", 0.7)),
    "far 1.0": _one(("distance", 1.0)),
    "curl 0.7, perspective 0.7, skew 0.4": _one(("curl", 0.7), ("perspective", 0.7), ("skew", 0.4)),
    "curl 1.0, fold 0.7, perspective 1.0": _one(("curl", 1.0), ("fold", 0.7), ("perspective", 1.0)),
}


@dataclass(frozen=True)
class Taken:
    """One picture and what is printed in it."""

    label: str
    effect: str
    page: Image
    lines: tuple[TextLine, ...]
    rows: tuple[Row, ...]
    """Laboratory rows whose result is in the picture."""


def taken(count: int, effects: tuple[str, ...], *, first: int = 1, longest: int = 2600) -> Iterator[Taken]:
    """Yield ``count`` papers under each effect; the same numbers give the same pictures."""
    for number in range(first, first + count):
        kind, random = _KINDS[(number - 1) % len(_KINDS)], np.random.default_rng(number)
        paper = example(kind, random)
        fitting = [f for f in families("development") if kind in f.types and "photo" in f.media and f.fits(paper)]
        family = fitting[int(random.integers(len(fitting)))]
        drawn = family.draw(paper, random)
        page = drawn.pages[0]
        picture = drawn.pictures(_DPI)[0]
        dpi = picture.shape[1] * 25.4 / page.width
        clean = CleanPage(image=picture, lines=page.lines, marks=page.marks, dpi=dpi)
        for effect in effects:
            recipe = CameraRecipe(
                id=effect,
                medium="photo",
                stage="glass" if effect == "scan" else "phone",
                steps=EFFECTS[effect],
                longest=(longest, longest),
                quality=(85, 85),
            )
            shot = capture([clean], recipe, np.random.default_rng([number, sum(map(ord, effect))]))
            _, data = cv2.imencode(".jpg", shot.image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, shot.quality])
            pixels = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)
            seen = {mark for mark, _ in shot.sheets[0].marks}
            rows = tuple(row for row in paper.rows if row.mark and f"{row.mark}.result" in seen)
            yield Taken(f"{number} {family.id}", effect, pixels, shot.sheets[0].lines, rows)
