"""A diagnosis made at a hospital of a kind: the name decides, a name that leaves it open is for a person."""

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
from rules.engine.targets import make_target
from tests.rules.conftest import Facts

CONDITION: dict[str, Any] = yaml.safe_load("""
diagnosis_at:
  documents: [疾病诊断证明书]
  hospital_kind: 精神专科医院
  hospital_words: 精神|脑科
  open_words: 第.人民医院
""")
PAPER = {"type": "疾病诊断证明书", "date": "2026-02-01", "diagnoses": ["精神分裂症"]}


def environment(region: Region) -> Environment:
    target = make_target("精神病", concepts=["schizophrenia"], icd10=[], vocabulary=region.vocabulary)
    return Environment(vocabulary=region.vocabulary, policies=region.policies, target=target)


@pytest.mark.parametrize(
    ("hospital", "diagnosis", "expected"),
    [
        ("某市精神病医院", "精神分裂症", "met evidence_found"),
        ("某市精神病医院", "精神分裂症 否认", "unmet denied"),
        ("某市精神病医院", "精神分裂症 疑似", "missing not_confirmed"),
        ("某市第三人民医院", "精神分裂症", "manual hospital_kind_unknown"),
        ("某市第三人民医院", "精神分裂症 否认", "missing no_evidence"),
        ("未印", "精神分裂症", "manual hospital_kind_unknown"),
        ("某县中医院", "精神分裂症", "missing wrong_hospital"),
        ("某县中医院", "肺炎", "missing no_evidence"),
    ],
)
def test_diagnosis_at_reads_the_kind_from_the_name(
    region: Region, facts: Facts, hospital: str, diagnosis: str, expected: str
) -> None:
    test = compile_test(CONDITION, environment(region), Marked(Path("rule.yaml"), None), ())
    outcome = run_test(test, view_case(facts({**PAPER, "hospital": hospital, "diagnoses": [diagnosis]})))
    assert f"{outcome.status.value} {outcome.reason}" == expected


def test_diagnosis_at_of_another_persons_paper_is_missing(region: Region, facts: Facts) -> None:
    test = compile_test(CONDITION, environment(region), Marked(Path("rule.yaml"), None), ())
    outcome = run_test(test, view_case(facts({**PAPER, "hospital": "某市精神病医院", "owner": "他人"})))
    assert f"{outcome.status.value} {outcome.reason}" == "missing other_person"


def test_diagnosis_at_refuses_a_broken_expression(region: Region) -> None:
    broken = {"diagnosis_at": {**CONDITION["diagnosis_at"], "hospital_words": "精神("}}
    with pytest.raises(RuleError, match="正则"):
        compile_test(broken, environment(region), Marked(Path("rule.yaml"), None), ())
