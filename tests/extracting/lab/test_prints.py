"""Printed sheets of kinds that no code was written for: every row whole, whatever way they lay results out."""

from __future__ import annotations

import pytest

from tests.extracting.lab.board import BLOOD, KIDNEY, Board, Item, read_pages, silent_rows, wrong_rows
from tests.extracting.lab.prints import PRINTS, Draw


def sheet(draw: Draw, items: tuple[Item, ...], angle: float) -> Board:
    board = Board(angle=angle)
    board.head()
    board.foot(draw(board, items, 240) + 20)
    board.lines.sort(key=lambda one: (one.upright[1], one.upright[0]))
    return board


@pytest.mark.parametrize("angle", [0.0, 1.2], ids=["level", "tilted"])
@pytest.mark.parametrize("items", [BLOOD, KIDNEY], ids=["blood", "kidney"])
@pytest.mark.parametrize("draw", PRINTS, ids=lambda draw: draw.__name__)
def test_prints_every_row_of_unseen_sheets(draw: Draw, items: tuple[Item, ...], angle: float) -> None:
    results, _ = read_pages(sheet(draw, items, angle))
    assert not wrong_rows(items, results)
    assert not silent_rows(items, results)
