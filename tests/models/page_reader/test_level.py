"""Rows of a page made level: what a camera tilts comes back, what is level stays."""

from __future__ import annotations

import numpy as np
import pytest

from models.page_reader.encode import encode
from models.page_reader.labels import InputLine, PageInput
from models.page_reader.level import sunk
from models.page_reader.tokenizer import Tokenizer

GLYPH, PITCH, ROWS = 20.0, 34.0, 22
COLUMNS = (40.0, 330.0, 470.0, 600.0)
KNOWN = Tokenizer.build(["项目结果单位"], words=10, characters=4000)


def _table() -> np.ndarray:
    boxes = [(x, PITCH * k, x + 90, PITCH * k + GLYPH) for k in range(ROWS) for x in COLUMNS]
    return np.array(boxes)


def _moved(boxes: np.ndarray, kind: str) -> np.ndarray:
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    u, v = (x - x.mean()) / np.ptp(x) * 2, (y - y.mean()) / np.ptp(y) * 2
    by = {
        "slope": 20 * u,
        "steep": -1.2 * GLYPH * u,
        "perspective": 14 * u * v,
        "bow": 18 * u * u,
        "all": 16 * u - 14 * u * v + 10 * u * u,
    }[kind]
    moved = boxes.copy()
    moved[:, 1::2] += by[:, None] + np.random.default_rng(1).normal(0, 0.6, len(boxes))[:, None]
    return moved


def _uneven(boxes: np.ndarray) -> float:
    """Largest difference of heights in a row, in glyph heights."""
    middle = ((boxes[:, 1] + boxes[:, 3]) / 2).reshape(ROWS, len(COLUMNS))
    return float(np.ptp(middle, axis=1).max() / GLYPH)


@pytest.mark.parametrize("kind", ["slope", "steep", "perspective", "bow", "all"])
def test_level_rows_of_a_tilted_sheet_stand_level_again(kind: str) -> None:
    moved = _moved(_table(), kind)
    assert _uneven(moved) > 0.7
    moved[:, 1::2] -= sunk(moved, GLYPH)[:, None]
    assert _uneven(moved) < 0.5


def test_level_print_that_is_level_stays() -> None:
    assert np.abs(sunk(_table(), GLYPH)).max() == 0.0
    assert sunk(_table()[:5], GLYPH).tolist() == [0.0] * 5
    assert sunk(np.zeros((9, 4)), 0.0).tolist() == [0.0] * 9


def test_encode_rows_of_a_tilted_sheet_come_row_by_row() -> None:
    moved = _moved(_table(), "all")
    lines = tuple(InputLine(f"项{number}", (x0, y0, x1, y1)) for number, (x0, y0, x1, y1) in enumerate(moved.tolist()))
    encoded = encode(PageInput(width=800, height=900, lines=lines), KNOWN)
    order = list(dict.fromkeys(int(line) for line in encoded.spans[1:, 0]))
    assert order == sorted(order)
