"""Identity from page heads in every arrangement; states of what is not known; places of what is."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.classifying import classify
from pipeline.extracting.identity import extract_identity, person_name
from rules.engine.facts import Unknown
from tests.classifying.paper import sheet

CASES = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))


def plain(value: object) -> object:
    if value is Unknown.ABSENT:
        return None
    if isinstance(value, Unknown):
        return value.value
    return float(value) if isinstance(value, Decimal) else str(value)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
@pytest.mark.parametrize("slope", [0.0, 0.02])
def test_identity_reads_head(case: dict[str, Any], slope: float) -> None:
    identity = extract_identity(classify([sheet(case["page"], slope=slope)])[0])[0]
    for key, want in case["expect"].items():
        assert plain(getattr(identity, key)) == want, key


def test_identity_every_value_has_a_place() -> None:
    document = classify([sheet("姓名：张三 | 性别：男 | 年龄：58岁")])[0]
    identity = extract_identity(document)[0]
    assert [item.quote for item in identity.evidence] == ["姓名：张三", "性别：男", "年龄：58岁"]
    x0, y0, x1, y1 = identity.evidence[0].box
    assert 50 < x0 < x1 < 300
    assert 50 < y0 < y1 < 120


def test_identity_age_on_both_sides_of_a_birthday_is_no_conflict() -> None:
    document = classify([sheet("姓名：张三 | 年龄：58岁\n主诉：头晕\n年龄：59岁")])[0]
    assert extract_identity(document)[0].age == Decimal(58)


def test_identity_of_blank_page_is_absent_throughout() -> None:
    identity = extract_identity(classify([sheet("")])[0])[0]
    assert (identity.name, identity.sex, identity.age) == (Unknown.ABSENT,) * 3
    assert identity.evidence == ()


@pytest.mark.parametrize(
    "word", ["性别", "心血管内科", "住院号", "男", "人民医院", "三病区", "12床", "未知", "主治医师"]
)
def test_identity_words_of_forms_are_no_names(word: str) -> None:
    assert person_name(word) is None
