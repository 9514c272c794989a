from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.reporting.text import clean, first_sentence, mask_id_number, mask_name, mask_private, number, show_unit
from rules.engine.facts import Unknown


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("肌酐\x00 812\x1b[31m", "肌酐 812[31m"),
        ("a\u202eb\u2066c", "abc"),
        ("第一行\r\n第二行\t尾", "第一行\n第二行\t尾"),
        ("bad\udcffname.jpg", "bad\ufffdname.jpg"),
    ],
)
def test_text_clean_drops_what_does_not_print(given: str, expected: str) -> None:
    assert clean(given) == expected
    clean(given).encode("utf-8")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("999999196803120010", "999999********0010"),
        ("999999 19680312 001X", "999999********001X"),
        ("999999680312001", "999999******001"),
        ("99999919680312", "**********0312"),
        ("12", "**"),
    ],
)
def test_text_mask_id_number_keeps_area_and_end(given: str, expected: str) -> None:
    assert mask_id_number(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("证件号:999999196803120010,", "证件号:999999********0010,"),
        ("身份证 999999 1968 0312 001X 号", "身份证 999999********001X 号"),
        ("电话13800001234", "电话138****1234"),
        ("肌酐 812.4 μmol/L 2026-01-05 标本 20260105001", "肌酐 812.4 μmol/L 2026-01-05 标本 20260105001"),
    ],
)
def test_text_mask_private_masks_only_identity(given: str, expected: str) -> None:
    assert mask_private(given) == expected


@pytest.mark.parametrize("name", ["张三", "张三丰", "阿不都热合曼"])
def test_text_mask_name_hides_the_length(name: str) -> None:
    assert mask_name(name) == f"{name[0]}**"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Decimal("812.40"), 812.4),
        (Decimal("7E+2"), 700),
        (Decimal("NaN"), None),
        (Decimal("Infinity"), None),
        (Decimal("1E+400"), None),
        (None, None),
    ],
)
def test_text_number_is_json_or_nothing(given: Decimal | None, expected: float | None) -> None:
    assert number(given) == expected
    assert type(number(given)) is type(expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("umol/L", "μmol/L"),
        ("10*9/L", "×10⁹/L"),
        ("10^12/L", "×10¹²/L"),
        ("U/L", "U/L"),
        (None, ""),
        ("mL/min", "mL/min"),
    ],
)
def test_text_show_unit_reads_as_print(given: str | None, expected: str) -> None:
    assert show_unit(given) == expected


def test_text_first_sentence_keeps_its_stop() -> None:
    assert first_sentence("未见肌电图；只有一次尿检。请补充。") == "未见肌电图；只有一次尿检。"


def test_text_unknown_is_not_a_name() -> None:
    assert mask_name("") == ""
    assert Unknown.ABSENT != ""
