"""The straightened frame: what is worked out place by place is what the field says of many places at once."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.extracting.lab.straight import Field
from tests.drawn_pages import text_line


def test_straight_follows_one_place_as_it_follows_many() -> None:
    field = Field(np.array([0.05, 0.02, -0.03, 0.01, 0.02, -0.01, 0.015]), 500.0, 700.0, 650.0)
    x, across = np.array([12.0, 480.0, 990.0]), np.array([30.0, 655.0, 1310.0])
    wanted = field.level(x, across)
    assert [field.level_one(*place) for place in zip(x, across, strict=True)] == pytest.approx(wanted, abs=1e-6)
    assert abs(wanted - across).max() > 5, "a field that moves nothing proves nothing"


def test_straight_asks_a_line_for_its_box_once() -> None:
    line = text_line(80, 60, "肌酐")
    assert line.upright is line.upright
    assert line.part(0, 1).upright != line.upright
