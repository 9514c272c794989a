"""Every case beside every rule, as tests of their own; and that together they exercise everything."""

from __future__ import annotations

import pytest

from rules.engine import Region, check_rules, load_region, run_cases
from rules.engine.cases import Case, load_cases, run_case
from rules.engine.ruleset import Rule
from tests.rules.conftest import RULES

REGION = load_region(RULES, "jiangxi")
CASES = [(rule, case) for rule in REGION.rules for case in load_cases(rule, REGION)]


@pytest.mark.parametrize(("rule", "case"), CASES, ids=[f"{r.number}-{c.line}-{c.title}" for r, c in CASES])
def test_cases_come_out_as_written(rule: Rule, case: Case) -> None:
    assert run_case(case, rule, REGION) == []


def test_cases_have_distinct_full_sentences() -> None:
    titles = [(rule.id, case.title) for rule, case in CASES]
    assert len(titles) == len(set(titles))
    assert all(title.endswith("。") for _, title in titles)


def test_run_cases_passes_for_the_shipped_region(region: Region) -> None:
    assert run_cases(region) == []


def test_check_rules_finds_nothing_in_the_shipped_region(region: Region) -> None:
    assert check_rules(region) == []
