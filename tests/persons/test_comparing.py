"""Names, ages and ID numbers compared across documents. All persons and numbers are invented (area 999999)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.persons.comparing import (
    PersonMatch,
    age_at,
    compare_ids,
    compare_names,
    parse_age,
    parse_id_number,
    parse_sex,
    same_person,
)
from rules.engine.facts import PatientIdentity, Unknown

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(birth: str, sequence: str) -> str:
    body = "999999" + birth + sequence
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


ONE = id_number("19580312", "123")
TWO = id_number("19850701", "124")


def person(document: str = "d1", **fields: Any) -> PatientIdentity:
    return PatientIdentity(document=document, **fields)


@pytest.mark.parametrize(
    ("a", "b", "match"),
    [
        ("王小明", "王 小 明", PersonMatch.SAME),
        ("姓名：王小明", "王小明", PersonMatch.SAME),
        ("王小明", "王小朋", PersonMatch.UNSURE),
        ("王小明", "王小红", PersonMatch.UNSURE),
        ("王小明", "王小", PersonMatch.UNSURE),
        ("王*明", "王小明", PersonMatch.UNSURE),
        ("王明", "王朋", PersonMatch.UNSURE),
        ("王明", "王刚", PersonMatch.OTHER),
        ("王小明", "李小红", PersonMatch.OTHER),
        ("王*明", "李小明", PersonMatch.OTHER),
        ("", "王小明", PersonMatch.UNKNOWN),
    ],
)
def test_compare_names(a: str, b: str, match: PersonMatch) -> None:
    assert compare_names(a, b) is match
    assert compare_names(b, a) is match


def test_parse_id_number_reads_birth_and_sex() -> None:
    number = parse_id_number(f"身份证号：{ONE}")
    assert number is not None
    assert (number.birth_date, number.sex, number.repaired) == (dt.date(1958, 3, 12), "男", False)
    assert parse_id_number(TWO).sex == "女"  # type: ignore[union-attr]


def test_parse_id_number_repairs_letters_only_when_the_checksum_agrees() -> None:
    number = parse_id_number(ONE.replace("0", "O"))
    assert number is not None
    assert (number.text, number.repaired) == (ONE, True)


@given(st.integers(min_value=0, max_value=16), st.integers(min_value=1, max_value=9))
def test_parse_id_number_refuses_one_wrong_digit(place: int, shift: int) -> None:
    wrong = ONE[:place] + str((int(ONE[place]) + shift) % 10) + ONE[place + 1 :]
    assert parse_id_number(wrong) is None


@pytest.mark.parametrize("text", ["", "123", ONE[:-1], "9" * 18, id_number("19580231", "123")])
def test_parse_id_number_refuses_the_impossible(text: str) -> None:
    assert parse_id_number(text) is None


def test_compare_ids() -> None:
    masked = ONE[:4] + "*" * 10 + ONE[-4:]
    assert compare_ids(ONE, ONE) is PersonMatch.SAME
    assert compare_ids(ONE, TWO) is PersonMatch.OTHER
    assert compare_ids(ONE, masked) is PersonMatch.UNSURE
    assert compare_ids(TWO, masked) is PersonMatch.OTHER
    assert compare_ids(ONE, ONE[:10] + str((int(ONE[10]) + 1) % 10) + ONE[11:]) is PersonMatch.UNSURE
    assert compare_ids(ONE, "1234") is PersonMatch.UNKNOWN


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("58岁", "58"),
        ("58", "58"),
        ("058", "58"),
        ("58 Y", "58"),
        ("年龄:58 岁", "58"),
        ("3岁2月", "3.17"),
        ("5月", "0.42"),
        ("12天", "0.03"),
    ],
)
def test_parse_age(text: str, age: str) -> None:
    assert parse_age(text) == Decimal(age)


def test_parse_age_keeps_unknowns_apart() -> None:
    assert parse_age("") is Unknown.ABSENT
    assert parse_age("五十几") is Unknown.UNREADABLE
    assert parse_age("130岁") is Unknown.UNREADABLE


def test_parse_sex() -> None:
    assert parse_sex("性别：男") == "男"
    assert parse_sex("F") == "女"
    assert parse_sex("男/女") is Unknown.CONFLICTING
    assert parse_sex("") is Unknown.ABSENT


def test_age_at_counts_completed_years() -> None:
    assert age_at(dt.date(1958, 3, 12), dt.date(2025, 3, 11)) == 66
    assert age_at(dt.date(1958, 3, 12), dt.date(2025, 3, 12)) == 67


DAY = dt.date(2025, 9, 1)


@pytest.mark.parametrize(
    ("a", "b", "match"),
    [
        ({"name": "王小明", "sex": "男", "age": 67}, {"name": "王小明", "sex": "男", "age": 67}, PersonMatch.SAME),
        ({"name": "王小明", "age": 67}, {"name": "王小明", "age": 68}, PersonMatch.SAME),
        ({"name": "王小明", "sex": "男", "age": 67}, {"name": "王小朋", "sex": "男", "age": 67}, PersonMatch.UNSURE),
        ({"name": "王小明", "sex": "男", "age": 67}, {"name": "王小红", "sex": "女", "age": 65}, PersonMatch.OTHER),
        ({"name": "王小明", "sex": "男", "age": 67}, {"name": "王小明", "sex": "男", "age": 31}, PersonMatch.UNSURE),
        ({"name": "王小明", "sex": "男", "age": 67}, {"name": "王小明", "sex": "女", "age": 31}, PersonMatch.OTHER),
        ({"name": "王小明", "id_number": ONE}, {"name": "王小朋", "id_number": ONE}, PersonMatch.SAME),
        ({"name": "王小明", "id_number": ONE}, {"name": "王小明", "id_number": TWO}, PersonMatch.OTHER),
        ({"name": "王小明", "id_number": ONE}, {"name": "赵大力", "id_number": ONE}, PersonMatch.UNSURE),
        ({"name": "王小明", "id_number": ONE}, {"name": "王小明", "age": 67}, PersonMatch.SAME),
        ({"name": "王小明", "id_number": ONE}, {"name": "王小明", "age": 30}, PersonMatch.UNSURE),
        ({"name": "王小明"}, {"name": "赵大力"}, PersonMatch.OTHER),
        ({"name": "王小明"}, {"sex": "男"}, PersonMatch.UNKNOWN),
        ({}, {}, PersonMatch.UNKNOWN),
    ],
)
def test_same_person(a: dict[str, Any], b: dict[str, Any], match: PersonMatch) -> None:
    def made(document: str, fields: dict[str, Any]) -> PatientIdentity:
        if "age" in fields:
            fields = fields | {"age": Decimal(fields["age"])}
        return person(document, **fields)

    one, two = made("d1", a), made("d2", b)
    assert same_person(one, two, date_a=DAY, date_b=DAY).match is match
    assert same_person(two, one, date_a=DAY, date_b=DAY).match is match


def test_same_person_carries_ages_over_years() -> None:
    old = person("d1", name="王小明", age=Decimal(60))
    new = person("d2", name="王小明", age=Decimal(67))
    assert same_person(old, new, date_a=dt.date(2018, 9, 1), date_b=DAY).match is PersonMatch.SAME
    assert same_person(old, new, date_a=DAY, date_b=DAY).match is PersonMatch.UNSURE


def test_same_person_reasons_hold_no_identity() -> None:
    verdict = same_person(person(name="王小明", id_number=ONE), person(name="赵大力", id_number=TWO))
    assert all(reason.isascii() and not any(c.isdigit() for c in reason) for reason in verdict.reasons)
