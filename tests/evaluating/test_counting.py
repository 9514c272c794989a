"""Counts add up, and an interval is as wide as the evidence is thin."""

from __future__ import annotations

import pytest

from pipeline.evaluating.counting import (
    Match,
    Ratio,
    difference,
    effective_size,
    interval,
    mean_interval,
    merged,
    share_interval,
)
from pipeline.evaluating.text import TextScore
from pipeline.intervals import Interval


def test_share_of_nothing_is_everything() -> None:
    assert share_interval(0, 0) == Interval(0.0, 1.0)
    assert share_interval(5, 5).high == 1.0
    assert share_interval(12, 5) == share_interval(5, 5)  # more edits than characters


def test_difference_gives_the_published_interval() -> None:
    # Newcombe 1998, Statistics in Medicine 17:873, table II, case (a), method 10: 56/70 - 48/80.
    found = difference(48 / 80, share_interval(48, 80), 56 / 70, share_interval(56, 70))

    assert (found.low, found.high) == (pytest.approx(0.0524, abs=2e-4), pytest.approx(0.3339, abs=2e-4))


def test_errors_that_come_together_widen_the_interval() -> None:
    spread = [Ratio(1, 100)] * 10
    together = [Ratio(10, 100), *[Ratio(0, 100)] * 9]

    assert effective_size(spread) == 1000
    assert effective_size(together) < 200
    assert interval(together).high > interval(spread).high


def test_one_page_counts_as_it_is() -> None:
    assert effective_size([Ratio(1, 50)]) == 50
    assert interval([]) == Interval(0.0, 1.0)


def test_mean_interval_needs_two_pages() -> None:
    assert mean_interval([Ratio(3, 1)]) is None
    assert mean_interval([Ratio(3, 1), Ratio(3, 1)]) == Interval(3.0, 3.0)


def test_match_gives_recall_precision_and_f1() -> None:
    match = Match(right=8, expected=10, found=12)

    assert match.recall.value == 0.8
    assert match.precision.value == pytest.approx(8 / 12)
    assert match.f1.value == pytest.approx(16 / 22)
    assert Match().f1.value is None


def test_merged_adds_field_by_field() -> None:
    total = merged([TextScore(1, 2, 3, 10, Match(1, 2, 3)), TextScore(1, 0, 0, 5, Match(1, 1, 1))], TextScore)

    assert total == TextScore(2, 2, 3, 15, Match(2, 3, 4))
    assert merged([], TextScore) == TextScore()
