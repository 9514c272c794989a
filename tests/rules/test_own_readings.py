"""Readings of ours (经验口径) can be switched off: what rests on them is then for a person."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rules.engine import Region, Rule, check_rules, judge, load_region, run_cases
from rules.engine.cases import load_cases
from rules.engine.judgement import Conclusion, CriterionResult, Status
from rules.engine.own_readings import has_own_reading
from rules.engine.policies import is_own
from rules.engine.predicates.base import REGISTRY
from tests.rules.conftest import RULES, Facts

SHEET = {"type": "检验报告单", "date": "2026-02-02"}


def ours_off(folder: Path, policies: str = "", lists: str = "") -> Region:
    """Jiangxi's packs in a region below it that does not follow readings of ours."""
    head = 'id: strict\nname: 某地\nversion: "1"\ninherits: jiangxi\nsources:\n  X: {title: 某地口径, grade: A}\n'
    path = folder / "strict/region.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(head + policies + lists, encoding="utf-8")
    return load_region(RULES, "strict", extra=folder)


ALL = "policies:\n  own_readings: {value: manual, text: 我方读法不采用，交人工。, source: X}\n"


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Region:
    return ours_off(tmp_path_factory.mktemp("rules"), ALL)


def rule(region: Region, key: str) -> Rule:
    return next(r for r in region.rules if r.id == key)


def item(region: Region, key: str, number: str, facts: object) -> CriterionResult:
    judgement = judge(facts, rule(region, key), region)  # type: ignore[arg-type]
    return next(c for c in judgement.criteria if c.id == number)


def test_no_item_becomes_met_and_no_case_meets(region: Region, strict: Region) -> None:
    seen = {"met": 0, "unmet": 0, "meets": 0}
    for mine in region.rules:
        theirs = rule(strict, mine.id)
        for case in load_cases(mine, region):
            before, after = judge(case.facts, mine, region), judge(case.facts, theirs, strict)
            if after.conclusion is Conclusion.MEETS:
                assert before.conclusion is Conclusion.MEETS, case.title
            seen["meets"] += before.conclusion is not after.conclusion
            for old, new in zip(before.criteria, after.criteria, strict=True):
                if new.status is Status.MET:
                    assert old.status is Status.MET, (mine.id, case.title)
                if new.status is Status.UNMET:
                    assert old.status is Status.UNMET, (mine.id, case.title)
                if new.status is not old.status:
                    seen[old.status.value] = seen.get(old.status.value, 0) + 1
                    assert has_own_reading(next(i for i in mine.items if i.id == new.id))
                    if new.status is Status.MANUAL:
                        # What decided, and could not here, is named.
                        assert any(is_own(reading) for reading in new.readings), (mine.id, case.title)
    assert seen["met"] > 500
    assert seen["unmet"] > 50
    assert seen["meets"] > 50


def test_what_decided_by_a_reading_of_ours_says_so(region: Region) -> None:
    """Where switching off changes an item, the item told the reading; so no reading decides in silence."""
    for mine in region.rules:
        for case in load_cases(mine, region):
            for result in judge(case.facts, mine, region).criteria:
                own = [r for i in mine.items if i.id == result.id for r in i.readings if is_own(r)]
                if result.status in (Status.MET, Status.UNMET):
                    assert set(own) <= set(result.readings)


def test_number_by_our_reading_is_for_a_person(facts: Facts, region: Region, strict: Region) -> None:
    case = facts({**SHEET, "labs": ["尿白蛋白/肌酐比值 50 mg/g"]})
    assert item(region, "diabetes", "3", case).status is Status.MET
    result = item(strict, "diabetes", "3", case)
    assert (result.status, result.reason) == (Status.MANUAL, "own_reading_off")
    assert "按我方读法为成立，本地区不采用我方读法" in result.message
    assert "经验口径：尿白蛋白/肌酐比值达到 30 mg/g 按阳性读。" in result.readings
    low = item(strict, "diabetes", "3", facts({**SHEET, "labs": ["尿白蛋白/肌酐比值 10 mg/g"]}))
    assert low.status is Status.MANUAL
    assert "为不成立" in low.message


def test_sentence_beside_an_item_leaves_it_to_a_person(facts: Facts, region: Region, strict: Region) -> None:
    case = facts({"type": "透析记录", "date": "2026-02-02", "treatments": ["血液透析"]})
    assert item(region, "uremia", "3", case).status is Status.MET
    result = item(strict, "uremia", "3", case)
    assert (result.status, result.reason) == (Status.MANUAL, "own_reading_off")
    assert "按我方读法本为符合" in result.message
    assert result.evidence
    assert item(strict, "uremia", "3", facts()).status is Status.MISSING


def test_official_evidence_still_counts(tmp_path: Path, facts: Facts) -> None:
    """In one item with both, what the standard itself names decides; only what rests on ours is for a person."""
    shutil.copytree(RULES / "jiangxi/07-uremia", tmp_path / "rules/jiangxi/07-uremia")
    shutil.copy(RULES / "jiangxi/region.yaml", tmp_path / "rules/jiangxi")
    path = tmp_path / "rules/jiangxi/07-uremia/rule.yaml"
    text = path.read_text("utf-8")
    text = text.replace("at_most: 15 ml/min}", 'at_most: 15 ml/min, reading: "经验口径：滤过率也算。"}')
    text = text.replace('readings: [distinct_results, quoted_examination, "', "readings: [distinct_results]\n    #")
    path.write_text(text, encoding="utf-8")
    (tmp_path / "rules/jiangxi/region.yaml").write_text(
        (tmp_path / "rules/jiangxi/region.yaml").read_text("utf-8") + "readings_off: [uremia.2]\n", "utf-8"
    )
    region = load_region(tmp_path / "rules", "jiangxi")
    first = {**SHEET, "labs": ["肌酐 812 μmol/L", "eGFR 5 mL/min"]}
    second = {**SHEET, "date": "2026-01-02", "labs": ["肌酐 800 μmol/L"]}
    assert item(region, "uremia", "2", facts(first, second)).status is Status.MET
    ours = {**SHEET, "date": "2026-01-02", "labs": ["eGFR 5 mL/min"]}
    assert item(region, "uremia", "2", facts(first, ours)).status is Status.MANUAL
    assert item(region, "uremia", "2", facts(ours)).status is Status.MISSING
    assert rule(region, "uremia").readings_off == {"2"}


def test_single_items_and_whole_rules_are_switched_off(tmp_path: Path, facts: Facts) -> None:
    region = ours_off(tmp_path, lists="readings_off: [diabetes.3, uremia]\n")
    assert rule(region, "diabetes").readings_off == {"3"}
    assert rule(region, "uremia").readings_off == {"1", "2", "3", "4"}
    assert rule(region, "copd").readings_off == frozenset()
    case = facts({"type": "透析记录", "date": "2026-02-02", "treatments": ["血液透析"]})
    assert item(region, "uremia", "3", case).reason == "own_reading_off"
    visits = facts(
        {"type": "出院小结", "date": "2026-02-02", "diagnoses": ["2型糖尿病"], "stay": ("2026-01-28", "2026-02-02")}
    )
    assert item(region, "diabetes", "2", visits).status is Status.MET


def test_region_that_follows_no_reading_of_ours_passes_its_checks(strict: Region) -> None:
    assert run_cases(strict) == []
    assert check_rules(strict) == []


def test_region_without_the_policy_follows_our_readings(region: Region) -> None:
    assert region.policies.own_readings == "use"
    assert all(not r.readings_off for r in region.rules)


def test_readings_inside_conditions_are_told_apart(region: Region) -> None:
    """Every ``reading`` of a condition is a reading of ours: an official one would be switched off for nothing."""
    for mine in region.rules:
        for entry in mine.items:
            assert all(is_own(text) for text in _readings(entry.when)), (mine.id, entry.id)
    assert "lab" in REGISTRY


def _readings(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node["reading"]] if isinstance(node.get("reading"), str) else []
        return own + [r for value in node.values() for r in _readings(value)]
    return [r for value in node for r in _readings(value)] if isinstance(node, list) else []
