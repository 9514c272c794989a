"""Invented prints of laboratory sheets. Each draws one panel and returns where it ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.extracting.lab.board import Board, Item

Draw = Callable[[Board, Sequence[Item], float], float]
LETTER = {"↑": "H", "↓": "L", "": ""}


def result_before_name(board: Board, items: Sequence[Item], y: float) -> float:
    board.row(y, (60, "检验结果"), (300, "单位"), (480, "项目名称"), (860, "参考范围"))
    for i in items:
        y += 46
        board.row(y, (60, f"{i.result}{i.flag}"), (300, i.unit), (480, i.name), (860, i.span))
    return y + 60


def codes_only(board: Board, items: Sequence[Item], y: float) -> float:
    board.row(y, (60, "代号"), (260, "结果"), (480, "单位"), (760, "参考值"))
    for i in items:
        y += 44
        board.row(y, (60, i.code), (260, i.result), (400, LETTER[i.flag]), (480, i.unit), (760, i.span))
    return y + 60


def codes_only_without_header(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        y += 44
        board.row(y, (60, i.code), (260, f"{i.result} {LETTER[i.flag]}".strip()), (480, i.unit), (760, i.span))
    return y + 60


def no_header(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        y += 44
        board.row(y, (60, i.name), (460, i.result), (620, i.flag), (700, i.span), (960, i.unit))
    return y + 60


def unit_in_name(board: Board, items: Sequence[Item], y: float) -> float:
    board.row(y, (60, "项目(单位)"), (620, "结果"), (900, "参考值"))
    for i in items:
        y += 44
        board.row(y, (60, f"{i.name}({i.unit})"), (620, f"{i.result}{i.flag}"), (900, i.span))
    return y + 60


def limits_apart_without_header(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        y += 44
        low, high = i.span.split("-")
        board.row(y, (60, i.name), (460, i.result), (600, i.flag), (660, i.unit), (860, low), (1040, high))
    return y + 60


def low_high_columns(board: Board, items: Sequence[Item], y: float) -> float:
    board.row(y, (60, "项目"), (460, "结果"), (660, "单位"), (860, "低值"), (1040, "高值"))
    for i in items:
        y += 44
        low, high = i.span.split("-")
        board.row(y, (60, i.name), (460, f"{i.result} {LETTER[i.flag]}"), (660, i.unit), (860, low), (1040, high))
    return y + 60


def mark_glued_before(board: Board, items: Sequence[Item], y: float) -> float:
    board.row(y, (60, "检验项目"), (460, "结果"), (660, "单位"), (900, "参考值"))
    for i in items:
        y += 44
        board.row(y, (60, i.name), (440, f"{i.flag}{i.result}"), (660, i.unit), (900, i.span))
    return y + 60


def letter_column_before(board: Board, items: Sequence[Item], y: float) -> float:
    board.row(y, (60, "检验项目"), (400, "提示"), (500, "结果"), (700, "单位"), (900, "参考值"))
    for i in items:
        y += 44
        board.row(y, (60, i.name), (410, LETTER[i.flag]), (500, i.result), (700, i.unit), (900, i.span))
    return y + 60


def words_as_marks(board: Board, items: Sequence[Item], y: float) -> float:
    board.row(y, (60, "检验项目"), (400, "结果"), (560, "单位"), (760, "参考值"), (1060, "状态"))
    for i in items:
        y += 44
        word = {"↑": "偏高", "↓": "偏低", "": "正常"}[i.flag]
        board.row(y, (60, i.name), (400, i.result), (560, i.unit), (760, i.span), (1060, word))
    return y + 60


def stars_as_marks(board: Board, items: Sequence[Item], y: float) -> float:
    board.row(y, (60, "检验项目"), (460, "结果"), (660, "单位"), (900, "参考值"))
    for i in items:
        y += 44
        mark = "*" if i.flag else ""
        board.row(y, (60, i.name), (436, mark), (460, i.result), (660, i.unit), (900, i.span))
    return y + 60


def bracketed_letters(board: Board, items: Sequence[Item], y: float) -> float:
    board.row(y, (60, "检验项目"), (460, "测定值"), (700, "参考值"), (1000, "单位"))
    for i in items:
        y += 44
        mark = f" ({LETTER[i.flag]})" if i.flag else ""
        board.row(y, (60, i.name), (460, f"{i.result}{mark}"), (700, f"[{i.span}]"), (1000, i.unit))
    return y + 60


def method_and_instrument(board: Board, items: Sequence[Item], y: float) -> float:
    board.row(
        y,
        (30, "序号"),
        (120, "项目"),
        (380, "检测方法"),
        (560, "结果"),
        (720, "单位"),
        (880, "参考区间"),
        (1090, "仪器"),
    )
    for n, (i, method) in enumerate(zip(items, ("电阻抗法", "比色法", "免疫比浊法") * 9, strict=False), start=1):
        y += 44
        board.row(
            y, (40, str(n)), (120, i.name), (380, method), (560, f"{i.result}{i.flag}"), (720, i.unit), (880, i.span),
            (1090, "XN-1000"), height=26,
        )  # fmt: skip
    return y + 60


def result_last(board: Board, items: Sequence[Item], y: float) -> float:
    board.row(y, (60, "检验项目"), (460, "参考范围"), (700, "单位"), (900, "结果"), (1100, "提示"))
    for i in items:
        y += 44
        board.row(y, (60, i.name), (460, i.span), (700, i.unit), (900, i.result), (1100, i.flag))
    return y + 60


def earlier_result_first(board: Board, items: Sequence[Item], y: float) -> float:
    board.row(y, (60, "检验项目"), (400, "前次结果"), (580, "本次结果"), (780, "单位"), (980, "参考值"))
    for n, i in enumerate(items):
        y += 44
        board.row(
            y, (60, i.name), (400, f"{n + 2}.34"), (580, f"{i.result}{i.flag}"), (780, i.unit), (980, i.span)
        )  # fmt: skip
    return y + 60


def two_earlier_results(board: Board, items: Sequence[Item], y: float) -> float:
    board.row(y, (60, "项目"), (340, "结果"), (500, "单位"), (680, "参考值"), (900, "上次结果"), (1060, "上上次结果"))
    for n, i in enumerate(items):
        y += 44
        board.row(
            y, (60, i.name), (340, f"{i.result}{i.flag}"), (500, i.unit), (680, i.span), (900, f"{n + 2}.34"),
            (1060, f"{n + 3}.78"),
        )  # fmt: skip
    return y + 60


def critical_values(board: Board, items: Sequence[Item], y: float) -> float:
    board.row(y, (60, "项目"), (340, "结果"), (500, "单位"), (680, "参考值"), (900, "危急值"))
    for n, i in enumerate(items):
        y += 44
        board.row(
            y, (60, i.name), (340, f"{i.result}{i.flag}"), (500, i.unit), (680, i.span), (900, f"<{n + 1}.2 >{n + 50}")
        )
    return y + 60


def header_again_in_the_middle(board: Board, items: Sequence[Item], y: float) -> float:
    for part in (items[:3], items[3:]):
        board.row(y, (60, "项目"), (400, "结果"), (600, "单位"), (860, "参考值"))
        for i in part:
            y += 44
            board.row(y, (60, i.name), (400, f"{i.result}{i.flag}"), (600, i.unit), (860, i.span))
        y += 90
    return y


def two_beside(board: Board, items: Sequence[Item], y: float) -> float:
    for x in (30, 640):
        board.row(y, (x, "项目"), (x + 230, "结果"), (x + 330, "参考值"), (x + 480, "单位"), height=22)
    for k in range(0, len(items), 2):
        y += 40
        for x, i in zip((30, 640), items[k : k + 2], strict=False):
            board.row(y, (x, i.name), (x + 230, f"{i.result}{i.flag}"), (x + 330, i.span), (x + 480, i.unit), height=22)
    return y + 60


def two_beside_without_header(board: Board, items: Sequence[Item], y: float) -> float:
    half = (len(items) + 1) // 2
    for k in range(half):
        y += 40
        for x, i in zip((30, 640), (items[k], *items[k + half : k + half + 1]), strict=False):
            board.row(y, (x, i.name), (x + 230, f"{i.result}{i.flag}"), (x + 340, i.span), (x + 480, i.unit), height=22)
    return y + 60


def three_beside(board: Board, items: Sequence[Item], y: float) -> float:
    for x in (20, 430, 840):
        board.row(y, (x, "项目"), (x + 160, "结果"), (x + 250, "单位"), (x + 330, "参考"), height=18)
    for k in range(0, len(items), 3):
        y += 36
        for x, i in zip((20, 430, 840), items[k : k + 3], strict=False):
            board.row(y, (x, i.name), (x + 160, f"{i.result}{i.flag}"), (x + 244, i.unit), (x + 322, i.span), height=16)
    return y + 60


def name_wrapped(board: Board, items: Sequence[Item], y: float) -> float:
    """Long names break, and the second line hangs below the row."""
    board.row(y, (60, "检验项目"), (400, "结果"), (600, "单位"), (860, "参考值"))
    for i in items:
        y += 70
        board.row(y, (60, i.name[:6]), (400, f"{i.result}{i.flag}"), (600, i.unit), (860, i.span))
        board.put(60, y + 32, i.name[6:])
    return y + 90


def english_under_name(board: Board, items: Sequence[Item], y: float) -> float:
    english = {"WBC": "White blood cell", "RBC": "Red blood cell", "HGB": "Hemoglobin", "PLT": "Platelet count"}
    board.row(y, (60, "检验项目"), (460, "结果"), (640, "单位"), (880, "参考区间"))
    for i in items:
        y += 76
        board.row(y, (60, i.name), (460, f"{i.result} {i.flag}".strip()), (640, i.unit), (880, i.span))
        board.put(60, y + 32, english.get(i.code, "Serum quantity"), 22)
    return y + 90


def unit_behind_range(board: Board, items: Sequence[Item], y: float) -> float:
    board.row(y, (60, "检验项目"), (460, "结果"), (760, "参考值及单位"))
    for i in items:
        y += 44
        board.row(y, (60, i.name), (460, f"{i.result}{i.flag}"), (760, f"{i.span} {i.unit}"))
    return y + 60


def unit_glued_to_result(board: Board, items: Sequence[Item], y: float) -> float:
    board.row(y, (60, "检验项目"), (460, "结果"), (860, "参考值"))
    for i in items:
        y += 44
        times = "×" if i.unit.startswith("10^") else ""
        board.row(y, (60, i.name), (460, f"{i.result}{times}{i.unit} {i.flag}".strip()), (860, i.span))
    return y + 60


def charge_codes(board: Board, items: Sequence[Item], y: float) -> float:
    board.row(y, (30, "序号"), (110, "项目编码"), (300, "项目名称"), (620, "结果"), (780, "单位"), (960, "参考值"))
    for n, i in enumerate(items, start=1):
        y += 44
        board.row(
            y, (40, str(n)), (110, f"2501010{n:02d}"), (300, i.name), (620, f"{i.result}{i.flag}"), (780, i.unit),
            (960, i.span),
        )  # fmt: skip
    return y + 60


def marks_of_recognition(board: Board, items: Sequence[Item], y: float) -> float:
    """Stars, HR and triangles in front of names say where a result is recognised, never that it is abnormal."""
    board.row(y, (60, "项目"), (460, "结果"), (640, "提示"), (740, "单位"), (960, "参考值"))
    for lead, i in zip(("★", "", "HR", "▲", "★", "*") * 5, items, strict=False):
        y += 44
        board.row(y, (60, f"{lead}{i.name}"), (460, i.result), (640, i.flag), (740, i.unit), (960, i.span))
    return y + 60


def thermal_slip(board: Board, items: Sequence[Item], y: float) -> float:
    for i in items:
        y += 40
        board.put(60, y, f"{i.code:<8}{i.result:>8} {LETTER[i.flag] or ' '} {i.unit}", 26)
    return y + 60


def lines_of_three_words(board: Board, items: Sequence[Item], y: float) -> float:
    """Whole rows read as one line, as dense print often is."""
    board.put(60, y, "No 项目 结果 单位 参考值", 26)
    for n, i in enumerate(items, start=1):
        y += 40
        board.put(60, y, f"{n} {i.name} {i.result}{i.flag} {i.unit} {i.span}", 26)
    return y + 60


def specimens_in_sections(board: Board, items: Sequence[Item], y: float) -> float:
    board.row(y, (60, "项目"), (460, "结果"), (640, "单位"), (900, "参考值"))
    for title, part in (("【血清】", items[:3]), ("【全血】", items[3:])):
        y += 50
        board.put(60, y, title)
        for i in part:
            y += 44
            board.row(y, (60, i.name), (460, f"{i.result}{i.flag}"), (640, i.unit), (900, i.span))
    return y + 60


def transposed(board: Board, items: Sequence[Item], y: float) -> float:
    """Items side by side, what belongs to each below its name."""
    board.row(y, (30, "项目"), *[(150 + 180 * k, i.name) for k, i in enumerate(items)], height=20)
    board.row(y + 44, (30, "结果"), *[(150 + 180 * k, f"{i.result}{i.flag}") for k, i in enumerate(items)], height=20)
    board.row(y + 88, (30, "单位"), *[(150 + 180 * k, i.unit) for k, i in enumerate(items)], height=20)
    board.row(y + 132, (30, "参考值"), *[(150 + 180 * k, i.span) for k, i in enumerate(items)], height=20)
    return y + 200


PRINTS: tuple[Draw, ...] = (
    result_before_name, codes_only, codes_only_without_header, no_header, unit_in_name, limits_apart_without_header,
    low_high_columns, mark_glued_before, letter_column_before, words_as_marks, stars_as_marks, bracketed_letters,
    method_and_instrument, result_last, earlier_result_first, two_earlier_results, critical_values,
    header_again_in_the_middle, two_beside, two_beside_without_header, three_beside, name_wrapped, english_under_name,
    unit_behind_range, unit_glued_to_result, charge_codes, marks_of_recognition, thermal_slip, lines_of_three_words,
    specimens_in_sections, transposed,
)  # fmt: skip
