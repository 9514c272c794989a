"""Glyphs that readers confuse: mended where unit and range prove it, doubted or refused elsewhere; never a silent
other number."""

from __future__ import annotations

import pytest

from rules.engine.facts import LabResult
from tests.extracting.lab.board import Board, Item, read_pages

AROUND = (
    Item("rbc", "红细胞", "RBC", "4.55", "10^12/L", "3.80-5.10"),
    Item("total_protein", "总蛋白", "TP", "61.3", "g/L", "65.0-85.0", "↓"),
    Item("uric_acid", "尿酸", "UA", "495", "μmol/L", "208-428", "↑"),
)
SAME = (
    ("白细胞", "12.30", "109/L", "3.50-9.50", "12.30", "10*9/L"),
    ("白细胞", "12.30", "10°/L", "3.50-9.50", "12.30", "10*9/L"),
    ("白细胞", "12.30", "x1O9/L", "3.50-9.50", "12.30", "10*9/L"),
    ("肌酐", "268.4", "unol/L", "57.0-97.0", "268.4", "umol/L"),
    ("肌酐", "268.4", "μmo1/1", "57.0-97.0", "268.4", "umol/L"),
    ("肌酐", "268.4", "mmol/L", "57.0-97.0", "268.4", "umol/L"),
    ("尿素", "18。62", "mmol/L", "3.10-8.00", "18.62", "mmol/L"),
    ("肌酐", "812†", "μmol/L", "57-97", "812", "umol/L"),
)
DOUBTED = (
    ("肌酐", "2684", "μmol/L", "57.0-97.0"),
    ("肌酐", "268,4", "μmol/L", "57.0-97.0"),
    ("肌酐", "268 4", "μmol/L", "57.0-97.0"),
    ("肌酐", "26B.4", "μmol/L", "57.0-97.0"),
    ("肌酐", "l68.4", "μmol/L", "57.0-97.0"),
    ("肌酐", "8121", "μmol/L", "57-97"),
    ("血红蛋白", "10l", "g/L", "115-150"),
    ("血红蛋白", "1O1", "g/L", "115-150"),
    ("钾", "512", "mmol/L", "3.50-5.30"),
    ("钾", "S.12", "mmol/L", "3.50-5.30"),
    ("尿素", "18..62", "mmol/L", "3.10-8.00"),
    ("尿素", "18-62", "mmol/L", "3.10-8.00"),
    ("糖化血红蛋白", "98", "%", "4.0-6.0"),
)


def row(name: str, text: str, unit: str, span: str, *, screen: bool) -> list[LabResult]:
    board = Board()
    if not screen:
        board.head()
        board.row(240, (40, "项目"), (340, "结果"), (480, "提示"), (540, "单位"), (760, "参考值"))
    y = 200.0 if screen else 284.0
    for item in (AROUND[0], Item("", name, "", text, unit, span), *AROUND[1:]):
        if screen:
            board.row(y, (60, item.name), (800, item.result), (940, item.flag), (1000, item.unit))
            board.put(60, y + 50, f"参考值：{item.span}", 26)
            y += 130
        else:
            board.row(
                y, (40, item.name), (340, item.result), (480, item.flag), (540, item.unit), (760, item.span)
            )  # fmt: skip
            y += 44
    return [result for result in read_pages(board)[0] if result.name == name]


@pytest.mark.parametrize("screen", [False, True], ids=["sheet", "screen"])
@pytest.mark.parametrize(("name", "text", "unit", "span", "value", "canonical"), SAME)
def test_confusions_proven_by_range_keep_the_number(
    name: str, text: str, unit: str, span: str, value: str, canonical: str, screen: bool
) -> None:
    (result,) = row(name, text, unit, span, screen=screen)
    assert (str(result.canonical_value), result.canonical_unit) == (value, canonical)


@pytest.mark.parametrize("screen", [False, True], ids=["sheet", "screen"])
@pytest.mark.parametrize(("name", "text", "unit", "span"), DOUBTED)
def test_confusions_of_digits_are_never_silent(name: str, text: str, unit: str, span: str, screen: bool) -> None:
    assert all(result.doubts for result in row(name, text, unit, span, screen=screen))
