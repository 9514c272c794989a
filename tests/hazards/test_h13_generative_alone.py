"""H13: a generative reading invents numbers; it is never the sole evidence of anything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rules.engine import Region, judge, load_region
from rules.engine.case_facts import CaseDocument, build_facts
from rules.engine.cases import load_cases
from rules.engine.facts import CaseFacts, Evidence
from rules.engine.judgement import Conclusion, Status
from tests.rules.conftest import AS_OF

KINDS = ("visits", "diagnoses", "lab_results", "findings", "treatments")


@pytest.fixture(scope="module")
def region() -> Region:
    return load_region(Path(__file__).resolve().parents[2] / "rules", "jiangxi")


def invented(facts: CaseFacts) -> CaseFacts:
    def as_generated(fact: object) -> object:
        places = tuple(replace(e, generative=True, confidence=1.0) for e in fact.evidence)  # type: ignore[attr-defined]
        return replace(fact, evidence=places)  # type: ignore[type-var]

    return replace(facts, **{kind: tuple(as_generated(f) for f in getattr(facts, kind)) for kind in KINDS})


def test_no_case_of_the_rule_base_is_met_by_generated_readings(region: Region) -> None:
    judged = 0
    for rule in region.rules:
        for case in load_cases(rule, region):
            judgement = judge(invented(case.facts), rule, region)
            judged += 1
            assert judgement.conclusion is not Conclusion.MEETS
            assert all(c.status is not Status.MET for c in judgement.criteria)
    assert judged > 100


def test_generated_reading_beside_a_read_one_neither_helps_nor_hurts(region: Region) -> None:
    documents = [
        {"type": "疾病诊断证明书", "date": "2026-03-01", "diagnoses": ["慢阻肺"]},
        {"type": "肺功能", "date": "2025-06-01", "modality": "lung_function", "findings": ["阻塞性通气功能障碍"]},
    ]
    facts = build_facts([CaseDocument.model_validate(d) for d in documents], AS_OF, region.vocabulary)

    def beside(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        return (*evidence, *(replace(e, generative=True, confidence=0.1) for e in evidence))

    both = replace(facts, findings=tuple(replace(f, evidence=beside(f.evidence)) for f in facts.findings))
    copd = next(r for r in region.rules if r.id == "copd")
    assert judge(both, copd, region).conclusion is Conclusion.MEETS
    alone = replace(facts, findings=tuple(replace(f, evidence=beside(f.evidence)[1:]) for f in facts.findings))
    result = judge(alone, copd, region).criteria[1]
    assert (result.status, result.reason) == (Status.MANUAL, "generative_only")
