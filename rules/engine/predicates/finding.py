"""``finding``: what an examination shows, by the report's own conclusion; a number beside it is a reading of ours.

One verdict per report. Where the report draws a conclusion, its conclusion decides over the observations; where the
conclusion and the number disagree, sources are in conflict.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import Field

from rules.engine.admission import Admission, Conditions, admit
from rules.engine.case_view import CaseView, document_title, in_order
from rules.engine.facts import AssertionStatus, Finding, Maybe, Unknown
from rules.engine.outcome import Candidate, Outcome, Weight
from rules.engine.predicates.base import (
    Environment,
    Leaf,
    ModalityNames,
    ParamError,
    Sourced,
    known_ids,
    located,
    predicate,
    settle,
)
from rules.engine.predicates.diagnosis import when_of
from rules.engine.predicates.measurement import Measure, MeasureParams, Reading, make_measures, read_number
from rules.engine.weighing import Count, weigh

__all__ = ["FindingParams"]


class FindingParams(Sourced):
    name: str
    """How the examination and its result are called: 胸部CT阳性."""
    findings: tuple[str, ...] = Field(min_length=1)
    """Any of these, stated present, is positive. It is negative when all of them are stated absent."""
    excluded_by: tuple[str, ...] = ()
    """Those of ``findings`` whose absence alone is negative (未找到癌细胞); default: all."""
    weak: tuple[str, ...] = ()
    """Signs that only point to it: for a person."""
    normal: tuple[str, ...] = ("exam_normal",)
    """Statements of a normal examination; they count where the report shows nothing positive."""
    area: str | None = None
    """Regular expression of the body part: a normal examination counts only where its words name it."""
    normal_modalities: ModalityNames = ()
    """Examinations whose normal result excludes all findings; empty: each of ``modalities``."""
    modalities: ModalityNames = ()
    numbers: tuple[MeasureParams, ...] = ()
    """Numbers that are positive by a reading of ours; ``of`` and ``only_positive`` say how far each speaks."""
    unsure_numbers: tuple[MeasureParams, ...] = ()
    """Numbers that are negative when they fail, and for a person when they hold."""
    doubt_words: str | None = None
    """Regular expression: a finding whose words match is for a person."""
    conclusion_only: bool = False
    """True: a positive that stands among the observations only is for a person."""
    times: int = Field(default=1, ge=1)
    reading: str | None = None


@dataclass(frozen=True, slots=True)
class _Spec:
    params: FindingParams
    environment: Environment
    conditions: Conditions
    doubt: re.Pattern[str] | None
    area: re.Pattern[str] | None
    numbers: tuple[Measure, ...]
    unsure_numbers: tuple[Measure, ...]
    listed: frozenset[str]
    modalities: frozenset[str]


@predicate("finding", FindingParams)
def build(params: FindingParams, environment: Environment) -> Leaf:
    vocabulary = environment.vocabulary
    for key in ("findings", "weak", "normal", "excluded_by"):
        with located(key):
            known_ids("检查所见", getattr(params, key), vocabulary.findings)
    for index, number in enumerate(params.numbers):
        if number.of is not None and number.of not in params.findings:
            raise ParamError(f"of 写的 {number.of} 不在 findings 里", ("numbers", index, "of"))
    try:
        doubt, area = (re.compile(text) if text else None for text in (params.doubt_words, params.area))
    except re.error as error:
        raise ValueError(f"doubt_words 或 area 不是合格的正则表达式：{error}") from error
    spec = _Spec(
        params,
        environment,
        params.conditions(examination=not params.documents),
        doubt,
        area,
        make_measures("numbers", params.numbers, vocabulary),
        make_measures("unsure_numbers", params.unsure_numbers, vocabulary),
        frozenset((*params.findings, *params.weak, *params.normal)),
        frozenset(params.modalities),
    )
    names = "、".join(vocabulary.findings[f].name for f in params.findings)
    numbers = "".join(f"，或{m.label}（我方读法）" for m in spec.numbers)
    label = f"{params.prefix()} {params.name}：{names}{numbers}".strip()
    absent = f"未见{params.prefix()}{params.name}的检查报告"
    count = Count(at_least=params.times)

    measures = {m.concept for m in (*spec.numbers, *spec.unsure_numbers)}

    def run(case: CaseView) -> Outcome:
        reports: dict[tuple[str, Maybe[dt.date]], list[Finding]] = defaultdict(list)
        numbers: dict[tuple[str, Maybe[dt.date]], list[Finding]] = defaultdict(list)
        for finding in case.findings:
            if spec.modalities and finding.modality not in spec.modalities and finding.modality != "unknown":
                continue
            key = (finding.document, when_of(case, finding.document, finding.date))
            if finding.concept in spec.listed:
                reports[key].append(finding)
            elif finding.concept in measures:
                numbers[key].append(finding)
        found: list[Candidate] = []
        denied: set[str] = set()
        for key in dict.fromkeys((*reports, *numbers)):
            judged, absent_here = _one_report(spec, case, key, reports.get(key, ()), numbers.get(key, ()))
            found.extend(judged)
            denied |= absent_here
        settled = _only_if_all_denied(spec, found, denied)
        return weigh(label, settled, count=count, absent=absent, own_readings=environment.own_readings)

    return Leaf(label=label, run=run, can_be_unmet=True)


def _only_if_all_denied(spec: _Spec, found: list[Candidate], denied: set[str]) -> list[Candidate]:
    """Alternatives of one clause: negative only when each was looked for and found absent."""
    if denied.issuperset(spec.params.excluded_by or spec.params.findings):
        return found
    return [
        Candidate(Weight.REJECTED, "alternatives_not_examined", c.text, c.evidence, c.first, c.last)
        if c.weight is Weight.CONTRARY and c.reason == "negative"
        else c
        for c in found
    ]


def _one_report(
    spec: _Spec,
    case: CaseView,
    key: tuple[str, Maybe[dt.date]],
    stated: Sequence[Finding],
    numbers: Sequence[Finding],
) -> tuple[list[Candidate], set[str]]:
    document_id, date = key
    document = case.documents.get(document_id)
    day_first, day_last = (dt.date.min, dt.date.max) if isinstance(date, Unknown) else (date, date)

    def settled(weight: Weight, reason: str, told: str, facts: Sequence[Finding], reading: str | None) -> Candidate:
        admission, used = _admit(spec, case, document_id, date, facts, any_suffices=weight is Weight.SUPPORT)
        evidence = tuple(dict.fromkeys(e for f in used for e in f.evidence))
        weight, reason, text = settle(admission, weight, reason, f"{document_title(document, date)} {told}")
        return Candidate(weight, reason, text, evidence, day_first, day_last, admission.reading or reading)

    decisive = _decisive(stated)
    said, facts, absent = _by_words(spec, decisive)
    judged: list[Candidate] = []
    for number, measure in _numbers(spec, numbers):
        about, about_facts = _said_of(spec, decisive, measure.of)
        elsewhere = said is not None and said[0] is Weight.SUPPORT and any(f not in about_facts for f in facts)
        if about is not None and _disagree(about[0], number.weight) and not elsewhere:
            told = f"报告结论“{about[2]}”与{number.text}不一致"
            used = [*about_facts, *number.facts]
            judged.append(settled(Weight.CONFLICT, "conclusion_number_disagree", told, used, None))
        elif said is None or said[0] not in _DECIDED or (number.weight is Weight.SUPPORT and about is None):
            weight, reason, told = _by_number(spec, about, number)
            if weight is Weight.CONTRARY:
                absent |= {measure.of} if measure.of else set(spec.params.findings)
            judged.append(settled(weight, reason, told, [*about_facts, *number.facts], number.reading))
    if said is not None and not any(c.weight in (Weight.CONFLICT, Weight.SUPPORT) for c in judged):
        judged.append(settled(*said, facts, spec.params.reading))
    if not any(c.weight is Weight.CONTRARY for c in judged):
        absent = set()
    return judged, absent


_DECIDED = (Weight.SUPPORT, Weight.CONTRARY, Weight.CONFLICT)


def _numbers(spec: _Spec, numbers: Sequence[Finding]) -> list[tuple[Reading, Measure]]:
    """What each number of the report says. Numbers that cannot decide are looked at only where none of those is."""
    found: list[tuple[Reading, Measure]] = []
    for measure in spec.numbers:
        number = read_number(numbers, (measure,))
        if number is not None and not (measure.only_positive and number.weight is Weight.CONTRARY):
            found.append((number, measure))
    if not found and not any(f.concept == m.concept for m in spec.numbers for f in numbers):
        for measure in spec.unsure_numbers:
            number = read_number(numbers, (), (measure,))
            if number is not None:
                found.append((number, measure))
    return found


def _said_of(
    spec: _Spec, stated: Sequence[Finding], concept: str | None
) -> tuple[tuple[Weight, str, str] | None, list[Finding]]:
    """What the report's words say of one finding, or of all."""
    related = [f for f in stated if concept in (None, f.concept) or f.concept in spec.params.normal]
    verdict, facts, _ = _by_words(spec, related)
    return verdict, facts


def _admit(
    spec: _Spec,
    case: CaseView,
    document: str,
    date: Maybe[dt.date],
    facts: Sequence[Finding],
    *,
    any_suffices: bool,
) -> tuple[Admission, list[Finding]]:
    """Whether the facts may count, and those that do.

    Of several positive statements one that is surely read suffices. What rests on all of them is as sure as the least
    sure: a clear page does not lend its certainty to a blurred number.
    """
    policies = spec.environment.policies
    ordered = list(in_order(facts))
    found = [(admit(case, policies, spec.conditions, document, date, f.evidence), f) for f in ordered]
    clear = [(a, f) for a, f in found if a.weight is Weight.SUPPORT]
    if any_suffices and clear:
        return clear[0][0], [f for _, f in clear]
    worst = max((a for a, _ in found), key=lambda a: {Weight.REJECTED: 2, Weight.UNSURE: 1}.get(a.weight, 0))
    return worst, ordered


def _disagree(one: Weight, other: Weight) -> bool:
    return {one, other} == {Weight.SUPPORT, Weight.CONTRARY}


def _by_number(spec: _Spec, said: tuple[Weight, str, str] | None, number: Reading) -> tuple[Weight, str, str]:
    if number.weight is not Weight.SUPPORT:
        return number.weight, number.reason, number.text
    if said is not None:
        return Weight.UNSURE, "conclusion_unsure", f"{number.text}，但报告结论“{said[2]}”"
    if spec.environment.policies.number_alone == "manual":
        return Weight.UNSURE, "number_alone", f"{number.text}，报告未写结论"
    return Weight.SUPPORT, "evidence_found", f"{number.text}，报告未见结论，按数值判（我方读法）"


_CONCLUSIONS = ("结论", "诊断", "印象", "提示", "意见")


def _is_conclusion(section: str) -> bool:
    return any(word in section for word in _CONCLUSIONS)


def _decisive(stated: Sequence[Finding]) -> list[Finding]:
    """Drop observations about what the report's own conclusion speaks of; a general conclusion overrides them all."""
    concluded = [f for f in stated if _is_conclusion(f.section)]
    spoken = {f.concept for f in concluded}
    if not spoken:
        return list(stated)
    return [f for f in stated if _is_conclusion(f.section) or f.concept not in spoken]


def _by_words(spec: _Spec, stated: Sequence[Finding]) -> tuple[tuple[Weight, str, str] | None, list[Finding], set[str]]:
    """Verdict of one report by what it states, the facts it rests on, and the findings stated absent."""
    params = spec.params
    by: dict[AssertionStatus, list[Finding]] = defaultdict(list)
    for finding in stated:
        if finding.concept in params.findings:
            by[finding.status].append(finding)
    present, denied = by[AssertionStatus.CONFIRMED], by[AssertionStatus.DENIED]
    weak = [f for f in stated if f.concept in params.weak and f.status is AssertionStatus.CONFIRMED]
    normal = [f for f in stated if f.concept in params.normal and _says_normal(spec, f, stated)]
    both = {f.concept for f in present} & {f.concept for f in denied}
    normal_concluded = any(_is_conclusion(f.section) for f in normal)
    if present:
        if normal_concluded and not any(_is_conclusion(f.section) for f in present):
            told = f"所见“{_told(present)}”而结论“{_told(normal)}”"
            return (Weight.CONFLICT, "observation_conclusion_disagree", told), [*present, *normal], set()
        clear = [f for f in present if f.concept not in both]
        excluded = params.excluded_by and {f.concept for f in denied}.issuperset(params.excluded_by)
        if not clear or excluded:
            told = f"“{_told(present)}”又说“{_told(denied)}”"
            return (Weight.CONFLICT, "contradiction", told), [*present, *denied], set()
        return _present(spec, clear), clear, set()
    absent = {f.concept for f in denied} | (set(params.findings) if normal else set())
    if weak:
        return (Weight.UNSURE, "weak_sign", f"所见“{_told(weak)}”，不足以确定"), weak, set()
    if by[AssertionStatus.SUSPECTED]:
        facts = by[AssertionStatus.SUSPECTED]
        return (Weight.REJECTED, "not_confirmed", f"“{_told(facts)}”只是考虑或待排，不算阳性"), facts, set()
    if denied or normal:
        facts = [*denied, *normal]
        return (Weight.CONTRARY, "negative", f"{_told(facts)}"), facts, absent
    past = [*by[AssertionStatus.HISTORY], *by[AssertionStatus.FAMILY]]
    if past:
        return (Weight.REJECTED, "not_confirmed", f"“{_told(past)}”是既往或家族情况，不算本次检查阳性"), past, set()
    return None, [], set()


def _says_normal(spec: _Spec, finding: Finding, stated: Sequence[Finding]) -> bool:
    """True when a statement of a normal examination speaks of what the clause asks for."""
    params = spec.params
    if finding.status is not AssertionStatus.CONFIRMED:
        return False
    if finding.modality not in (params.normal_modalities or params.modalities or (finding.modality,)):
        return False
    return spec.area is None or any(spec.area.search(_words(f)) for f in stated)


def _present(spec: _Spec, clear: Sequence[Finding]) -> tuple[Weight, str, str]:
    told = _told(clear)
    if spec.modalities and all(f.modality == "unknown" for f in clear):
        return Weight.UNSURE, "modality_unknown", f"“{told}”，是哪种检查未能识别"
    if spec.params.conclusion_only and not any(_is_conclusion(f.section) for f in clear):
        return Weight.UNSURE, "not_in_conclusion", f"“{told}”不在报告结论里"
    doubt = spec.doubt
    if doubt is not None and all(doubt.search(_words(f)) for f in clear):
        return Weight.UNSURE, "doubtful_words", f"“{told}”是否属于本项所指，需人工判断"
    return Weight.SUPPORT, "evidence_found", told


def _words(finding: Finding) -> str:
    return " ".join((finding.text, *(e.quote for e in finding.evidence)))


def _told(facts: Sequence[Finding]) -> str:
    words = sorted({(f.text or (f.evidence[0].quote if f.evidence else f.concept)).strip() for f in facts})
    return "、".join(words[:3])
