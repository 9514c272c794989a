"""What red ink hides is read again without it: cut lines are mended, print under the seal's own words is found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import cv2
import numpy as np
import pytest

from pipeline.reading.engine import Engine
from pipeline.reading.found import TextAt
from pipeline.reading.geometry import Quads
from pipeline.reading.pixels import Image, red_cast, red_mask
from pipeline.reading.seals import _seals, read_under_seals


def box(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], dtype=float)


class Reads:
    """Detects given boxes in the seal's surroundings, and reads crops by their size."""

    def __init__(self, boxes: Sequence[np.ndarray], texts: dict[tuple[int, int], tuple[str, float]]) -> None:
        self.boxes, self.texts = boxes, texts
        self.corner = np.zeros(2)

    def detect(self, image: Image, side: int) -> Quads:
        height, width = image.shape[:2]
        self.corner = np.array([400 - width / 2, 400 - height / 2]).round()
        return np.stack(self.boxes) - self.corner

    def recognise(self, crops: Sequence[Image]) -> list[tuple[str, float]]:
        return [self.texts.get((crop.shape[1], crop.shape[0]), ("", 0.0)) for crop in crops]


def stamped() -> Image:
    page = np.full((800, 800, 3), 255, dtype=np.uint8)
    cv2.circle(page, (400, 400), 100, (40, 40, 220), 8)
    cv2.circle(page, (400, 400), 60, (40, 40, 220), 30)
    return page


def read(lines: list[TextAt], engine: Reads) -> list[tuple[str, list[float]]]:
    found = read_under_seals(cast(Engine, engine), stamped(), lines, side=800)
    return [(line.text, line.quad[0].tolist()) for line in found]


@pytest.mark.parametrize(
    ("known", "clean", "score", "mended"),
    [
        ("28", "28.11", 0.99, True),
        (".11", "28.11", 0.99, True),
        ("28", "23.11", 0.99, False),
        ("28", "28.11", 0.7, False),
        ("28.11", "28.11", 0.99, False),
    ],
)
def test_line_that_the_seal_cut_off_is_mended(known: str, clean: str, score: float, mended: bool) -> None:
    lines = [TextAt(known, 0.95, box(330, 390, 366, 413))]
    engine = Reads([box(326, 386, 411, 424)], {(85, 38): (clean, score), (36, 23): (known, 0.5)})
    ((text, corner),) = read(lines, engine)
    assert text == (clean if mended else known)
    assert corner == pytest.approx([326, 386] if mended else [330, 390], abs=1.5)


def test_line_is_not_joined_with_its_neighbour() -> None:
    lines = [TextAt("g/L", 0.95, box(330, 390, 366, 413)), TextAt("130-175", 0.95, box(380, 390, 440, 413))]
    alone = {(36, 23): ("g/L", 0.9), (60, 23): ("130-175", 0.9)}
    engine = Reads([box(326, 386, 445, 424)], {(119, 38): ("g/L130-175", 0.99), **alone})
    assert [text for text, _ in read(lines, engine)] == ["g/L", "130-175"]


def test_print_under_words_of_the_seal_is_found() -> None:
    words = TextAt("检验科", 0.99, box(340, 340, 460, 460))
    engine = Reads([box(385, 385, 415, 423)], {(38, 38): ("↑", 0.99)})
    assert [text for text, _ in read([words], engine)] == ["检验科", "↑"]


def test_print_that_is_left_without_the_ink_is_not_added_again() -> None:
    line = TextAt("检验科", 0.99, box(340, 340, 460, 460))
    engine = Reads([box(385, 385, 415, 423)], {(120, 120): ("检验科", 0.98), (38, 38): ("↑", 0.99)})
    assert [text for text, _ in read([line], engine)] == ["检验科"]


def test_seals_are_found_in_small_where_they_are_found_on_the_page() -> None:
    page = np.full((2900, 2100, 3), 235, dtype=np.uint8)
    cv2.circle(page, (700, 2300), 170, (40, 40, 220), 7)
    cv2.circle(page, (1500, 300), 15, (40, 40, 220), 5)
    ((x0, y0, x1, y1),) = _seals(red_mask(page))
    step = 3
    ((left, top, right, low),) = _seals(red_mask(np.ascontiguousarray(page[::step, ::step])), step)
    assert (step * left, step * top, step * right, step * low) == pytest.approx((x0, y0, x1, y1), abs=2 * step)


def test_words_within_a_seal_are_no_seal_of_their_own() -> None:
    looked: list[tuple[int, ...]] = []

    class Looks(Reads):
        def detect(self, image: Image, side: int) -> Quads:
            looked.append(image.shape)
            return super().detect(image, side)

    # The ring around and the ring within: one look.
    read([], Looks([box(326, 386, 411, 424)], {(85, 38): ("28.11", 0.99)}))
    assert len(looked) == 1


def test_a_long_line_that_a_seal_touches_is_read_again_whole() -> None:
    line = TextAt("出院诊断", 0.5, box(20, 330, 760, 360))
    engine = Reads([box(385, 385, 415, 423)], {(740, 30): ("出院诊断：2型糖尿病", 0.99)})
    assert "出院诊断：2型糖尿病" in [text for text, _ in read([line], engine)]


def test_red_ink_of_a_part_is_that_of_the_page() -> None:
    page = stamped()
    page[:, :, 2] = np.minimum(page[:, :, 2].astype(int) + 15, 255).astype(np.uint8)
    page[:, :, :2] = (page[:, :, :2] * 0.85).astype(np.uint8)
    part = page[280:520, 280:520]
    assert np.array_equal(red_mask(part, cast=red_cast(page)), red_mask(page)[280:520, 280:520])
