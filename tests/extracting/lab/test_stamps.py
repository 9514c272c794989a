"""Times and specimen by their labels."""

from __future__ import annotations

import datetime as dt

import pytest

from rules.engine.facts import Unknown
from tests.extracting.lab.sheets import cells, read

TABLE = [
    [("项目", 100.0), ("结果", 400.0), ("单位", 600.0), ("参考值", 800.0)],
    [("肌酐", 100.0), ("812.4", 400.0), ("μmol/L", 600.0), ("57-97", 800.0)],
    [("尿素", 100.0), ("28.11", 400.0), ("mmol/L", 600.0), ("3.1-8.0", 800.0)],
]


def test_stamps_by_label_with_glued_clock() -> None:
    head = [("标本种类：血清", 100.0), ("采样时间：2025-09-1207:31", 400.0), ("接收时间：2025-09-12 08:02", 800.0)]
    foot = [("报告时间：2025-09-12 10:02", 100.0), ("打印时间：2026-01-05 09:00", 600.0)]
    result = read(cells(head, *TABLE, foot))[0]
    assert result.sampled_at == dt.datetime(2025, 9, 12, 7, 31)
    assert result.reported_at == dt.datetime(2025, 9, 12, 10, 2)
    assert result.specimen == "血清"


def test_stamps_value_in_the_next_cell() -> None:
    head = [("采集时间", 100.0), ("2025-09-12 07:31", 300.0), ("报告日期", 700.0), ("2025年9月12日", 900.0)]
    result = read(cells(head, *TABLE))[0]
    assert (result.sampled_at, result.reported_at) == (dt.datetime(2025, 9, 12, 7, 31), dt.datetime(2025, 9, 12))


def test_stamps_printing_time_is_no_report_time() -> None:
    result = read(cells([("打印时间：2026-01-05 09:00", 100.0)], *TABLE))[0]
    assert (result.sampled_at, result.reported_at) == (Unknown.ABSENT, Unknown.ABSENT)


def test_stamps_two_sampling_days_conflict() -> None:
    head = [("采样时间：2025-09-12 07:31", 100.0), ("采样时间：2025-09-13 07:31", 700.0)]
    assert read(cells(head, *TABLE))[0].sampled_at is Unknown.CONFLICTING


def test_stamps_of_a_continued_page_come_from_the_first() -> None:
    first = cells([("姓名:张测试", 100.0), ("采样时间：2025-09-12 07:31", 500.0)], *TABLE)
    second = cells(
        [("肌酐", 100.0), ("90.1", 400.0), ("μmol/L", 600.0), ("57-97", 800.0)], [("报告时间：2025-09-12 10:02", 100.0)]
    )
    results = read(first, second)
    assert [r.text for r in results] == ["812.4", "28.11", "90.1"]
    assert {r.sampled_at for r in results} == {dt.datetime(2025, 9, 12, 7, 31)}
    assert {r.reported_at for r in results} == {dt.datetime(2025, 9, 12, 10, 2)}


EARLIER = [
    [[("上次检验日期：2025-06-02", 100.0)]],
    [[("前次采样时间 2025-06-02 08:00", 100.0)]],
    [[("历史结果", 100.0), ("日期", 300.0), ("2025-06-02", 400.0)]],
]


@pytest.mark.parametrize("head", EARLIER)
def test_stamps_never_take_the_earlier_results_day(head: list[list[tuple[str, float]]]) -> None:
    result = read(cells(*head, *TABLE))[0]
    assert (result.sampled_at, result.reported_at) == (Unknown.ABSENT, Unknown.ABSENT)
    foot = [("报告时间：2025-09-12 10:02", 100.0)]
    assert read(cells(*head, *TABLE, foot))[0].reported_at == dt.datetime(2025, 9, 12, 10, 2)


@pytest.mark.parametrize("heading", ["上次日期", "历史日期", "上次检验日期"])
@pytest.mark.parametrize("first", ["项目", "检验项目"])
def test_stamps_never_take_the_column_of_the_earlier_day(heading: str, first: str) -> None:
    names = [(first, 100.0), ("结果", 400.0), ("单位", 600.0), ("参考值", 800.0), (heading, 1000.0)]
    rows = [[*row, ("2025-06-02", 1000.0)] for row in TABLE[1:]]
    results = read(cells(names, *rows))
    assert {(r.sampled_at, r.reported_at) for r in results} == {(Unknown.ABSENT, Unknown.ABSENT)}
