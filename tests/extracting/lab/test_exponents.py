"""Raised exponents that the reader gives as lines of their own."""

from __future__ import annotations

import pytest

from pipeline.extracting.lab.exponents import with_exponents
from pipeline.nouns import Line
from tests.extracting.lab.board import Board


def lines(unit: str, digit: str, dx: float, dy: float, height: float = 12) -> list[Line]:
    board = Board()
    board.put(60, 100, "白细胞计数", 30)
    board.put(400, 100, "7.17", 30)
    end = board.put(600, 100, unit, 30)
    board.put(end - 40 + dx, 100 + dy, digit, height)
    return board.lines


@pytest.mark.parametrize(("unit", "digit", "told"), [("10 /L", "9", "10^9/L"), ("×10/L", "12", "×10^12/L")])
def test_exponents_small_digit_over_its_ten_joins_the_unit(unit: str, digit: str, told: str) -> None:
    assert [one.text for one in with_exponents(lines(unit, digit, 0, -6))] == ["白细胞计数", "7.17", told]


@pytest.mark.parametrize(
    ("unit", "digit", "dx", "dy", "height"),
    [
        ("10 /L", "9", 0, -6, 30),  # as tall as the rest: a number of its own
        ("10 /L", "7", 0, -6, 12),  # no power that is printed
        ("10 /L", "9", 200, -6, 12),  # elsewhere
        ("10 /L", "9", 0, 30, 12),  # below the line
        ("g/L", "9", 0, -6, 12),
    ],
)
def test_exponents_anything_else_stays_apart(unit: str, digit: str, dx: float, dy: float, height: float) -> None:
    texts = [one.text for one in with_exponents(lines(unit, digit, dx, dy, height))]
    assert texts == ["白细胞计数", "7.17", unit, digit]
