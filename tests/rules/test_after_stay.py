"""What remains after a stay: the period lies between the stay and the later paper."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from rules.engine import Region, RuleError
from rules.engine.case_view import view_case
from rules.engine.compiling import compile_test
from rules.engine.marked_yaml import Marked
from rules.engine.predicates import Environment, run_test
from rules.engine.targets import make_target
from tests.rules.conftest import Facts

CONDITION = """
after_stay:
  name: 后遗症
  after: 3个月
  documents: [门诊病历, 疾病诊断证明书, 出院小结]
  concepts: [hemiplegia, aphasia]
  weak_concepts: [stroke_sequelae]
"""
STAY: dict[str, Any] = {"type": "出院小结", "date": "2025-09-10", "stay": ["2025-08-20", "2025-09-10"]}
STAY["diagnoses"] = ["脑梗死"]


def later(day: str, *diagnoses: str) -> dict[str, Any]:
    return {"type": "门诊病历", "date": day, "visits": [day], "diagnoses": list(diagnoses)}


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ([STAY, later("2025-12-10", "偏瘫")], "met evidence_found"),
        ([STAY, later("2025-12-09", "偏瘫")], "missing too_early"),
        ([STAY, later("2025-12-10", "偏瘫 否认")], "missing not_confirmed"),
        ([STAY, later("2025-12-10", "脑卒中后遗症")], "manual kind_not_stated"),
        ([STAY, {**later("2025-12-10", "偏瘫"), "owner": "他人"}], "missing other_person"),
        ([{**STAY, "owner": "他人"}, later("2025-12-10", "偏瘫")], "manual stay_unknown"),
        ([{**STAY, "diagnoses": ["肺炎"]}, later("2025-12-10", "偏瘫")], "manual stay_unknown"),
        ([STAY, {**STAY, "date": "2025-11-01", "stay": ["2025-10-20", "2025-11-01"]}, later("2025-12-10", "偏瘫")],
         "manual another_stay"),
        ([later("2025-12-10", "肺炎"), STAY], "missing no_evidence"),
    ],
)  # fmt: skip
def test_after_stay_counts_from_the_discharge(
    region: Region, facts: Facts, documents: list[dict[str, Any]], expected: str
) -> None:
    target = make_target("脑卒中", concepts=["stroke"], icd10=[], vocabulary=region.vocabulary)
    environment = Environment(vocabulary=region.vocabulary, policies=region.policies, target=target)
    test = compile_test(yaml.safe_load(CONDITION), environment, Marked(Path("rule.yaml"), None), ())
    outcome = run_test(test, view_case(facts(*documents)))
    assert f"{outcome.status.value} {outcome.reason}" == expected


def test_after_stay_of_another_order_of_documents_is_the_same(region: Region, facts: Facts) -> None:
    target = make_target("脑卒中", concepts=["stroke"], icd10=[], vocabulary=region.vocabulary)
    environment = Environment(vocabulary=region.vocabulary, policies=region.policies, target=target)
    test = compile_test(yaml.safe_load(CONDITION), environment, Marked(Path("rule.yaml"), None), ())
    found = facts(later("2025-12-10", "偏瘫"), STAY)
    assert found.as_of >= dt.date(2025, 12, 10)
    assert run_test(test, view_case(found)).status.value == "met"


def test_after_stay_wants_a_period(region: Region) -> None:
    target = make_target("脑卒中", concepts=["stroke"], icd10=[], vocabulary=region.vocabulary)
    environment = Environment(vocabulary=region.vocabulary, policies=region.policies, target=target)
    text = yaml.safe_load(CONDITION)
    text["after_stay"]["after"] = "很久"
    with pytest.raises(RuleError, match="不是一段时间"):
        compile_test(text, environment, Marked(Path("rule.yaml"), None), ())
