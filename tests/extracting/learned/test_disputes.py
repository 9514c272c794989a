"""Heads that rules and page reader read differently: the rules' word stands, and the report says so."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from models.page_reader.labels import Label
from pipeline.extracting.learned.disputes import dates_differ, texts_differ
from pipeline.nouns import ReadCase
from pipeline.reporting import report_json, write_expert_report
from pipeline.review import conclude, understand
from pipeline.settings import Settings
from rules.engine import load_region
from rules.engine.facts import Unknown
from tests.classifying.paper import sheet
from tests.learned.made import FakeReader, Said, reading

AS_OF = dt.date(2026, 3, 16)
SHEET = """
# 江州市人民医院
# 检验报告单
姓名：李四 | 性别：男 | 年龄：57岁
采样时间：2026-02-01 | 报告时间：2026-02-03
张三 | 2026-03-09 | 青山县中医院
"""
NAME: list[Said] = [("姓名", Label.KEY, None), ("张三", Label.VALUE, "姓名")]
DATE: list[Said] = [("采样时间", Label.KEY, None), ("2026-03-09", Label.VALUE, "采样时间")]
HOSPITAL: list[Said] = [("青山县中医院", Label.HOSPITAL, None)]


def review(said: list[Said], sure: float = 0.97) -> ReadCase:
    page = sheet(SHEET)
    reader = FakeReader({page.lines[0].text: reading(page, said, sure=sure)})
    return understand([page], files=(), as_of=AS_OF, page_reader=reader)


@pytest.mark.parametrize(
    ("said", "head", "who"),
    [
        (NAME, (), ("name",)),
        (DATE, ("date",), ()),
        (HOSPITAL, ("hospital",), ()),
        ([*NAME, *DATE, *HOSPITAL], ("hospital", "date"), ("name",)),
    ],
)
def test_field_read_otherwise_is_named_and_the_rules_word_stands(
    said: list[Said], head: tuple[str, ...], who: tuple[str, ...]
) -> None:
    case = review(said)
    (info,), (patient,) = case.facts.documents, case.facts.patient
    assert (info.readers_disagree, patient.readers_disagree) == (head, who)
    assert (patient.name, info.hospital, info.date) == ("李四", "江州市人民医院", dt.date(2026, 2, 1))
    assert info.model_only == patient.model_only == ()


def test_unsure_page_reader_disputes_nothing() -> None:
    case = review([*NAME, *DATE, *HOSPITAL], sure=0.85)
    assert case.facts.documents[0].readers_disagree == case.facts.patient[0].readers_disagree == ()


def test_same_answer_once_is_no_dispute() -> None:
    said: list[Said] = [*NAME, ("李四", Label.VALUE, "姓名"), *HOSPITAL, ("江州市人民医院", Label.HOSPITAL, None)]
    case = review(said)
    assert case.facts.documents[0].readers_disagree == case.facts.patient[0].readers_disagree == ()


def test_part_of_a_name_is_no_other_name() -> None:
    assert not texts_differ("江州市人民医院", ["江州市人民医院 检验科"])
    assert not texts_differ(Unknown.ABSENT, ["张三"])
    assert not texts_differ("张三", [])
    assert texts_differ("张三", ["李四"])
    assert not dates_differ(Unknown.UNREADABLE, AS_OF)
    assert not dates_differ(AS_OF, None)


def test_reports_say_which_fields_are_read_otherwise(tmp_path: Path) -> None:
    region = load_region(Settings().rules_dir, "jiangxi")
    case = conclude(review([*NAME, *DATE]), region=region, disease=None, settings=Settings())
    report = report_json(case)
    assert report["documents"][0]["readers_disagree"] == ["date"]
    assert report["facts"]["patient"][0]["readers_disagree"] == ["name"]
    write_expert_report(case, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "规则与版面模型读得不一样，请看原件：日期" in page
    assert "规则与版面模型读得不一样，请看原件：姓名" in page
