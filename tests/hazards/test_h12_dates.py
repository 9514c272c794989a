"""H12, the dates themselves: glued, misread, two-digit and impossible ones, and dates that cannot stand together."""

from __future__ import annotations

import datetime as dt

import pytest

from pipeline.dates import parse_dates
from pipeline.normalising import normalise
from rules.engine.facts import CaseFacts, DocumentInfo, DocumentType, LabResult, Unknown
from rules.vocabulary import load_vocabulary
from tests.normalising.builder import AS_OF, lab, run


@pytest.mark.parametrize(
    ("text", "moments"),
    [
        ("采样时间:2025-09-1207:31接收时间:2025-09-1208:02", ["2025-09-12T07:31", "2025-09-12T08:02"]),
        ("采样：2O25/O9/12 07:3l", ["2025-09-12T07:31"]),
        ("打印时间 25-09-13 16:05", ["2025-09-13T16:05"]),
        ("入院日期：2025年9月3日　出院日期：2025年9月12日", ["2025-09-03T00:00", "2025-09-12T00:00"]),
        ("二〇二五年九月十二日上午10时32分", ["2025-09-12T10:32"]),
        ("报告日期:2025-02-30 审核:2025-03-01", ["2025-03-01T00:00"]),
        ("标本号 20250912034567 条码 202509120345", []),
    ],
)
def test_traps_of_printed_dates(text: str, moments: list[str]) -> None:
    assert [f.value for f in parse_dates(text)] == [dt.datetime.fromisoformat(m) for m in moments]


def rows_of(sampled: dt.datetime | Unknown, reported: dt.datetime | Unknown) -> list[LabResult]:
    return [lab("肌酐", "75", "umol/L", "41", "111", sampled_at=sampled, reported_at=reported)]


def test_a_report_before_its_sample_is_told() -> None:
    _, alerts = run(rows_of(dt.datetime(2025, 9, 12, 7), dt.datetime(2025, 9, 10, 9)))
    assert [a.code for a in alerts] == ["date_order"]


def test_a_date_after_the_application_is_told() -> None:
    _, alerts = run(rows_of(dt.datetime(2026, 9, 12, 7), Unknown.ABSENT))
    assert [a.code for a in alerts] == ["date_in_future"]


def test_a_sheet_takes_the_sampling_day_before_the_reporting_day() -> None:
    rows = rows_of(dt.datetime(2025, 9, 12, 7), dt.datetime(2025, 9, 13, 9))
    document = DocumentInfo(id="d1", type=DocumentType.LAB_REPORT)
    facts = CaseFacts(as_of=AS_OF, documents=(document,), lab_results=tuple(rows))
    found, alerts = normalise(facts, vocabulary=load_vocabulary())
    assert found.documents[0].date == dt.date(2025, 9, 12)
    assert alerts == ()


def test_rows_of_two_days_give_a_sheet_no_day() -> None:
    rows = rows_of(dt.datetime(2025, 9, 12), Unknown.ABSENT) + rows_of(dt.datetime(2025, 9, 14), Unknown.ABSENT)
    document = DocumentInfo(id="d1", type=DocumentType.LAB_REPORT)
    facts = CaseFacts(as_of=AS_OF, documents=(document,), lab_results=tuple(rows))
    assert normalise(facts, vocabulary=load_vocabulary())[0].documents[0].date is Unknown.ABSENT
