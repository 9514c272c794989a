"""Several abnormalities of one sample, and results that need only be there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from rules.engine import Region, RuleError
from rules.engine.case_view import view_case
from rules.engine.compiling import compile_test
from rules.engine.marked_yaml import Marked
from rules.engine.outcome import Outcome
from rules.engine.predicates import Environment, run_test
from tests.rules.conftest import Facts

TWO_OF_THREE = """
lab_panel:
  name: 血常规
  k: 2
  parts:
    - {name: 白细胞减少, any_of: [{analyte: wbc, abnormal: low}]}
    - {name: 贫血, any_of: [{analyte: hemoglobin, abnormal: low}]}
    - {name: 血小板减少, any_of: [{analyte: platelet, below: 100 10*9/L}]}
"""
LOW_HB, LOW_PLT = "血红蛋白 60 g/L 参考115-150", "血小板 20 10*9/L"
FINE_HB, FINE_PLT, FINE_WBC = "血红蛋白 130 g/L 参考115-150", "血小板 200 10*9/L", "白细胞 5 10*9/L 参考3.5-9.5"


class Try:
    def __init__(self, region: Region, facts: Facts) -> None:
        self.facts = facts
        rule = next(r for r in region.rules if r.id == "diabetes")
        self.environment = Environment(vocabulary=region.vocabulary, policies=region.policies, target=rule.target)

    def __call__(self, text: str, *documents: dict[str, Any]) -> Outcome:
        test = compile_test(yaml.safe_load(text), self.environment, Marked(Path("rule.yaml"), None), ())
        return run_test(test, view_case(self.facts(*documents)))


@pytest.fixture
def check(region: Region, facts: Facts) -> Try:
    return Try(region, facts)


def sheet(date: str, *labs: str, **more: Any) -> dict[str, Any]:
    return {"type": "检验报告单", "date": date, "labs": list(labs), **more}


@pytest.mark.parametrize(
    ("labs", "expected"),
    [
        ([LOW_HB, LOW_PLT, FINE_WBC], "met evidence_found"),
        ([LOW_HB, FINE_PLT, FINE_WBC], "unmet within_range"),
        ([LOW_HB], "missing panel_incomplete"),
        ([LOW_HB, "血小板 20"], "manual unit_unknown"),
        ([FINE_HB, FINE_PLT], "unmet within_range"),
        ([], "missing no_evidence"),
    ],
)
def test_panel_asks_for_abnormalities_of_one_sample(check: Try, labs: list[str], expected: str) -> None:
    outcome = check(TWO_OF_THREE, sheet("2026-01-05", *labs))
    assert f"{outcome.status.value} {outcome.reason}" == expected


def test_panel_does_not_add_up_abnormalities_of_different_days(check: Try) -> None:
    first = sheet("2025-01-05", LOW_HB, FINE_PLT, FINE_WBC)
    second = sheet("2026-01-05", FINE_HB, LOW_PLT, FINE_WBC)
    assert check(TWO_OF_THREE, first, second).status.value == "unmet"
    assert check(TWO_OF_THREE, first, second, sheet("2026-02-05", LOW_HB, LOW_PLT)).status.value == "met"


def test_panel_of_another_person_is_told(check: Try) -> None:
    outcome = check(TWO_OF_THREE, sheet("2026-01-05", LOW_HB, LOW_PLT, owner="他人"))
    assert (outcome.status.value, outcome.reason) == ("missing", "other_person")


def test_panel_counts_days_and_notices_samples_that_contradict(check: Try) -> None:
    twice = TWO_OF_THREE.replace("k: 2", "k: 2\n  times: 2")
    low = [sheet("2026-01-05", LOW_HB, LOW_PLT), sheet("2026-02-05", LOW_HB, LOW_PLT)]
    assert check(twice, low[0]).reason == "too_few"
    assert check(twice, *low).status.value == "met"
    consistent = TWO_OF_THREE.replace("k: 2", "k: 2\n  consistent: true")
    assert check(consistent, *low).status.value == "met"
    assert check(consistent, low[0], sheet("2026-02-05", FINE_HB, FINE_PLT)).status.value == "conflicting"


def test_panel_refuses_more_parts_than_there_are(check: Try) -> None:
    with pytest.raises(RuleError, match="k 写了 4"):
        check(TWO_OF_THREE.replace("k: 2", "k: 4"))


def test_panel_names_the_unknown_analyte(check: Try) -> None:
    with pytest.raises(RuleError, match="化验项目词表里没有 nothing_like_it"):
        check(TWO_OF_THREE.replace("analyte: wbc", "analyte: nothing_like_it"))


def test_reported_wants_a_result_whatever_it_says(check: Try) -> None:
    text = "lab_reported: {name: 凝血酶时间, analytes: [thrombin_time]}"
    assert check(text).reason == "no_evidence"
    assert check(text, sheet("2026-01-05", "凝血酶时间 15 s")).status.value == "met"
    quoted = {"type": "出院小结", "date": "2026-01-20", "labs": ["凝血酶时间 15 s"]}
    assert check(text, quoted).reason == "quoted_only"
