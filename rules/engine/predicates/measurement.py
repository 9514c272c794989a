"""``measurement``: a number that a report states (LVEF, T value, PASP) against a threshold of the clause."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pydantic import Field, model_validator

from rules.engine.admission import admit
from rules.engine.case_view import CaseView, document_title, in_order
from rules.engine.facts import AssertionStatus, Finding, Maybe, Unknown
from rules.engine.outcome import Candidate, Outcome, Weight
from rules.engine.predicates.base import (
    Environment,
    Leaf,
    ModalityNames,
    Sourced,
    known_ids,
    located,
    predicate,
    settle,
)
from rules.engine.predicates.diagnosis import when_of
from rules.engine.predicates.thresholds import Threshold, ThresholdParams, compare
from rules.engine.units import UnitError, convert, fold_unit
from rules.engine.weighing import Count, weigh
from rules.vocabulary import Vocabulary
from rules.vocabulary.schema import MeasurementTerm

__all__ = ["Measure", "MeasureParams", "Reading", "make_measures", "read_number"]


class MeasureParams(ThresholdParams):
    """One measurement and its bound."""

    measure: str
    of: str | None = None
    """Beside findings: the one finding that the number speaks of; default: all."""
    only_positive: bool = False
    """True: the number may show the finding and cannot exclude it (a normal EF excludes no diastolic dysfunction)."""
    reading: str | None = None

    @model_validator(mode="after")
    def _needs_bound(self) -> MeasureParams:
        if not self.bounds():
            raise ValueError("缺少界限，请写 at_least、at_most、above 或 below")
        return self


class MeasurementParams(Sourced):
    name: str
    any_of: tuple[MeasureParams, ...] = Field(min_length=1)
    modalities: ModalityNames = ()
    times: int = Field(default=1, ge=1)


@dataclass(frozen=True, slots=True)
class Measure:
    """A measurement ready to compare."""

    concept: str
    term: MeasurementTerm
    threshold: Threshold
    label: str
    reading: str | None
    of: str | None = None
    only_positive: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What the numbers of one report say."""

    weight: Weight
    reason: str
    text: str
    facts: tuple[Finding, ...]
    reading: str | None


def make_measure(params: MeasureParams, vocabulary: Vocabulary) -> Measure:
    """Raises ValueError when the unit does not convert."""
    term = vocabulary.measurements[params.measure]
    threshold = Threshold.of(params, lambda value, unit: _canonical(value, unit, term))
    if term.unit == "%" and "%" not in threshold.shown:
        # A share written as 0.70 is told as reports print it and as other rules have it.
        threshold = replace(threshold, shown=f"{threshold.sign} {threshold.value.normalize():f}%")
    label = f"{term.name} {threshold.shown}"
    return Measure(params.measure, term, threshold, label, params.reading, params.of, params.only_positive)


def make_measures(key: str, entries: Sequence[MeasureParams], vocabulary: Vocabulary) -> tuple[Measure, ...]:
    """Make all measures of one parameter; errors name the entry."""
    made = []
    for index, entry in enumerate(entries):
        with located(key, index, "measure"):
            known_ids("测量值", (entry.measure,), vocabulary.measurements)
        with located(key, index, *entry.bounds()):
            made.append(make_measure(entry, vocabulary))
    return tuple(made)


def _canonical(value: Decimal, unit: str, term: MeasurementTerm) -> Decimal:
    target = term.unit or ""
    if fold_unit(unit) == fold_unit(target):
        return value
    if target == "%" and unit == "":
        # A ratio without a unit: FEV1/FVC 0.70.
        if Decimal(0) < value <= Decimal("1.5"):
            return value * 100
        raise UnitError(f"{term.name}要写单位：70 % 或 0.70")
    # Lengths are not in the table of concentrations.
    lengths = {"mm": Decimal(1), "cm": Decimal(10), "m": Decimal(1000)}
    if unit in lengths and target in lengths:
        return value * lengths[unit] / lengths[target]
    return convert(value, unit, target)


def number_of(finding: Finding, measure: Measure) -> Decimal | None:
    """The number in the measurement's unit; None when it cannot be compared."""
    if finding.value is None:
        return None
    unit = finding.unit or ""
    if unit == "" and measure.term.unit != "%":
        unit = measure.term.unit or ""
    if unit == "" and finding.value > Decimal("1.5"):
        # Reports often print a percentage under a heading that carries the sign.
        unit = "%"
    try:
        return _canonical(finding.value, unit, measure.term)
    except UnitError:
        return None


def _judge(finding: Finding, measure: Measure) -> tuple[Weight, str]:
    shown = f"{measure.term.name} {finding.comparator or ''}{finding.value}{finding.unit or ''}"
    number = number_of(finding, measure)
    if number is None or finding.status is not AssertionStatus.CONFIRMED:
        return Weight.UNSURE, f"{shown} 不能比较"
    low, high = measure.term.plausible or (None, None)
    if low is not None and high is not None and not low <= number <= high:
        return Weight.UNSURE, f"{shown} 超出合理范围"
    holds = compare(number, finding.comparator, measure.threshold)
    if holds is None:
        return Weight.UNSURE, f"{shown} 不能确定是否 {measure.threshold.shown}"
    if holds:
        return Weight.SUPPORT, f"{shown} {measure.threshold.shown}"
    return Weight.CONTRARY, f"{shown}，不满足 {measure.threshold.shown}"


_REASONS = {Weight.SUPPORT: "evidence_found", Weight.CONTRARY: "threshold_not_reached"}


def read_number(
    facts: Sequence[Finding], measures: Sequence[Measure], unsure: Sequence[Measure] = ()
) -> Reading | None:
    """What the numbers of one report say; None when it has none of them.

    ``measures`` decide. ``unsure`` (the ratio without a word on the bronchodilator) are looked at only where none of
    those is there: they can be negative, never positive. Numbers that disagree among themselves are unsure.
    """
    for group, is_sure in ((measures, True), (unsure, False)):
        judged = [(f, m, *_judge(f, m)) for m in group for f in in_order([f for f in facts if f.concept == m.concept])]
        if not judged:
            continue
        weights = {weight for _, _, weight, _ in judged}
        text = "；".join(dict.fromkeys(t for _, _, _, t in judged))
        used = tuple(f for f, _, _, _ in judged)
        reading = next((m.reading for _, m, _, _ in judged if m.reading), None)
        if len(weights) > 1:
            return Reading(Weight.UNSURE, "numbers_disagree", f"{text}（几处数值不一）", used, reading)
        (weight,) = weights
        if weight is Weight.SUPPORT and not is_sure:
            told = f"{text}，报告未注明条文要求的检查条件"
            return Reading(Weight.UNSURE, "number_not_qualified", told, used, reading)
        return Reading(weight, _REASONS.get(weight, "value_unreadable"), text, used, reading)
    return None


@predicate("measurement", MeasurementParams)
def build(params: MeasurementParams, environment: Environment) -> Leaf:
    measures = make_measures("any_of", params.any_of, environment.vocabulary)
    concepts = {m.concept for m in measures}
    conditions = params.conditions(examination=not params.documents)
    label = f"{params.prefix()} {params.name}：{' 或 '.join(m.label for m in measures)}".strip()
    absent = f"未见{params.prefix()}{params.name}"
    count = Count(at_least=params.times)

    def run(case: CaseView) -> Outcome:
        reports: dict[tuple[str, Maybe[dt.date]], list[Finding]] = defaultdict(list)
        for finding in case.findings:
            here = not params.modalities or finding.modality in (*params.modalities, "unknown")
            if finding.concept in concepts and here:
                reports[(finding.document, when_of(case, finding.document, finding.date))].append(finding)
        found: list[Candidate] = []
        for (document_id, date), facts in reports.items():
            number = read_number(facts, measures)
            if number is None:
                continue
            first, last = (dt.date.min, dt.date.max) if isinstance(date, Unknown) else (date, date)
            evidence = tuple(dict.fromkeys(e for f in number.facts for e in f.evidence))
            admission = admit(case, environment.policies, conditions, document_id, date, evidence)
            title = document_title(case.documents.get(document_id), date)
            weight, reason, text = settle(admission, number.weight, number.reason, f"{title} {number.text}")
            found.append(Candidate(weight, reason, text, evidence, first, last, admission.reading or number.reading))
        return weigh(label, found, count=count, absent=absent, own_readings=environment.own_readings)

    return Leaf(label=label, run=run, can_be_unmet=True)
