"""Laboratory rows of rules and page reader: who found them, where they agree, and what nobody else saw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import pytest

from models.page_reader.labels import Label
from pipeline.learned import Finders
from pipeline.nouns import ReadCase
from pipeline.review import understand
from rules.engine.facts import LabResult
from tests.classifying.paper import sheet
from tests.learned.made import FakeReader, Said, reading, row

AS_OF = dt.date(2026, 3, 16)
HEAD = """
# 示例市人民医院检验报告单
姓名：张三 | 性别：男 | 年龄：58岁
采样时间：2026-03-01 08:10 | 报告时间：2026-03-01 10:30
项目 | 结果 | 单位 | 参考区间
"""
TABLE = (
    HEAD
    + """
肌酐 | 812.4 | μmol/L | 57.0-97.0
尿素 | 18.6 | mmol/L | 3.1-8.0
尿酸 | 395 | μmol/L | 208-428
"""
)
BROKEN = (
    HEAD
    + """
肌酐 | 812.4 | μmol/L | 57.0-97.0
@0.1,0.6 胱抑素C
@0.75,0.66 2.31
@0.5,0.72 mg/L
"""
)


def review(text: str, said: Sequence[Said], finders: Finders = Finders.BOTH, **more: float) -> ReadCase:
    page = sheet(text)
    reader = FakeReader({page.lines[0].text: reading(page, said, **more)})  # type: ignore[arg-type]
    return understand([page], files=(), as_of=AS_OF, page_reader=reader, finders=finders)


def named(case: ReadCase, name: str) -> LabResult:
    return next(r for r in case.facts.lab_results if r.name == name)


AGREED = [
    *row("肌酐", "812.4", "μmol/L", "57.0-97.0"),
    *row("尿素", "18.6", "mmol/L", "3.1-8.0"),
]


def test_agreeing_readers_are_both_named_and_surer() -> None:
    alone = named(review(TABLE, (), Finders.RULES), "肌酐")
    both = named(review(TABLE, AGREED), "肌酐")
    assert both.evidence[0].extractor == "lab-table+page-reader"
    assert both.evidence[0].confidence > alone.evidence[0].confidence
    assert both.evidence[0].confidence <= 0.98  # the characters stay as unsure as they were read
    assert (both.value, both.doubts) == (alone.value, alone.doubts) == (Decimal("812.4"), ())


def test_row_that_only_rules_see_stays_as_it_was() -> None:
    assert named(review(TABLE, AGREED), "尿酸") == named(review(TABLE, (), Finders.RULES), "尿酸")


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(row("肌酐", "18.6"), id="result"),
        pytest.param(row("肌酐", "812.4", "mmol/L"), id="unit"),
        pytest.param(row("肌酐", "812.4", "μmol/L", "3.1-8.0"), id="range"),
    ],
)
def test_readers_that_disagree_leave_a_doubt(said: list[Said]) -> None:
    both = named(review(TABLE, said), "肌酐")
    assert both.doubts == ("readers_disagree",)
    assert (both.value, both.unit) == (Decimal("812.4"), "μmol/L")
    assert both.evidence[0].extractor == "lab-table"


def test_result_given_to_another_name_is_a_disagreement_and_no_row_of_its_own() -> None:
    case = review(TABLE, row("采样时间", "18.6"))
    assert named(case, "尿素").doubts == ("readers_disagree",)
    assert len(case.facts.lab_results) == 3


def test_unsure_page_reader_is_not_listened_to() -> None:
    rules = review(TABLE, (), Finders.RULES).facts.lab_results
    assert review(TABLE, row("肌酐", "18.6"), sure=0.4).facts.lab_results == rules


def test_row_that_only_the_page_reader_sees_is_read_like_any_other_and_doubted() -> None:
    said = row("胱抑素C", "2.31", "mg/L")
    assert "胱抑素C" not in [r.name for r in review(BROKEN, ()).facts.lab_results]
    result = named(review(BROKEN, said), "胱抑素C")
    assert (result.value, result.unit, result.analyte) == (Decimal("2.31"), "mg/L", "cystatin_c")
    assert result.sampled_at == dt.datetime(2026, 3, 1, 8, 10)
    assert "model_only" in result.doubts
    assert result.evidence[0].extractor == "page-reader"
    assert result.evidence[0].confidence <= 0.9


def test_page_reader_alone_is_measured_without_the_rules_rows() -> None:
    case = review(TABLE, row("肌酐", "812.4", "μmol/L"), Finders.MODEL)
    assert [(r.name, r.text, r.doubts) for r in case.facts.lab_results] == [("肌酐", "812.4", ())]


def test_rows_are_added_to_no_prescription() -> None:
    text = """
# 门诊处方笺
姓名：张三 | 性别：男
@0.1,0.5 氨氯地平片
@0.6,0.56 5
"""
    assert review(text, row("氨氯地平片", "5")).facts.lab_results == ()


def test_unit_and_range_that_only_the_page_reader_sees_are_filled_and_doubted() -> None:
    text = (
        HEAD.replace(" | 单位 | 参考区间", "")
        + """
肌酐 | 812.4
尿素 | 18.6
@0.8,0.5 μmol/L
@0.8,0.55 57.0-97.0
"""
    )
    said = [*row("肌酐", "812.4"), ("μmol/L", Label.UNIT, "肌酐"), ("57.0-97.0", Label.RANGE, "肌酐")]
    assert named(review(text, ()), "肌酐").reference_high is None
    result = named(review(text, said), "肌酐")
    assert (result.unit, result.reference_high) == ("μmol/L", Decimal("97.0"))
    assert {"model_only", "reference_model_only"} <= set(result.doubts)
