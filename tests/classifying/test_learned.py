"""Types that the page reader tells where rules cannot."""

from __future__ import annotations

import pytest

from pipeline.classifying import classify
from pipeline.classifying.learned import Kind, settle_kind
from pipeline.learned import Finders
from rules.engine.facts import DocumentType
from tests.classifying.paper import sheet
from tests.learned.made import learned

BARE = "结果已出\n患者 | 张三\n白细胞 | 6.2"
TITLED = "# 出院记录\n姓名：张三 | 性别：男\n入院日期：2026-01-01\n出院诊断：2型糖尿病"


def test_page_reader_types_what_rules_do_not_know_and_says_so() -> None:
    (plain,) = classify([sheet(BARE)])
    assert plain.type is DocumentType.UNKNOWN
    (document,) = classify([learned(sheet(BARE), (), types={"lab_report": 0.98, "other": 0.02})])
    assert document.type is DocumentType.LAB_REPORT
    assert document.info is not None
    assert document.info.model_only == ("type",)
    assert any("版面模型判断为“检验报告单”（把握98%）" in why for why in document.why)
    assert document.confidence == 0.98


@pytest.mark.parametrize("share", [0.5, 0.89])
def test_page_reader_that_is_unsure_leaves_the_page_unknown(share: float) -> None:
    (document,) = classify([learned(sheet(BARE), (), types={"lab_report": share, "other": 1 - share})])
    assert document.type is DocumentType.UNKNOWN
    assert document.info is not None
    assert document.info.model_only == ()


def test_a_title_decides_whatever_the_page_reader_says() -> None:
    (document,) = classify([learned(sheet(TITLED), (), types={"lab_report": 1.0})])
    assert document.type is DocumentType.DISCHARGE_SUMMARY
    assert document.info is not None
    assert document.info.model_only == ()


def test_agreement_raises_confidence() -> None:
    pages = [learned(sheet(BARE), (), types={"lab_report": 0.95})]
    alone = Kind(DocumentType.LAB_REPORT, 0.65, ("版面：项目、结果、单位、参考范围的表格",))
    both = settle_kind(alone, pages)
    assert both.confidence > alone.confidence
    assert both.why == (*alone.why, "版面模型的判断相同")
    assert not both.by_model


def test_weak_headings_yield_to_a_sure_page_reader_and_strong_ones_do_not() -> None:
    pages = [learned(sheet(BARE), (), types={"lab_report": 0.99})]
    weak = Kind(DocumentType.RECEIPT, 0.64, ("小标题：金额",))
    assert settle_kind(weak, pages).type is DocumentType.LAB_REPORT
    assert settle_kind(weak, pages).by_model
    strong = Kind(DocumentType.RECEIPT, 0.8, ("小标题：金额、数量",))
    assert settle_kind(strong, pages) == strong


def test_page_reader_alone_is_taken_at_its_word() -> None:
    (document,) = classify([learned(sheet(TITLED), (), types={"lab_report": 0.6})], finders=Finders.MODEL)
    assert document.type is DocumentType.LAB_REPORT
