"""From the lines of a page to the numbers that the network reads, in windows, and back.

Places are told twice: as fractions of the area that holds print, and in heights of the page's usual glyph, which a
camera's distance does not change. The order of the lines given does not matter: rows are found here, after they were
made level.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.page_reader.labels import InputLine, PageInput
from models.page_reader.level import sunk
from models.page_reader.tokenizer import PAGE, Piece, Tokenizer, fold

__all__ = ["FEATURES", "SCALE", "Encoded", "Window", "encode", "windows"]

SCALE = 1000
FEATURES = {"order": 64, "gap_left": 12, "gap_right": 12, "height": 12, "length": 12, "spaced": 3}
"""Small whole numbers known of each token, and how many values each takes."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A page, or a window of one, token by token; the first token stands for the page as a whole."""

    ids: Ints
    boxes: Ints
    """Tokens x 4, in thousandths of the area that holds print."""
    features: Ints
    """Tokens x features, in the order of ``FEATURES``."""
    places: Floats
    """Tokens x 4: middle x, middle y, left edge of the line in usual glyph heights; running number of the line."""
    spans: Ints
    """Tokens x 3: line of the page as given, start, end; -1 for the page's token."""

    def part(self, start: int, end: int) -> Encoded:
        """Return the page's token and tokens ``start`` to ``end``."""
        kept = np.concatenate([[0], np.arange(start, end)])
        return Encoded(
            ids=self.ids[kept],
            boxes=self.boxes[kept],
            features=self.features[kept],
            places=self.places[kept],
            spans=self.spans[kept],
        )


@dataclass(frozen=True, slots=True)
class Window:
    """Tokens ``start`` to ``end`` of a page (the page's token not counted in)."""

    start: int
    end: int
    encoded: Encoded


def encode(page: PageInput, tokenizer: Tokenizer) -> Encoded:
    """Return the tokens of ``page`` row by row."""
    lines = [(index, line, tokenizer.pieces(line.text)) for index, line in enumerate(page.lines)]
    lines = [one for one in lines if one[2]]
    if not lines:
        return _whole([], page)
    boxes = np.array([line.box for _, line, _ in lines], dtype=np.float64)
    glyphs = np.array([_glyph(line) for _, line, _ in lines])
    usual = float(np.median(glyphs)) or 1.0
    boxes[:, 1::2] -= sunk(boxes, usual)[:, None]
    order = _rows(boxes, usual)
    gaps = _gaps(boxes, usual)
    found = []
    for number, k in enumerate(order):
        index, line, pieces = lines[k]
        x0, y0, x1, y1 = boxes[k].tolist()
        found.append((number, index, replace(line, box=(x0, y0, x1, y1)), pieces, gaps[k], glyphs[k] / usual))
    return _whole(found, page, boxes, usual)


def _whole(
    found: Sequence[tuple[int, int, InputLine, list[Piece], tuple[float, float], float]],
    page: PageInput,
    boxes: NDArray[np.float64] | None = None,
    usual: float = 1.0,
) -> Encoded:
    if boxes is None:
        area = (0.0, 0.0, max(page.width, 1.0), max(page.height, 1.0))
    else:
        area = (boxes[:, 0].min(), boxes[:, 1].min(), boxes[:, 2].max(), boxes[:, 3].max())
    x0, y0 = area[0], area[1]
    sx, sy = SCALE / max(area[2] - x0, 1e-6), SCALE / max(area[3] - y0, 1e-6)
    ids, places, features, spans, where = [PAGE], [(0.0, 0.0, 0.0, -1.0)], [(0,) * len(FEATURES)], [(-1, 0, 0)], []
    where.append((0.0, 0.0, float(SCALE), float(SCALE)))
    for number, index, line, pieces, (left, right), height in found:
        bx0, by0, bx1, by1 = line.box
        ends = _ends(line.text)
        wide = bx1 - bx0
        middle = ((by0 + by1) / 2 - y0) / usual
        shared = (_log(left), _log(right), _ratio(height), min(int(np.log2(len(line.text)) * 2), 11))
        for rank, piece in enumerate(pieces):
            a, b = bx0 + wide * ends[piece.start], bx0 + wide * ends[piece.end]
            spaced = 0 if rank == 0 else 1 if line.text[piece.start - 1].isspace() else 2
            ids.append(piece.id)
            where.append(((a - x0) * sx, (by0 - y0) * sy, (b - x0) * sx, (by1 - y0) * sy))
            features.append((min(rank, 63), *shared, spaced))
            places.append((((a + b) / 2 - x0) / usual, middle, (bx0 - x0) / usual, float(number)))
            spans.append((index, piece.start, piece.end))
    return Encoded(
        ids=np.array(ids, dtype=np.int64),
        boxes=np.clip(np.array(where), 0, SCALE).astype(np.int64),
        features=np.array(features, dtype=np.int64),
        places=np.array(places, dtype=np.float32),
        spans=np.array(spans, dtype=np.int64),
    )


def windows(encoded: Encoded, longest: int, overlap: int) -> Iterator[Window]:
    """Cut a page to windows of at most ``longest`` tokens, the page's among them, at ends of lines where it can be."""
    count, room, start = len(encoded.ids), longest - 1, 1
    while True:
        end = min(count, start + room)
        if end < count:
            line = encoded.places[end, 3]
            whole = next((k for k in range(end, start + room // 2, -1) if encoded.places[k - 1, 3] != line), end)
            end = whole if whole < count else end
        yield Window(start, end, encoded.part(start, end))
        if end >= count:
            return
        start = max(start + 1, end - overlap)


def _width(character: str) -> float:
    return 1.0 if ord(fold(character)) >= 0x2E80 else 0.52


def _ends(text: str) -> list[float]:
    """Where each character begins as a share of its line's width; one more than there are characters."""
    total, at = sum(map(_width, text)) or 1.0, 0.0
    ends = [0.0]
    for character in text:
        at += _width(character)
        ends.append(at / total)
    return ends


def _glyph(line: InputLine) -> float:
    """Height of a glyph: a box around a sloping line is higher than its print."""
    x0, y0, x1, y1 = line.box
    em = (x1 - x0) / max(sum(map(_width, line.text)), 0.5)
    return max(min(y1 - y0, 1.6 * em), 1e-6)


def _rows(boxes: NDArray[np.float64], usual: float) -> list[int]:
    """Order boxes row by row, each row from left to right."""
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    rows: list[list[int]] = []
    anchor = -np.inf
    for k in np.argsort(middle, kind="stable"):
        if not rows or middle[k] - anchor > 0.55 * usual:
            rows.append([])
            anchor = middle[k]
        rows[-1].append(int(k))
        anchor = float(np.mean([middle[j] for j in rows[-1][-3:]]))
    return [k for row in rows for k in sorted(row, key=lambda j: (boxes[j, 0], j))]


def _gaps(boxes: NDArray[np.float64], usual: float) -> list[tuple[float, float]]:
    """White space to the next print left and right of each box, in usual glyph heights; 99 where there is none."""
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    beside = np.abs(middle[:, None] - middle[None, :]) < 0.6 * usual
    np.fill_diagonal(beside, False)
    right = np.where(beside, boxes[None, :, 0] - boxes[:, None, 2], 1e9)
    right = np.where(right < -0.5 * usual, 1e9, right).min(axis=1) / usual
    left = np.where(beside, boxes[:, None, 0] - boxes[None, :, 2], 1e9)
    left = np.where(left < -0.5 * usual, 1e9, left).min(axis=1) / usual
    return [(min(float(a), 99.0), min(float(b), 99.0)) for a, b in zip(left, right, strict=True)]


def _log(gap: float) -> int:
    return 11 if gap >= 99 else min(int(np.log2(max(gap, 0.0) * 2 + 1) * 1.8), 10)


def _ratio(height: float) -> int:
    return int(np.clip(round(np.log2(max(height, 0.1)) * 4) + 6, 0, 11))
