"""Seals and stray marks over results."""

from __future__ import annotations

import pytest

from pipeline.extracting.lab.seals import without_seals
from tests.extracting.lab.sheets import cells, read

HEAD = [("项目", 100.0), ("结果", 400.0), ("单位", 700.0), ("参考值", 900.0)]
UREA = [("尿素", 100.0), ("28.11", 400.0), ("mmol/L", 700.0), ("3.1-8.0", 900.0)]
ACID = [("尿酸", 100.0), ("398", 400.0), ("μmol/L", 700.0), ("208-428", 900.0)]


@pytest.mark.parametrize(
    ("raw", "text", "doubts"),
    [
        ("★阴性(-)", "阴性(-)", set()),
        ("☆阴性", "阴性", set()),
        ("2+●", "2+", set()),
        ("检验专用*章2+", "2+", {"low_confidence"}),
        ("阴性检验专用章", "阴性", {"low_confidence"}),
        ("医院3+", "3+", {"low_confidence"}),
    ],
)
def test_seals_come_off_words_and_signs(raw: str, text: str, doubts: set[str]) -> None:
    urine = [("尿蛋白", 100.0), (raw, 400.0), ("阴性", 900.0)]
    sugar = [("尿糖", 100.0), ("阴性", 400.0), ("阴性", 900.0)]
    blood = [("尿潜血", 100.0), ("阴性", 400.0), ("阴性", 900.0)]
    result = read(cells(HEAD, urine, sugar, blood))[0]
    assert (result.name, result.text, set(result.doubts)) == ("尿蛋白", text, doubts)


@pytest.mark.parametrize("raw", ["★812.4", "812.4检验专用章", "专用812.4章", "●812.4"])
def test_seals_over_numbers_leave_a_doubt(raw: str) -> None:
    row = [("肌酐", 100.0), (raw, 400.0), ("μmol/L", 700.0), ("57-97", 900.0)]
    result = read(cells(HEAD, row, UREA, ACID))[0]
    assert (result.name, result.text, str(result.value)) == ("肌酐", "812.4", "812.4")
    assert "low_confidence" in result.doubts


@pytest.mark.parametrize("raw", ["8检验专用章12", "★8★12", "市人民医院12+x", "专用章"])
def test_seals_that_leave_no_result_are_unreadable(raw: str) -> None:
    row = [("肌酐", 100.0), (raw, 400.0), ("μmol/L", 700.0), ("57-97", 900.0)]
    found = [r for r in read(cells(HEAD, row, UREA, ACID)) if r.name == "肌酐"]
    assert all(r.value is None and "value_unreadable" in r.doubts for r in found)


@pytest.mark.parametrize("text", ["★肌酐", "*12.3", "科2", "检验专用章", "20250912检验专用章", "白细胞 11.35 ↑"])
def test_seals_leave_other_print_alone(text: str) -> None:
    assert without_seals(text) == text
