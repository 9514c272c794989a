"""Which way up: who reads well is believed, and nobody is asked twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest

from pipeline.reading.engine import Engine
from pipeline.reading.orientation import Orientation
from pipeline.reading.pixels import Image

_TALL = np.array([[[x, 20], [x + 20, 20], [x + 20, 260], [x, 260]] for x in range(10, 410, 40)], dtype=np.float64)


class Readers:
    """Reads as sure as it is told, sample by sample."""

    def __init__(self, *sure: float) -> None:
        self.sure = list(sure)
        self.asked = 0

    def recognise(self, crops: Sequence[Image]) -> list[tuple[str, float]]:
        self.asked += 1
        return [("肌酐测定", self.sure[self.asked - 1])] * len(crops)


@pytest.mark.parametrize(
    ("sure", "turn", "asked"),
    [
        ((0.5, 0.95), 90, 2),  # 0 is likeliest without a model, then 90: nothing else is tried
        ((0.5, 0.6, 0.97), 270, 3),
        ((0.5, 0.55, 0.8), 270, 3),  # none is sure: the best of all
        ((0.95, 0.6, 0.62), 0, 3),  # lines that run downwards on an upright page
    ],
)
def test_find_believes_the_first_turn_that_reads_well(sure: tuple[float, ...], turn: int, asked: int) -> None:
    engine = Readers(*sure)
    page = np.full((300, 420, 3), 255, dtype=np.uint8)
    assert Orientation(None).find(cast("Engine", engine), page, _TALL) == (turn, {})
    assert engine.asked == asked
