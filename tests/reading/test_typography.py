from __future__ import annotations

import pytest

from pipeline.reading.radicals import plain_characters
from pipeline.reading.typography import repair


@pytest.mark.parametrize(
    ("raw", "repaired"),
    [
        ("⽩细胞", "白细胞"),
        ("项⽬", "项目"),
        ("⼈⺠医院⻔诊", "人民医院门诊"),
        ("⻅⻚⻛⻢⻥⻩⻰", "见页风马鱼黄龙"),
        ("⼾⼝", "户口"),
        ("10⁹/L", "10⁹/L"),
        ("1½", "1½"),
        ("Ⅱ期", "Ⅱ期"),
        ("①高血压②糖尿病", "①高血压②糖尿病"),
    ],
)
def test_plain_characters_maps_radicals_and_nothing_else(raw: str, repaired: str) -> None:
    assert plain_characters(raw) == repaired


@pytest.mark.parametrize(
    ("raw", "repaired"),
    [
        ("２０２５年９月", "2025年9月"),
        ("ＨｂＡ１ｃ", "HbA1c"),
        ("µmol/L", "μmol/L"),
        ("12：30", "12:30"),
        ("姓名：张测试", "姓名：张测试"),
        ("（左）肾，未见异常。", "（左）肾，未见异常。"),
        ("3．5", "3.5"),
        ("2025-09-1207:31", "2025-09-12 07:31"),
        ("2025/09/1207:31:45", "2025/09/12 07:31:45"),
        ("2025年9月12日07:31", "2025年9月12日 07:31"),
        ("5％", "5%"),
        ("3.9～6.1", "3.9~6.1"),
        ("a\u3000\u3000b", "a b"),
        ("肌\u200b酐", "肌酐"),
    ],
)
def test_repair_makes_typography_regular(raw: str, repaired: str) -> None:
    assert repair(raw) == repaired


@pytest.mark.parametrize("text", ["2025-9-127:31", "20250912073145", "109/L", "1.35 1", "O.5", "l2", "mmo1/L", "8-1"])
def test_repair_never_guesses_numbers(text: str) -> None:
    assert repair(text) == text
