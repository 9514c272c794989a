"""Single layouts beside the families of prints and screens: codes of a blood gas slip, a unit for the whole column,
several dates, limits by sex, words as results."""

from __future__ import annotations

from tests.extracting.lab.board import (
    BLOOD,
    KIDNEY,
    Board,
    Item,
    read_pages,
    silent_rows,
    width_of,
    wrong_rows,
)

GAS = (
    Item("abg_ph", "酸碱度", "pH", "7.352", "", "7.350 - 7.450"),
    Item("pco2", "二氧化碳分压", "PCO2", "48.2", "mmHg", "35.0 - 45.0", "↑"),
    Item("po2", "氧分压", "PO2", "71.3", "mmHg", "80.0 - 100.0", "↓"),
    Item("potassium", "钾", "K+", "4.12", "mmol/L", "3.50 - 5.30"),
    Item("sodium", "钠", "Na+", "138.2", "mmol/L", "137.0 - 147.0"),
)
URINE = (
    Item("urine_protein", "尿蛋白", "PRO", "2+", "", "阴性", "↑"),
    Item("urine_glucose", "尿糖", "GLU", "阴性", "", "阴性"),
    Item("urine_occult_blood", "隐血", "BLD", "+-", "", "阴性"),
    Item("urine_specific_gravity", "比重", "SG", "1.015", "", "1.003-1.030"),
    Item("urine_ketone", "酮体", "KET", "阴性", "", "阴性"),
)


def test_layouts_blood_gas_slip_of_codes() -> None:
    board = Board()
    board.put(200, 60, "血气分析报告", 34)
    for n, i in enumerate(GAS):
        board.row(104 + 44 * n, (60, i.code), (200, i.result), (340, i.unit), (480, i.flag), (540, f"[{i.span}]"))
    results, _ = read_pages(board)
    assert not wrong_rows(GAS, results)


def test_layouts_unit_of_a_whole_column_in_its_header() -> None:
    items = tuple(i for i in KIDNEY if i.unit == "mmol/L")
    board = Board()
    board.head()
    board.row(240, (40, "项目"), (460, "结果(mmol/L)"), (900, "参考值"))
    for n, i in enumerate(items, start=1):
        board.row(240 + 44 * n, (40, i.name), (480, f"{i.result}{i.flag}"), (900, i.span))
    results, _ = read_pages(board)
    assert not wrong_rows(items, results)
    assert not any(r.doubts for r in results)


def test_layouts_words_as_results_on_a_screen() -> None:
    board = Board()
    board.put(480, 40, "检验报告详情", 44)
    board.put(60, 130, "标本：尿液", 30)
    for n, i in enumerate(URINE):
        board.put(60, 260 + 140 * n, i.name, 34)
        board.put(1180 - width_of(i.result + i.flag, 36), 260 + 140 * n, f"{i.result}{i.flag}", 36)
        board.put(60, 312 + 140 * n, f"参考值：{i.span}", 26)
    results, _ = read_pages(board)
    assert not wrong_rows(URINE, results)


def test_layouts_print_without_any_space() -> None:
    board = Board()
    board.put(480, 40, "检验报告详情", 44)
    for n, i in enumerate(BLOOD):
        text = f"{i.result}{i.unit}{i.flag}"
        board.put(60, 200 + 140 * n, f"{i.name}{i.code}", 34)
        board.put(1180 - width_of(text, 36), 200 + 140 * n, text, 36)
        board.put(60, 252 + 140 * n, f"参考值{i.span}", 26)
    results, _ = read_pages(board)
    assert not wrong_rows(BLOOD, results)


def test_layouts_centred_tiles_three_beside() -> None:
    board = Board()
    board.put(480, 40, "指标详情", 44)
    for k, i in enumerate(KIDNEY):
        x, y = (210, 620, 1030)[k % 3], 200 + 240 * (k // 3)
        for dy, text, height in ((0, i.name, 30), (50, f"{i.result}{i.flag}", 44), (110, i.unit, 24)):
            board.put(x - width_of(text, height) / 2, y + dy, text, height)
        board.put(x - width_of(f"参考 {i.span}", 24) / 2, y + 145, f"参考 {i.span}", 24)
    results, _ = read_pages(board)
    assert not wrong_rows(KIDNEY, results)


def test_layouts_limits_by_sex_over_two_lines() -> None:
    board = Board()
    board.head()
    board.row(240, (40, "项目"), (340, "结果"), (540, "单位"), (760, "参考值"))
    sexes = {"肌酐": ("57-97", "41-81"), "尿酸": ("208-428", "155-357")}
    for n, i in enumerate(KIDNEY, start=1):
        y = 240 + 60 * n
        board.row(y, (40, i.name), (340, f"{i.result}{i.flag}"), (540, i.unit))
        if i.name in sexes:
            board.put(760, y - 12, f"男:{sexes[i.name][0]}", 22)
            board.put(760, y + 16, f"女:{sexes[i.name][1]}", 22)
        else:
            board.put(760, y, i.span)
    results, _ = read_pages(board)
    assert not wrong_rows(KIDNEY, results)
    assert str(next(r for r in results if r.analyte == "creatinine").reference_high) == "81"


def test_layouts_two_dated_columns_are_doubted() -> None:
    """Days as column heads: which one is the current result no word says."""
    board = Board()
    board.head()
    board.row(240, (40, "项目"), (340, "2026-01-10"), (540, "2025-10-02"), (760, "单位"), (960, "参考值"), height=26)
    for n, i in enumerate(BLOOD, start=1):
        cells = ((40, i.name), (340, i.result), (540, f"{n + 2}.27"), (760, i.unit), (960, i.span))
        board.row(240 + 44 * n, *cells, height=26)
    results, _ = read_pages(board)
    assert not silent_rows(BLOOD, results)
    assert all(r.doubts for r in results)


def test_layouts_continued_page_without_header() -> None:
    first, second = Board(), Board()
    first.head()
    first.row(240, (40, "项目"), (400, "结果"), (600, "单位"), (860, "参考值"))
    for n, i in enumerate(KIDNEY[:3], start=1):
        first.row(240 + 44 * n, (40, i.name), (400, f"{i.result}{i.flag}"), (600, i.unit), (860, i.span))
    for n, i in enumerate(KIDNEY[3:]):
        second.row(80 + 44 * n, (40, i.name), (400, f"{i.result}{i.flag}"), (600, i.unit), (860, i.span))
    second.foot(400)
    results, _ = read_pages(first, second)
    assert not wrong_rows(KIDNEY, results)
