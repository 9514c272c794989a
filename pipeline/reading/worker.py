"""What a reading worker process does: load one engine once, then read one page at a time."""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pipeline.nouns import Quad, QualityIssue
from pipeline.reading.choosing import confirms
from pipeline.reading.crops import straighten
from pipeline.reading.engine import Engine
from pipeline.reading.found import Reading
from pipeline.reading.orientation import Orientation
from pipeline.reading.page import read_image
from pipeline.reading.pixels import Image, load, text_height
from pipeline.reading.quality import issues, measure
from pipeline.reading.stamps import read_seals
from pipeline.settings import OcrSettings

__all__ = ["Job", "prepare", "read"]


@dataclass(frozen=True, slots=True)
class Job:
    """One page to read. ``where`` names the page to the applicant."""

    image: Path
    where: str
    spots: tuple[tuple[Quad, str], ...] = ()
    """Lines of a text layer (place, text) to be confirmed: when they are, the page is not read."""
    seals_only: bool = False
    """True for a page whose text is known: only its seals are read."""


class _Loaded:
    settings: OcrSettings
    engine: Engine
    orientation: Orientation


def prepare(settings: OcrSettings) -> None:
    """Load the models; called once per process."""
    _Loaded.settings = settings
    _Loaded.engine = Engine(settings)
    _Loaded.orientation = Orientation(settings.orientation_model)


def read(job: Job) -> tuple[Reading, tuple[QualityIssue, ...]]:
    """Read one page. Where only its text layer is to be confirmed, and is, the reading has no lines.

    Raises:
        TaskError: ``image_missing``.
    """
    try:
        image = load(job.image)
        refuted = bool(job.spots) and not _confirmed(image, job.spots)
        if not refuted and job.seals_only:
            return _seals(image), ()
        if not refuted and job.spots:
            return Reading((), angle=0, skew=0.0, width=image.shape[1], height=image.shape[0], text_height=None), ()
        reading = read_image(_Loaded.engine, _Loaded.orientation, image, side=_Loaded.settings.detection_side)
        reading = replace(reading, layer_refuted=refuted)
        return reading, issues(reading, measure(image, reading.text_height, reading), where=job.where)
    finally:
        _Loaded.engine.release()
        _give_back()


def _seals(image: Image) -> Reading:
    """The seals of a page that stands upright and whose text somebody else knows."""
    height, width = image.shape[:2]
    glyph = text_height(image)
    seals = read_seals(_Loaded.engine, image, glyph=glyph)
    return Reading((), angle=0, skew=0.0, width=width, height=height, text_height=glyph, seals=seals)


def _confirmed(image: Image, spots: Sequence[tuple[Quad, str]]) -> bool:
    quads = np.array([quad for quad, _ in spots], dtype=np.float64)
    read = _Loaded.engine.recognise([straighten(image, quad) for quad in quads])
    return confirms([text for _, text in spots], [text for text, _ in read])


def _give_back() -> None:
    """Return freed memory to the system: line by line inputs of every width leave the heap full of holes (H2)."""
    with contextlib.suppress(OSError, AttributeError):  # glibc only
        ctypes.CDLL(None).malloc_trim(0)
