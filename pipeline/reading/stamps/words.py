"""Reads the words of the seals on one page: round the rim, and straight across the middle."""

from __future__ import annotations

import re
from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.reading.engine import Engine
from pipeline.reading.found import SealAt
from pipeline.reading.pixels import Image
from pipeline.reading.stamps.ink import seal_ink
from pipeline.reading.stamps.middle import middle_of
from pipeline.reading.stamps.rings import Ring, find_rings
from pipeline.reading.stamps.unroll import Unrolled, as_strip, inked_again, towards_middle, unroll

__all__ = ["find_seals", "read_seals"]

_MOST = 5
"""Seals read on one page; a page full of rings is a pattern, not paper with seals."""
_HALF = 200.0
"""Pixels of a seal's short half axis when it is read: characters are then about 50 high."""
_MAGNIFIED = 3.5
_MARGIN = 0.16
_MARKS, _RIM, _DARK_RIM = 8, 0.55, 0.62
_FILLED = (0.02, 0.36)
_WORDLESS = 14
"""Marks between ink and paper round the rim from which a red seal without a readable word is still a seal."""
_WIDER = 1.25
_FULLER = 0.75
_DISPUTED = 0.85
"""Highest confidence of a name that two readings do not agree on."""
_NAME, _CERTAIN = 5, 0.9
"""Characters and confidence of a name from which finding it in print settles it."""
_ENDS = ("医院", "卫生院", "中心")
"""How names of hospitals end."""
_OPEN = 0.12
"""Radians on either side of the bottom below which the text may run all round."""
_LOWER = 0.07
"""Part of the way round that a second text takes at least."""
_LONGEST = 32.0
"""Length of a strip in heights beyond which it is no text."""
_KEEP = 0.5
"""Words read with less confidence are no words."""


def read_seals(engine: Engine, image: Image, *, glyph: float | None, printed: Sequence[str] = ()) -> tuple[SealAt, ...]:
    """Find the round and oval seals on a page and read them; largest first.

    A red seal that cannot be read comes without words. On a page without rings of ink nothing is recognised.

    Args:
        image: BGR, upright.
        glyph: usual height of the page's characters in pixels, where known.
        printed: lines read on the page; a name that stands there too needs no second reading.
    """
    seals = (_read(engine, *found, printed) for found in find_seals(image, glyph=glyph))
    return tuple(seal for seal in seals if seal is not None)


def find_seals(image: Image, *, glyph: float | None) -> list[tuple[Ring, Image, Unrolled]]:
    """Rims of ink on the page within which characters stand, with the seal's ink enlarged and unrolled."""
    found: list[tuple[Ring, Image, Unrolled]] = []
    for ring in find_rings(image, glyph=glyph):
        patch, inner = _patch(image, ring)
        if min(patch.shape[:2]) < _HALF:
            continue  # hardly half of it is on the picture
        ink = seal_ink(patch, ring.colour)
        unrolled = unroll(ink, inner)
        if _is_seal(unrolled):
            found.append((ring, ink, unrolled))
        if len(found) == _MOST:
            break
    return found


def _is_seal(unrolled: Unrolled) -> bool:
    """Characters within a rim: emblems, organs, slides of cells and patterns of wood have other insides."""
    least = _DARK_RIM if unrolled.ring.colour == "dark" else _RIM
    return unrolled.rim >= least and _FILLED[0] <= unrolled.filled <= _FILLED[1] and unrolled.marks >= _MARKS


def _patch(image: Image, ring: Ring) -> tuple[Image, Ring]:
    """The seal and a little around it at a common size, and its rim there."""
    x0, y0, x1, y1 = ring.box(_MARGIN)
    left, top = max(0, int(x0)), max(0, int(y0))
    part = image[top : int(y1) + 1, left : int(x1) + 1]
    factor = min(_MAGNIFIED, _HALF / ring.short)
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    patch = np.asarray(cv2.resize(part, None, fx=factor, fy=factor, interpolation=way), dtype=np.uint8)
    moved = Ring(ring.x - left, ring.y - top, ring.long, ring.short, ring.tilt, ring.colour, ring.cover)
    return patch, moved.scaled(factor)


def _read(engine: Engine, ring: Ring, ink: Image, unrolled: Unrolled, printed: Sequence[str]) -> SealAt | None:
    middle = middle_of(ink, unrolled)
    rim = inked_again(unrolled, middle.rest)
    text, confidence = _rim_text(engine, rim, middle.rest, printed)
    lines = [_reading(engine, line) for line in middle.lines] or [_lower_arc(engine, rim)]
    kept = [line for line, score in lines if score >= _KEEP]
    if not text and not kept and (ring.colour != "red" or unrolled.marks < _WORDLESS):
        return None  # an emblem, a rubber mark, a drawing
    x0, y0, x1, y1 = ring.box()
    return SealAt(
        text=text,
        centre=" ".join(kept),
        box=(x0, y0, x1, y1),
        confidence=confidence,
        oval=ring.oval,
        colour=ring.colour,
    )


def _rim_text(engine: Engine, rim: Unrolled, ink: Image, printed: Sequence[str]) -> tuple[str, float]:
    """The text round the seal, read from two strips: a name that only one of them gives is not certain.

    Hospitals print the name in their seal at the head of their papers too; that is a second reading as good.

    A worn character is often passed over without a trace in the confidence; where one reading is the other with a
    character more, that one is right.
    """
    strip = _upper_arc(rim)
    first = _reading(engine, strip)
    if first[1] >= _CERTAIN and _heads(first[0], printed):
        return first
    second = _reading(engine, _otherwise(rim, ink, strip))
    if first[0] == second[0]:
        best = max(first, second, key=lambda found: found[1])
    else:
        short, long = sorted((first, second), key=lambda found: len(found[0]))
        fuller = len(short[0]) < len(long[0]) and long[1] >= _FULLER and _follows(short[0], long[0])
        best = long if fuller else max(first, second, key=lambda found: found[1])
        best = (best[0], min(best[1], _DISPUTED))
    return best if best[1] >= _KEEP else ("", 0.0)


def _heads(name: str, printed: Sequence[str]) -> bool:
    """True when a line of the page begins with this name, whole: a part of a name stands within one too."""
    whole = len(name) >= _NAME and name.endswith(_ENDS)
    return whole and any(re.sub(r"\s+", "", line).startswith(name) for line in printed)


def _follows(short: str, long: str) -> bool:
    """True when the characters of ``short`` stand in ``long`` in this order."""
    rest = iter(long)
    return all(character in rest for character in short)


def _otherwise(rim: Unrolled, ink: Image, strip: Image) -> Image:
    """The same text unrolled in another way, by what the seal is like."""
    count = len(rim.turns)
    if rim.ring.oval:
        return as_strip(towards_middle(rim, ink))
    if rim.gap < _OPEN and not rim.arcs:
        # Text all round, or a bottom taken wrongly: the first strip may have cut it within a word.
        return as_strip(rim, start=(rim.start + count // 2) % count)
    if not strip.shape[1]:
        return strip
    return np.asarray(cv2.resize(strip, None, fx=_WIDER, fy=1.0, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def _upper_arc(rim: Unrolled) -> Image:
    """The text round the seal, without a second one along the lower rim."""
    if not rim.arcs or rim.ring.oval:
        return as_strip(rim)
    start, length = rim.arcs[0]
    return as_strip(rim, start=start, share=length / len(rim.turns))


def _lower_arc(engine: Engine, rim: Unrolled) -> tuple[str, float]:
    """What a second text along the lower rim says: its characters stand upright, so unrolled they hang head down."""
    if not rim.arcs:
        return "", 0.0
    start, length = rim.arcs[1]
    if length < _LOWER * len(rim.turns):
        return "", 0.0
    strip = as_strip(rim, start=start, share=length / len(rim.turns))
    return _reading(engine, np.ascontiguousarray(strip[::-1, ::-1]))


def _reading(engine: Engine, strip: Image | None) -> tuple[str, float]:
    if strip is None or not 1 <= strip.shape[1] / strip.shape[0] <= _LONGEST:
        return "", 0.0
    text, score = engine.recognise([strip])[0]
    text = _words(text)
    return (text, score) if len(text) >= 2 else ("", 0.0)


_EDGE = re.compile(r"^[^\u3007\u4e00-\u9fff]+|[^\u3007\u4e00-\u9fff)）]+$")


def _words(text: str) -> str:
    """Without spaces, and without what is no Chinese at both ends: rests of the rim, ornaments, a code upside down."""
    return _EDGE.sub("", re.sub(r"\s+", "", text))
