"""Ink: what stands on the paper where a signature or a seal belongs, decided from pixels.

Everything works in the upright frame on a copy of the page image. Lengths are relative to the height of the label's
characters, so that a photo and a scan are measured alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.extracting.form.canvas import Canvas, Mask, load_canvas
from pipeline.nouns import Line
from rules.engine.facts import Box, InkState

__all__ = ["Canvas", "InkReading", "find_seals", "load_canvas", "no_seal", "signature_in", "tick_ink"]


@dataclass(frozen=True, slots=True)
class InkReading:
    """State of one region, the region in the upright frame, and how sure (0 to 1)."""

    state: InkState
    box: Box
    confidence: float


def _without_rules(mask: Mask, tall: float) -> Mask:
    """Remove table rules and underlines: straight runs much longer than a character."""
    source = mask.astype(np.uint8)
    run = max(12, int(tall * 1.8))
    kept = source.copy()
    for shape in ((run, 1), (1, run)):
        lines = cv2.morphologyEx(source, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, shape))
        thick = cv2.dilate(lines, np.ones((3, 3), np.uint8))
        kept[thick > 0] = 0
    return np.asarray(kept > 0)


def _blank(mask: Mask, canvas: Canvas, region: Box, lines: Sequence[Line], margin: float) -> Mask:
    """Blank out printed lines of text inside a region."""
    clear = mask.copy()
    for line in lines:
        x0, y0, x1, y1 = line.upright
        a = int((y0 - region[1] - margin) * canvas.scale)
        b = int((y1 - region[1] + margin) * canvas.scale)
        c = int((x0 - region[0] - margin) * canvas.scale)
        d = int((x1 - region[0] + margin) * canvas.scale)
        clear[max(0, a) : max(0, b), max(0, c) : max(0, d)] = False
    return clear


@dataclass(frozen=True, slots=True)
class _Blob:
    width: float
    height: float
    area: int
    x: float
    y: float


def _blobs(mask: Mask, least: int) -> list[_Blob]:
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    return [
        _Blob(
            float(s[cv2.CC_STAT_WIDTH]),
            float(s[cv2.CC_STAT_HEIGHT]),
            int(s[cv2.CC_STAT_AREA]),
            float(s[0]),
            float(s[1]),
        )
        for s in stats[1:count]
        if s[cv2.CC_STAT_AREA] >= least
    ]


def signature_in(
    canvas: Canvas,
    region: Box,
    *,
    tall: float,
    row: float,
    slope: float,
    printed: Sequence[Line],
    answer: Line | None,
    label: Box | None = None,
) -> InkReading:
    """Look for handwriting in ``region``.

    Args:
        canvas: the page.
        region: where to look, in the upright frame.
        tall: height of the label's characters, pixels of the upright frame.
        row: middle of the label's row at the left edge of the region; print stands on it, handwriting seldom does.
        slope: rise of that row per pixel.
        printed: lines of other fields inside the region; their ink is not looked at.
        answer: a line that OCR read where the signature belongs: a printed name or handwriting, told by its shape.
        label: box of the label itself, whose print the answer is compared with.
    """
    unit = max(tall * canvas.scale, 6.0)
    dark = canvas.cut(canvas.dark, region)
    if dark.size == 0:
        return InkReading(InkState.UNSURE, region, 0.3)
    red = canvas.cut(canvas.red, region)
    near_red = cv2.dilate(red.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0 if red.any() else red
    ink = _without_rules(dark & ~near_red, unit)
    ink = _blank(ink, canvas, region, printed, 0.12 * tall)
    blue = _blank(canvas.cut(canvas.blue, region), canvas, region, printed, 0.0)
    blobs = _blobs(ink, max(6, int(0.012 * unit * unit)))
    strokes = [blob for blob in blobs if max(blob.width, blob.height) >= 0.3 * unit]
    area = sum(blob.area for blob in strokes)
    if area < 0.1 * unit * unit or not strokes:
        covered = float(red.mean()) > 0.06
        return InkReading(InkState.UNSURE if covered else InkState.EMPTY, region, 0.5 if covered else 0.85)
    blue_area = int((blue & ink).sum())
    if canvas.coloured and blue_area > 0.35 * area and area > 0.25 * unit * unit:
        return InkReading(InkState.PRESENT, region, 0.9)
    off_row = _off_row(strokes, (row - region[1]) * canvas.scale, slope, unit)
    if label is not None and _unlike_print(canvas, ink, region, label, answer, slope, unit):
        return InkReading(InkState.PRESENT, region, 0.75)
    # What a file holds as text was typed, in whatever colour.
    typed = answer is not None and answer.reader == "text-layer"
    if label is not None and not typed and area > 0.25 * unit * unit and pen_colour(canvas, ink, region, label):
        return InkReading(InkState.PRESENT, region, 0.75)
    if off_row < 0.45 and _looks_printed(strokes, unit, answer, tall):
        if answer is None and unread_hand(strokes, unit):
            return InkReading(InkState.PRESENT, region, 0.65)
        beside = _blank(ink, canvas, region, [answer], 0.12 * tall) if answer is not None else ink
        if answer is not None and beside_print(_blobs(beside, max(6, int(0.012 * unit * unit))), unit):
            return InkReading(InkState.PRESENT, region, 0.65)
        return InkReading(InkState.UNSURE, region, 0.6)
    largest = max(max(blob.width, blob.height) for blob in strokes)
    spread = max(b.y + b.height for b in strokes) - min(b.y for b in strokes)
    if largest >= 1.35 * unit and area >= 0.35 * unit * unit:
        return InkReading(InkState.PRESENT, region, 0.85)
    if spread >= 1.45 * unit and area >= 0.6 * unit * unit and len(strokes) >= 2:
        return InkReading(InkState.PRESENT, region, 0.7)
    if off_row >= 0.55 and area >= 0.5 * unit * unit and answer is not None:
        return InkReading(InkState.PRESENT, region, 0.7)
    if answer is None and unread_hand(strokes, unit):
        return InkReading(InkState.PRESENT, region, 0.65)
    return InkReading(InkState.UNSURE, region, 0.5)


def _off_row(strokes: Sequence[_Blob], row: float, slope: float, unit: float) -> float:
    """How far the ink stands above or below the row of its label, in characters (weighted by area)."""
    total = sum(blob.area for blob in strokes)
    middle = sum(blob.area * (blob.y + blob.height / 2 - row - slope * (blob.x + blob.width / 2)) for blob in strokes)
    return abs(middle / max(total, 1)) / unit


_HIGHER, _FAR_HIGHER, _SLANTED = 1.22, 1.45, 0.1
"""How a hand differs from its label: height of the ink as a multiple, slant as a tangent. Names printed on the form
measure 0.9 to 1.15 and 0.0; a larger face on the same line stands upright and is seldom half as high again."""


def _unlike_print(
    canvas: Canvas, ink: Mask, region: Box, label: Box, answer: Line | None, slope: float, unit: float
) -> bool:
    """True when the ink is higher than the print of its label and slants, or is far higher: a hand wrote it."""
    x0, y0, x1, y1 = region
    if answer is not None:
        pad = 0.45 * unit / canvas.scale
        a0, b0, a1, b1 = answer.upright
        x0, y0, x1, y1 = max(x0, a0 - pad), max(y0, b0 - pad), min(x1, a1 + pad), min(y1, b1 + pad)
    place = [int(v * canvas.scale) for v in (x0 - region[0], y0 - region[1], x1 - region[0], y1 - region[1])]
    own = ink[max(0, place[1]) : max(0, place[3]), max(0, place[0]) : max(0, place[2])]
    hand = _stature(own, slope, unit)
    print_ = _stature(_without_rules(canvas.cut(canvas.dark, label), unit), slope, unit)
    if hand is None or print_ is None or print_[0] < max(6.0, 0.25 * unit):
        return False
    higher = hand[0] / print_[0]
    return higher >= _FAR_HIGHER or (higher >= _HIGHER and abs(hand[1] - print_[1]) >= _SLANTED)


def _stature(mask: Mask, slope: float, unit: float) -> tuple[float, float] | None:
    """Height of the ink across its row in pixels, and its slant: the shear that makes its strokes stand upright."""
    count, places, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    kept = np.zeros(count, dtype=np.bool_)
    for number in range(1, count):
        width, area = stats[number][cv2.CC_STAT_WIDTH], stats[number][cv2.CC_STAT_AREA]
        # What is left of a sloping rule is long and thin.
        rule = width >= 2.5 * unit and area < 0.2 * unit * width
        kept[number] = area >= max(6, 0.012 * unit * unit) and not rule
    ys, xs = np.nonzero(kept[places])
    if len(ys) < 0.1 * unit * unit:
        return None
    level = ys - slope * xs
    low, high = np.percentile(level, [3, 97])
    best, sharpest = 0.0, -1.0
    for shear in np.arange(-0.5, 0.51, 0.05):
        columns = np.bincount(np.clip(xs + shear * (level - level.mean()) + 2 * unit, 0, None).astype(int))
        sharp = float((np.diff(columns.astype(float)) ** 2).sum())
        if sharp > sharpest:
            best, sharpest = float(shear), sharp
    return float(high - low), best


def pen_colour(canvas: Canvas, ink: Mask, region: Box, label: Box) -> bool:
    """True when the ink is bluer than the print of its label: a pen, also one too dark to be called blue."""
    if not canvas.coloured:
        return False
    hand, print_ = canvas.tint(ink, region), canvas.tint(canvas.cut(canvas.dark, label), label)
    return hand is not None and print_ is not None and print_ - hand >= _BLUER


_BLUER = 7.0
"""Steps of CIELAB's b by which a pen differs from black print; JPEG and lamps leave print within 3 of itself."""


def unread_hand(strokes: Sequence[_Blob], unit: float) -> bool:
    """True for as much ink as a name has where the reader found no text: print it would have read."""
    wide = max(b.x + b.width for b in strokes) - min(b.x for b in strokes)
    high = max(b.y + b.height for b in strokes) - min(b.y for b in strokes)
    area = sum(b.area for b in strokes)
    full = area / max(wide * high, 1.0)
    name = 1.3 * unit <= wide <= 8 * unit and 0.8 * unit <= high <= 3 * unit
    return name and len(strokes) >= 3 and area >= 0.5 * unit * unit and 0.05 <= full <= 0.5


def beside_print(blobs: Sequence[_Blob], unit: float) -> bool:
    """True when more ink than specks stands beside a printed name: typed and signed."""
    strokes = [b for b in blobs if max(b.width, b.height) >= 0.4 * unit]
    return sum(b.area for b in strokes) >= 0.4 * unit * unit and any(
        max(b.width, b.height) >= unit and min(b.width, b.height) >= 0.3 * unit for b in strokes
    )


def _looks_printed(strokes: Sequence[_Blob], unit: float, answer: Line | None, tall: float) -> bool:
    """Printed names keep the label's size and one straight line; handwriting does neither."""
    top = min(blob.y for blob in strokes)
    bottom = max(blob.y + blob.height for blob in strokes)
    level = bottom - top <= 1.3 * unit
    small = all(max(blob.width, blob.height) <= 1.3 * unit for blob in strokes)
    if answer is not None and answer.confidence >= 0.85:
        x0, y0, x1, y1 = answer.upright
        per_glyph = (x1 - x0) / max(len(answer.text.replace(" ", "")), 1)
        return (y1 - y0) <= 1.35 * tall and per_glyph <= 1.6 * tall and (small or level)
    return level and small


def find_seals(canvas: Canvas, *, tall: float) -> tuple[Box, ...]:
    """Boxes of the red seals on the page, largest first, in the upright frame.

    A seal is a red patch several characters wide and high, roughly round or square, mostly paper inside its rim. Red
    letterheads and underlines are long and flat, red flags and figures small.
    """
    unit = max(tall * canvas.scale, 6.0)
    side = _odd(unit * 0.9)
    x, y, width, height = cv2.boundingRect(canvas.red.view(np.uint8))
    if not width:
        return ()
    # Seals cover a small part of the page.
    left, top = max(x - side, 0), max(y - side, 0)
    part = canvas.red[top : y + height + side, left : x + width + side].astype(np.uint8)
    merged = cv2.morphologyEx(part, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    found: list[tuple[float, Box]] = []
    for blob in _blobs(np.asarray(merged > 0), int(unit * unit)):
        x0, y0 = blob.x + left, blob.y + top
        box: Box = (
            x0 / canvas.scale,
            y0 / canvas.scale,
            (x0 + blob.width) / canvas.scale,
            (y0 + blob.height) / canvas.scale,
        )
        aspect = blob.width / max(blob.height, 1.0)
        inked = float(canvas.cut(canvas.red, box).mean())
        if min(blob.width, blob.height) >= 2.6 * unit and 0.5 <= aspect <= 2.0 and inked >= 0.04:
            found.append((blob.width * blob.height, box))
    return tuple(box for _, box in sorted(found, reverse=True))


def no_seal(canvas: Canvas, region: Box, *, tall: float, row: bool = False) -> InkReading:
    """Say of a region without a plain red seal whether it is empty or cannot be told.

    On a picture without colour a seal cannot be told from other ink: only a region with no ink beside its printed text
    is empty. In a whole ``row`` of the form others sign too: there only ink as large as a seal counts.
    """
    unit = max(tall * canvas.scale, 6.0)
    red = canvas.cut(canvas.red, region)
    if red.size and int(red.sum()) > 1.2 * unit * unit:
        return InkReading(InkState.UNSURE, region, 0.5)
    if canvas.coloured:
        return InkReading(InkState.EMPTY, region, 0.85)
    bare = _without_rules(canvas.cut(canvas.dark, region), unit)
    if row:
        # A rim runs through words: blanking them would break it. Print is never so large, rules never so square.
        rims = _blobs(cv2.dilate(bare.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0, int(unit))
        square = [rim for rim in rims if 0.5 <= rim.width / max(rim.height, 1.0) <= 2.0]
        ink = sum(rim.area for rim in square if 2.2 * unit <= min(rim.width, rim.height) <= 14 * unit)
    else:
        inside = [line for line in canvas.page.lines if _overlaps(line.upright, region)]
        rest = _blank(bare, canvas, region, inside, 0.15 * tall)
        ink = sum(blob.area for blob in _blobs(rest, max(6, int(0.02 * unit * unit)))) if rest.size else 0
    empty = ink < 0.3 * unit * unit
    return InkReading(InkState.EMPTY if empty else InkState.UNSURE, region, 0.7 if empty else 0.4)


def _odd(value: float) -> int:
    return max(3, int(value) | 1)


def _overlaps(a: Box, b: Box) -> bool:
    return min(a[2], b[2]) > max(a[0], b[0]) and min(a[3], b[3]) > max(a[1], b[1])


def tick_ink(canvas: Canvas, box: Box) -> float:
    """Share of ink in the inner part of a tick box (its rim left out), 0 to 1."""
    x0, y0, x1, y1 = box
    dx, dy = 0.24 * (x1 - x0), 0.24 * (y1 - y0)
    inner = canvas.cut(canvas.dark | canvas.blue | canvas.red, (x0 + dx, y0 + dy, x1 - dx, y1 - dy))
    return float(inner.mean()) if inner.size else 0.0
