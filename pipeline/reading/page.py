"""Reading one page image: detection, orientation, skew, recognition, text under seals. Runs inside a worker."""

from __future__ import annotations

import logging
from dataclasses import replace

import cv2
import numpy as np

from pipeline.reading.crops import cut_all
from pipeline.reading.engine import Engine
from pipeline.reading.flattening import Flat, flatten
from pipeline.reading.found import Flattened, Reading, SealAt, TextAt
from pipeline.reading.geometry import Quads, estimate_skew, heights, reading_order, widths
from pipeline.reading.looking import SKEW_TO_TURN, Look, detect, detection_side, look, straightened
from pipeline.reading.orientation import Known, Orientation
from pipeline.reading.pixels import Image, text_height
from pipeline.reading.seals import read_under_seals
from pipeline.reading.splitting import split_glued
from pipeline.reading.stamps import read_seals
from pipeline.reading.typography import repair

__all__ = ["read_image"]

_LOG = logging.getLogger(__name__)

_BOX = 1.4
"""Height of a detected box in heights of its characters."""
_AS_MUCH = 0.85
"""Share of the print found on the page that must be found again on the flattened picture."""
_KEEP = 0.4
"""Lines read with less confidence are noise: table borders, fingers, background."""


def read_image(engine: Engine, orientation: Orientation, image: Image, *, side: int, flat: bool = True) -> Reading:
    """Read the page ``image`` (BGR, as displayed).

    Args:
        side: longest side for detection of text of unknown size; chosen by text height when that can be estimated.
        flat: make pages flat that do not lie so. Off only to measure what it gains.
    """
    glyph = text_height(image)
    chosen = detection_side(image, glyph, side)
    seen = look(engine, orientation, image, chosen=chosen, side=side)
    image, quads = seen.image, seen.quads
    level = flatten(image, quads) if flat else None
    lines = _read_flat(engine, level, quads, side) if level is not None else []
    if level is not None and (not lines or _poor(lines)):
        plain = _read_plain(engine, seen, chosen, side)
        if _worth(plain) > _worth(lines):
            level, lines = None, plain
    elif level is None:
        lines = _read_plain(engine, seen, chosen, side)
    found = [line for line in lines if line.confidence >= _KEEP and line.text]
    boxes = np.stack([line.quad for line in found]) if found else np.empty((0, 4, 2))
    if level is not None:
        found = [replace(line, quad=level.around(line.quad), flat=line.quad) for line in found]
    skew = estimate_skew(boxes)
    return Reading(
        lines=tuple(found[i] for i in reading_order(boxes, skew)),
        angle=seen.angle,
        skew=skew,
        width=image.shape[1],
        height=image.shape[0],
        text_height=glyph,
        seals=_seals(engine, image, glyph, [line.text for line in found]),
        flattened=Flattened(level.image.shape[1], level.image.shape[0], level.grid()) if level is not None else None,
    )


def _read_plain(engine: Engine, seen: Look, chosen: int, side: int) -> list[TextAt]:
    """Read the page as it lies, turned straight where it slopes much."""
    straight, known = seen.straight, seen.known
    if straight is None and abs(estimate_skew(seen.quads)) > SKEW_TO_TURN:
        straight, known = straightened(engine, seen.image, seen.quads, chosen=chosen, side=side), {}
    if straight is None:
        lines = _recognise(engine, seen.image, seen.quads, known)
    else:
        found = _recognise(engine, straight.image, straight.quads, known)
        lines = [replace(line, quad=straight.on_page(line.quad)) for line in found]
        plain = _recognise(engine, seen.image, seen.quads, {}) if _poor(lines) else []
        if _worth(plain) > _worth(lines):
            lines = plain
    return read_under_seals(engine, seen.image, lines, side=chosen)


def _read_flat(engine: Engine, level: Flat, quads: Quads, side: int) -> list[TextAt]:
    """Read the flattened picture, quads in its frame; nothing where detection finds less there than on the page."""
    chosen = detection_side(level.image, float(np.median(heights(quads))) / _BOX, side)
    found = detect(engine, level.image, chosen, side)
    if _print(found) < _AS_MUCH * _print(quads):
        return []
    return read_under_seals(engine, level.image, _recognise(engine, level.image, found, {}), side=chosen)


def _print(quads: Quads) -> float:
    """About how many characters the boxes hold."""
    return float((widths(quads) / np.maximum(heights(quads), 1.0)).sum()) if len(quads) else 0.0


def _seals(engine: Engine, image: Image, glyph: float | None, printed: list[str]) -> tuple[SealAt, ...]:
    """Seals say whose paper it is; that is never worth a page, so odd pixels cost the seals only."""
    try:
        return read_seals(engine, image, glyph=glyph, printed=printed)
    except (cv2.error, ValueError, IndexError) as error:
        _LOG.error("seals not read: %s", type(error).__name__)
        return ()


def _recognise(engine: Engine, image: Image, quads: Quads, known: Known) -> list[TextAt]:
    quads = split_glued(image, quads)
    unread = [i for i, quad in enumerate(quads) if quad.tobytes() not in known]
    fresh = dict(zip(unread, engine.recognise(cut_all(image, quads, unread)), strict=True))
    texts = [fresh[i] if i in fresh else known[quad.tobytes()] for i, quad in enumerate(quads)]
    return [TextAt(repair(text), score, quad) for (text, score), quad in zip(texts, quads, strict=True)]


def _worth(lines: list[TextAt]) -> float:
    return sum(len(line.text) * line.confidence for line in lines if line.confidence > 0.5)


def _poor(lines: list[TextAt]) -> bool:
    total = sum(len(line.text) for line in lines)
    return total == 0 or _worth(lines) < 0.85 * total
