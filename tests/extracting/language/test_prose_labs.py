"""Laboratory values in running text whose print the reader changed a little."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.extracting.language import extract_clinical
from rules.engine.facts import DocumentType
from tests.extracting.language.paper import document

PAPER = """
某某市第一人民医院
出院记录
姓名：张三|性别：男|年龄：65岁
入院日期：2025-03-01|出院日期：2025-03-10
辅助检查：2025-03-02 血常规：{}，余未见异常。
"""


@pytest.mark.parametrize(
    ("printed", "value", "unit"),
    [
        ("白细胞11.710^9/L↑", "11.7", "10^9/L"),
        ("中性粒细胞绝对值9.5610^9/L↑", "9.56", "10^9/L"),
        ("血小板10210^9/L", "102", "10^9/L"),
        ("淋巴细胞% 11.4%↓", "11.4", "%"),
        ("红细胞压积0.234L/L↓", "0.234", "L/L"),
    ],
)
def test_prose_labs_power_without_its_sign(printed: str, value: str, unit: str) -> None:
    (result,) = extract_clinical([document(DocumentType.DISCHARGE_SUMMARY, PAPER.format(printed))]).lab_results
    assert (result.value, result.unit) == (Decimal(value), unit)


def test_prose_labs_number_glued_to_ten_without_caret_is_left_alone() -> None:
    """11.7109/L could be many things: nothing is cut out of it."""
    facts = extract_clinical([document(DocumentType.DISCHARGE_SUMMARY, PAPER.format("白细胞11.7109/L"))])
    assert all(r.value != Decimal("11.7") for r in facts.lab_results)
