"""Reading results, ranges, marks and names from their cells."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from pipeline.extracting.lab.cells import Cell
from pipeline.extracting.lab.values import read_flag, read_name, read_range, read_value
from rules.engine.facts import Flag
from tests.extracting.lab.sheets import line, page_of


def cell(text: str) -> Cell:
    read = line(text, ((0, 0), (100, 0), (100, 20), (0, 20)))
    return Cell(text=text, line=read, page=page_of((read,)), u0=0, u1=100, v=10, h=20, piece=False)


@pytest.mark.parametrize(
    ("text", "value", "comparator", "flag", "unit"),
    [
        ("11.35", "11.35", None, None, None),
        ("<0.5", "0.5", "<", None, None),
        ("≥1000", "1000", ">=", None, None),
        ("0.00", "0.00", None, None, None),
        ("-2.3", "-2.3", None, None, None),
        ("1.2E+05", "1.2E+5", None, None, None),
        ("1.20×10^5", "1.20E+5", None, None, None),
        ("11.35↑", "11.35", None, Flag.HIGH, None),
        ("↓3.2", "3.2", None, Flag.LOW, None),
        ("98 L", "98", None, Flag.LOW, None),
        ("11.35*", "11.35", None, Flag.ABNORMAL, None),
        ("5.6mmol/L", "5.6", None, None, "mmol/L"),
    ],
)
def test_values_numbers(text: str, value: str, comparator: str | None, flag: Flag | None, unit: str | None) -> None:
    read = read_value([cell(text)])
    assert (read.value, read.comparator, read.flag, read.unit) == (Decimal(value), comparator, flag, unit)
    assert read.doubts == ()


@pytest.mark.parametrize("text", ["阴性(-)", "阳性(+)", "弱阳性", "±", "2+", "淡黄色", "清", "未见", "1:320", "-"])
def test_values_words_stay_as_printed(text: str) -> None:
    read = read_value([cell(text)])
    assert (read.text, read.value, read.doubts) == (text, None, ())


@pytest.mark.parametrize("text", ["5.1²", "812¹", "5.1 ²", "10⁵", "<10²"])
def test_values_a_raised_digit_is_never_part_of_a_number(text: str) -> None:
    read = read_value([cell(text)])
    assert (read.value, read.doubts) == (None, ("value_unreadable",))


def test_values_a_text_layer_knows_a_raised_note_from_a_decimal() -> None:
    noted = cell("5.1²")
    read = read_value([replace(noted, line=replace(noted.line, reader="text-layer"))])
    assert (read.text, read.value, read.doubts) == ("5.1", Decimal("5.1"), ())


@pytest.mark.parametrize("text", ["5.1×10⁹/L", "5.1×10^9/L", "5.1 10^9/L", "5.1 ×10⁹/L"])
def test_values_a_power_before_a_denominator_belongs_to_the_unit(text: str) -> None:
    read = read_value([cell(text)])
    assert (read.value, (read.unit or "").lstrip("×").replace("⁹", "^9")) == (Decimal("5.1"), "10^9/L")


@pytest.mark.parametrize("text", ["O.5", "l1.3", "5..2", "11,35"])
def test_values_mended_numbers_are_doubted(text: str) -> None:
    assert read_value([cell(text)]).doubts == ("low_confidence",)


def test_values_a_lost_bracket_behind_a_code_is_closed() -> None:
    name = read_name([cell("剩余碱(BE")], [], counted=False)
    assert name is not None
    assert (name.name, name.abbreviation) == ("剩余碱(BE)", "BE")


@pytest.mark.parametrize("text", ["87 7", "5.61 1", "<12 4"])
def test_values_digits_with_a_space_between_are_no_number(text: str) -> None:
    read = read_value([cell(text)])
    assert (read.text, read.value, read.doubts) == (text, None, ("value_unreadable",))


def test_values_thousands_or_decimal_comma_is_left_open() -> None:
    read = read_value([cell("1,234")])
    assert read.value is None
    assert "value_unreadable" in read.doubts


def test_values_trailing_one_is_never_dropped() -> None:
    assert read_value([cell("5.61")]).value == Decimal("5.61")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("3.5-9.5", "3.5", "9.5"),
        ("3.5--9.5", "3.5", "9.5"),
        ("3.5～9.5", "3.5", "9.5"),
        ("3.5—9.5", "3.5", "9.5"),
        ("(3.5-9.5)", "3.5", "9.5"),
        ("≤8", None, "8"),
        ("<8.0", None, "8.0"),
        (">1.04", "1.04", None),
        ("0.00-0.05", "0.00", "0.05"),
        ("阴性", None, None),
        ("-3-3", "-3", "3"),
    ],
)
def test_values_ranges(text: str, low: str | None, high: str | None) -> None:
    read = read_range([cell(text)])
    assert read.text == text
    assert (read.low, read.high) == (Decimal(low) if low else None, Decimal(high) if high else None)


@pytest.mark.parametrize(("sex", "limits"), [("男", (57, 97)), ("女", (41, 81)), (None, (None, None))])
def test_values_range_by_sex(sex: str | None, limits: tuple[int | None, int | None]) -> None:
    read = read_range([cell("男:57-97"), cell("女:41-81")], sex=sex)
    assert (read.low, read.high) == limits


@pytest.mark.parametrize("text", ["9.5-3.5", "3.59.5", "4055.0"])
def test_values_broken_range_gives_no_limits(text: str) -> None:
    read = read_range([cell(text)])
    assert (read.low, read.high) == (None, None)


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("↑", Flag.HIGH),
        ("↓↓", Flag.LOW),
        ("H", Flag.HIGH),
        ("偏低", Flag.LOW),
        ("*", Flag.ABNORMAL),
        ("1", None),
        ("→", None),
        ("个", None),
    ],
)
def test_values_flags(text: str, flag: Flag | None) -> None:
    assert read_flag(text) is flag


@pytest.mark.parametrize(
    ("names", "codes", "counted", "name", "abbreviation"),
    [
        (["白细胞计数"], ["WBC"], False, "白细胞计数", "WBC"),
        (["白细胞计数(WBC)"], [], False, "白细胞计数(WBC)", "WBC"),
        (["WBC白细胞计数"], [], False, "白细胞计数", "WBC"),
        (["1白细胞计数"], [], True, "白细胞计数", None),
        (["12.某未知物质"], [], False, "某未知物质", None),
        (["★某未知物质"], [], False, "某未知物质", None),
        (["25-羟基维生素D"], [], True, "25-羟基维生素D", None),
        (["活化部分凝血活酶", "时间"], [], False, "活化部分凝血活酶时间", None),
        ([], ["WBC"], False, "WBC", "WBC"),
    ],
)
def test_values_names(names: list[str], codes: list[str], counted: bool, name: str, abbreviation: str | None) -> None:
    read = read_name([cell(n) for n in names], [cell(c) for c in codes], counted=counted)
    assert read is not None
    assert (read.name, read.abbreviation) == (name, abbreviation)
