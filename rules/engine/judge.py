"""Judges one case by the rule of one disease."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace

from rules.engine.case_view import CaseView, view_case
from rules.engine.facts import CaseFacts
from rules.engine.formula import Formula, Item, Truth, at_least
from rules.engine.judgement import Conclusion, CriterionResult, Judgement, Need, Status, TraceNode
from rules.engine.missing import needs
from rules.engine.outcome import Outcome, failed, truth
from rules.engine.policies import is_own
from rules.engine.predicates import Test, run_test
from rules.engine.ruleset import Regime, Region, Rule
from rules.engine.schema import ItemFile

__all__ = ["judge"]

_LOG = logging.getLogger(__name__)


ALWAYS_DECIDING = frozenset({"distinct_results", "complication_certificate", "visit_span"})
"""Policies that shape an item whatever the evidence; others are told by the predicate where they decided."""


def judge(
    facts: CaseFacts,
    disease: Rule,
    region: Region,
    *,
    views: Mapping[str, CaseFacts] | None = None,
    settle: Callable[[CriterionResult], CriterionResult] | None = None,
) -> Judgement:
    """Judge ``facts`` by ``disease``. Never raises for what the facts hold: what cannot be judged is for a person.

    Args:
        views: facts that take the place of ``facts`` for single items, by item id: without evidence that a person
            turned down for that item alone.
        settle: a person's word on single items, given what the machine made of each.
    """
    regime = disease.regime(facts.as_of)
    results = _results(facts, disease, region, regime, views or {})
    if settle is not None and regime is not None:
        results = tuple([settle(r) if r.id in regime.in_force else r for r in results])
    by_id = {r.id: r for r in results}
    if regime is None:
        trace = TraceNode(label="申请日期不在本规则的有效期内", value=None)
        return _judgement(disease, region, Conclusion.MANUAL, "", trace, results, (), facts)
    values = {r.id: truth(r.status) for r in results}
    conclusion = _conclude(regime.formula, values, by_id)
    items = {item.id: item for item in disease.items}
    missing: tuple[Need, ...] = ()
    if conclusion not in (Conclusion.MEETS, Conclusion.NOT_MET):
        catch_all = frozenset(key for key, test in regime.tests.items() if not test.can_be_met)
        missing = needs(regime.formula, by_id, items, catch_all)
    trace = _trace(regime.formula, values, by_id)
    return _judgement(disease, region, conclusion, regime.formula_text, trace, results, missing, facts)


def _judgement(
    disease: Rule,
    region: Region,
    conclusion: Conclusion,
    text: str,
    trace: TraceNode,
    results: tuple[CriterionResult, ...],
    missing: tuple[Need, ...],
    facts: CaseFacts,
) -> Judgement:
    return Judgement(
        disease=disease.disease,
        ruleset=disease.info,
        conclusion=conclusion,
        formula_text=text,
        formula_trace=trace,
        criteria=results,
        missing=missing,
        notices=_notices(disease, region, facts),
    )


def _results(
    facts: CaseFacts, disease: Rule, region: Region, regime: Regime | None, views: Mapping[str, CaseFacts]
) -> tuple[CriterionResult, ...]:
    if regime is None:
        message = "申请日期不在本规则的有效期内，请人工处理。"
        outside = Outcome(Status.MANUAL, "no_rule_for_date", message, TraceNode(label=message, value=None))
        return tuple(_criterion(item, outside, region) for item in disease.items)
    whole = _view(facts)
    results = []
    for item in disease.items:
        if item.id not in regime.in_force:
            results.append(_criterion(item, _not_in_force(item), region))
            continue
        case = _view(views[item.id]) if item.id in views else whole
        outcome = _outcome(regime.tests[item.id], case)
        if item.id in disease.readings_off:
            outcome = _without_ours(item, outcome)
        results.append(_criterion(item, outcome, region))
    return tuple(results)


def _view(facts: CaseFacts) -> CaseView | None:
    try:
        return view_case(facts)
    except Exception as error:
        _LOG.warning("facts could not be indexed: %s", type(error).__name__)
        return None


def _not_in_force(item: ItemFile) -> Outcome:
    message = "申请日期适用的公式不含这一项。"
    trace = TraceNode(label=item.title, value=None, status=Status.NOT_APPLICABLE, note=message)
    return Outcome(Status.NOT_APPLICABLE, "not_in_force", message, trace)


def _without_ours(item: ItemFile, outcome: Outcome) -> Outcome:
    """The outcome where readings of ours are switched off: a person decides what such a sentence shapes."""
    ours = tuple(reading for reading in item.readings if is_own(reading))
    if not ours or outcome.status not in (Status.MET, Status.UNMET):
        return outcome
    would = "符合" if outcome.status is Status.MET else "不符合"
    message = f"{outcome.message.rstrip('。')}。按我方读法本为{would}，本地区不采用我方读法，请人工判断。"
    return replace(
        outcome,
        status=Status.MANUAL,
        reason="own_reading_off",
        message=message,
        readings=(*outcome.readings, *ours),
    )


def _outcome(test: Test, case: CaseView | None) -> Outcome:
    outcome = failed(test.label) if case is None else run_test(test, case)
    if outcome.status is Status.MET and not outcome.evidence:
        # Whatever a predicate says: what cannot point at its place on a page reaches no verdict.
        return Outcome(Status.MANUAL, "no_place", outcome.message, outcome.trace, readings=outcome.readings)
    return outcome


def _criterion(item: ItemFile, outcome: Outcome, region: Region) -> CriterionResult:
    readings = list(outcome.readings)
    if outcome.status in (Status.MET, Status.UNMET):
        readings += [r for r in item.readings if r not in region.policies.entries]
        readings += [region.policies.reading(r) for r in item.readings if r in ALWAYS_DECIDING]
    elif outcome.reason == "outside_window":
        readings.append(region.policies.reading("window_bounds"))
    return CriterionResult(
        id=item.id,
        title=item.title,
        status=outcome.status,
        reason=outcome.reason,
        message=outcome.message,
        evidence=outcome.evidence,
        against=outcome.against,
        trace=(outcome.trace,),
        readings=tuple(dict.fromkeys(readings)),
        verified=item.verified,
        source=f"{region.file.sources[item.source].title} {item.source_item}",
    )


def _conclude(formula: Formula, values: Mapping[str, Truth], results: Mapping[str, CriterionResult]) -> Conclusion:
    value = formula.value(values)
    if value is True:
        return Conclusion.MEETS
    if value is False:
        return Conclusion.NOT_MET
    # Formulas have no "not": all true and all false are the extremes of what a person could find.
    person = [key for key, r in results.items() if r.status in (Status.MANUAL, Status.CONFLICTING)]
    for verdict in (True, False):
        if person and formula.value({**values, **dict.fromkeys(person, verdict)}) is not None:
            return Conclusion.MANUAL
    return Conclusion.INSUFFICIENT


def _trace(formula: Formula, values: Mapping[str, Truth], results: Mapping[str, CriterionResult]) -> TraceNode:
    if isinstance(formula, Item):
        result = results[formula.id]
        return TraceNode(label=f"({formula.id}) {result.title}", value=values[formula.id], status=result.status)
    words = {"and": "全部满足", "or": "任一满足", "any": f"以下 {len(formula.parts)} 项中至少 {formula.k} 项"}
    children = tuple([_trace(part, values, results) for part in formula.parts])
    value = at_least(formula.k, [child.value for child in children])
    return TraceNode(label=words[formula.kind], value=value, children=children, note=formula.text())


def _notices(disease: Rule, region: Region, facts: CaseFacts) -> tuple[str, ...]:
    file = disease.file

    def called(number: int) -> str:
        name = next((rule.name for rule in region.rules if rule.number == number), "病种")
        return f"{number} 号{name}"

    notices: list[str] = []
    if disease.regime(facts.as_of) is None:
        notices.append(f"申请日期 {facts.as_of.isoformat()} 不在本规则的有效期内。")
    if not disease.info.verified:
        notices.append(f"本病种规则据{disease.info.source}编写，请对照正式文本。")
    notices += [f"与{called(n)}不能同时享受，请核对。" for n in file.exclusive_with]
    notices += [f"与{called(n)}范围有重叠，请留意是否重复申请。" for n in file.overlaps]
    if file.ages is not None:
        notices.append(file.ages.text)
    if file.review is not None:
        notices.append(file.review.text)
    return (*notices, *region.file.notices)
