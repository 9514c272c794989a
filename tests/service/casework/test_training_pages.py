"""Corrected pages as training pages: what is labelled, and that nothing of a person is left."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from decimal import Decimal

import pytest

from models.page_reader.labels import Label
from pipeline.keys import keys_of
from pipeline.nouns import ReadCase
from pipeline.review import understand
from pipeline.service.casework.corrections.invented import Inventor, names_in
from pipeline.service.casework.corrections.training_pages import TrainingPage, training_pages
from rules.engine.facts import CaseFacts
from tests.classifying.paper import sheet

AS_OF = dt.date(2026, 3, 16)
SENTINELS = (
    "欧阳慕白", "慕白", "999999196805123419", "13912345678", "0791-86543210", "沈牧云", "顾听澜", "青云谱区洪都中大道",
    "1968-05-12", "1968年05月12日", "2026-03-01", "ZY20260011",
)  # fmt: skip
LABS = """
# 江州市第一人民医院检验报告单
姓名：欧阳慕白 | 性别：男 | 年龄：57岁
身份证号：999999196805123419 | 联系电话：13912345678
出生日期：1968-05-12 | 住院号：ZY20260011
地址：江西省南昌市青云谱区洪都中大道18号3栋2单元
采样时间：2026-03-01 08:10 | 报告时间：2026-03-01 10:30
项目 | 结果 | 单位 | 参考区间
肌酐 | 812.4 | μmol/L | 57.0-97.0
尿素 | 18.6 | mmol/L | 3.1-8.0
检验者：顾听澜 | 审核者：沈牧云
备注：欧 阳 慕 白之子顾听澜来电0791-86543210询问结果，家住青云谱区洪都中大道18号，已告知复查并于2026-03-01登记
"""
RECORD = """
# 江州市第一人民医院
# 出院记录
姓名：欧阳慕白 | 性别：男 | 年龄：57岁
入院日期：2026-02-01 | 出院日期：2026-02-09
出院诊断：
1.2型糖尿病
2.慢性肾脏病5期
住院医师：沈牧云
"""


@pytest.fixture(scope="module")
def case() -> ReadCase:
    return understand([sheet(LABS, number=1), sheet(RECORD, number=2)], files=(), as_of=AS_OF)


def corrected(case: ReadCase) -> tuple[CaseFacts, set[str]]:
    """The case with the unit of one result set right, and the key of that."""
    results = list(case.facts.lab_results)
    place = next(k for k, r in enumerate(results) if r.name == "肌酐")
    results[place] = replace(results[place], value=Decimal("812.4"), unit="μmol/L")
    facts = replace(case.facts, lab_results=tuple(results))
    return facts, {keys_of(facts, case.documents).facts["lab_results"][place]}


def exported(case: ReadCase, seed: int | None = 7) -> tuple[TrainingPage, ...]:
    facts, touched = corrected(case)
    return training_pages(case, facts, touched, seed=seed)


def test_names_of_everybody_on_the_pages_are_known(case: ReadCase) -> None:
    assert {"欧阳慕白", "顾听澜", "沈牧云"} <= names_in(case)


def test_no_identity_is_left_in_what_is_exported(case: ReadCase) -> None:
    for seed in (7, 8, None):
        text = "".join(page.to_json() for page in exported(case, seed))
        bare = re.sub(r"\s", "", text)
        assert [s for s in SENTINELS if s in bare] == []
        assert "江州市第一人民医院" in bare


def test_lines_keep_their_length_and_their_place(case: ReadCase) -> None:
    (page,) = exported(case)
    read = case.documents[0].pages[0]
    assert [len(text) for text, _ in page.lines] == [len(line.text) for line in read.lines]
    assert [box for _, box in page.lines] == [line.upright for line in read.lines]


def test_dates_move_together(case: ReadCase) -> None:
    (page,) = exported(case)
    found = [re.search(r"\d{4}-\d{2}-\d{2}", text) for text, _ in page.lines if "时间" in text]
    days = {match.group() for match in found if match}
    assert len(days) == 1
    assert days != {"2026-03-01"}


def test_rows_of_a_corrected_page_are_labelled_and_linked(case: ReadCase) -> None:
    (page,) = exported(case)
    said = [(page.lines[s.line][0][s.start : s.end], s.label, s.link) for s in page.spans]
    head = next(k for k, (text, label, _) in enumerate(said) if (text, label) == ("肌酐", Label.ITEM_NAME))
    assert ("812.4", Label.RESULT, head) in said
    assert ("μmol/L", Label.UNIT, head) in said
    assert ("57.0-97.0", Label.RANGE, head) in said
    assert page.type == "lab_report"


def test_only_pages_that_a_person_changed_are_exported(case: ReadCase) -> None:
    assert len(exported(case)) == 1
    assert training_pages(case, case.facts, (), seed=1) == ()
    keys = keys_of(case.facts, case.documents)
    (record,) = training_pages(case, case.facts, [keys.facts["diagnoses"][0]], seed=1)
    labels = [(record.lines[s.line][0][s.start : s.end], s.label) for s in record.spans]
    assert ("慢性肾脏病5期", Label.DIAGNOSIS) in labels
    assert "沈牧云" not in record.to_json()


def test_a_name_that_is_still_there_is_noticed() -> None:
    inventor = Inventor(["欧阳慕白"], ["999999196805123419"], seed=1)
    assert inventor.leaks(["姓名：欧阳 慕白"])
    assert inventor.leaks(["姓名：欧阳", "慕白"])
    assert inventor.leaks(["99999919680512", "3419"])
    assert not inventor.leaks(["姓名：王安", "肌酐"])


def test_what_is_exported_is_one_json_object_a_page(case: ReadCase) -> None:
    (page,) = exported(case)
    data = json.loads(page.to_json())
    assert data["schema"] == "yushen.training_page.v1"
    assert "\n" not in page.to_json()
    assert all(len(span) == 5 for span in data["spans"])
