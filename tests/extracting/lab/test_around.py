"""Items found around their names: nothing that was lost or slipped goes unnoticed."""

from __future__ import annotations

import random

import pytest

from tests.extracting.lab.board import BLOOD, KIDNEY, Board, Item, read_pages, silent_rows, wrong_rows
from tests.extracting.lab.screens import (
    SCREENS,
    Draw,
    code_under_name_value_between,
    tiles_name_under_number,
    tiles_two_beside,
    unit_under_value_at_right,
)
from tests.extracting.lab.test_screens import screen


def without(board: Board, text: str) -> Board:
    board.lines = [line for line in board.lines if not line.text.startswith(text)]
    return board


def test_around_tile_without_its_number_takes_no_other_tiles_number() -> None:
    for draw in (tiles_two_beside, tiles_name_under_number):
        results, _ = read_pages(without(screen(draw, KIDNEY, 0.0), "268.4"))
        assert not silent_rows(KIDNEY, results)
        assert not [r for r in results if r.analyte == "creatinine" and r.value is not None and not r.doubts]
        assert len(results) < len(KIDNEY) or any(r.doubts for r in results)


def test_around_tile_without_its_name_gives_its_number_to_nobody() -> None:
    for draw in (tiles_two_beside, tiles_name_under_number, unit_under_value_at_right):
        results, _ = read_pages(without(screen(draw, KIDNEY, 0.0), "肌酐"))
        assert not silent_rows(KIDNEY, results)


def test_around_two_numbers_that_nothing_tells_apart_are_doubted() -> None:
    """An earlier result beside the current one, in the same print, no word tells which is which."""
    board = Board()
    board.put(480, 40, "检验报告详情", 44)
    for n, item in enumerate(BLOOD):
        y = 200 + 150 * n
        board.put(60, y, item.name, 34)
        board.put(60, y + 50, item.unit, 26)
        board.row(y + 22, (600, item.result), (900, f"{n + 3}.27"), height=34)
    results, _ = read_pages(board)
    assert not silent_rows(BLOOD, results)
    assert all(r.doubts for r in results)


def test_around_unknown_names_between_known_ones_keep_their_results() -> None:
    unknown = Item("", "某新型标志物", "XYZ", "7.70", "U/mL", "0.00-9.00")
    items = (*BLOOD[:3], unknown, *BLOOD[3:])
    results, _ = read_pages(screen(unit_under_value_at_right, items, 0.0))
    known = tuple(r for r in results if r.name != "某新型标志物(XYZ)")
    assert not wrong_rows(BLOOD, known)
    assert [(r.text, r.unit) for r in results if r not in known] == [("7.70", "U/mL")]


def test_around_running_numbers_are_never_results() -> None:
    """The reader often loses a lone dash: what is left in the row is its number, and the words of the limits."""
    items = ("乙型肝炎表面抗原", "乙型肝炎e抗原", "乙型肝炎e抗体", "乙型肝炎核心抗体", "丙型肝炎抗体", "HIV抗体")
    for header in (True, False):
        board = Board()
        board.head()
        if header:
            board.row(240, (40, "NO."), (200, "项目"), (560, "结果"), (760, "正常参考值"), (960, "方法"))
        for n, name in enumerate(items, start=1):
            result = "阴性" if n in (1, 6) else ""
            board.row(240 + 40 * n, (40, str(n)), (110, name), (560, result), (760, "阴性"), (960, "酶免法"))
        results, _ = read_pages(board)
        assert not [r for r in results if r.value is not None]
        assert not [r for r in results if r.name in items[1:5] and not r.doubts]


def test_around_earlier_number_never_steps_in_for_a_lost_result() -> None:
    board = Board()
    board.put(480, 40, "检验报告详情", 44)
    for n, item in enumerate(BLOOD):
        y = 200 + 150 * n
        board.put(60, y, item.name, 34)
        if item.name != "血红蛋白":
            board.row(y, (700, item.result), (860, item.unit), height=34)
        board.put(1000, y + 60, f"{n + 3}.27", 34)
    results, _ = read_pages(board)
    assert not silent_rows(BLOOD, results)


def test_around_first_name_and_a_later_result_lost_shift_nothing() -> None:
    """With one of each gone the lines would pair up one item off, and even in full."""
    board = screen(code_under_name_value_between, KIDNEY, 0.0)
    board.lines = [line for line in board.lines if line.text not in ("尿素", "7.94")]
    results, _ = read_pages(board)
    assert not silent_rows(KIDNEY, results)


@pytest.mark.parametrize("draw", SCREENS, ids=lambda draw: draw.__name__)
def test_around_lines_lost_at_random_make_no_silent_number(draw: Draw) -> None:
    rng = random.Random(7)
    for _ in range(4):
        board = screen(draw, KIDNEY, 0.0)
        body = [line for line in board.lines if line.upright[1] > 320]
        gone = {id(line) for line in rng.sample(body, 2)}
        board.lines = [line for line in board.lines if id(line) not in gone]
        results, _ = read_pages(board)
        assert not silent_rows(KIDNEY, tuple(r for r in results if r.analyte))
