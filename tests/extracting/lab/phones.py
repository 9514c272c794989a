"""More invented phone screens of results: what hospitals' apps and mini programs put around the numbers.

Chips, buttons, chevrons, captions of scales, words for "your result", lists of earlier results: each repeats with every
item, and none of it is the item's name, number or limit. Each function draws one panel and returns where it ended.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.extracting.lab.board import Board, Item
from tests.extracting.lab.screens import WORDS, right

Draw = Callable[[Board, Sequence[Item], float], float]
HIGH_LOW = {"↑": "H", "↓": "L", "": ""}


def chip_and_trend_button(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        end = board.put(60, y, i.name, 36)
        board.put(end + 30, y + 6, WORDS[i.flag] if i.flag else "", 24)
        right(board, 1180, y + 4, "查看趋势", 26)
        board.row(y + 62, (60, i.result), (260, i.unit), height=40)
        board.put(60, y + 125, f"参考范围：{i.span}", 26)
        y += 210
    return y


def labels_in_small_print(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, i.name, 36)
        right(board, 1180, y, "趋势图 >", 26)
        board.put(60, y + 60, f"结果 {i.result} {i.flag}".strip(), 30)
        board.row(y + 110, (60, f"单位 {i.unit}"), (560, f"参考范围 {i.span}"), height=26)
        y += 190
    return y


def strokes_between(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, f"{i.name} {i.code}", 34)
        board.put(60, y + 55, f"{i.result} {i.flag} | {i.unit} | {i.span}".replace("  ", " "), 30)
        y += 130
    return y


def arrow_left_of_value(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, i.name, 34)
        board.put(1000, y, i.flag, 34)
        right(board, 1180, y, i.result, 38)
        board.put(60, y + 54, f"{i.span} {i.unit}", 26)
        y += 130
    return y


def three_columns_two_lines(board: Board, items: Sequence[Item], y: float) -> float:
    """Code under the name, unit under the number, a word under the limits."""
    for i in items:
        board.row(y, (60, i.name), (600, f"{i.result}{i.flag}"), (940, i.span), height=32)
        board.row(y + 46, (60, i.code), (600, i.unit), (940, "参考范围"), height=24)
        y += 120
    return y


def grid_of_labels(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, i.name, 36)
        board.row(y + 60, (60, f"检测结果：{i.result}"), (640, f"单位：{i.unit}"), height=28)
        board.row(y + 110, (60, f"参考范围：{i.span}"), (640, f"结果提示：{WORDS[i.flag]}"), height=28)
        y += 190
    return y


def code_above_name(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, i.code, 36)
        board.put(60, y + 50, i.name, 26)
        right(board, 1180, y, f"{i.result} {HIGH_LOW[i.flag]}".strip(), 38)
        right(board, 1180, y + 54, f"{i.span} {i.unit}", 24)
        y += 130
    return y


def groups_that_fold(board: Board, items: Sequence[Item], y: float) -> float:
    for title, part in (("血细胞分析（3项）", items[:3]), ("其他检验（3项）", items[3:])):
        board.put(60, y, title, 36)
        right(board, 1180, y, "收起", 26)
        y += 80
        for i in part:
            board.put(80, y, i.name, 32)
            right(board, 1160, y, f"{i.result} {i.unit} {i.flag}".strip(), 32)
            right(board, 1160, y + 48, i.span, 24)
            y += 110
        y += 50
    return y


def chevrons(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, i.name, 34)
        right(board, 1120, y, f"{i.result}{i.flag}", 36)
        board.put(1170, y + 16, ">", 30)
        board.put(60, y + 52, f"参考值：{i.span} {i.unit}", 26)
        y += 130
    return y


def result_with_reference_in_brackets(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, f"{i.name}（{i.code}）", 34)
        board.put(60, y + 54, f"结果：{i.result} {i.unit} {i.flag}（参考：{i.span}）".replace("  ", " "), 28)
        y += 125
    return y


def wrapped_names_at_left(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, i.name[:5], 32)
        board.put(60, y + 42, i.name[5:], 32)
        right(board, 900, y + 20, f"{i.result} {i.flag}".strip(), 36)
        right(board, 1180, y, i.span, 26)
        right(board, 1180, y + 42, i.unit, 26)
        y += 130
    return y


def tiles_three_across(board: Board, items: Sequence[Item], y: float) -> float:
    for k in range(0, len(items), 3):
        for x, i in zip((40, 440, 840), items[k : k + 3], strict=False):
            board.put(x, y, i.name, 28)
            board.put(x, y + 50, f"{i.result}{i.flag}", 40)
            board.put(x, y + 108, i.unit, 24)
            board.put(x, y + 144, f"参考 {i.span}", 24)
        y += 240
    return y


def your_result(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, i.name, 36)
        board.row(y + 60, (60, "您的结果"), (640, "正常范围"), height=24)
        board.row(y + 96, (60, f"{i.result} {i.unit}"), (640, i.span), height=34)
        right(board, 1180, y, WORDS[i.flag], 26)
        y += 190
    return y


def comment_line_below(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.row(y, (60, i.name), (560, i.result), (760, i.unit), height=34)
        board.put(60, y + 50, f"参考区间：{i.span}", 26)
        right(board, 1180, y + 50, f"{i.flag}{WORDS[i.flag]}", 26)
        y += 130
    return y


def standard_value(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, i.name, 34)
        right(board, 1180, y, f"{i.result}{i.flag}", 34)
        board.put(60, y + 50, f"标准值：{i.span}", 26)
        right(board, 1180, y + 50, f"单位：{i.unit}", 26)
        y += 130
    return y


def earlier_results_listed(board: Board, items: Sequence[Item], y: float) -> float:
    for n, i in enumerate(items):
        board.put(60, y, i.name, 36)
        right(board, 1180, y, f"{i.result} {i.unit} {i.flag}".strip(), 36)
        board.put(60, y + 54, f"参考值：{i.span}", 26)
        board.put(60, y + 100, f"历史结果：{n + 6}.13（2025-08-02）  {n + 7}.29（2025-05-11）", 24)
        y += 180
    return y


def limits_in_brackets_after_unit(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, i.name, 34)
        board.put(60, y + 52, f"{i.result}{i.flag}", 40)
        right(board, 1180, y + 58, f"{i.span.replace('-', '~')}({i.unit})", 26)
        y += 140
    return y


def numbered_cards(board: Board, items: Sequence[Item], y: float) -> float:
    for n, i in enumerate(items, start=1):
        board.put(60, y, f"{n:02d}", 30)
        board.put(130, y, i.name, 34)
        right(board, 1180, y, f"{i.result} {i.flag}".strip(), 36)
        board.row(y + 54, (130, f"参考范围 {i.span}"), (900, i.unit), height=26)
        y += 130
    return y


def header_in_every_card(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, f"{i.name}({i.code})", 34)
        board.row(y + 56, (60, "结果"), (400, "单位"), (700, "参考值"), (1040, "提示"), height=24)
        board.row(y + 92, (60, i.result), (400, i.unit), (700, i.span), (1040, WORDS[i.flag]), height=30)
        y += 180
    return y


def labels_below_values(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, i.name, 34)
        board.row(y + 56, (60, f"{i.result}{i.flag}"), (480, i.unit), (800, i.span), height=34)
        board.row(y + 100, (60, "检测结果"), (480, "单位"), (800, "参考范围"), height=22)
        y += 190
    return y


def letter_chip_after_number(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, i.name, 34)
        end = board.put(640, y, i.result, 36)
        board.put(end + 16, y + 6, HIGH_LOW[i.flag], 22)
        board.row(y + 52, (60, i.code), (640, i.unit), (900, i.span), height=24)
        y += 125
    return y


def name_between_two_lines(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y + 24, i.name, 34)
        right(board, 1180, y, f"{i.result} {i.flag}".strip(), 36)
        right(board, 1180, y + 52, f"参考 {i.span} {i.unit}", 24)
        y += 140
    return y


def explained(board: Board, items: Sequence[Item], y: float) -> float:
    """A sentence explains each result that is out of its limits."""
    for i in items:
        board.put(60, y, i.name, 34)
        right(board, 1180, y, f"{i.result} {i.unit} {i.flag}".strip(), 34)
        board.put(60, y + 52, f"参考范围：{i.span}", 26)
        y += 110
        if i.flag:
            board.put(60, y, "指标解读：该项超出参考范围，常见于炎症、贫血等情况。", 24)
            y += 60
        y += 30
    return y


def method_line(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, i.name, 34)
        board.row(y + 54, (60, f"{i.result} {i.unit}"), (640, i.span), (1040, i.flag), height=32)
        board.put(60, y + 104, "检测方法：流式细胞法", 24)
        y += 180
    return y


def captions_of_a_scale(board: Board, items: Sequence[Item], y: float) -> float:
    """偏低, 正常, 偏高 are printed under each item as the parts of its scale: they say nothing of the result."""
    for i in items:
        low, high = i.span.split("-")
        board.put(60, y, i.name, 36)
        right(board, 1180, y, f"{i.result} {i.unit}", 36)
        board.row(y + 60, (430, low), (800, high), height=22)
        board.row(y + 100, (200, "偏低"), (600, "正常"), (980, "偏高"), height=22)
        y += 190
    return y


def header_and_unit_under_limits(board: Board, items: Sequence[Item], y: float) -> float:
    board.row(y, (60, "检验项目"), (640, "检验结果"), (920, "参考值/单位"), height=28)
    y += 70
    for i in items:
        board.row(y + 16, (60, i.name), (640, f"{i.result} {i.flag}".strip()), height=32)
        board.put(920, y, i.span, 28)
        board.put(920, y + 38, i.unit, 24)
        y += 100
    return y


def value_first(board: Board, items: Sequence[Item], y: float) -> float:
    """The number in large print at the left, its name behind it."""
    for i in items:
        board.put(60, y, f"{i.result}{i.flag}", 44)
        board.put(400, y + 6, i.name, 32)
        board.put(60, y + 62, f"{i.unit}  参考值 {i.span}", 26)
        y += 150
    return y


def name_and_code_in_two_columns(board: Board, items: Sequence[Item], y: float) -> float:
    for k in range(0, len(items), 2):
        for x, i in zip((40, 640), items[k : k + 2], strict=False):
            board.put(x, y, f"{i.name}({i.code})", 26)
            board.put(x, y + 44, f"{i.result} {i.unit} {i.flag}".strip(), 30)
            board.put(x, y + 88, f"参考范围:{i.span}", 24)
        y += 160
    return y


def value_before_name_and_arrow_read_as_a_word(board: Board, items: Sequence[Item], y: float) -> float:
    """Large values stand before the names, some of them whole numbers; the arrow at the right edge was read as 个."""
    for i in items:
        board.put(44, y, i.result, 40)
        board.put(230, y - 4, f"{i.name} {i.code}", 32)
        board.put(1100, y + 4, "个" if i.flag else "", 40)
        board.put(44, y + 60, i.unit, 26)
        board.put(230, y + 44, f"参考：{i.span}", 26)
        y += 150
    return y


def ends_of_a_scale_beneath(board: Board, items: Sequence[Item], y: float) -> float:
    """A bar under each item with its knob and its two ends, and nothing that says what they are."""
    for i in items:
        low, high = i.span.split("-")
        board.put(60, y, i.name, 36)
        right(board, 1080, y, i.result, 36)
        board.put(1090, y + 4, i.unit, 26)
        board.put(600 if not i.flag else 900, y + 56, "O", 24)
        board.row(y + 88, (360, low), (760, high), height=26)
        board.put(1080, y + 88, "偏高" if i.flag == "↑" else "", 26)
        y += 170
    return y


def brackets_for_chevrons(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, i.name, 34)
        board.put(620, y, f"{i.flag} {i.result}".strip(), 34)
        board.put(900, y, i.unit, 30)
        board.put(1170, y + 6, ")", 22)
        board.put(60, y + 52, f"参考区间 {i.span} {i.unit}" if "^" not in i.unit else f"参考区间 {i.span}", 28)
        y += 130
    return y


PHONES: tuple[Draw, ...] = (
    chip_and_trend_button,
    labels_in_small_print,
    strokes_between,
    arrow_left_of_value,
    three_columns_two_lines,
    grid_of_labels,
    code_above_name,
    groups_that_fold,
    chevrons,
    result_with_reference_in_brackets,
    wrapped_names_at_left,
    tiles_three_across,
    your_result,
    comment_line_below,
    standard_value,
    earlier_results_listed,
    limits_in_brackets_after_unit,
    numbered_cards,
    header_in_every_card,
    labels_below_values,
    letter_chip_after_number,
    name_between_two_lines,
    explained,
    method_line,
    captions_of_a_scale,
    header_and_unit_under_limits,
    value_first,
    name_and_code_in_two_columns,
    value_before_name_and_arrow_read_as_a_word,
    ends_of_a_scale_beneath,
    brackets_for_chevrons,
)
