"""``past_disease``: the history itself is what the clause asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from rules.engine import Region, RuleError
from rules.engine.case_view import view_case
from rules.engine.compiling import compile_test
from rules.engine.marked_yaml import Marked
from rules.engine.predicates import Environment, run_test
from tests.rules.conftest import Facts

CLAUSE = """
past_disease:
  name: 急性骨髓炎或开放性骨折
  any_of:
    - {concepts: [acute_osteomyelitis]}
    - {concepts: [fracture], words: 开放}
"""
OLD = {"type": "出院小结", "date": "2020-01-20"}


def outcome(region: Region, facts: Facts, text: str, *documents: dict[str, Any]) -> str:
    rule = next(r for r in region.rules if r.id == "diabetes")
    environment = Environment(vocabulary=region.vocabulary, policies=region.policies, target=rule.target)
    test = compile_test(yaml.safe_load(text), environment, Marked(Path("rule.yaml"), None), ())
    found = run_test(test, view_case(facts(*documents)))
    return f"{found.status.value} {found.reason}"


@pytest.mark.parametrize(
    ("diagnoses", "expected"),
    [
        (["急性骨髓炎"], "met evidence_found"),
        (["急性骨髓炎 既往 栏:既往史"], "met evidence_found"),
        (["开放性骨折"], "met evidence_found"),
        (["开放性骨折 既往 栏:现病史"], "met evidence_found"),
        (["股骨颈骨折"], "missing no_evidence"),
        (["急性骨髓炎 否认 栏:既往史"], "unmet denied"),
        (["急性骨髓炎 疑似"], "missing not_confirmed"),
        (["急性骨髓炎 家族 栏:家族史"], "missing not_confirmed"),
        (["急性骨髓炎 栏:入院诊断"], "manual admission_only"),
        (["急性骨髓炎", "开放性骨折 否认 栏:既往史"], "conflicting contradiction"),
        ([], "missing no_evidence"),
    ],
)
def test_past_disease_takes_what_is_told_and_what_was_diagnosed(
    region: Region, facts: Facts, diagnoses: list[str], expected: str
) -> None:
    assert outcome(region, facts, CLAUSE, {**OLD, "diagnoses": diagnoses}) == expected


def test_past_disease_of_another_person_or_an_unnamed_paper_never_counts(region: Region, facts: Facts) -> None:
    paper = {**OLD, "diagnoses": ["急性骨髓炎"]}
    assert outcome(region, facts, CLAUSE, {**paper, "owner": "他人"}) == "missing other_person"
    assert outcome(region, facts, CLAUSE, {**paper, "owner": "未知"}) == "manual owner_unknown"


def test_past_disease_refuses_unknown_concepts_and_broken_words(region: Region, facts: Facts) -> None:
    for wrong in ("{concepts: [no_such_disease]}", "{concepts: [fracture], words: '开('}"):
        with pytest.raises(RuleError):
            outcome(region, facts, f"past_disease: {{name: 骨折, any_of: [{wrong}]}}")
