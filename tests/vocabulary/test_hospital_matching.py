"""Two printings of one hospital's name are one; another number, kind or place is another hospital."""

from __future__ import annotations

import pytest

from rules.vocabulary.hospitals.matching import same_hospital

ONE = [
    ("上饶市人民医院", "上饶市人民医院"),
    ("上饶市人民医院", "江西省上饶市人民医院"),
    ("上饶市人民医院", "上饶市人民医院检验科"),
    ("上饶市人民医院", "上饶市人民医院新城院区"),
    ("上饶市人民医院", "上饶市医院"),
    ("南昌大学第一附属医院", "南大一附院"),
    ("南昌大学第一附属医院", "江西医学院第一附属医院"),
    ("江西省中医院（江西中医药大学附属医院）", "江西中医药大学附属医院"),
    ("上饶仁安康泽医院", "上饶市仁安康泽医院"),
    ("云岚县茶亭坞镇卫生院", "茶亭坞镇卫生院"),
    ("丹霞岭市中心医院", "丹霞岭市中心医院（三级乙等）"),
]
TWO = [
    ("锦屿区人民医院", "锦屿区第二人民医院"),
    ("九江市第一人民医院", "九江市第三人民医院"),
    ("枫澜县中医院", "枫澜县人民医院"),
    ("岚溪县人民医院", "云栖县人民医院"),
    ("南昌大学第一附属医院", "南昌大学第二附属医院"),
    ("南昌大学第一附属医院", "赣南医科大学第一附属医院"),
    ("鄱湾县饶北河人民医院", "江西旭日湖肿瘤医院"),
    ("云岚县妇幼保健院", "云岚县人民医院"),
    ("霁川市中心医院", "雾川市第三人民医院"),
]
OPEN = [
    ("霁川市中心医院", "雾川市中心医院"),
    ("丹霞岭县第二人民医院", "丹霞哈县第二人民医院"),
    ("人民医院", "上饶市人民医院"),
    ("", "上饶市人民医院"),
]


@pytest.mark.parametrize(("one", "other"), ONE)
def test_matching_takes_short_forms_departments_and_second_names_for_one(one: str, other: str) -> None:
    assert same_hospital(one, other) is True
    assert same_hospital(other, one) is True


@pytest.mark.parametrize(("one", "other"), TWO)
def test_matching_tells_hospitals_apart(one: str, other: str) -> None:
    assert same_hospital(one, other) is False
    assert same_hospital(other, one) is False


@pytest.mark.parametrize(("one", "other"), OPEN)
def test_matching_leaves_open_what_a_misreading_explains(one: str, other: str) -> None:
    assert same_hospital(one, other) is None
    assert same_hospital(other, one) is None
