"""A region other than the first is data alone: it loads, checks, passes its cases and holds no Python."""

from __future__ import annotations

import pytest

from rules.engine import Region, check_rules, load_region, run_cases
from rules.engine.cases import load_cases, run_case
from rules.engine.judge import judge
from rules.engine.judgement import Conclusion
from tests.rules.conftest import RULES, Facts


@pytest.fixture(scope="module")
def shandong() -> Region:
    return load_region(RULES, "shandong")


def test_second_region_loads_with_its_own_name_sources_and_packs(shandong: Region) -> None:
    assert (shandong.id, shandong.name) == ("shandong", "山东省")
    assert [rule.id for rule in shandong.rules] == ["diabetes", "uremia_dialysis", "malignant_tumor"]
    assert not any(rule.info.verified for rule in shandong.rules)
    assert all("未核对原文" in rule.file.provenance.note for rule in shandong.rules)


def test_second_region_checks_and_passes_its_cases(shandong: Region) -> None:
    assert check_rules(shandong) == []
    assert run_cases(shandong) == []
    assert all(len(load_cases(rule, shandong)) >= 30 for rule in shandong.rules)


def test_second_region_cases_can_fail(shandong: Region) -> None:
    rule = shandong.rules[0]
    case = load_cases(rule, shandong)[0]
    case.expect["conclusion"] = "not_met"
    assert run_case(case, rule, shandong) != []


def test_second_region_holds_no_python() -> None:
    assert sorted((RULES / "shandong").rglob("*.py")) == []


def test_same_uploads_come_out_by_the_region_that_judges(shandong: Region, region: Region, facts: Facts) -> None:
    """A certificate of type 1 diabetes alone suffices in 山东; 江西 wants treatment and a complication as well."""
    case = facts({"type": "疾病诊断证明书", "date": "2026-03-01", "diagnoses": ["1型糖尿病 E10.900"]})
    found = {r.name: judge(case, next(d for d in r.rules if d.id == "diabetes"), r) for r in (shandong, region)}
    assert found["山东省"].conclusion is Conclusion.MEETS
    assert found["江西省"].conclusion is Conclusion.INSUFFICIENT
