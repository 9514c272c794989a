"""Phone screens of kinds that no code was written for: every row whole, whatever way they lay results out."""

from __future__ import annotations

import pytest

from tests.extracting.lab.board import BLOOD, KIDNEY, Board, Item, read_pages, silent_rows, wrong_rows
from tests.extracting.lab.screens import SCREENS, Draw


def screen(draw: Draw, items: tuple[Item, ...], angle: float) -> Board:
    board = Board(angle=angle)
    board.put(480, 40, "检验报告详情", 44)
    board.put(60, 130, "鄱湾县人民医院", 34)
    board.row(190, (60, "姓名：王小明"), (500, "性别：女"), height=30)
    board.put(60, 250, "报告时间：2026-01-10 09:12", 28)
    end = draw(board, items, 350)
    board.put(60, end + 30, "结果仅供参考，请以纸质报告为准", 26)
    board.lines.sort(key=lambda one: (one.upright[1], one.upright[0]))
    return board


@pytest.mark.parametrize("angle", [0.0, 1.2], ids=["level", "tilted"])
@pytest.mark.parametrize("items", [BLOOD, KIDNEY], ids=["blood", "kidney"])
@pytest.mark.parametrize("draw", SCREENS, ids=lambda draw: draw.__name__)
def test_screens_every_row_of_unseen_screens(draw: Draw, items: tuple[Item, ...], angle: float) -> None:
    results, _ = read_pages(screen(draw, items, angle))
    assert not wrong_rows(items, results)
    assert not silent_rows(items, results)
