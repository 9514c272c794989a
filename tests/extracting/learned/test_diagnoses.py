"""Diagnoses of rules and page reader."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from models.page_reader.labels import Label
from pipeline.learned import Finders
from pipeline.review import understand
from rules.engine.facts import AssertionStatus, Diagnosis
from tests.classifying.paper import sheet
from tests.learned.made import FakeReader, Said, reading

AS_OF = dt.date(2026, 3, 16)
RECORD = """
# 示例市人民医院
# 出院记录
姓名：张三 | 性别：男 | 年龄：58岁
入院日期：2026-02-01 | 出院日期：2026-02-09
出院诊断：
1.2型糖尿病
@0.1,0.7 病情归类
@0.5,0.74 慢性肾脏病5期 N18.5
@0.5,0.78 高血压?
"""


def review(said: Sequence[Said], finders: Finders = Finders.BOTH) -> tuple[Diagnosis, ...]:
    page = sheet(RECORD)
    reader = FakeReader({page.lines[0].text: reading(page, said)})
    return understand([page], files=(), as_of=AS_OF, page_reader=reader, finders=finders).facts.diagnoses


def named(found: Sequence[Diagnosis], name: str) -> Diagnosis:
    return next(d for d in found if d.name.startswith(name))


SECTION: Said = ("出院诊断", Label.SECTION, None)


def test_diagnosis_that_both_see_names_both() -> None:
    found = review([SECTION, ("1.2型糖尿病", Label.DIAGNOSIS, "出院诊断")])
    diabetes = [d for d in found if "糖尿病" in d.name]
    assert [d.evidence[0].extractor for d in diabetes] == ["clinical-text+page-reader"]
    assert [d.name for d in found] == [d.name for d in review(())]


def test_diagnosis_that_only_the_page_reader_sees_is_added_under_its_section() -> None:
    before = [d.name for d in review(())]
    found = review([SECTION, ("慢性肾脏病5期 N18.5", Label.DIAGNOSIS, "出院诊断")], Finders.MODEL)
    kidney = named(found, "慢性肾脏病5期")
    assert (kidney.section, kidney.status, kidney.icd10) == ("出院诊断", AssertionStatus.CONFIRMED, "N18.5")
    assert all(e.extractor == "page-reader" for e in kidney.evidence)
    assert before


def test_diagnosis_without_a_known_heading_is_never_confirmed() -> None:
    said: list[Said] = [
        ("病情归类", Label.SECTION, None),
        ("高血压?", Label.DIAGNOSIS, None),
        ("慢性肾脏病5期 N18.5", Label.DIAGNOSIS, "病情归类"),
    ]
    assert [(d.name, d.status) for d in review(said, Finders.MODEL)] == [("慢性肾脏病5期", AssertionStatus.SUSPECTED)]


def test_rules_alone_listen_to_nobody() -> None:
    said = [SECTION, ("1.2型糖尿病", Label.DIAGNOSIS, "出院诊断")]
    assert review(said, Finders.RULES) == review(())
