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


S, R = dt.datetime(2025, 9, 12, 7, 31), dt.datetime(2025, 9, 12, 10, 2)
PLACES: dict[str, list[list[tuple[str, float]]]] = {
    "other-words": [[("抽样时间：2025/09/12 07:31:20", 100.0), ("发布时间：2025/09/12 10:02:05", 700.0)]],
    "no-colon-two-per-line": [[("标本采集时间 2025-09-12 07:31", 100.0), ("报告时间 2025-09-12 10:02", 700.0)]],
    "strokes-lost": [[("采样日期：2025091207:31", 100.0)], [("审核日期：2025091210:02", 100.0)]],
    "all-orders": [
        [("打印时间：2025-09-13 08:00", 100.0), ("报告时间：2025-09-12 10:02", 700.0)],
        [("接收时间：2025-09-12 08:15", 100.0), ("采血时间：2025-09-12 07:31", 700.0)],
    ],
    "beneath": [
        [("采集时间", 100.0), ("接收时间", 450.0), ("报告时间", 800.0)],
        [("2025-09-12 07:31", 100.0), ("2025-09-12 08:15", 450.0), ("2025-09-12 10:02", 800.0)],
    ],
    "beneath-one-is-empty": [
        [("采集时间", 100.0), ("接收时间", 450.0), ("报告时间", 800.0)],
        [("2025-09-12 07:31", 100.0), ("2025-09-12 10:02", 800.0)],
    ],
    "beneath-beside-a-name": [
        [("检验者", 100.0), ("采样时间：", 450.0), ("审核时间：", 800.0)],
        [("孙晓", 100.0), ("2025-09-12 07:31", 450.0), ("2025-09-12 10:02", 800.0)],
    ],
    "strokes-between-labels": [
        [("采样/接收/报告时间：2025-09-12 07:31 / 2025-09-12 08:15 / 2025-09-12 10:02", 100.0)]
    ],
    "who-and-when": [[("采样者：王某 2025-09-12 07:31", 100.0), ("审核者：李某 2025-09-12 10:02", 700.0)]],
    "spaced-words": [[("取 血 时 间：2025年9月12日07时31分", 100.0), ("签 发 时 间：2025年9月12日10时02分", 700.0)]],
}  # fmt: skip


@pytest.mark.parametrize("at", ["head", "foot"])
@pytest.mark.parametrize("place", PLACES)
def test_stamps_in_every_place_and_order(place: str, at: str) -> None:
    rows = [*PLACES[place], *TABLE] if at == "head" else [*TABLE, *PLACES[place]]
    results = read(cells(*rows))
    assert [r.text for r in results] == ["812.4", "28.11"]
    assert {(r.sampled_at, r.reported_at) for r in results} == {(S, R)}


def test_stamps_dates_fewer_than_their_labels_belong_to_none() -> None:
    head = [("采样/接收/报告时间：2025-09-12 07:31 / 2025-09-12 10:02", 100.0)]
    result = read(cells(head, *TABLE))[0]
    assert (result.sampled_at, result.reported_at) == (Unknown.ABSENT, Unknown.ABSENT)


def test_stamps_an_empty_label_takes_no_neighbours_date() -> None:
    head = [[("采样时间：", 100.0), ("报告时间：2025-09-12 10:02", 450.0)], [("打印时间：2025-09-13 08:00", 100.0)]]
    result = read(cells(*head, *TABLE))[0]
    assert (result.sampled_at, result.reported_at) == (Unknown.ABSENT, R)
