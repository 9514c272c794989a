from __future__ import annotations

import numpy as np
import pytest

from pipeline.reading.geometry import estimate_skew, reading_order, rotation, to_displayed, to_turned
from pipeline.reading.pixels import turn


def box(x: float, y: float, w: float, h: float) -> np.ndarray:
    return np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], dtype=float)


def tilted(quads: np.ndarray, degrees: float) -> np.ndarray:
    radians = np.radians(degrees)
    matrix = np.array([[np.cos(radians), -np.sin(radians)], [np.sin(radians), np.cos(radians)]])
    return quads @ matrix.T


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_to_displayed_undoes_the_turn(angle: int) -> None:
    displayed = np.zeros((40, 60, 3), dtype=np.uint8)
    displayed[5:9, 10:30] = 255
    upright = turn(displayed, angle)
    ys, xs = np.nonzero(upright[:, :, 0])
    quad = box(xs.min(), ys.min(), xs.max() + 1 - xs.min(), ys.max() + 1 - ys.min())
    back = to_displayed(quad[None], angle, 60, 40)[0]
    assert back.min(axis=0).tolist() == [10, 5]
    assert back.max(axis=0).tolist() == [30, 9]


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_to_turned_follows_the_pixels(angle: int) -> None:
    page = np.zeros((40, 60, 3), dtype=np.uint8)
    page[5:9, 10:30] = 255
    ys, xs = np.nonzero(turn(page, angle)[:, :, 0])
    quad = to_turned(box(10, 5, 20, 4)[None], angle, 60, 40)[0]
    assert quad.min(axis=0).tolist() == [xs.min(), ys.min()]
    assert quad.max(axis=0).tolist() == [xs.max() + 1, ys.max() + 1]


def test_to_displayed_keeps_the_order_of_corners() -> None:
    quad = box(10, 20, 100, 10)
    shown = to_displayed(quad[None], 90, 300, 500)[0]
    # Turned clockwise to be upright, so as displayed the text runs from bottom to top.
    assert shown[0][1] > shown[1][1]


def test_to_displayed_refuses_other_angles() -> None:
    with pytest.raises(ValueError, match="angle"):
        to_displayed(box(0, 0, 1, 1)[None], 45, 10, 10)


@pytest.mark.parametrize("degrees", [-7.0, -1.5, 0.0, 2.0, 8.0])
def test_estimate_skew_ignores_stamps_and_arrows(degrees: float) -> None:
    lines = tilted(np.stack([box(50, 40 * i, 300 + 10 * i, 20) for i in range(12)]), degrees)
    odd = tilted(np.stack([box(400, 100, 120, 20), box(420, 200, 130, 20)]), degrees + 35)
    arrows = np.stack([box(500, 40 * i, 14, 20) for i in range(8)])
    assert estimate_skew(np.concatenate([lines, odd, arrows])) == pytest.approx(degrees, abs=0.2)


def test_estimate_skew_is_zero_without_evidence() -> None:
    assert estimate_skew(np.empty((0, 4, 2))) == 0.0
    assert estimate_skew(box(0, 0, 100, 10)[None]) == 0.0


@pytest.mark.parametrize("degrees", [-6.0, 0.0, 6.0])
def test_reading_order_goes_row_by_row_on_a_sloping_page(degrees: float) -> None:
    cells = [(row, column) for row in range(6) for column in range(4)]
    quads = tilted(np.stack([box(40 + 260 * c, 40 + 32 * r, 90, 22) for r, c in cells]), degrees)
    shuffled = np.random.default_rng(1).permutation(len(cells))
    order = reading_order(quads[shuffled], degrees)
    assert [cells[shuffled[i]] for i in order] == cells


def test_reading_order_keeps_small_marks_in_their_row() -> None:
    quads = np.stack([box(0, 100, 100, 24), box(300, 106, 8, 14), box(200, 98, 60, 26), box(0, 132, 90, 24)])
    assert reading_order(quads, 0.0) == [0, 2, 1, 3]


def test_rotation_straightens_and_inverts() -> None:
    matrix, width, height = rotation(400, 300, 5.0)
    assert (width, height) >= (400, 300)
    tilt = np.array([np.cos(np.radians(5.0)), np.sin(np.radians(5.0))])
    moved = matrix[:, :2] @ tilt
    assert moved == pytest.approx([1.0, 0.0])
