"""Properties over random cases: order never matters, true evidence never hurts, removing what decided never leaves
``meets``, the machine never accepts a catch-all, and whatever cannot be read is never true."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.engine import Region, Rule, judge, load_region
from rules.engine.case_facts import CaseDocument, build_facts
from rules.engine.facts import CaseFacts, Owner, Unknown
from rules.engine.judgement import Conclusion, Judgement, Status
from tests.rules.conftest import AS_OF, RULES

REGION = load_region(RULES, "jiangxi")
BY_NUMBER = {rule.number: rule for rule in REGION.rules}

POOL: dict[int, list[dict[str, Any]]] = {
    1: [
        {"type": "疾病诊断证明书", "diagnoses": ["胃癌 C16.900"]},
        {"type": "出院小结", "diagnoses": ["胃癌"], "treatments": ["化疗"]},
        {"type": "病理报告", "modality": "pathology", "findings": ["腺癌"]},
        {"type": "病理报告", "modality": "pathology", "findings": ["恶性肿瘤 未见"]},
        {"type": "影像报告", "modality": "ct", "findings": ["恶性肿瘤"]},
        {"type": "手术/操作记录", "treatments": ["肿瘤切除术"]},
    ],
    7: [
        {"type": "出院小结", "diagnoses": ["尿毒症 N18.500"], "stay": ("2026-01-01", "2026-01-09")},
        {"type": "检验报告单", "labs": ["肌酐 812 μmol/L"]},
        {"type": "检验报告单", "labs": ["肌酐 790 μmol/L", "eGFR 6 mL/min"]},
        {"type": "检验报告单", "labs": ["肌酐 300 μmol/L"]},
        {"type": "透析记录", "treatments": ["血液透析"]},
        {"type": "疾病诊断证明书", "diagnoses": ["慢性肾脏病 G3期"]},
    ],
    12: [
        {"type": "疾病诊断证明书", "diagnoses": ["高血压 3级"]},
        {"type": "疾病诊断证明书", "diagnoses": ["高血压 1级"]},
        {"type": "出院小结", "diagnoses": ["高血压 2级", "脑梗死"], "stay": ("2026-01-01", "2026-01-09")},
        {"type": "门诊病历", "diagnoses": ["高血压"]},
        {"type": "影像报告", "modality": "echo", "findings": ["左室肥厚"]},
        {"type": "检验报告单", "labs": ["肌酐 130 μmol/L 参考57-97"]},
    ],
    16: [
        {"type": "疾病诊断证明书", "diagnoses": ["2型糖尿病"]},
        {"type": "出院小结", "diagnoses": ["2型糖尿病"], "stay": ("2026-01-01", "2026-01-09")},
        {"type": "处方/用药记录", "treatments": ["二甲双胍"]},
        {"type": "影像报告", "modality": "fundus", "findings": ["糖尿病视网膜病变"]},
        {"type": "影像报告", "modality": "fundus", "findings": ["糖尿病视网膜病变 未见"]},
        {"type": "检验报告单", "labs": ["尿白蛋白/肌酐比值 50 mg/g"]},
    ],
    18: [
        {"type": "疾病诊断证明书", "diagnoses": ["慢阻肺"]},
        {"type": "肺功能", "modality": "lung_function", "findings": ["阻塞性通气功能障碍", "fev1_fvc_post 55%"]},
        {"type": "肺功能", "modality": "lung_function", "findings": ["肺功能正常"]},
        {"type": "影像报告", "modality": "xray", "findings": ["肺气肿"]},
        {"type": "影像报告", "modality": "ct", "findings": ["慢阻肺"]},
    ],
}

DATES = st.sampled_from(
    ["2026-03-15", "2026-02-01", "2025-12-20", "2025-11-05", "2025-03-15", "2024-03-14", "2026-04-01"]
)
SPOILT_PAPERS: list[dict[str, Any]] = [
    {"owner": "他人"},
    {"owner": "未知"},
    {"level": "一级"},
    {"level": "未知"},
    {"confidence": 0.3},
]
QUIRKS: st.SearchStrategy[dict[str, Any]] = st.sampled_from([{}, {}, {}, *SPOILT_PAPERS])


@st.composite
def cases(draw: st.DrawFn) -> tuple[Rule, CaseFacts]:
    number = draw(st.sampled_from(sorted(POOL)))
    papers = draw(st.lists(st.sampled_from(POOL[number]), max_size=7))
    documents = []
    for index, paper in enumerate(papers):
        date = draw(DATES)
        extra = {"stay": (date, date)} if "stay" in paper else {}
        documents.append({**paper, **extra, "date": date, "id": f"d{index}", **draw(QUIRKS)})
    facts = build_facts([CaseDocument.model_validate(d) for d in documents], AS_OF, REGION.vocabulary)
    return BY_NUMBER[number], facts


def run(case: tuple[Rule, CaseFacts]) -> Judgement:
    return judge(case[1], case[0], REGION)


def told(judgement: Judgement) -> object:
    return (
        judgement.conclusion,
        [(c.id, c.status, c.reason, c.message, frozenset(c.evidence)) for c in judgement.criteria],
        judgement.missing,
    )


SLOWLY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
KINDS = ("documents", "visits", "diagnoses", "lab_results", "findings", "treatments")


@SLOWLY
@given(cases(), st.integers(0, 2**32))
def test_order_of_documents_and_facts_never_matters(case: tuple[Rule, CaseFacts], seed: int) -> None:
    rule, facts = case
    shuffled: dict[str, Any] = {}
    for kind in KINDS:
        entries = list(getattr(facts, kind))
        random.Random(seed).shuffle(entries)
        shuffled[kind] = tuple(entries)
    assert told(run(case)) == told(judge(replace(facts, **shuffled), rule, REGION))


ORDER = {Conclusion.NOT_MET: 0, Conclusion.INSUFFICIENT: 1, Conclusion.MANUAL: 2, Conclusion.MEETS: 3}
SUPPORTING = {1: (0, 1, 2, 4, 5), 7: (0, 1, 2, 4), 12: (0, 2, 3, 4, 5), 16: (0, 1, 2, 3, 5), 18: (0, 1, 3, 4)}


@SLOWLY
@given(cases(), st.data())
def test_more_supporting_evidence_never_takes_a_met_item_away(
    case: tuple[Rule, CaseFacts], data: st.DataObject
) -> None:
    rule, facts = case
    paper = POOL[rule.number][data.draw(st.sampled_from(SUPPORTING[rule.number]))]
    extra = {"stay": ("2026-03-10", "2026-03-14")} if "stay" in paper else {}
    document = CaseDocument.model_validate({**paper, **extra, "date": "2026-03-14", "id": "more"})
    added = build_facts([document], AS_OF, REGION.vocabulary)
    both: dict[str, Any] = {kind: (*getattr(facts, kind), *getattr(added, kind)) for kind in KINDS}
    richer = replace(facts, **both)
    before, after = run(case), judge(richer, rule, REGION)
    for old, new in zip(before.criteria, after.criteria, strict=True):
        if old.status is Status.MET:
            assert new.status is Status.MET
    if before.conclusion is Conclusion.MEETS:
        assert after.conclusion is Conclusion.MEETS


def without(facts: CaseFacts, documents: set[str]) -> CaseFacts:
    kept: dict[str, Any] = {
        kind: tuple(f for f in getattr(facts, kind) if f.document not in documents) for kind in KINDS[1:]
    }
    return replace(facts, documents=tuple(d for d in facts.documents if d.id not in documents), **kept)


@SLOWLY
@given(cases())
def test_removing_what_decided_an_item_never_leaves_it_met(case: tuple[Rule, CaseFacts]) -> None:
    rule, facts = case
    for result in run(case).criteria:
        if result.status is Status.MET:
            poorer = without(facts, {e.document for e in result.evidence})
            again = next(c for c in judge(poorer, rule, REGION).criteria if c.id == result.id)
            assert again.status is not Status.MET


@SLOWLY
@given(cases())
def test_meets_only_by_met_items_with_places_of_the_applicant(case: tuple[Rule, CaseFacts]) -> None:
    rule, facts = case
    judgement = run(case)
    owners = {d.id: d.owner for d in facts.documents}
    regime = rule.regime(facts.as_of)
    assert regime is not None
    met = {c.id: c.status is Status.MET for c in judgement.criteria}
    assert (judgement.conclusion is Conclusion.MEETS) == (regime.formula.value(met) is True)
    for result in judgement.criteria:
        if result.status is Status.MET:
            assert result.evidence
            assert all(owners[e.document] is Owner.APPLICANT and e.confidence >= 0.6 for e in result.evidence)
        if not regime.tests[result.id].can_be_met:
            assert result.status in (Status.MISSING, Status.MANUAL)


def spoil(facts: CaseFacts, **changes: Callable[[Any], Any]) -> CaseFacts:
    spoilt: dict[str, Any] = {kind: tuple(change(f) for f in getattr(facts, kind)) for kind, change in changes.items()}
    return replace(facts, **spoilt)


def _no_date(fact: Any) -> Any:
    return replace(fact, date=Unknown.UNREADABLE)


def _unreadable(facts: CaseFacts) -> CaseFacts:
    return spoil(
        facts,
        documents=_no_date,
        diagnoses=_no_date,
        findings=_no_date,
        treatments=_no_date,
        lab_results=lambda r: replace(r, sampled_at=Unknown.UNREADABLE),
        visits=lambda v: replace(v, start=Unknown.UNREADABLE, end=Unknown.UNREADABLE),
    )


def _evidence(**changes: Any) -> Callable[[CaseFacts], CaseFacts]:
    def change(fact: Any) -> Any:
        return replace(fact, evidence=tuple(replace(e, **changes) for e in fact.evidence))

    return lambda facts: spoil(facts, **dict.fromkeys(KINDS[1:], change))


SPOILED: dict[str, Callable[[CaseFacts], CaseFacts]] = {
    "dates that cannot be read": _unreadable,
    "no place on the page": lambda facts: spoil(facts, **dict.fromkeys(KINDS[1:], lambda f: replace(f, evidence=()))),
    "an empty box": _evidence(box=(5.0, 5.0, 5.0, 5.0)),
    "confidence below the threshold": _evidence(confidence=0.59),
    "confidence that is no number": _evidence(confidence=float("nan")),
    "generative alone": _evidence(generative=True),
    "another person": lambda facts: spoil(facts, documents=lambda d: replace(d, owner=Owner.OTHER)),
    "nobody's name": lambda facts: spoil(facts, documents=lambda d: replace(d, owner=Owner.UNKNOWN)),
    "no documents": lambda facts: replace(facts, documents=()),
    "dates to come": lambda facts: replace(facts, as_of=dt.date(2024, 1, 1)),
}


@pytest.mark.parametrize("how", list(SPOILED))
@settings(max_examples=25, deadline=None)
@given(case=cases())
def test_whatever_cannot_be_relied_on_is_never_true(how: str, case: tuple[Rule, CaseFacts]) -> None:
    rule, facts = case
    judgement = judge(SPOILED[how](facts), rule, REGION)
    assert judgement.conclusion is not Conclusion.MEETS
    assert all(c.status is not Status.MET for c in judgement.criteria)


@settings(max_examples=25, deadline=None)
@given(case=cases(), which=st.sampled_from(["diagnosis", "lab", "finding", "treatment", "visits"]))
def test_injected_exception_is_never_true(case: tuple[Rule, CaseFacts], which: str) -> None:
    rule, facts = case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"rules.engine.predicates.{which}.admit", lambda *_, **__: 1 / 0)
        broken = judge(facts, rule, REGION)
    sound = judge(facts, rule, REGION)
    for before, after in zip(sound.criteria, broken.criteria, strict=True):
        if after.status is Status.MET:
            assert before.status is Status.MET
        if after.reason == "error":
            assert after.status is Status.MANUAL
    if sound.conclusion is not Conclusion.MEETS:
        assert broken.conclusion is not Conclusion.MEETS


def test_random_cases_reach_every_conclusion(region: Region) -> None:
    seen: set[Conclusion] = set()

    @settings(max_examples=150, deadline=None, derandomize=True)
    @given(cases())
    def look(case: tuple[Rule, CaseFacts]) -> None:
        seen.add(run(case).conclusion)

    look()
    assert seen == set(Conclusion)
    assert region.id == "jiangxi"
