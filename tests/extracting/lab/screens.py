"""Invented phone screens of results: cards, tiles, lists. Each draws one panel and returns where it ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.extracting.lab.board import Board, Item, width_of

Draw = Callable[[Board, Sequence[Item], float], float]
WORDS = {"↑": "偏高", "↓": "偏低", "": "正常"}


def right(board: Board, x: float, y: float, text: str, height: float = 30) -> None:
    """Print that ends at ``x``."""
    board.put(x - width_of(text, height), y, text, height)


def value_line_and_reference_line(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, i.name, 36)
        board.row(y + 60, (60, i.result), (260, i.unit), (480, i.flag), height=34)
        board.put(60, y + 115, f"参考值：{i.span}", 26)
        y += 190
    return y


def value_and_unit_right(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, i.name, 34)
        right(board, 1180, y, f"{i.result} {i.unit} {i.flag}".strip(), 34)
        board.put(60, y + 52, f"参考范围：{i.span}", 26)
        y += 140
    return y


def value_between_name_and_reference(board: Board, items: Sequence[Item], y: float) -> float:
    """Grey reference under the name at the left, the number in the middle of both lines at the right."""
    for i in items:
        board.put(60, y, i.name, 34)
        board.put(60, y + 54, f"参考值 {i.span} {i.unit}", 26)
        right(board, 1150, y + 22, f"{i.result}{i.flag}", 40)
        y += 150
    return y


def code_under_name_value_between(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, i.name, 34)
        board.put(60, y + 50, i.code, 26)
        board.put(560, y + 22, i.result, 38)
        board.put(720, y + 22, i.flag, 34)
        right(board, 1180, y, i.unit, 26)
        right(board, 1180, y + 50, i.span, 26)
        y += 140
    return y


def unit_under_value_at_right(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, f"{i.name}({i.code})", 34)
        right(board, 1180, y, f"{i.result} {i.flag}".strip(), 38)
        board.put(60, y + 54, f"参考区间 {i.span}", 26)
        right(board, 1180, y + 54, i.unit, 26)
        y += 140
    return y


def three_labels_in_a_line(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, i.name, 36)
        board.row(
            y + 60, (60, f"结果：{i.result}{i.flag}"), (440, f"单位：{i.unit}"), (800, f"参考：{i.span}"), height=28
        )
        y += 140
    return y


def unit_and_reference_in_second_line(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, i.name, 34)
        right(board, 1180, y, f"{i.result}{i.flag}", 36)
        board.put(60, y + 52, f"单位：{i.unit}  参考：{i.span}", 26)
        y += 130
    return y


def status_tag_and_scale(board: Board, items: Sequence[Item], y: float) -> float:
    """A coloured scale under the number repeats both limits as bare numbers."""
    for i in items:
        low, high = i.span.split("-")
        board.put(60, y, i.name, 36)
        right(board, 1180, y, WORDS[i.flag], 28)
        board.row(y + 60, (60, i.result), (240, i.unit), height=40)
        board.row(y + 130, (380, low), (760, high), height=24)
        y += 200
    return y


def tiles_two_beside(board: Board, items: Sequence[Item], y: float) -> float:
    for k in range(0, len(items), 2):
        for x, i in zip((60, 660), items[k : k + 2], strict=False):
            board.put(x, y, i.name, 32)
            board.put(x, y + 54, f"{i.result}{i.flag}", 44)
            board.put(x, y + 116, f"{i.unit} ({i.span})", 26)
        y += 210
    return y


def tiles_name_under_number(board: Board, items: Sequence[Item], y: float) -> float:
    for k in range(0, len(items), 2):
        for x, i in zip((60, 660), items[k : k + 2], strict=False):
            board.put(x, y, f"{i.result}{i.flag}", 44)
            board.put(x, y + 62, i.name, 32)
            board.put(x, y + 110, f"{i.span} {i.unit}", 26)
        y += 220
    return y


def last_time_under_each(board: Board, items: Sequence[Item], y: float) -> float:
    """The result before this one stands in the card: it is never the current one."""
    for n, i in enumerate(items):
        board.put(60, y, i.name, 36)
        right(board, 1180, y, f"{i.result} {i.unit} {i.flag}".strip(), 36)
        board.put(60, y + 56, f"参考值：{i.span}", 26)
        board.put(700, y + 56, f"上次：{9 + n}.37 (2025-10-11)", 26)
        y += 140
    return y


def last_result_as_line(board: Board, items: Sequence[Item], y: float) -> float:
    for n, i in enumerate(items):
        board.put(60, y, f"项目：{i.name}", 32)
        board.put(60, y + 50, f"本次结果：{i.result} {i.unit} {i.flag}".strip(), 32)
        board.put(60, y + 100, f"上次结果：{7 + n}.41 {i.unit}", 32)
        board.put(60, y + 150, f"参考范围：{i.span}", 32)
        y += 230
    return y


def one_sentence_each(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, f"{i.name}({i.code})：{i.result} {i.unit} {i.flag}（参考值 {i.span}）", 30)
        y += 62
    return y


def numbered_with_brackets(board: Board, items: Sequence[Item], y: float) -> float:
    for n, i in enumerate(items, start=1):
        board.put(60, y, f"{n}、{i.name} {i.result}{i.flag} {i.unit} [{i.span}]", 30)
        y += 60
    return y


def table_unit_under_value(board: Board, items: Sequence[Item], y: float) -> float:
    board.row(y, (60, "项目名称"), (600, "结果"), (900, "参考区间"), height=28)
    y += 70
    for i in items:
        board.put(60, y + 18, i.name, 30)
        board.put(600, y, f"{i.result} {i.flag}".strip(), 32)
        board.put(600, y + 40, i.unit, 24)
        board.put(900, y + 18, i.span, 28)
        y += 110
    return y


def table_names_wrapped(board: Board, items: Sequence[Item], y: float) -> float:
    """Narrow columns: a long name breaks, the code stands below it, number and range in the middle."""
    board.row(y, (60, "项目"), (430, "结果"), (700, "单位"), (930, "参考值"), height=28)
    y += 80
    for i in items:
        board.put(60, y, i.name[:5], 30)
        board.put(60, y + 38, f"{i.name[5:]}({i.code})", 30)
        board.row(y + 19, (430, f"{i.result}{i.flag}"), (700, i.unit), (930, i.span), height=30)
        y += 120
    return y


def sections_with_counts(board: Board, items: Sequence[Item], y: float) -> float:
    half = len(items) // 2
    for title, part in (("异常指标(3)", items[:half]), ("正常指标(3)", items[half:])):
        board.put(60, y, title, 38)
        y += 90
        for i in part:
            board.put(60, y, i.name, 32)
            board.put(560, y, i.result, 34)
            board.put(700, y, WORDS[i.flag], 26)
            right(board, 1180, y, f"{i.span} {i.unit}", 26)
            y += 90
        y += 40
    return y


def name_with_mark_before(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, {"↑": "高", "↓": "低", "": ""}[i.flag], 26)
        board.put(120, y, i.name, 34)
        right(board, 1180, y, i.result, 36)
        board.put(120, y + 50, i.unit, 26)
        right(board, 1180, y + 50, f"参考值:{i.span}", 26)
        y += 130
    return y


def all_in_one_column(board: Board, items: Sequence[Item], y: float) -> float:
    """Four lines an item, no label at all."""
    for i in items:
        for text in (i.name, f"{i.result} {i.flag}".strip(), i.unit, i.span):
            board.put(60, y, text, 32)
            y += 50
        y += 40
    return y


def labels_above_in_columns(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, f"{i.code}  {i.name}", 34)
        board.row(y + 56, (60, "检测结果"), (480, "参考范围"), (880, "单位"), height=24)
        board.row(y + 92, (60, f"{i.result}{i.flag}"), (480, i.span), (880, i.unit), height=32)
        y += 180
    return y


def unit_in_brackets_of_name(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        board.put(60, y, f"{i.name}({i.unit})", 34)
        right(board, 1180, y, f"{i.flag}{i.result}", 36)
        board.put(60, y + 50, f"正常值：{i.span}", 26)
        y += 130
    return y


SCREENS: tuple[Draw, ...] = (
    value_line_and_reference_line,
    value_and_unit_right,
    value_between_name_and_reference,
    code_under_name_value_between,
    unit_under_value_at_right,
    three_labels_in_a_line,
    unit_and_reference_in_second_line,
    status_tag_and_scale,
    tiles_two_beside,
    tiles_name_under_number,
    last_time_under_each,
    last_result_as_line,
    one_sentence_each,
    numbered_with_brackets,
    table_unit_under_value,
    table_names_wrapped,
    sections_with_counts,
    name_with_mark_before,
    all_in_one_column,
    labels_above_in_columns,
    unit_in_brackets_of_name,
)
