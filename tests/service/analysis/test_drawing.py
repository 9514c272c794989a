"""Scales of the charts that stand in pages."""

from __future__ import annotations

import re

import pytest

from pipeline.audit.questions import QUESTIONS, ask
from pipeline.audit.store import Store
from pipeline.service.analysis.drawing import svg
from pipeline.service.analysis.drawing.marks import round_ticks


@pytest.mark.parametrize("high", [0, 1, 2, 3, 7, 12, 30, 99, 101, 2301])
def test_ticks_of_counts_are_whole_and_few(high: int) -> None:
    ticks = round_ticks(0, high, whole=True)
    assert ticks[0] == 0
    assert ticks[-1] >= high
    assert 2 <= len(ticks) <= 7
    assert all(tick == round(tick) for tick in ticks)


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.0), (0.31, 0.52), (0.0, 0.004), (-0.02, 0.03), (3, 11.5)])
def test_ticks_hold_what_is_drawn(low: float, high: float) -> None:
    ticks = round_ticks(low, high)
    assert ticks[0] <= low
    assert ticks[-1] >= high
    assert len(ticks) <= 8


def test_charts_stay_inside_their_frame(store: Store) -> None:
    for question in QUESTIONS:
        answer = ask(store, question.id)
        drawn = svg(answer, lambda row: "/x")
        if not drawn:
            continue
        width, height = (float(n) for n in re.findall(r'viewBox="0 0 (\S+) (\S+)"', drawn)[0])
        for name, most in (("x", width), ("cx", width), ("x1", width), ("x2", width), ("y", height), ("cy", height)):
            places = [float(n) for n in re.findall(rf' {name}="([^"]+)"', drawn)]
            assert all(0 <= place <= most for place in places), (question.id, name)
        assert drawn.count("<a href=") >= 1, question.id
        assert drawn.count("<a href=") == drawn.count("，查看申请</title>")
