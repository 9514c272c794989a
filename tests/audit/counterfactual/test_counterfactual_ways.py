"""The smallest change of evidence is found, is proven by judging again, and is as small as trying everything finds."""

from __future__ import annotations

import datetime as dt
from itertools import combinations
from typing import Any

import pytest

from pipeline.audit.counterfactual import Burden, Edit, counterfactual
from pipeline.audit.counterfactual.asked import Asked
from pipeline.audit.counterfactual.candidates import candidates
from pipeline.audit.counterfactual.conditions import leaves_of
from pipeline.audit.counterfactual.edits import Cost, applied, cost_of, settled
from rules.engine import Region, Rule, judge
from rules.engine.case_facts import CaseDocument, build_facts
from rules.engine.facts import CaseFacts
from rules.engine.judgement import Conclusion, Status
from rules.engine.stored_facts import facts_from_json
from tests.audit.replay.conftest import loaded, records, two_diseases, two_versions

__all__ = ["loaded", "two_diseases", "two_versions"]

AS_OF = dt.date(2026, 3, 15)
PROOF = {"type": "疾病诊断证明书", "date": "2026-03-01", "diagnoses": ["慢性肾衰竭尿毒症期 N18.0"]}


def labs(day: str, value: str, **more: Any) -> dict[str, Any]:
    return {"type": "检验报告单", "date": day, "labs": [f"肌酐 {value} μmol/L 参考57-97"], **more}


def case(region: Region, *documents: dict[str, Any]) -> CaseFacts:
    return build_facts([CaseDocument.model_validate(d) for d in documents], AS_OF, region.vocabulary)


def rule(region: Region, name: str = "uremia") -> Rule:
    return next(r for r in region.rules if r.id == name)


def meets(facts: CaseFacts, edits: tuple[Edit, ...], disease: Rule, region: Region) -> bool:
    told = judge(applied(facts, edits), disease, region, settle=settled(edits))
    return told.conclusion is Conclusion.MEETS


def test_counterfactual_names_the_value_and_its_distance(two_diseases: Region) -> None:
    facts = case(two_diseases, PROOF, labs("2026-01-05", "650"), labs("2026-03-12", "812.4"))
    assert judge(facts, rule(two_diseases), two_diseases).conclusion is not Conclusion.MEETS
    ways = counterfactual(facts, rule(two_diseases), two_diseases).ways
    by_value = [way for way in ways if any(e.key[0] == "lab" for e in way.edits)]
    (edit,) = by_value[0].edits
    assert edit.burden is Burden.EVIDENCE
    assert edit.text == "2026-01-05 检验报告单 肌酐 650 μmol/L：须 ≥ 707 μmol/L（差 57 μmol/L，8.1%）"
    assert edit.distance == pytest.approx(57 / 707)
    # Material that could be handed in is smaller than an illness that would have to be another.
    assert ways[0].edits[0].burden is Burden.MATERIAL


def test_counterfactual_of_a_refused_case_keeps_to_what_is_asked(two_diseases: Region) -> None:
    """812 is enough already: only the other result is asked about."""
    facts = case(two_diseases, PROOF, labs("2026-01-05", "700"), labs("2026-03-12", "812"))
    ways = counterfactual(facts, rule(two_diseases), two_diseases).ways
    assert all("812" not in way.text for way in ways)


@pytest.mark.parametrize(
    ("paper", "text"),
    [
        ({"level": "一级"}, "须由二级及以上医疗机构出具（现为一级）"),
        ({"owner": "他人"}, "须换成申请人本人的"),
        ({"owner": "未知"}, "须能看出是申请人本人的"),
        ({"confidence": 0.3}, "须看得清、读得准"),
        ({"date": "2026-05-01"}, "日期须不晚于申请日期 2026-03-15"),
        ({"diagnoses": ["慢性肾衰竭尿毒症期？ N18.0"]}, ""),
    ],
)
def test_counterfactual_of_a_paper(two_diseases: Region, paper: dict[str, Any], text: str) -> None:
    facts = case(two_diseases, PROOF | paper, labs("2026-01-05", "850"), labs("2026-03-12", "812"))
    told = counterfactual(facts, rule(two_diseases), two_diseases)
    if told.judgement.conclusion is Conclusion.MEETS:
        assert not told.ways
        return
    assert any(text in way.text for way in told.ways)
    assert all(meets(facts, way.edits, rule(two_diseases), two_diseases) for way in told.ways)


def test_counterfactual_of_an_old_paper_names_the_first_day(two_diseases: Region) -> None:
    stay = {
        "type": "出院小结",
        "date": "2024-06-01",
        "stay": ["2024-05-20", "2024-06-01"],
        "diagnoses": ["2型糖尿病 E11.9"],
        "treatments": ["胰岛素 降糖药"],
    }
    eye = {"type": "影像报告", "date": "2026-02-01", "modality": "fundus", "findings": ["糖尿病视网膜病变"]}
    facts = case(two_diseases, stay, eye)
    told = counterfactual(facts, rule(two_diseases, "diabetes"), two_diseases)
    assert any("须换成 2025-03-15 及以后的（早了 287 天）" in way.text for way in told.ways), [
        w.text for w in told.ways
    ]


def test_counterfactual_of_what_is_met_is_none(two_diseases: Region) -> None:
    facts = case(two_diseases, PROOF, labs("2026-01-05", "850"), labs("2026-03-12", "812"))
    told = counterfactual(facts, rule(two_diseases), two_diseases)
    assert told.judgement.conclusion is Conclusion.MEETS
    assert told.ways == ()
    early = CaseFacts(as_of=dt.date(1999, 1, 1))
    assert counterfactual(early, rule(two_diseases), two_diseases).ways == ()


def test_counterfactual_of_nothing_is_everything_to_hand_in(two_diseases: Region) -> None:
    told = counterfactual(CaseFacts(as_of=AS_OF), rule(two_diseases), two_diseases)
    first = told.ways[0]
    assert [e.item for e in first.edits] == ["1", "2"]
    assert {e.burden for e in first.edits} == {Burden.MATERIAL}
    assert told.data()["ways"][0]["changes"][0]["burden_text"] == "补交"
    # A catch-all comes after everything that a machine accepts.
    assert [way.cost.dear for way in told.ways] == sorted(way.cost.dear for way in told.ways)


def everything(facts: CaseFacts, disease: Rule, region: Region) -> tuple[Edit, ...]:
    """All changes that are tried for any item."""
    regime = disease.regime(facts.as_of)
    assert regime is not None
    results = {c.id: c for c in judge(facts, disease, region).criteria}
    found: dict[tuple[str, ...], Edit] = {}
    for item in disease.items:
        if results[item.id].status is Status.MET or item.id not in regime.in_force:
            continue
        test = regime.tests[item.id]
        leaves = leaves_of(disease, item, regime.start)
        asked = Asked(item, results[item.id], leaves, not test.can_be_met, facts, region.vocabulary)
        found |= {edit.key: edit for edit in candidates(asked)}
    return tuple(found.values())


def smallest(facts: CaseFacts, disease: Rule, region: Region, edits: tuple[Edit, ...]) -> Cost | None:
    """By trying all sets of up to four."""
    sets = [chosen for size in range(1, 5) for chosen in combinations(edits, size)]
    for chosen in sorted(sets, key=cost_of):
        heads = [edit.key[:2] for edit in chosen]
        if len(set(heads)) == len(heads) and meets(facts, chosen, disease, region):
            return cost_of(chosen)
    return None


def test_counterfactual_is_as_small_as_brute_force_finds(two_diseases: Region) -> None:
    tried: dict[str, int] = {"uremia": 0, "diabetes": 0}
    for record in records(two_diseases, 120, seed=11):
        (name,) = record.diseases
        disease, facts = rule(two_diseases, name), facts_from_json(record.facts)
        told = counterfactual(facts, disease, two_diseases)
        if told.judgement.conclusion is Conclusion.MEETS or tried[name] >= 8:
            continue
        edits = everything(facts, disease, two_diseases)
        if len(edits) > 9:
            continue
        tried[name] += 1
        assert (told.ways[0].cost if told.ways else None) == smallest(facts, disease, two_diseases, edits)
        for way in told.ways:
            assert meets(facts, way.edits, disease, two_diseases)
            for less in combinations(way.edits, len(way.edits) - 1):
                assert not meets(facts, less, disease, two_diseases), way.text
        costs = [way.cost for way in told.ways]
        assert costs == sorted(costs)
    assert min(tried.values()) >= 5
