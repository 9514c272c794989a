"""Dates and times in Chinese medical print, as a reader gives them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dates import Precision, parse_dates, single_date

DAYS = [
    ("2025-09-12", "2025-09-12"),
    ("2025/9/12", "2025-09-12"),
    ("2025.09.12", "2025-09-12"),
    ("2025年9月12日", "2025-09-12"),
    ("2025 年 9 月 12 日", "2025-09-12"),
    ("2 0 2 5 年 0 9 月 1 2 日", "2025-09-12"),
    ("2025 - 09 - 12", "2025-09-12"),
    ("２０２５－０９－１２", "2025-09-12"),
    ("25-09-12", "2025-09-12"),
    ("25年9月12日", "2025-09-12"),
    ("58年3月12日", "1958-03-12"),
    ("20250912", "2025-09-12"),
    ("2O25-O9-l2", "2025-09-12"),
    ("2025-0912", "2025-09-12"),
    ("202509-12", "2025-09-12"),
    ("2025年9月12目", "2025-09-12"),
    ("25/12/2025", "2025-12-25"),
    ("二〇二四年三月五日", "2024-03-05"),
    ("二零二五年十二月三十一日", "2025-12-31"),
    ("二○二四年十月二十日", "2024-10-20"),
    ("于2025年9月12日。", "2025-09-12"),
    ("20250912.", "2025-09-12"),
    ("(2025.9.12)", "2025-09-12"),
]


@pytest.mark.parametrize(("text", "day"), DAYS)
def test_parse_dates_reads_days(text: str, day: str) -> None:
    (found,) = parse_dates(text)
    assert found.precision is Precision.DAY
    assert found.date == dt.date.fromisoformat(day)


MINUTES = [
    ("2025-09-1207:31", "2025-09-12T07:31"),
    ("2025-09-12 07:31:22", "2025-09-12T07:31"),
    ("2025/9/1207:31", "2025-09-12T07:31"),
    ("2025.09.1212:05", "2025-09-12T12:05"),
    ("2025-09-12T07:31", "2025-09-12T07:31"),
    ("2025年9月12日上午10时32分", "2025-09-12T10:32"),
    ("2025年9月12日下午3时5分", "2025-09-12T15:05"),
    ("2025年9月12日 15：05", "2025-09-12T15:05"),
    ("20250912073122", "2025-09-12T07:31"),
    ("20250912 07:31", "2025-09-12T07:31"),
    ("2025091207:31", "2025-09-12T07:31"),
    ("二零二五年十二月三十一日下午3时5分", "2025-12-31T15:05"),
    ("2O25-O9-l2 O7:3l", "2025-09-12T07:31"),
]


@pytest.mark.parametrize(("text", "moment"), MINUTES)
def test_parse_dates_reads_minutes(text: str, moment: str) -> None:
    (found,) = parse_dates(text)
    assert found.precision is Precision.MINUTE
    assert found.value == dt.datetime.fromisoformat(moment)


@pytest.mark.parametrize("text", ["2025年9月", "2025年09月", "二〇二五年九月", "2025-09", "2025.09行手术"])
def test_parse_dates_reads_months_without_a_day(text: str) -> None:
    (found,) = parse_dates(text)
    assert found.precision is Precision.MONTH
    assert found.value == dt.datetime(2025, 9, 1)
    assert found.date is None


NO_DATE = [
    "2025-13-01",
    "2025-02-30",
    "2025年2月30日",
    "2025-04-31 10:22",
    "二〇二五年十三月一日",
    "999999195803121234",
    "125-09-12",
    "3.5-5.5",
    "10-20 2025",
    "2024.5 pg/mL",
    "2011.12 pg/mL",
    "03/04/2025",
    "2025/9/107:31",
    "13812345678",
    "2025年 月 日",
]


@pytest.mark.parametrize("text", NO_DATE)
def test_parse_dates_rejects_the_impossible_and_the_ambiguous(text: str) -> None:
    assert parse_dates(text) == []


def test_parse_dates_reads_bare_years_only_when_asked() -> None:
    assert parse_dates("2019年诊断糖尿病") == []
    (found,) = parse_dates("2019年诊断糖尿病", years=True)
    assert (found.precision, found.value.year, found.date) == (Precision.YEAR, 2019, None)


def test_parse_dates_gives_spans_in_the_text() -> None:
    text = "采样时间：2025-09-12 07:31  报告：2025年9月13日"
    found = parse_dates(text)
    assert [text[f.start : f.end] for f in found] == ["2025-09-12 07:31", "2025年9月13日"]


def test_parse_dates_tells_what_was_repaired() -> None:
    assert parse_dates("2O25-09-12")[0].repaired
    assert parse_dates("2025-0912")[0].repaired
    assert not parse_dates("2025-09-12")[0].repaired
    assert parse_dates("25-09-12")[0].short_year


def test_parse_dates_keeps_the_day_where_the_time_cannot_be() -> None:
    (found,) = parse_dates("2025-09-12 25:61")
    assert (found.precision, found.date) == (Precision.DAY, dt.date(2025, 9, 12))


def test_single_date_is_none_for_two_days() -> None:
    assert single_date("2025-09-12 至 2025-09-20") is None
    assert single_date("2025-09-12 07:31，2025年9月12日") == dt.date(2025, 9, 12)


FORMS = ["{0:%Y-%m-%d}", "{0:%Y/%m/%d}", "{0:%Y.%m.%d}", "{0.year}年{0.month}月{0.day}日", "{0:%Y%m%d}"]


@given(st.dates(min_value=dt.date(1950, 1, 1), max_value=dt.date(2060, 12, 31)), st.sampled_from(FORMS))
def test_parse_dates_reads_every_day_in_every_form(day: dt.date, form: str) -> None:
    (found,) = parse_dates(f"日期 {form.format(day)} 止")
    assert found.date == day


@given(st.datetimes(min_value=dt.datetime(2000, 1, 1), max_value=dt.datetime(2040, 12, 31)))
def test_parse_dates_reads_every_glued_minute(moment: dt.datetime) -> None:
    (found,) = parse_dates(f"{moment:%Y-%m-%d%H:%M}")
    assert found.value == moment.replace(second=0, microsecond=0)


@given(st.text(max_size=60))
def test_parse_dates_never_fails_and_spans_lie_in_the_text(text: str) -> None:
    for found in parse_dates(text, years=True):
        assert 0 <= found.start < found.end <= len(text)
