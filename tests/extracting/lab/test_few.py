"""One or two items on a screen, and words for results: right where nothing else can be meant, else doubted."""

from __future__ import annotations

import pytest

from pipeline.extracting.lab.verdicts import is_verdict
from tests.extracting.lab import phones, screens
from tests.extracting.lab.board import Board, Item, read_pages, silent_rows, wrong_rows
from tests.extracting.lab.screens import Draw
from tests.extracting.lab.test_phones import phone

GLYCATED = Item("hba1c", "糖化血红蛋白", "HbA1c", "8.6", "%", "4.0-6.0", "↑")
RENAL = (
    Item("creatinine", "肌酐", "CREA", "268.4", "μmol/L", "57.0-97.0", "↑"),
    Item("egfr", "估算肾小球滤过率", "eGFR", "21.3", "ml/min/1.73m2", ">90", "↓"),
)
URINE = (
    Item("urine_protein", "尿蛋白", "PRO", "2+", "", "阴性", "↑"),
    Item("urine_glucose", "尿葡萄糖", "GLU", "-", "", "阴性"),
    Item("urine_ph", "酸碱度", "pH", "6.0", "", "5.0-8.0"),
    Item("urine_specific_gravity", "比重", "SG", "1.020", "", "1.005-1.030"),
    Item("urine_occult_blood", "潜血", "BLD", "±", "", "阴性"),
    Item("urine_ketone", "酮体", "KET", "阴性", "", "阴性"),
)
FEW: tuple[Draw, ...] = (
    screens.value_line_and_reference_line,
    screens.value_between_name_and_reference,
    screens.tiles_two_beside,
    screens.tiles_name_under_number,
    screens.three_labels_in_a_line,
    screens.last_time_under_each,
    screens.unit_in_brackets_of_name,
    phones.chip_and_trend_button,
    phones.strokes_between,
    phones.grid_of_labels,
    phones.code_above_name,
    phones.wrapped_names_at_left,
    phones.your_result,
    phones.limits_in_brackets_after_unit,
    phones.value_first,
)
WORDS: tuple[Draw, ...] = (
    screens.value_and_unit_right,
    screens.value_between_name_and_reference,
    screens.tiles_two_beside,
    screens.one_sentence_each,
    phones.chip_and_trend_button,
    phones.arrow_left_of_value,
    phones.wrapped_names_at_left,
    phones.your_result,
    phones.labels_below_values,
    phones.code_above_name,
    phones.name_between_two_lines,
)


@pytest.mark.parametrize("items", [(GLYCATED,), RENAL], ids=["one", "two"])
@pytest.mark.parametrize("draw", FEW, ids=lambda draw: draw.__name__)
def test_few_items_are_read_as_many_are(draw: Draw, items: tuple[Item, ...]) -> None:
    results, _ = read_pages(phone(draw, items))
    assert not wrong_rows(items, results)
    assert not silent_rows(items, results)


@pytest.mark.parametrize("stray", ["5.30", "56"])
def test_few_a_second_number_near_the_only_name_is_doubted(stray: str) -> None:
    board = Board()
    board.put(60, 100, "糖化血红蛋白", 34)
    board.row(160, (60, "8.6"), (560, stray), height=34)
    results, _ = read_pages(board)
    assert all(r.doubts for r in results)


def test_few_a_lone_number_that_nothing_ties_to_the_name_is_doubted() -> None:
    board = Board()
    board.put(60, 100, "检验报告", 40)
    board.put(60, 200, "糖化血红蛋白", 34)
    board.put(60, 300, "8.6", 34)
    results, _ = read_pages(board)
    assert all(r.doubts for r in results)


@pytest.mark.parametrize("draw", WORDS, ids=lambda draw: draw.__name__)
def test_verdicts_of_limits_never_stand_in_for_results(draw: Draw) -> None:
    """2+, - and ± beside 阴性 of the limits: what is not right carries a doubt."""
    results, _ = read_pages(phone(draw, URINE))
    printed = {item.id: item.result for item in URINE}
    negative = {"-", "阴性", "(阴性)"}
    for r in results:
        if r.analyte in printed and not r.doubts:
            wanted = printed[r.analyte]
            assert r.text == wanted or {r.text, wanted} <= negative, (r.name, r.text)


def test_verdicts_lost_results_leave_limits_alone() -> None:
    """The result's sign was not read: 阴性 of the limits is nobody's result without a doubt."""
    for draw in (phones.wrapped_names_at_left, phones.arrow_left_of_value, screens.value_between_name_and_reference):
        board = phone(draw, URINE)
        board.lines = [line for line in board.lines if not line.text.startswith(("2+", "±"))]
        results, _ = read_pages(board)
        lost = [r for r in results if r.analyte in ("urine_protein", "urine_occult_blood")]
        assert all(r.doubts for r in lost)


@pytest.mark.parametrize("text", ["-", "(-)", "2+", "+-", "±", "阴性", "弱阳性(±)", "阳性(++)", "[阴性]", "未检出"])
def test_verdicts_are_known(text: str) -> None:
    assert is_verdict(text)


@pytest.mark.parametrize("text", ["5.2", "正常人", "阴性杆菌", "黄色", "4.0-6.0", "白细胞"])
def test_verdicts_are_nothing_else(text: str) -> None:
    assert not is_verdict(text)


def test_furniture_sign_before_a_number_is_no_chevron() -> None:
    """< before a number would change it by an order of magnitude if it went."""
    board = Board()
    board.head("甲状腺功能")
    for n, (name, sign, value) in enumerate((("促甲状腺激素", "<", "0.01"), ("游离甲状腺素", "", "28.3"))):
        board.row(260 + 60 * n, (60, name), (560, sign), (590, value), (760, "mIU/L"))
    results, _ = read_pages(board)
    tsh = [r for r in results if r.name == "促甲状腺激素"]
    assert all(r.comparator == "<" or r.doubts for r in tsh)
