"""Phone screens with all that apps print around results: every row whole, nothing wrong without a doubt."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipeline.extracting.lab.sheets import split_sheets
from pipeline.extracting.lab.tables import rows_of
from tests.extracting.lab.board import BLOOD, KIDNEY, Board, Item, read_pages, silent_rows, wrong_rows
from tests.extracting.lab.phones import PHONES, Draw, brackets_for_chevrons
from tests.extracting.lab.screens import WORDS, right
from tests.extracting.lab.sheets import page_of


def phone(draw: Draw, items: tuple[Item, ...]) -> Board:
    """A whole screen: status bar, navigation, patient, tabs, the panel, buttons."""
    board = Board()
    board.row(10, (60, "9:41"), (900, "5G"), (1100, "86%"), height=24)
    board.row(60, (40, "<"), (500, "报告详情"), (1120, "···"), height=36)
    board.put(60, 130, "鄱湾县人民医院", 34)
    board.row(185, (60, "王小明"), (240, "女"), (320, "56岁"), (700, "检验项目：血液检查"), height=28)
    board.row(235, (60, "报告时间：2026-01-10 09:12"), (700, "送检科室：内科"), height=26)
    board.row(290, (60, "全部(6)"), (360, "异常(3)"), (700, "AI解读"), height=30)
    end = draw(board, items, 370)
    board.put(60, end + 30, "本结果仅供参考，请以医院纸质报告为准。", 24)
    board.row(end + 90, (240, "分享报告"), (760, "下载报告"), height=34)
    board.lines.sort(key=lambda one: (one.upright[1], one.upright[0]))
    return board


@pytest.mark.parametrize("items", [BLOOD, KIDNEY], ids=["blood", "kidney"])
@pytest.mark.parametrize("draw", PHONES, ids=lambda draw: draw.__name__)
def test_phones_every_row_of_unseen_screens(draw: Draw, items: tuple[Item, ...]) -> None:
    results, _ = read_pages(phone(draw, items))
    assert not wrong_rows(items, results)
    assert not silent_rows(items, results)


@pytest.mark.parametrize("draw", PHONES, ids=lambda draw: draw.__name__)
def test_phones_lines_lost_at_random_make_no_silent_number(draw: Draw) -> None:
    rng = random.Random(11)
    for _ in range(2):
        board = phone(draw, KIDNEY)
        body = [line for line in board.lines if line.upright[1] > 340]
        gone = {id(line) for line in rng.sample(body, 2)}
        board.lines = [line for line in board.lines if id(line) not in gone]
        results, _ = read_pages(board)
        assert not silent_rows(KIDNEY, tuple(r for r in results if r.analyte))


def test_phones_result_below_the_limit_of_detection_beside_its_limits() -> None:
    """``<0.5 mg/L`` alone reads as a limit; with limits beside it and no other number it is the result."""
    items = tuple(replace(item, result="<0.5") if item.id == "crp" else item for item in BLOOD)
    results, _ = read_pages(phone(number_right_of_name, items))
    crp = next(result for result in results if result.analyte == "crp")
    assert (crp.text, crp.unit) == ("<0.5", "mg/L")
    assert not silent_rows(items, results)


def number_right_of_name(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, f"{i.name} {i.code}", 34)
        right(board, 1180, y, f"{i.result} {i.unit}", 34)
        board.put(60, y + 52, f"{i.span} {i.unit}", 26)
        right(board, 1180, y + 52, WORDS[i.flag] if i.flag else "正常", 26)
        y += 130
    return y


def test_phones_chevrons_read_as_brackets_are_furniture() -> None:
    board = phone(brackets_for_chevrons, KIDNEY)
    (sheet,) = split_sheets(page_of(tuple(board.lines), 1, width=board.width))
    assert ")" not in [cell.text for row in rows_of(sheet) for cell in row.cells]
