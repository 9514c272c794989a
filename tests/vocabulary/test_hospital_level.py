"""Level of a hospital from catalogue, name and print; a county hospital's name tells nothing."""

from __future__ import annotations

import pytest

from rules.engine.facts import HospitalLevel, Unknown
from rules.vocabulary.hospitals import hospital_level, parse_printed_level


@pytest.mark.parametrize(
    ("name", "rank", "source"),
    [
        ("南昌大学第一附属医院", 3, "catalogue"),
        ("上饶市人民医院（三级甲等）", 3, "catalogue"),
        ("江西省中医院(江西中医药大学附属医院)", 3, "catalogue"),
        ("某某镇中心卫生院", 1, "name"),
        ("某某街道社区卫生服务中心", 1, "name"),
        ("某某社区卫生服务站", 0, "name"),
        ("某某村卫生室", 0, "name"),
        ("王氏中医诊所", 0, "name"),
        ("某某口腔门诊部", 0, "name"),
    ],
)
def test_hospital_level_is_found(name: str, rank: int, source: str) -> None:
    level = hospital_level(name)
    assert isinstance(level, HospitalLevel)
    assert (level.rank, level.source) == (rank, source)


@pytest.mark.parametrize(
    "name",
    [
        "某某县人民医院",
        "某某市中医院",
        "某某区妇幼保健院",
        "某某县人民医院门诊部",
        "某某医院（某某社区卫生服务中心）",
        "第一附属医院",
        "某某康复医院",
        "",
    ],
)
def test_hospital_level_is_absent_where_the_name_is_not_plain(name: str) -> None:
    assert hospital_level(name) is Unknown.ABSENT


@pytest.mark.parametrize(
    ("text", "rank", "grade"),
    [
        ("三级甲等医院", 3, "甲"),
        ("国家三级甲等综合性医院", 3, "甲"),
        ("三甲", 3, "甲"),
        ("二级甲等", 2, "甲"),
        ("二甲医院", 2, "甲"),
        ("三级乙等专科医院", 3, "乙"),
        ("二级综合医院", 2, None),
        ("三级医院", 3, None),
        ("（三 级 甲 等）", 3, "甲"),
    ],
)
def test_parse_printed_level_reads_what_is_printed(text: str, rank: int, grade: str | None) -> None:
    level = parse_printed_level(text)
    assert level is not None
    assert (level.rank, level.grade, level.source) == (rank, grade, "printed")


@pytest.mark.parametrize(
    "text", ["一级护理", "三级手术", "二甲双胍片", "高血压3级", "三级甲等和二级甲等医院", "", "心功能三级"]
)
def test_parse_printed_level_is_not_misled(text: str) -> None:
    assert parse_printed_level(text) is None
