"""Items found around their names: nothing that was lost or slipped goes unnoticed."""

from __future__ import annotations

from tests.extracting.lab.board import BLOOD, KIDNEY, Board, Item, read_pages, silent_rows, wrong_rows
from tests.extracting.lab.screens import tiles_name_under_number, tiles_two_beside, unit_under_value_at_right
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
