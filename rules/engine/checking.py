"""Tests of the rule base itself: names that collide, and outcomes that no case exercises."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from rules.engine.case_view import view_case
from rules.engine.cases import load_cases
from rules.engine.claims import claims
from rules.engine.errors import RuleError
from rules.engine.finding_disease import find_disease
from rules.engine.formula import AtLeast, Formula
from rules.engine.judge import judge
from rules.engine.judgement import Conclusion, Status
from rules.engine.predicates import Group, Leaf, Test, run_test
from rules.engine.ruleset import Region, Rule
from rules.engine.stale_wording import stale_wording

__all__ = ["check_rules", "uncovered"]


def check_rules(region: Region) -> list[str]:
    """Return the problems of a loaded region, Chinese, one a line. Loading has refused what is malformed already."""
    rules = region.rules
    return [
        *_names(region),
        *(problem for rule in rules for problem in claims(rule, region)),
        *(problem for rule in rules for problem in stale_wording(rule)),
        *(problem for rule in rules for problem in uncovered(rule, region)),
    ]


def _names(region: Region) -> Iterator[str]:
    numbers = {rule.number for rule in region.rules}
    for rule in region.rules:
        for name in (rule.name, *rule.file.aliases, rule.id):
            if find_disease(region, name) is not rule:
                yield f"{rule.folder / 'rule.yaml'}: 名称“{name}”不能唯一指到本病种，与别的病种重名"
        for other in (*rule.file.exclusive_with, *rule.file.overlaps):
            if other == rule.number or other not in numbers:
                yield f"{rule.folder / 'rule.yaml'}: 引用的病种序号 {other} 不对"


def uncovered(rule: Rule, region: Region) -> Iterator[str]:
    """Yield what no case beside ``rule`` exercises: a status of an item, a condition never met, a conclusion."""
    path = rule.case_folder / "cases.yaml"
    try:
        cases = load_cases(rule, region)
    except RuleError as error:
        yield str(error)
        return
    if not cases:
        if all(source.same_settings for source in rule.case_sources):
            yield f"{path}: 没有案例"
        return
    if not all(source.same_settings for source in rule.case_sources) or rule.readings_off:
        # Cases of the region above are left out, or outcomes are for a person: gaps mean nothing then.
        return
    statuses: dict[str, set[Status]] = defaultdict(set)
    leaves: dict[tuple[str, tuple[int, ...]], set[Status]] = defaultdict(set)
    conclusions: set[Conclusion] = set()
    alone: set[tuple[int, ...]] = set()
    for case in cases:
        judgement = judge(case.facts, rule, region)
        conclusions.add(judgement.conclusion)
        for result in judgement.criteria:
            statuses[result.id].add(result.status)
        regime = rule.regime(case.facts.as_of)
        if regime is None:
            continue
        view = view_case(case.facts)
        for key, test in regime.tests.items():
            for where, leaf in _leaves(test, ()):
                leaves[(key, where)].add(run_test(leaf, view).status)
        met = {r.id: r.status is Status.MET for r in judgement.criteria}
        alone |= set(_decided(regime.formula, met, ()))
    regime = rule.latest
    if regime is None:
        return
    for item in rule.items:
        if item.id not in regime.in_force:
            continue
        test = regime.tests[item.id]
        for status in _expected(test):
            if status not in statuses[item.id]:
                yield f"{path}: 没有案例使条目 {item.id}（{item.title}）为 {status.value}"
        for where, leaf in _leaves(test, ()):
            if leaf.can_be_met and Status.MET not in leaves[(item.id, where)]:
                yield f"{path}: 没有案例使条目 {item.id} 的条件“{leaf.label}”成立"
    for branch in _branches(regime.formula, ()):
        if branch not in alone and _branch_can_be_met(regime.formula, branch, regime.tests):
            yield f"{path}: 没有案例只靠公式的第 {'.'.join(str(n + 1) for n in branch)} 支成立"
    reachable = []
    if regime.formula.value({key: test.can_be_met for key, test in regime.tests.items()}) is True:
        reachable.append(Conclusion.MEETS)
    # Where an item that is always for a person could decide, what is missing never makes it insufficient.
    if regime.formula.value({key: test.can_be_missing for key, test in regime.tests.items()}) is True:
        reachable.append(Conclusion.INSUFFICIENT)
    for conclusion in reachable:
        if conclusion not in conclusions:
            yield f"{path}: 没有案例的结论为 {conclusion.value}"


def _expected(test: Test) -> tuple[Status, ...]:
    statuses = [Status.MISSING] if test.can_be_missing else []
    if test.can_be_met:
        statuses.append(Status.MET)
    else:
        statuses.append(Status.MANUAL)
    if test.can_be_unmet:
        statuses.append(Status.UNMET)
    return tuple(statuses)


def _leaves(test: Test, where: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Leaf]]:
    if isinstance(test, Group):
        for index, part in enumerate(test.parts):
            yield from _leaves(part, (*where, index))
    else:
        yield where, test


def _alternatives(formula: Formula) -> bool:
    return isinstance(formula, AtLeast) and formula.k < len(formula.parts)


def _branches(formula: Formula, where: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Places of the alternatives in a formula."""
    if isinstance(formula, AtLeast):
        for index, part in enumerate(formula.parts):
            if _alternatives(formula):
                yield (*where, index)
            yield from _branches(part, (*where, index))


def _decided(formula: Formula, met: dict[str, bool], where: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Places of alternatives that carried their group: true, with no more true ones than needed."""
    if isinstance(formula, AtLeast):
        true = [index for index, part in enumerate(formula.parts) if part.value(met) is True]
        if _alternatives(formula) and len(true) == formula.k:
            yield from ((*where, index) for index in true)
        for index, part in enumerate(formula.parts):
            yield from _decided(part, met, (*where, index))


def _branch_can_be_met(formula: Formula, branch: tuple[int, ...], tests: object) -> bool:
    node: Formula = formula
    for index in branch:
        assert isinstance(node, AtLeast)
        node = node.parts[index]
    assert isinstance(tests, dict)
    return node.value({key: test.can_be_met for key, test in tests.items()}) is True
