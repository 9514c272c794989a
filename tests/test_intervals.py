"""The interval of a share against published ones."""

from __future__ import annotations

import pytest

from pipeline.intervals import wilson


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    # Newcombe 1998, Statistics in Medicine 17:857, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_intervals(part: int, whole: int, low: float, high: float) -> None:
    found = wilson(part, whole)

    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_wilson_of_nothing_is_unknown_and_of_all_reaches_one() -> None:
    assert wilson(0, 0) is None
    whole, beyond = wilson(20, 20), wilson(25, 20)
    assert whole is not None
    assert whole.high == 1.0
    assert beyond == whole  # more edits than characters


def test_wilson_narrows_with_a_smaller_z() -> None:
    wide, narrow = wilson(5, 10), wilson(5, 10, z=1.0)
    assert wide is not None
    assert narrow is not None
    assert wide.low < narrow.low < narrow.high < wide.high
