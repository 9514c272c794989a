"""Naming a disease, and proposing diseases from confirmed diagnoses."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.engine import Region, find_disease, list_rules, load_region, screen, show_rule
from tests.rules.conftest import Facts


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("糖尿病伴有并发症", 16),
        ("糖尿病", 16),
        ("2型糖尿病", 16),
        ("病种：糖尿病（伴有并发症）", 16),
        ("申请病种名称: 糖 尿 病", 16),
        ("16.糖尿病伴有并发症", 16),
        ("第16号 糖尿病伴有并发症", 16),
        ("diabetes", 16),
        ("M01600", 16),
        ("m01603", 16),
        ("16", 16),
        ("高血压", 12),
        ("高血压病3级", 12),
        ("☑高血压伴有并发症（Ⅱ类）", 12),
        ("慢阻肺", 18),
        ("COPD", 18),
        ("慢性阻塞性肺疾病", 18),
        ("尿毒症", 7),
        ("慢性肾功能衰竭(尿毒症期)", 7),
        ("慢性肾衰竭（尿毒症期）", 7),
        ("恶性肿瘤", 1),
        ("白血病", 1),
        ("恶性肿瘤门诊治疗（含白血病）", 1),
        ("胃癌", 1),
        ("肺恶性肿瘤", 1),
    ],
)
def test_disease_is_found(region: Region, text: str, number: int) -> None:
    found = find_disease(region, text)
    assert found is not None
    assert found.number == number


@pytest.mark.parametrize(
    "text", ["", "  ", "：", "病种", "无", "白内障", "M99999", "99", "糖尿病、高血压", "糖尿病肾病尿毒症", "病", "慢性"]
)
def test_disease_is_left_open(region: Region, text: str) -> None:
    assert find_disease(region, text) is None


def test_screen_proposes_by_confirmed_diagnoses_only(region: Region, facts: Facts) -> None:
    case = facts(
        {
            "type": "出院小结",
            "date": "2026-01-01",
            "diagnoses": ["高血压 3级", "2型糖尿病", "胃癌 疑似", "慢阻肺 家族 栏:家族史"],
        },
        {"type": "疾病诊断证明书", "date": "2026-01-01", "owner": "他人", "diagnoses": ["尿毒症"]},
    )
    assert [rule.number for rule in screen(case, region)] == [12, 16]
    assert screen(facts(), region) == ()


def test_screen_lets_the_admission_diagnosis_yield(region: Region, facts: Facts) -> None:
    case = facts({"type": "出院小结", "date": "2026-01-01", "diagnoses": ["慢阻肺 栏:入院诊断", "高血压 2级"]})
    assert [rule.number for rule in screen(case, region)] == [12]
    case = facts({"type": "出院小结", "date": "2026-01-01", "diagnoses": ["慢阻肺 栏:入院诊断"]})
    assert [rule.number for rule in screen(case, region)] == [18]


def test_list_and_show_are_read_by_people(region: Region) -> None:
    listed = list_rules(region)
    assert all(rule.name in listed and rule.id in listed for rule in region.rules)
    for rule in region.rules:
        shown = show_rule(rule, region)
        assert "材料清单" in shown
        assert "未核对原文" in shown
        assert all(item.advice in shown and item.title in shown for item in rule.items)
        assert rule.latest is not None
        assert rule.latest.formula_text in shown


def test_list_says_candidate_only_of_a_code(few_packs: Path) -> None:
    path = few_packs / "jiangxi/18-copd/rule.yaml"
    text = path.read_text("utf-8")
    start = text.index("codes:")
    end = next(start + n for n, c in enumerate(text[start:]) if c == "\n" and text[start + n + 1].isalpha())
    path.write_text(text[:start] + text[end + 1 :], "utf-8")
    lines = list_rules(load_region(few_packs, "jiangxi")).splitlines()
    (copd,) = [line for line in lines if "[copd]" in line]
    assert "无国家码  未核对原文" in copd
    assert all("（候选）" in line for line in lines[1:] if "[copd]" not in line)


def test_show_reads_not_as_what_is_absent_and_says_what_a_person_settles(few_packs: Path) -> None:
    path = few_packs / "jiangxi/18-copd/rule.yaml"
    text = path.read_text("utf-8")
    start = text.index("    when:\n      finding:\n        name: 胸片阳性")
    end = text.index("    readings: [window_bounds]\n    accepts: [近2年的胸部 X 线报告]")
    when = (
        "    when: {all: [{not: {finding: {name: 胸片阳性, findings: [emphysema]}}}, {needs_person: {text: 非工伤}}]}\n"
    )
    path.write_text(text[:start] + when + text[end:], "utf-8")
    region = load_region(few_packs, "jiangxi")
    shown = show_rule(next(rule for rule in region.rules if rule.id == "copd"), region)
    assert "· 没有下面这种情况\n            · " in shown
    assert "不得" not in shown
    assert "· 非工伤（由人工判断）" in shown
