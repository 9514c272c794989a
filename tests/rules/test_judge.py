"""Judging: conclusions, the missing list, notices, rules that change with time, copies of documents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.engine import Region, Rule, judge, load_region
from rules.engine.facts import CaseFacts, Owner
from rules.engine.formula import Formula, parse_formula
from rules.engine.judge import _conclude
from rules.engine.judgement import Conclusion, CriterionResult, Status
from rules.engine.missing import needs
from rules.engine.outcome import truth
from rules.engine.schema import ItemFile
from tests.rules.conftest import Facts

Pick = Callable[[int], Rule]


def result(key: str, status: Status) -> CriterionResult:
    return CriterionResult(id=key, title=key, status=status, reason="x", message="x")


def item(key: str, cost: int) -> ItemFile:
    return ItemFile(
        id=key,
        title=key,
        source_item=key,
        source="S",
        when=None,
        accepts=(key,),
        where=key,
        cost=cost,
        advice=f"交{key}",
    )


def conclude(formula: Formula, statuses: dict[str, Status]) -> Conclusion:
    values = {k: truth(s) for k, s in statuses.items()}
    return _conclude(formula, values, {k: result(k, s) for k, s in statuses.items()})


M, U, N, P, C = Status.MET, Status.UNMET, Status.MISSING, Status.MANUAL, Status.CONFLICTING


@pytest.mark.parametrize(
    ("formula", "statuses", "conclusion"),
    [
        ("1 & 2", [M, M], "meets"),
        ("1 & 2", [M, U], "not_met"),
        ("1 & 2", [N, U], "not_met"),
        ("1 & 2", [M, N], "insufficient"),
        ("1 & 2", [M, P], "manual"),
        ("1 & 2", [M, C], "manual"),
        ("1 & 2", [N, N], "insufficient"),
        ("1 & any(1: 2, 3)", [M, N, P], "manual"),
        ("1 & any(1: 2, 3)", [N, N, P], "insufficient"),
        ("1 & any(1: 2, 3)", [M, U, U], "not_met"),
        ("1 & any(1: 2, 3)", [M, U, N], "insufficient"),
        ("any(2: 1, 2, 3)", [M, P, N], "manual"),
        ("any(2: 1, 2, 3)", [N, P, N], "insufficient"),
        ("1 & 2", [N, P], "manual"),
        ("1 & 2", [Status.NOT_APPLICABLE, M], "insufficient"),
    ],
)
def test_conclusion(formula: str, statuses: list[Status], conclusion: str) -> None:
    named = {str(n): s for n, s in enumerate(statuses, start=1)}
    assert conclude(parse_formula(formula), named).value == conclusion


FORMULAS = [
    "1 & 2 & any(1: 3, 4)",
    "1 & any(2: 2, 3, 4)",
    "(1 & 2) | (1 & 3 & 4)",
    "any(1: 1, 2) & any(1: 3, 4)",
    "1 & 2 & 3 & 4",
]


@given(
    st.sampled_from(FORMULAS).map(parse_formula),
    st.lists(st.sampled_from([M, U, N, P, C]), min_size=4, max_size=4),
)
def test_manual_conclusion_means_that_a_person_could_decide(formula: Formula, statuses: list[Status]) -> None:
    named = dict(zip("1234", statuses, strict=True))
    values = {k: truth(s) for k, s in named.items()}
    conclusion = conclude(formula, named)
    person = [k for k, s in named.items() if s in (P, C)]
    decided = [
        formula.value({**values, **{k: bool(mask >> n & 1) for n, k in enumerate(person)}})
        for mask in range(2 ** len(person))
    ]
    if conclusion is Conclusion.MEETS:
        assert formula.value({k: s is M for k, s in named.items()}) is True
    if conclusion in (Conclusion.MANUAL, Conclusion.INSUFFICIENT):
        assert (any(d is not None for d in decided)) == (conclusion is Conclusion.MANUAL)


@given(
    st.sampled_from(FORMULAS).map(parse_formula),
    st.lists(st.sampled_from([M, U, N, P]), min_size=4, max_size=4),
    st.lists(st.integers(1, 9), min_size=4, max_size=4),
)
def test_missing_list_is_enough_and_minimal(formula: Formula, statuses: list[Status], costs: list[int]) -> None:
    named = dict(zip("1234", statuses, strict=True))
    results = {k: result(k, s) for k, s in named.items()}
    items = {k: item(k, c) for k, c in zip("1234", costs, strict=True)}
    listed = [need.criterion for need in needs(formula, results, items)]
    verdict = formula.value({k: truth(s) for k, s in named.items()})
    assert all(named[k] is N for k in listed)
    assert [items[k].cost for k in listed] == sorted(items[k].cost for k in listed)
    if verdict is not None:
        assert listed == []
        return
    kindly: dict[str, bool | None] = {k: s in (M, P) or k in listed for k, s in named.items()}
    assert formula.value(kindly) is True
    if P not in statuses:
        for left_out in listed:
            assert formula.value({**kindly, left_out: False}) is not True


def test_missing_names_the_cheapest_and_what_would_do_instead() -> None:
    formula = parse_formula("1 & any(1: 2, 3, 4)")
    items = {"1": item("1", 2), "2": item("2", 5), "3": item("3", 1), "4": item("4", 3)}
    (need,) = needs(formula, {"1": result("1", M), **{k: result(k, N) for k in "234"}}, items)
    assert need.criterion == "3"
    assert need.alternatives == ("交4", "交2")
    assert need.alternative_criteria == (("4",), ("2",))


def test_missing_lists_nothing_on_a_branch_already_satisfied() -> None:
    formula = parse_formula("1 & any(1: 2, 3)")
    items = {k: item(k, 1) for k in "123"}
    found = needs(formula, {"1": result("1", N), "2": result("2", M), "3": result("3", N)}, items)
    assert [n.criterion for n in found] == ["1"]


def test_missing_tells_a_wholly_other_way() -> None:
    formula = parse_formula("(1 & 2) | (3 & 4)")
    items = {k: item(k, int(k)) for k in "1234"}
    found = needs(formula, {k: result(k, N) for k in "1234"}, items)
    assert [n.criterion for n in found] == ["1", "2"]
    assert found[0].alternatives == ("交3；并且交4（代替这里所列的其他材料）",)


def test_missing_offers_a_catch_all_last() -> None:
    formula = parse_formula("any(1: 1, 2)")
    items = {"1": item("1", 9), "2": item("2", 1)}
    found = needs(formula, {k: result(k, N) for k in "12"}, items, frozenset("2"))
    assert [n.criterion for n in found] == ["1"]
    assert found[0].alternatives == ("交2",)
    only = needs(formula, {"1": result("1", U), "2": result("2", N)}, items, frozenset("2"))
    assert [n.criterion for n in only] == ["2"]


COPD = {"type": "疾病诊断证明书", "date": "2026-03-01", "diagnoses": ["慢阻肺"]}
LUNG = {"type": "肺功能", "date": "2025-06-01", "modality": "lung_function", "findings": ["阻塞性通气功能障碍"]}


def test_judgement_carries_trace_readings_and_source(facts: Facts, rule: Pick, region: Region) -> None:
    judgement = judge(facts(COPD, LUNG), rule(18), region)
    assert judgement.conclusion is Conclusion.MEETS
    assert judgement.formula_text == "1 & any(1: 2, 3, 4)"
    assert judgement.formula_trace.value is True
    assert [child.value for child in judgement.formula_trace.children] == [True, True]
    assert judgement.disease.code == "M05300"
    assert judgement.ruleset.verified is False
    for criterion in judgement.criteria:
        assert criterion.trace
        assert criterion.source.endswith(f"({criterion.id})")
        if criterion.status is Status.MET:
            assert criterion.evidence
    assert any("未核对原文" in notice for notice in judgement.notices)
    assert any("17 号" in notice for notice in judgement.notices)


def test_before_the_rule_was_in_force_everything_is_for_a_person(facts: Facts, rule: Pick, region: Region) -> None:
    case = facts({**COPD, "date": "2023-12-01"}, {**LUNG, "date": "2023-12-01"}, as_of=dt.date(2023, 12, 31))
    judgement = judge(case, rule(18), region)
    assert judgement.conclusion is Conclusion.MANUAL
    assert {c.reason for c in judgement.criteria} == {"no_rule_for_date"}
    assert judge(replace(case, as_of=dt.date(2024, 1, 1)), rule(18), region).conclusion is Conclusion.MEETS


def test_values_change_with_time(packs: Path, facts: Facts) -> None:
    path = packs / "jiangxi/18-copd/rule.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace(
        "measure: fev1_fvc_post, below: 70 %,",
        "measure: fev1_fvc_post, below: {by_date: [{from: 2024-01-01, to: 2025-12-31, value: 70 %}, "
        "{from: 2026-01-01, to: 2026-02-28, value: 60 %}]},",
    )
    path.write_text(text, encoding="utf-8")
    region = load_region(packs, "jiangxi")
    copd = next(r for r in region.rules if r.id == "copd")

    def status(day: dt.date) -> str:
        case = facts({**LUNG, "findings": ["fev1_fvc_post 65%"]}, as_of=day)
        return judge(case, copd, region).criteria[1].status.value

    assert status(dt.date(2025, 12, 31)) == "met"
    assert status(dt.date(2026, 1, 1)) == "unmet"
    assert status(dt.date(2026, 2, 28)) == "unmet"
    assert status(dt.date(2026, 3, 1)) == "manual"


def test_formula_changes_with_time(packs: Path, facts: Facts) -> None:
    path = packs / "jiangxi/18-copd/rule.yaml"
    text = path.read_text(encoding="utf-8")
    new = "formula:\n  by_date:\n    - {from: 2024-01-01, to: 2026-03-14, value: 1 & 2 & 3 & 4}\n"
    new += '    - {from: 2026-03-15, value: "1 & any(1: 2, 3, 4)"}\n'
    path.write_text(text.replace('formula: "1 & any(1: 2, 3, 4)"\n', new), encoding="utf-8")
    region = load_region(packs, "jiangxi")
    copd = next(r for r in region.rules if r.id == "copd")
    assert judge(facts(COPD, LUNG), copd, region).conclusion is Conclusion.MEETS
    early = facts(COPD, LUNG, as_of=dt.date(2026, 3, 14))
    assert judge(early, copd, region).conclusion is Conclusion.INSUFFICIENT


def test_copies_count_once_and_the_better_reading_stands_for_both(facts: Facts, rule: Pick, region: Region) -> None:
    blurred = {**LUNG, "id": "a", "findings": [], "owner": "未知"}
    clear = {**LUNG, "id": "b", "copy_of": "a"}
    assert judge(facts(COPD, blurred, clear), rule(18), region).conclusion is Conclusion.MEETS


@pytest.mark.parametrize("chain", [("b", "a"), ("b", "b"), ("zz", None)])
def test_rings_and_loose_ends_of_copies_do_not_break(
    chain: tuple[str, str | None], facts: Facts, rule: Pick, region: Region
) -> None:
    one = {**LUNG, "id": "a", "copy_of": chain[0]}
    two = {**LUNG, "id": "b", "copy_of": chain[1]}
    judgement = judge(facts(COPD, one, two), rule(18), region)
    assert judgement.criteria[1].status is Status.MET


def test_copy_with_another_name_disqualifies_the_document(facts: Facts, rule: Pick, region: Region) -> None:
    other = {**LUNG, "id": "b", "copy_of": "a", "owner": "他人"}
    judgement = judge(facts(COPD, {**LUNG, "id": "a"}, other), rule(18), region)
    assert judgement.criteria[1].reason == "other_person"


def test_two_readings_of_one_sheet_that_disagree_are_in_conflict(facts: Facts, rule: Pick, region: Region) -> None:
    sheet = {"type": "检验报告单", "date": "2026-03-12", "id": "a", "labs": ["肌酐 812.4 μmol/L"]}
    misread = {**sheet, "id": "b", "copy_of": "a", "labs": ["肌酐 312.4 μmol/L"]}
    second = {"type": "检验报告单", "date": "2026-01-05", "labs": ["肌酐 790 μmol/L"]}
    judgement = judge(facts(sheet, misread, second), rule(7), region)
    assert judgement.criteria[1].status is Status.CONFLICTING


def test_fact_of_no_known_document_is_for_a_person(facts: Facts, rule: Pick, region: Region) -> None:
    case = replace(facts(COPD, LUNG), documents=())
    judgement = judge(case, rule(18), region)
    assert judgement.conclusion is not Conclusion.MEETS
    assert {c.status for c in judgement.criteria[:2]} == {Status.MANUAL}


def test_facts_that_cannot_be_indexed_are_for_a_person(rule: Pick, region: Region) -> None:
    broken = CaseFacts(as_of=dt.date(2026, 3, 15), documents=(object(),))  # type: ignore[arg-type]
    judgement = judge(broken, rule(18), region)
    assert judgement.conclusion is Conclusion.MANUAL
    assert {c.reason for c in judgement.criteria} == {"error"}


def test_owner_unknown_policy_decides(facts: Facts, rule: Pick, region: Region, packs: Path) -> None:
    case = facts({**COPD, "owner": "未知"}, LUNG)
    assert judge(case, rule(18), region).criteria[0].reason == "owner_unknown"
    assert case.documents[0].owner is Owner.UNKNOWN
    path = packs / "jiangxi/region.yaml"
    text = path.read_text(encoding="utf-8").replace(
        "unknown_owner:\n    value: manual", "unknown_owner:\n    value: accept"
    )
    path.write_text(text, encoding="utf-8")
    kinder = load_region(packs, "jiangxi")
    assert judge(case, next(r for r in kinder.rules if r.number == 18), kinder).criteria[0].status is Status.MET


def test_item_outside_the_formula_of_the_day_is_not_applicable(packs: Path, facts: Facts) -> None:
    path = packs / "jiangxi/18-copd/rule.yaml"
    text = path.read_text(encoding="utf-8")
    new = 'formula:\n  by_date:\n    - {from: 2024-01-01, to: 2026-03-14, value: "1 & any(1: 2, 3)"}\n'
    new += '    - {from: 2026-03-15, value: "1 & any(1: 2, 3, 4)"}\n'
    path.write_text(text.replace('formula: "1 & any(1: 2, 3, 4)"\n', new), encoding="utf-8")
    region = load_region(packs, "jiangxi")
    copd = next(r for r in region.rules if r.id == "copd")

    def fourth(day: dt.date) -> tuple[Status, str]:
        result = judge(facts(COPD, LUNG, as_of=day), copd, region).criteria[3]
        return result.status, result.reason

    assert fourth(dt.date(2026, 3, 14)) == (Status.NOT_APPLICABLE, "not_in_force")
    assert fourth(dt.date(2026, 3, 15)) == (Status.MISSING, "no_evidence")
