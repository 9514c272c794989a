"""``lab``: laboratory results against thresholds, ranges or polarity, counted on different days.

Several comparisons under ``any_of`` belong to one examination (肾功能: GFR or creatinine): a sample satisfies the
clause when one of them does, and fails it when what it reports fails.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import Field, model_validator

from rules.engine.admission import Conditions, admit
from rules.engine.case_view import REPORTS, CaseView, document_title
from rules.engine.dates import parse_period
from rules.engine.facts import LabResult, Maybe, Unknown
from rules.engine.outcome import Candidate, Outcome, Weight
from rules.engine.policies import Policies
from rules.engine.predicates.base import Environment, Leaf, Sourced, known_ids, located, predicate, settle
from rules.engine.predicates.ranges import by_range
from rules.engine.predicates.thresholds import Threshold, ThresholdParams, compare
from rules.engine.predicates.titres import form_of, more_than
from rules.engine.units import fold_unit, show_unit, to_canonical
from rules.engine.weighing import Count, weigh
from rules.vocabulary import Vocabulary
from rules.vocabulary.schema import Analyte

__all__ = ["Comparison", "LabParams", "Tests", "make_tests", "one_sample", "printed", "weigh_results"]

Verdict = tuple[Weight, str, str]


class Comparison(ThresholdParams):
    """One analyte with exactly one of: a bound, ``abnormal``, ``positive``."""

    analyte: str
    abnormal: Literal["high", "low", "any"] | None = None
    """By the printed range and mark."""
    positive: bool | None = None
    """Qualitative result."""
    titre_above: int | None = Field(default=None, ge=1)
    """Of a result told as a titre: 20 means more than 1:20."""
    form: Literal["number", "titre", "words"] | None = None
    """Only results told so count here: 86 IU/mL, 1:40, 阳性. Others are for a comparison of their own."""
    reading: str | None = None

    @model_validator(mode="after")
    def _one_test(self) -> Comparison:
        told = (self.abnormal, self.positive, self.titre_above)
        if len(self.bounds()) + sum(one is not None for one in told) != 1:
            raise ValueError(
                "每项化验要写且只写一种判法：at_least/at_most/above/below、abnormal、positive 或 titre_above"
            )
        if self.titre_above is not None and self.form not in (None, "titre"):
            raise ValueError("titre_above 只看滴度，form 不写或写 titre")
        return self

    def takes(self, result: LabResult) -> bool:
        """True where the result is told in the form that this comparison is about."""
        form = "titre" if self.titre_above is not None else self.form
        return form is None or form == form_of(result)


class LabParams(Sourced):
    name: str
    """How the examination is called: 肾功能."""
    any_of: tuple[Comparison, ...] = Field(min_length=1)
    times: int = Field(default=1, ge=1)
    span: str | None = None
    """First and last at least so far apart."""


@dataclass(frozen=True, slots=True)
class _Test:
    params: Comparison
    analyte: Analyte
    label: str
    check: Callable[[LabResult], Verdict]


Tests = dict[str, list[_Test]]
"""By analyte."""


@predicate("lab", LabParams)
def build(params: LabParams, environment: Environment) -> Leaf:
    tests = make_tests(params.any_of, environment.vocabulary, ("any_of",))
    span = parse_period(params.span) if params.span else None
    times = f" {params.times} 次（不同日期）" if params.times > 1 else ""
    choice = " 或 ".join(t.label for entries in tests.values() for t in entries)
    label = f"{params.prefix()} {params.name}{times}：{choice}".strip()
    count = Count(at_least=params.times, unit="次", span=span)
    absent = f"未见{params.prefix()}{params.name}化验结果"
    conditions = params.conditions(examination=not params.documents)
    policies = environment.policies

    def run(case: CaseView) -> Outcome:
        weighed = weigh_results(case, tests, conditions, policies)
        found = _by_sample(case, tests, weighed)
        return weigh(label, found, count=count, absent=absent, own_readings=environment.own_readings)

    return Leaf(label=label, run=run, can_be_unmet=True)


def make_tests(comparisons: Sequence[Comparison], vocabulary: Vocabulary, at: tuple[str | int, ...]) -> Tests:
    """Comparisons ready to run, by analyte; ``at`` leads to them inside the predicate.

    Raises:
        ParamError: an analyte is unknown or a unit does not convert; names the entry.
    """
    tests: Tests = defaultdict(list)
    for index, comparison in enumerate(comparisons):
        with located(*at, index, "analyte"):
            known_ids("化验项目", (comparison.analyte,), vocabulary.analytes)
        analyte = vocabulary.analytes[comparison.analyte]
        with located(*at, index, *comparison.bounds()):
            tests[analyte.id].append(_make_test(comparison, analyte))
    return tests


def weigh_results(
    case: CaseView, tests: Tests, conditions: Conditions, policies: Policies
) -> list[tuple[LabResult, Candidate]]:
    """Every result that a test is about, with what it says under whether it may count."""
    weighed: list[tuple[LabResult, Candidate]] = []
    for result in _without_reprints(case.lab_results, tests):
        first, last, date = _dating(case, result)
        title = document_title(case.documents.get(result.document), date)
        for test in tests[result.analyte or ""]:
            if not test.params.takes(result):
                continue
            doubts = _doubts(result, test)
            admission = admit(case, policies, conditions, result.document, date, result.evidence, doubts=doubts)
            weight, reason, told = test.check(result)
            weight, reason, text = settle(admission, weight, reason, f"{title} {told}")
            decides = weight in (Weight.SUPPORT, Weight.CONTRARY)
            reading = admission.reading or (test.params.reading if decides else None)
            weighed.append((result, Candidate(weight, reason, text, result.evidence, first, last, reading)))
    return weighed


def _make_test(params: Comparison, analyte: Analyte) -> _Test:
    if params.bounds():
        threshold = Threshold.of(params, lambda value, unit: to_canonical(value, unit, analyte))
        label = f"{analyte.name} {threshold.shown}"
        return _Test(params, analyte, label, lambda result: _by_threshold(result, analyte, threshold))
    if params.abnormal is not None:
        side = params.abnormal
        words = {"high": "高于参考范围", "low": "低于参考范围", "any": "超出参考范围"}[side]
        return _Test(params, analyte, f"{analyte.name}{words}", lambda result: by_range(result, side, words))
    if params.titre_above is not None:
        bound = params.titre_above
        return _Test(params, analyte, f"{analyte.name}滴度 > 1:{bound}", lambda result: _by_titre(result, bound))
    wanted = bool(params.positive)
    return _Test(params, analyte, f"{analyte.name}{'阳性' if wanted else '阴性'}", lambda r: _by_polarity(r, wanted))


def _doubts(result: LabResult, test: _Test) -> tuple[str, ...]:
    """Doubts that touch this test: an unreadable range is none where the range is not used."""
    if test.params.abnormal is not None or not result.doubts:
        return result.doubts
    return tuple(doubt for doubt in result.doubts if doubt not in _OF_THE_RANGE)


_OF_THE_RANGE = frozenset({"reference_unreadable", "reference_model_only"})
"""Doubts that leave the result itself untouched."""


def printed(result: LabResult) -> str:
    """The result as printed, with its unit, and converted where the unit is another one."""
    shown = f"{result.name} {result.text}"
    if result.unit and result.unit not in result.text:
        shown += f" {result.unit}"
    converted = result.canonical_value not in (None, result.value) and result.unit and result.canonical_unit
    if converted and fold_unit(result.unit or "") != fold_unit(result.canonical_unit or ""):
        shown += f"（合 {result.canonical_value:.1f} {show_unit(result.canonical_unit or '')}）"
    return shown


def _by_threshold(result: LabResult, analyte: Analyte, threshold: Threshold) -> Verdict:
    shown = printed(result)
    if result.canonical_value is None:
        if result.value is None:
            return Weight.UNSURE, "value_unreadable", f"{shown} 不是可比较的数"
        return Weight.UNSURE, "unit_unknown", f"{shown} 的单位不明，不能与 {threshold.shown} 比较"
    if fold_unit(result.canonical_unit or "") != fold_unit(analyte.unit or ""):
        return Weight.UNSURE, "unit_unknown", f"{shown} 的单位不是{analyte.name}的标准单位"
    holds = compare(result.canonical_value, result.comparator, threshold)
    if holds is None:
        return Weight.UNSURE, "comparator_open", f"{shown} 不能确定是否 {threshold.shown}"
    if holds:
        return Weight.SUPPORT, "evidence_found", f"{shown} {threshold.shown}"
    reason = "below_threshold" if threshold.sign in ("≥", ">") else "above_threshold"
    return Weight.CONTRARY, reason, f"{shown}，不满足 {threshold.shown}"


def _by_titre(result: LabResult, bound: int) -> Verdict:
    shown = printed(result)
    holds = more_than(result.text, bound)
    if holds is None:
        return Weight.UNSURE, "comparator_open", f"{shown} 不能确定是否 > 1:{bound}"
    if holds:
        return Weight.SUPPORT, "evidence_found", f"{shown} > 1:{bound}"
    return Weight.CONTRARY, "below_threshold", f"{shown}，不满足 > 1:{bound}"


def _by_polarity(result: LabResult, wanted: bool) -> Verdict:
    if result.polarity is None:
        return Weight.UNSURE, "polarity_unknown", f"{printed(result)} 不能确定阴性还是阳性"
    if result.polarity is wanted:
        return Weight.SUPPORT, "evidence_found", f"{printed(result)}"
    return Weight.CONTRARY, "negative" if wanted else "positive", f"{printed(result)}"


def _without_reprints(results: Sequence[LabResult], tests: Tests) -> list[LabResult]:
    """Drop results without a sampling time that repeat another one: a reprint is no second result."""
    of_interest = [r for r in results if r.analyte in tests and _right_specimen(r, tests[r.analyte][0].analyte)]
    dated = {(r.analyte, r.canonical_value, r.text) for r in of_interest if not isinstance(r.sampled_at, Unknown)}
    kept: list[LabResult] = []
    undated: dict[object, LabResult] = {}
    for result in of_interest:
        key = (result.analyte, result.canonical_value, result.text)
        if not isinstance(result.sampled_at, Unknown):
            kept.append(result)
        elif key not in dated:
            known = undated.get(key)
            if known is None or _print_order(result) < _print_order(known):
                undated[key] = result
    return [*kept, *undated.values()]


_OTHER_SPECIMENS = ("尿", "便", "粪", "脑脊液", "胸", "腹", "透析", "引流")


def _right_specimen(result: LabResult, analyte: Analyte) -> bool:
    """False where the sheet names another fluid: 肌酐 of a urine sample is no renal function."""
    if not analyte.specimens or not result.specimen or any(s in result.specimen for s in analyte.specimens):
        return True
    return not any(word in result.specimen for word in _OTHER_SPECIMENS)


def _print_order(result: LabResult) -> tuple[str, str, str]:
    when = "" if isinstance(result.reported_at, Unknown) else result.reported_at.isoformat()
    return (when or "9", result.document, repr(result.evidence))


def _dating(case: CaseView, result: LabResult) -> tuple[dt.date, dt.date, Maybe[dt.date]]:
    """First and last day on which it may have been sampled, and the date to show and to hold against a window."""
    if not isinstance(result.sampled_at, Unknown):
        day = result.sampled_at.date()
        return day, day, day
    document = case.documents.get(result.document)
    own: Maybe[dt.date] = Unknown.ABSENT if document is None else document.date
    if not isinstance(result.reported_at, Unknown):
        own = result.reported_at.date()
    if document is not None and document.type in REPORTS:
        if isinstance(own, Unknown):
            return dt.date.min, dt.date.max, result.sampled_at if own is Unknown.ABSENT else own
        exact = result.sampled_at is Unknown.ABSENT
        return (own if exact else dt.date.min), own, own
    # Quoted in prose without its own date: some day of the stay, or any day up to the date of the paper.
    start, end = case.stays.get(result.document, (Unknown.ABSENT, Unknown.ABSENT))
    last = own if isinstance(end, Unknown) else end
    first = dt.date.min if isinstance(start, Unknown) else start
    return first, (dt.date.max if isinstance(last, Unknown) else last), last


def _by_sample(case: CaseView, tests: Tests, weighed: Sequence[tuple[LabResult, Candidate]]) -> list[Candidate]:
    """One verdict per sample: a satisfied comparison decides, and readings that disagree are a conflict."""
    groups: dict[object, list[tuple[LabResult, Candidate]]] = defaultdict(list)
    loose: list[Candidate] = []
    for result, candidate in weighed:
        if candidate.weight is Weight.REJECTED:
            loose.append(candidate)
            continue
        day = candidate.first if candidate.first == candidate.last else None
        groups[day or ("undated", result.document)].append((result, candidate))
    for members in groups.values():
        loose.extend(one_sample(case, tests, members))
    return loose


def one_sample(case: CaseView, tests: Tests, members: Sequence[tuple[LabResult, Candidate]]) -> list[Candidate]:
    """One verdict for the results of one sample; several candidates where several comparisons hold."""
    support = [(r, c) for r, c in members if c.weight is Weight.SUPPORT]
    if not support:
        unsure = [c for _, c in members if c.weight in (Weight.UNSURE, Weight.CONFLICT)]
        return unsure or [c for _, c in members]
    against = [r for r, c in members if c.weight is Weight.CONTRARY]
    against += [r for r in case.lab_copies if _copy_fails(tests.get(r.analyte or "", ()), r)]
    clear = [c for r, c in support if not any(_same_result(case, r, other) for other in against)]
    if clear:
        return clear
    return [
        replace(c, weight=Weight.CONFLICT, reason="readings_disagree", text=f"{c.text}；同一标本另有不同的读数")
        for _, c in support
    ]


def _copy_fails(tests: Sequence[_Test], result: LabResult) -> bool:
    return any(test.params.takes(result) and test.check(result)[0] is Weight.CONTRARY for test in tests)


def _same_result(case: CaseView, one: LabResult, other: LabResult) -> bool:
    """True when the two claim to be one and the same determination."""
    if one.analyte != other.analyte:
        return False
    root = case.roots.get(one.document, one.document)
    copies = one.document != other.document and root == case.roots.get(other.document, other.document)
    if isinstance(one.sampled_at, Unknown) or isinstance(other.sampled_at, Unknown):
        return copies or one.document == other.document
    # Two samples of one day (before and after dialysis) may differ; two readings of one moment may not. Midnight is
    # how a date without a time comes.
    return one.sampled_at == other.sampled_at
