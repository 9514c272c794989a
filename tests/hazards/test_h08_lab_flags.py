"""H8, on the sheet: marks before or behind the value, letters, misread arrows; mark against range; a shifted range
column."""

from __future__ import annotations

import pytest

from pipeline.extracting.lab import extract_lab_results
from rules.engine.facts import Flag, LabResult
from tests.extracting.lab.sheets import cells, document_of, read

UNIT, RANGE = ("mmol/L", 760.0), 960.0


def one(
    result: str, flag: str = "", reference: str = "3.5-9.5", *, header: bool = True, before: bool = False
) -> LabResult:
    head = [
        ("项目", 100.0),
        ("结果", 420.0),
        ("提示", 300.0 if before else 600.0),
        ("单位", 760.0),
        ("参考区间", RANGE),
    ]
    mark = [(flag, 300.0 if before else 605.0)] if flag else []
    other = [("尿素", 100.0), ("2.10", 420.0), ("↓", 300.0 if before else 605.0), UNIT, ("3.1-8.0", RANGE)]
    row = [("葡萄糖", 100.0), (result, 420.0), *mark, UNIT, (reference, RANGE)]
    rows = ([sorted(head, key=lambda c: c[1])] if header else []) + [
        sorted(row, key=lambda c: c[1]),
        sorted(other, key=lambda c: c[1]),
    ]
    return next(r for r in read(cells(*rows)) if r.name == "葡萄糖")


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize(
    ("mark", "flag"), [("↑", Flag.HIGH), ("H", Flag.HIGH), ("偏高", Flag.HIGH), ("*", Flag.ABNORMAL), ("↑↑", Flag.HIGH)]
)
def test_h08_mark_column(mark: str, flag: Flag, before: bool) -> None:
    result = one("11.35", mark, before=before)
    assert (result.text, result.flag, result.doubts) == ("11.35", flag, ())


@pytest.mark.parametrize("glued", ["11.35↑", "↑11.35", "11.35 H", "H 11.35", "11.35↑↑"])
def test_h08_mark_glued_to_the_value(glued: str) -> None:
    result = one(glued)
    assert (str(result.value), result.flag, result.doubts) == ("11.35", Flag.HIGH, ())


@pytest.mark.parametrize("misread", ["1", "t", "个", "十", "→", "f", "T"])
def test_h08_misread_arrow_takes_the_direction_of_value_and_range(misread: str) -> None:
    assert one("11.35", misread).flag is Flag.HIGH
    assert one("1.35", misread).flag is Flag.LOW


@pytest.mark.parametrize("glued", ["11.35†", "11.35个", "11.35 t", "11.35→"])
def test_h08_misread_arrow_glued_to_the_value(glued: str) -> None:
    result = one(glued)
    assert (result.text, str(result.value), result.flag, result.doubts) == ("11.35", "11.35", Flag.HIGH, ())


def test_h08_misread_arrow_beside_a_normal_value_is_doubted() -> None:
    result = one("5.35", "个")
    assert result.flag is None
    assert "flag_range_disagree" in result.doubts


@pytest.mark.parametrize(("value", "mark"), [("11.35", "↓"), ("5.35", "↑"), ("54", "")])
def test_h08_mark_against_range_is_doubted_and_the_number_stays(value: str, mark: str) -> None:
    result = one(value, mark)
    assert str(result.value) == value
    assert "flag_range_disagree" in result.doubts


def test_h08_lost_arrow_beside_a_number_with_its_point_is_no_doubt() -> None:
    assert one("11.35", "").doubts == ()


def test_h08_no_marks_on_the_sheet_is_no_contradiction() -> None:
    head = [("项目", 100.0), ("结果", 420.0), ("单位", 760.0), ("参考区间", RANGE)]
    results = read(
        cells(
            head,
            [("葡萄糖", 100.0), ("11.35", 420.0), UNIT, ("3.9-6.1", RANGE)],
            [("尿素", 100.0), ("5.10", 420.0), UNIT, ("3.1-8.0", RANGE)],
        )
    )
    assert [(r.flag, r.doubts) for r in results] == [(None, ()), (None, ())]


def test_h08_arrow_read_as_last_digit_is_doubted_not_dropped() -> None:
    result = one("9.81", reference="3.5-9.5")
    assert (str(result.value), "low_confidence" in result.doubts) == ("9.81", True)


@pytest.mark.parametrize("mark", ["*", "▲", "★"])
def test_h08_mark_before_the_name_is_no_mark_of_the_result(mark: str) -> None:
    head = [("项目", 100.0), ("结果", 420.0), ("单位", 760.0), ("参考区间", RANGE)]
    rows = [
        [(mark + "葡萄糖", 100.0), ("5.35", 420.0), UNIT, ("3.9-6.1", RANGE)],
        [(mark, 85.0), ("某种未知物质", 105.0), ("5.10", 420.0), UNIT, ("3.1-8.0", RANGE)],
    ]
    results = read(cells(head, *rows))
    assert [(r.name, r.flag) for r in results] == [("葡萄糖", None), ("某种未知物质", None)]


def test_h08_lost_decimal_point_is_doubted() -> None:
    result = one("535", "↑", "3.5-9.5")
    assert (str(result.value), "low_confidence" in result.doubts) == ("535", True)


def test_h08_range_column_one_row_off() -> None:
    names = ["钾", "钠", "氯", "钙", "尿素", "肌酐", "尿酸", "葡萄糖"]
    values = ["4.2", "140", "160", "2.3", "28.1", "812", "350", "5.2"]
    marks = ["", "", "↑", "", "↑", "↑", "", ""]
    ranges = ["3.5-5.3", "137-147", "99-110", "2.1-2.5", "3.1-8.0", "57-97", "208-428", "3.9-6.1"]
    head = [("项目", 100.0), ("结果", 420.0), ("提示", 600.0), ("参考区间", RANGE)]
    rows = [
        [
            (names[k], 100.0),
            (values[k], 420.0),
            *([(marks[k], 605.0)] if marks[k] else []),
            (ranges[(k + 1) % 8], RANGE),
        ]
        for k in range(8)
    ]
    results, alerts = extract_lab_results(document_of(cells(head, *rows)))
    assert [r.text for r in results] == values
    assert all("reference_unreadable" in r.doubts for r in results)
    assert "lab_reference_shifted" in {a.code for a in alerts}
