"""Heads that rules could not read: filled, named, and judged as if they had not been."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from models.page_reader.labels import Label
from pipeline.extracting.again import extract_as
from pipeline.learned import Finders
from pipeline.nouns import ReadCase
from pipeline.review import understand
from rules.engine.case_view import as_rules_read, view_case
from rules.engine.facts import DocumentType, Owner, Unknown
from tests.classifying.paper import sheet
from tests.learned.made import FakeReader, Said, reading

AS_OF = dt.date(2026, 3, 16)
SCREEN = """
# 检验报告单
@0.1,0.2 姓名
@0.8,0.33 张三
@0.1,0.45 采样日期
@0.8,0.57 2026-03-01
@0.1,0.95 江州市人民医院
"""
SAID: list[Said] = [
    ("姓名", Label.KEY, None),
    ("张三", Label.VALUE, "姓名"),
    ("采样日期", Label.KEY, None),
    ("2026-03-01", Label.VALUE, "采样日期"),
]


def review(text: str, said: Sequence[Said], finders: Finders = Finders.BOTH, sure: float = 0.97) -> ReadCase:
    page = sheet(text)
    reader = FakeReader({page.lines[0].text: reading(page, said, sure=sure)})
    return understand([page], files=(), as_of=AS_OF, page_reader=reader, finders=finders)


def test_fields_that_rules_left_open_are_filled_and_named() -> None:
    rules = review(SCREEN, ())
    (info,), (who,) = rules.facts.documents, rules.facts.patient
    assert isinstance(who.name, Unknown)
    case = review(SCREEN, SAID)
    (filled,), (patient,) = case.facts.documents, case.facts.patient
    assert patient.name == "张三"
    assert [mark.partition(":")[0] for mark in patient.model_only] == ["name"]
    assert patient.evidence[-1].extractor == "page-reader"
    assert as_rules_read(patient) == who
    assert as_rules_read(filled).date == info.date


def test_unreadable_stays_unreadable_to_the_rules() -> None:
    case = review(SCREEN, SAID)
    view = view_case(case.facts)
    rules = review(SCREEN, ())
    assert view.facts.patient == rules.facts.patient
    assert {key: d.date for key, d in view.documents.items()} == {d.id: d.date for d in rules.facts.documents}


def test_name_of_the_page_reader_makes_nobody_the_owner() -> None:
    (info,) = review(SCREEN, SAID).facts.documents
    assert info.owner is Owner.UNKNOWN


def test_a_rules_word_stands() -> None:
    text = "# 检验报告单\n姓名：李四 | 性别：男\n采样时间：2026-02-01\n@0.8,0.6 张三"
    said: list[Said] = [("姓名", Label.KEY, None), ("张三", Label.VALUE, "姓名")]
    (who,) = review(text, said).facts.patient
    assert (who.name, who.model_only) == ("李四", ())


def test_unsure_values_are_not_filled() -> None:
    assert review(SCREEN, SAID, sure=0.5).facts.patient == review(SCREEN, ()).facts.patient


def test_hospital_and_its_level_are_filled_together() -> None:
    text = "# 检验报告单\n姓名：李四 | 性别：男\n@0.3,0.55 由江州市人民医院检验科承担检测"
    said: list[Said] = [("江州市人民医院", Label.HOSPITAL, None)]
    (rules,), (info,) = review(text, ()).facts.documents, review(text, said).facts.documents
    assert rules.hospital is Unknown.ABSENT
    assert info.hospital == "江州市人民医院"
    assert "hospital" in info.model_only
    assert as_rules_read(info) == rules


def test_a_persons_type_forgets_what_only_the_page_reader_said() -> None:
    case = review(SCREEN, SAID)
    (document,), facts, _ = extract_as(case.documents, {"d1": DocumentType.IMAGING_REPORT}, as_of=AS_OF)
    assert document.info is not None
    assert document.info.type is DocumentType.IMAGING_REPORT
    assert "type" not in document.info.model_only
    assert facts.patient[0].name == "张三"
