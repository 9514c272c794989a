"""Changes of what evidence says: a value, or how something is asserted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pipeline.audit.counterfactual.asked import Asked, title_of
from pipeline.audit.counterfactual.edits import Burden, Edit
from rules.engine.facts import AssertionStatus, CaseFacts, Finding, LabResult
from rules.engine.predicates.lab import printed
from rules.engine.predicates.thresholds import Threshold, compare
from rules.engine.units import show_unit

__all__ = ["assertions", "values"]


def values(asked: Asked) -> Iterator[Edit]:
    bounds = [bound for leaf in asked.leaves for bound in leaf.bounds(asked.vocabulary)]
    sides = [side for leaf in asked.leaves for side in leaf.sided()]
    for index, result in enumerate(asked.facts.lab_results):
        for bound in bounds:
            if bound.subject == result.analyte:
                yield from _lab_value(asked, index, result, bound.threshold)
        for analyte, side in sides:
            if analyte == result.analyte:
                yield from _lab_side(asked, index, result, side)
    for index, finding in enumerate(asked.facts.findings):
        for bound in bounds:
            if bound.subject == finding.concept:
                yield from _measured(asked, index, finding, bound.threshold)


def _lab_value(asked: Asked, index: int, result: LabResult, threshold: Threshold) -> Iterator[Edit]:
    now = result.canonical_value
    if now is not None and compare(now, result.comparator, threshold):
        return
    wanted = _reaching(threshold, now)
    analyte = asked.vocabulary.analytes[result.analyte or ""]
    new = replace(
        result,
        value=wanted,
        canonical_value=wanted,
        unit=analyte.unit,
        canonical_unit=analyte.unit,
        comparator=None,
        text=f"{wanted:f}",
        flag=None,
        doubts=(),
    )
    title = title_of(asked.facts, result.document, result.sampled_at)
    unit = f" {show_unit(analyte.unit)}" if analyte.unit else ""
    if now is None:
        text = f"{title} {printed(result)}：看清后须 {threshold.shown}"
        yield Edit(("lab", str(index), f"{wanted}"), Burden.READING, text, _at("lab_results", index, new))
        return
    away = _away(now, wanted)
    text = f"{title} {printed(result)}：须 {threshold.shown}（差 {abs(wanted - now):f}{unit}，{100 * away:.1f}%）"
    yield Edit(("lab", str(index), f"{wanted}"), Burden.EVIDENCE, text, _at("lab_results", index, new), distance=away)


def _lab_side(asked: Asked, index: int, result: LabResult, side: str) -> Iterator[Edit]:
    low, high = result.reference_low, result.reference_high
    for way, edge in (("high", high), ("low", low)):
        if edge is None or side not in (way, "any"):
            continue
        threshold = Threshold(">" if way == "high" else "<", edge, f"{'高' if way == 'high' else '低'}于参考值 {edge}")
        if result.value is None or compare(result.value, result.comparator, threshold):
            continue
        wanted = _reaching(threshold, result.value)
        new = replace(result, value=wanted, comparator=None, text=f"{wanted:f}", flag=None, doubts=())
        title = title_of(asked.facts, result.document, result.sampled_at)
        away = _away(result.value, wanted)
        text = f"{title} {printed(result)}：须{threshold.shown}（差 {100 * away:.1f}%）"
        yield Edit(
            ("lab", str(index), f"{wanted}"), Burden.EVIDENCE, text, _at("lab_results", index, new), distance=away
        )


def _measured(asked: Asked, index: int, finding: Finding, threshold: Threshold) -> Iterator[Edit]:
    now = finding.value
    if now is None or compare(now, finding.comparator, threshold):
        return
    unit = asked.vocabulary.measurements[finding.concept].unit
    wanted = _reaching(threshold, now)
    new = replace(finding, value=wanted, comparator=None, unit=unit)
    title = title_of(asked.facts, finding.document, finding.date)
    away = _away(now, wanted)
    name = asked.vocabulary.measurements[finding.concept].name
    text = f"{title} {name} {now}：须 {threshold.shown}（差 {100 * away:.1f}%）"
    yield Edit(("finding", str(index), f"{wanted}"), Burden.EVIDENCE, text, _at("findings", index, new), distance=away)


def _reaching(threshold: Threshold, now: Decimal | None) -> Decimal:
    """The value nearest to ``now`` that satisfies the bound, in steps as fine as both are written."""
    if threshold.sign in ("≥", "≤"):
        return threshold.value
    places = [v.as_tuple().exponent for v in (threshold.value, now) if v is not None]
    step = Decimal(1).scaleb(min(0, *(p for p in places if isinstance(p, int))))
    return threshold.value + (step if threshold.sign == ">" else -step)


def _away(now: Decimal, wanted: Decimal) -> float:
    return float(abs(wanted - now) / max(abs(wanted), abs(now))) if wanted != now else 0.0


_OF_PAPER = ("evidence", "date", "sampled_at", "reported_at")


def _at(kind: str, index: int, new: Any) -> Callable[[CaseFacts], CaseFacts]:
    def change(facts: CaseFacts) -> CaseFacts:
        old = getattr(facts, kind)
        # Another change of the same paper may have moved its days or made it sure; they stay.
        kept = {
            name: getattr(old[index], name)
            for name in ("evidence", "date", "sampled_at", "reported_at")
            if hasattr(new, name)
        }
        changes: dict[str, Any] = {kind: (*old[:index], replace(new, **kept), *old[index + 1 :])}
        return replace(facts, **changes)

    return change


def assertions(asked: Asked) -> Iterator[Edit]:
    """What is suspected would be stated; what is denied would be found."""
    looked_at = asked.looked_at
    for kind in ("diagnoses", "findings", "treatments"):
        for index, fact in enumerate(getattr(asked.facts, kind)):
            if fact.status is AssertionStatus.CONFIRMED or looked_at.isdisjoint(fact.evidence):
                continue
            denied = fact.status is AssertionStatus.DENIED
            name = getattr(fact, "name", "") or getattr(fact, "text", "") or "所见"
            title = title_of(asked.facts, fact.document, fact.date)
            text = f"{title}“{name}”须{'为阳性（现为否定）' if denied else '写成确定的结论（现为疑似、既往或家族史）'}"
            burden = Burden.EVIDENCE if denied else Burden.PAPER
            yield Edit((kind, str(index), "confirmed"), burden, text, _confirmed(kind, index), distance=float(denied))


def _confirmed(kind: str, index: int) -> Callable[[CaseFacts], CaseFacts]:
    def change(facts: CaseFacts) -> CaseFacts:
        old = getattr(facts, kind)
        new = replace(old[index], status=AssertionStatus.CONFIRMED)
        changes: dict[str, Any] = {kind: (*old[:index], new, *old[index + 1 :])}
        return replace(facts, **changes)

    return change
