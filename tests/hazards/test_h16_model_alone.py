"""H16: what only the learned page reader saw is shown to a person and never decides an item, one way or the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rules.engine import Region, judge, load_region
from rules.engine.case_facts import CaseDocument, build_facts
from rules.engine.cases import load_cases
from rules.engine.facts import MODEL_ONLY, PAGE_READER, CaseFacts, DocumentType
from rules.engine.judgement import Conclusion, Status
from tests.rules.conftest import AS_OF

KINDS = ("visits", "diagnoses", "lab_results", "findings", "treatments")
DECIDED = (Status.MET, Status.UNMET)


@pytest.fixture(scope="module")
def region() -> Region:
    return load_region(Path(__file__).resolve().parents[2] / "rules", "jiangxi")


def seen_by_model(fact: Any, document: str | None = None) -> Any:
    home = document or fact.document
    places = tuple(replace(e, extractor=PAGE_READER, confidence=1.0, document=home) for e in fact.evidence)
    doubts = {"doubts": (MODEL_ONLY,)} if hasattr(fact, "doubts") else {}
    return replace(fact, evidence=places, document=home, **doubts)


def as_seen_by_model(facts: CaseFacts) -> CaseFacts:
    return replace(facts, **{kind: tuple(map(seen_by_model, getattr(facts, kind))) for kind in KINDS})


def with_more(facts: CaseFacts, others: Sequence[CaseFacts]) -> CaseFacts:
    """``facts``, and on its papers diagnoses and results of other cases as the page reader may have misread them."""
    homes = [document.id for document in facts.documents] or ["d1"]
    more: dict[str, tuple[Any, ...]] = {}
    for kind in ("diagnoses", "lab_results"):
        taken = [fact for other in others for fact in getattr(other, kind)]
        more[kind] = (
            *getattr(facts, kind),
            *(seen_by_model(fact, homes[k % len(homes)]) for k, fact in enumerate(taken)),
        )
    return replace(facts, **more)


@pytest.mark.slow
def test_no_case_of_the_rule_base_is_met_by_the_page_reader_alone(region: Region) -> None:
    for rule in region.rules:
        for case in load_cases(rule, region):
            judgement = judge(as_seen_by_model(case.facts), rule, region)
            assert judgement.conclusion is not Conclusion.MEETS, (rule.id, case.title)
            assert all(c.status is not Status.MET for c in judgement.criteria), (rule.id, case.title)


@pytest.mark.slow
def test_what_the_page_reader_adds_to_any_case_decides_no_item(region: Region) -> None:
    """Diagnoses and results of three other cases of the disease, on the papers of each case: every item that comes out
    met or unmet came out so without them, and the conclusion turns to no other decision."""
    changed = 0
    for rule in region.rules:
        cases = load_cases(rule, region)
        for number, case in enumerate(cases):
            before = judge(case.facts, rule, region)
            others = [cases[(number + step) % len(cases)].facts for step in (1, 2, 5)]
            after = judge(with_more(case.facts, others), rule, region)
            for one, two in zip(before.criteria, after.criteria, strict=True):
                changed += one.status is not two.status
                if two.status in DECIDED:
                    assert two.status is one.status, (rule.id, case.title, one.id, one.status, two.status)
            if after.conclusion in (Conclusion.MEETS, Conclusion.NOT_MET):
                assert after.conclusion is before.conclusion, (rule.id, case.title)
    assert changed > 100


def test_a_row_that_readers_disagree_on_goes_to_a_person(region: Region) -> None:
    documents = [
        {"type": "检验报告单", "date": day, "labs": ["肌酐 812.4 μmol/L"]} for day in ("2026-01-01", "2026-03-01")
    ]
    facts = build_facts([CaseDocument.model_validate(d) for d in documents], AS_OF, region.vocabulary)
    doubted = tuple(replace(r, doubts=("readers_disagree",)) for r in facts.lab_results)
    uremia = next(r for r in region.rules if r.number == 7)
    told = [c for c in judge(replace(facts, lab_results=doubted), uremia, region).criteria if c.evidence]
    assert told
    assert all(c.status is Status.MANUAL for c in told)
    assert any("规则与版面模型读得不一样" in c.message for c in told)


def test_a_range_of_the_page_reader_leaves_the_number_to_the_rules(region: Region) -> None:
    documents = [
        {"type": "检验报告单", "date": day, "labs": ["肌酐 812.4 μmol/L"]} for day in ("2026-01-01", "2026-03-01")
    ]
    facts = build_facts([CaseDocument.model_validate(d) for d in documents], AS_OF, region.vocabulary)
    uremia = next(r for r in region.rules if r.number == 7)
    ranged = tuple(replace(r, doubts=("reference_model_only",)) for r in facts.lab_results)
    plain = [c.status for c in judge(facts, uremia, region).criteria]
    assert [c.status for c in judge(replace(facts, lab_results=ranged), uremia, region).criteria] == plain
    assert Status.MET in plain


def test_a_type_that_only_the_page_reader_told_decides_nothing(region: Region) -> None:
    for rule in region.rules[:20]:
        for case in load_cases(rule, region):
            typed = tuple(replace(d, model_only=("type",)) for d in case.facts.documents)
            judgement = judge(replace(case.facts, documents=typed), rule, region)
            met = [c.id for c in judgement.criteria if c.status is Status.MET and c.evidence]
            assert met == [], (rule.id, case.title)


def test_fields_of_the_page_reader_are_judged_as_unread(region: Region) -> None:
    documents = [{"type": "疾病诊断证明书", "date": "2026-03-01", "diagnoses": ["慢阻肺"]}]
    facts = build_facts([CaseDocument.model_validate(d) for d in documents], AS_OF, region.vocabulary)
    bare = build_facts([CaseDocument.model_validate({**documents[0], "date": "未印"})], AS_OF, region.vocabulary)
    marked = replace(facts, documents=tuple(replace(d, model_only=("date",)) for d in facts.documents))
    copd = next(r for r in region.rules if r.id == "copd")
    assert facts.documents[0].type is DocumentType.DIAGNOSIS_CERTIFICATE
    undated = replace(marked, diagnoses=bare.diagnoses)
    assert judge(undated, copd, region) == judge(bare, copd, region)
