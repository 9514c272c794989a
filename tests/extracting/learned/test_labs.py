"""Laboratory rows of rules and page reader: who found them, where they agree, and what nobody else saw."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from models.page_reader.labels import Label
from pipeline.extracting.learned.completing import completed
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


def row_result(name: str, text: str, **more: object) -> LabResult:
    value = Decimal(text) if re.fullmatch(r"[\d.]+", text) else None
    return LabResult(document="d1", name=name, text=text, value=value, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rules", "model", "field", "wanted"),
    [
        pytest.param(
            row_result("癌胚抗原", "2.1", unit="ng/mlHH"), row_result("癌胚抗原", "2.1", unit="ng/ml"), "unit", "ng/ml",
            id="unit with a mark glued to it",
        ),
        pytest.param(
            row_result("骨钙素", "94.21正常"), row_result("骨钙素", "94.21"), "value", Decimal("94.21"),
            id="result with a word glued to it",
        ),
        pytest.param(
            row_result("正常参考值白细胞", "8.13"), row_result("白细胞", "8.13"), "name", "白细胞",
            id="name with a heading glued to it",
        ),
    ],
)  # fmt: skip
def test_cells_that_rules_cut_badly_are_taken_from_the_page_reader_and_doubted(
    rules: LabResult, model: LabResult, field: str, wanted: object
) -> None:
    done = completed(rules, model)
    assert getattr(done, field) == wanted
    assert done.doubts == ("model_only",)


@pytest.mark.parametrize(
    ("rules", "model"),
    [
        pytest.param(row_result("肌酐", "88", unit="μmol/L"), row_result("肌酐", "88", unit="mol/L"), id="known unit"),
        pytest.param(row_result("某项", "88"), row_result("肌酐", "88"), id="another name"),
        pytest.param(row_result("肌酐", "8 8"), row_result("肌酐", "99"), id="another number"),
        pytest.param(row_result("尿酮体", "-"), row_result("尿酮体", "-", unit="/HPF"), id="no unit"),
    ],
)
def test_cells_that_rules_read_are_not_exchanged(rules: LabResult, model: LabResult) -> None:
    assert completed(rules, model) == rules


SLIPPED = (
    HEAD
    + """
@0.1,0.30 812.4
@0.6,0.30 μmol/L
@0.1,0.34 肌酐
@0.1,0.38 18.6
@0.6,0.38 mmol/L
@0.1,0.42 尿素
@0.1,0.46 395
@0.6,0.46 μmol/L
@0.1,0.50 尿酸
"""
)


def test_rows_of_the_page_reader_stand_where_they_hang_together_better_and_stay_doubted() -> None:
    said = [*row("肌酐", "812.4", "μmol/L"), *row("尿素", "18.6", "mmol/L"), *row("尿酸", "395", "μmol/L")]
    case = review(SLIPPED, said)
    read = {r.name: (r.text, r.unit) for r in case.facts.lab_results}
    assert read == {"肌酐": ("812.4", "μmol/L"), "尿素": ("18.6", "mmol/L"), "尿酸": ("395", "μmol/L")}
    assert all({"model_only", "readers_disagree"} & set(r.doubts) or "+" in r.evidence[0].extractor
               for r in case.facts.lab_results)  # fmt: skip


def test_further_lines_of_a_cell_belong_to_it() -> None:
    text = HEAD + "\n@0.1,0.6 抗环瓜氨酸肽\n@0.1,0.63 抗体测定\n@0.7,0.7 25.5"
    page = sheet(text)
    told = reading(page, [("抗环瓜氨酸肽", Label.ITEM_NAME, None), ("抗体测定", Label.ITEM_NAME, "抗环瓜氨酸肽"),
                          ("25.5", Label.RESULT, "抗环瓜氨酸肽")])  # fmt: skip
    reader = FakeReader({page.lines[0].text: told})
    case = understand([page], files=(), as_of=AS_OF, page_reader=reader)
    assert [r.name for r in case.facts.lab_results] == ["抗环瓜氨酸肽抗体测定"]


def test_a_second_result_far_away_is_not_this_items() -> None:
    text = HEAD + "\n@0.1,0.6 肌酐\n@0.5,0.6 812.4\n@0.5,0.8 18.6"
    page = sheet(text)
    told = reading(page, [*row("肌酐", "812.4"), ("18.6", Label.RESULT, "肌酐")])
    unsure = tuple(replace(s, link_confidence=0.6) if page.lines[s.line].text == "18.6" else s for s in told.spans)
    reader = FakeReader({page.lines[0].text: replace(told, spans=unsure)})
    (found,) = understand([page], files=(), as_of=AS_OF, page_reader=reader, finders=Finders.MODEL).facts.lab_results
    assert found.text == "812.4"
