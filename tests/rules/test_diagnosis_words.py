"""``diagnosis_words``: what the printed name of a confirmed diagnosis must say."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from rules.engine import Region, RuleError
from rules.engine.case_facts import CaseDocument, build_facts
from rules.engine.case_view import view_case
from rules.engine.compiling import compile_test
from rules.engine.marked_yaml import Marked
from rules.engine.outcome import Outcome
from rules.engine.predicates import Environment, run_test
from rules.engine.targets import make_target
from tests.rules.conftest import AS_OF

WHEN = {"diagnosis_words": {"hospital_level": "三级甲等", "wanted": "中重度", "words": "[中重]度", "contrary": "轻度"}}


def run(region: Region, *papers: dict[str, Any], as_of: dt.date = AS_OF, when: Any = WHEN) -> Outcome:
    target = make_target("银屑病", concepts=("psoriasis",), icd10=("L40",), vocabulary=region.vocabulary)
    environment = Environment(vocabulary=region.vocabulary, policies=region.policies, target=target)
    test = compile_test(when, environment, Marked(Path("rule.yaml"), when), ())
    facts = build_facts([CaseDocument.model_validate(p) for p in papers], as_of, region.vocabulary)
    return run_test(test, view_case(facts))


def paper(*diagnoses: str, **more: Any) -> dict[str, Any]:
    return {"type": "疾病诊断证明书", "date": "2026-03-01", "diagnoses": list(diagnoses), **more}


@pytest.mark.parametrize(
    ("papers", "status", "reason"),
    [
        ([], "missing", "no_evidence"),
        ([paper("中重度银屑病")], "met", "evidence_found"),
        ([paper("寻常型银屑病(中重度)"), paper("银屑病")], "met", "evidence_found"),
        ([paper("银屑病")], "missing", "grade_not_stated"),
        ([paper("寻常型银屑病(轻度) L40.0")], "unmet", "below_grade"),
        ([paper("寻常型银屑病(轻度) L40.0"), paper("中重度银屑病")], "conflicting", "contradiction"),
        ([paper("银屑病", "轻度脂肪肝")], "missing", "grade_not_stated"),
        ([paper("银屑病", "重度贫血")], "missing", "grade_not_stated"),
        ([paper("中重度银屑病 疑似")], "missing", "not_confirmed"),
        ([paper("银屑病 否认")], "unmet", "denied"),
        ([paper("中重度银屑病", level="二级甲等")], "missing", "hospital_below_level"),
        ([paper("中重度银屑病", level="未知")], "manual", "hospital_level_unknown"),
        ([paper("中重度银屑病", level="未知"), paper("寻常型银屑病(轻度) L40.0")], "manual", "hospital_level_unknown"),
        ([paper("中重度银屑病", owner="他人")], "missing", "other_person"),
    ],
)
def test_diagnosis_words_wants_the_printed_name_to_say_it(
    region: Region, papers: list[dict[str, Any]], status: str, reason: str
) -> None:
    outcome = run(region, *papers)
    assert (outcome.status.value, outcome.reason) == (status, reason)


def test_diagnosis_words_tells_what_is_not_stated(region: Region) -> None:
    assert "未写明中重度" in run(region, paper("银屑病")).message


def test_diagnosis_words_refuses_a_bad_pattern(region: Region) -> None:
    with pytest.raises(RuleError, match="正则表达式"):
        run(region, when={"diagnosis_words": {"wanted": "中重度", "words": "("}})
