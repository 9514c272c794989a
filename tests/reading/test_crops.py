"""Lines cut out of the page: text written downwards is laid on its side, one character is left as it stands."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.reading.crops import cut


@pytest.mark.parametrize(
    ("height", "shape"),
    [
        (200, (30, 200)),  # a column of characters
        (60, (60, 60)),  # one tall character, with paper beside it
        (30, (30, 30)),
    ],
)
def test_cut_lays_text_written_downwards_on_its_side(height: int, shape: tuple[int, int]) -> None:
    page = np.full((300, 300, 3), 255, dtype=np.uint8)
    page[20:24, 40:70] = 0  # the top of the column
    quad = np.array([[40, 20], [70, 20], [70, 20 + height], [40, 20 + height]], dtype=np.float64)
    crop = cut(page, quad, 30.0)
    assert crop.shape[:2] == shape
    assert (crop[:, :4] < 128).all() == (height == 200), "it begins at the left when laid on its side"
