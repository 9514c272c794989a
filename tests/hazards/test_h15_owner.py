"""H15 同名不同人: a relative's sheet among the uploads, from the page to the owner of the document."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.classifying import classify
from pipeline.extracting.header import extract_header
from pipeline.extracting.identity import extract_identity
from pipeline.extracting.owner import assign_owners
from pipeline.nouns import Alert
from rules.engine.facts import Owner
from tests.classifying.paper import sheet

FORM = """
# 江西省门诊慢特病病种待遇认定申请表
姓名 | {name} | 性别 | {sex} | 年龄 | {age}
身份证号 | {number}
申请病种 | 糖尿病伴有并发症 | 申请日期 | 2026-03-10
"""
LAB = """
# 检验报告单
姓名：{name} | 性别：{sex} | 年龄：{age} | 采样时间：{day} 07:30
项目 | 结果 | 单位 | 参考区间
糖化血红蛋白 | 10.2 | % | 4-6
"""
APPLICANT = {"name": "张建国", "sex": "男", "age": "60岁", "number": "999999196603051233"}


def owners(form: dict[str, str], *labs: dict[str, str]) -> tuple[list[Owner], tuple[Alert, ...]]:
    texts = [FORM.format(**form), *(LAB.format(**{"day": "2026-02-01", **lab}) for lab in labs)]
    documents = [
        replace(document, info=extract_header(document))
        for document in classify([sheet(text, number=i) for i, text in enumerate(texts, start=1)])
    ]
    identities = [identity for document in documents for identity in extract_identity(document)]
    owned, alerts = assign_owners(documents, identities, ())
    return [document.info.owner for document in owned if document.info is not None], alerts


@pytest.mark.parametrize(
    ("sheet_of", "owner"),
    [
        ({"name": "张建国", "sex": "男", "age": "59岁"}, Owner.APPLICANT),
        ({"name": "张 建 国", "sex": "男", "age": "60"}, Owner.APPLICANT),
        ({"name": "李秀英", "sex": "女", "age": "58岁"}, Owner.OTHER),
        ({"name": "张建国", "sex": "女", "age": "31岁"}, Owner.OTHER),
        ({"name": "张建国", "sex": "女", "age": "60岁"}, Owner.UNKNOWN),
        ({"name": "张建国", "sex": "男", "age": "24岁"}, Owner.UNKNOWN),
        ({"name": "张建军", "sex": "男", "age": "58岁"}, Owner.UNKNOWN),
        ({"name": "张小国", "sex": "男", "age": "31岁"}, Owner.OTHER),
        ({"name": "", "sex": "男", "age": "60岁"}, Owner.UNKNOWN),
        ({"name": "", "sex": "女", "age": "31岁"}, Owner.OTHER),
    ],
)
def test_h15_owner_of_a_sheet_beside_the_form(sheet_of: dict[str, str], owner: Owner) -> None:
    found, alerts = owners(APPLICANT, sheet_of)
    assert found[0] is Owner.APPLICANT
    assert found[1] is owner
    assert bool([alert for alert in alerts if alert.code in ("other_person", "owner_unsure", "owner_unreadable")]) == (
        owner is not Owner.APPLICANT
    )


def test_h15_owner_old_sheet_with_lower_age_is_the_applicants() -> None:
    found, _ = owners(APPLICANT, {"name": "张建国", "sex": "男", "age": "54岁", "day": "2020-05-01"})
    assert found[1] is Owner.APPLICANT


def test_h15_owner_relatives_majority_does_not_outvote_the_form() -> None:
    wife = {"name": "李秀英", "sex": "女", "age": "58岁"}
    found, alerts = owners(APPLICANT, wife, {**wife, "day": "2026-01-05"}, {**wife, "day": "2025-12-05"})
    assert found == [Owner.APPLICANT, Owner.OTHER, Owner.OTHER, Owner.OTHER]
    assert [alert.code for alert in alerts] == ["other_person"] * 3


def test_h15_owner_alerts_carry_no_identity() -> None:
    _, alerts = owners(APPLICANT, {"name": "李秀英", "sex": "女", "age": "58岁"})
    assert all(word not in alert.message for alert in alerts for word in ("李秀英", "张建国", "999999"))
