"""``lab_panel``: several abnormalities of one and the same sample; ``lab_reported``: a result is there at all.

Two cell lines reduced at once (再障) are a statement about one blood count: anaemia of one year and a low platelet
count of another are none. ``lab`` combined with ``all`` could not tell the two apart.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from pydantic import Field

from rules.engine.admission import admit
from rules.engine.case_view import CaseView, document_title
from rules.engine.facts import LabResult, Unknown
from rules.engine.outcome import Candidate, Outcome, Weight
from rules.engine.policies import is_own
from rules.engine.predicates.base import Environment, Leaf, Params, Sourced, known_ids, located, predicate, settle
from rules.engine.predicates.lab import Comparison, make_tests, one_sample, printed, weigh_results
from rules.engine.weighing import Count, weigh

__all__ = ["LabPanelParams", "LabReportedParams"]


class Part(Params):
    """One abnormality: any of its comparisons shows it."""

    name: str
    any_of: tuple[Comparison, ...] = Field(min_length=1)


class LabPanelParams(Sourced):
    name: str
    parts: tuple[Part, ...] = Field(min_length=2)
    k: int | None = Field(default=None, ge=1)
    """So many parts on one sample; default: all."""
    times: int = Field(default=1, ge=1)
    consistent: bool = False
    """True: a sample that fails contradicts one that holds (a normal stimulation test beside an abnormal one)."""
    reading: str | None = None


class LabReportedParams(Sourced):
    name: str
    analytes: tuple[str, ...] = Field(min_length=1)
    """Any of them."""


@predicate("lab_panel", LabPanelParams)
def build_panel(params: LabPanelParams, environment: Environment) -> Leaf:
    needed = params.k or len(params.parts)
    if needed > len(params.parts):
        raise ValueError(f"k 写了 {needed}，但 parts 只有 {len(params.parts)} 项")
    tests = [
        make_tests(part.any_of, environment.vocabulary, ("parts", index, "any_of"))
        for index, part in enumerate(params.parts)
    ]
    names = "、".join(part.name for part in params.parts)
    how = "同时有" if needed == len(params.parts) else f"同时有 {needed} 项："
    label = f"{params.prefix()} {params.name}（同一次检验{how}{names}）".strip()
    conditions = params.conditions(examination=not params.documents)
    count = Count(at_least=params.times)

    def run(case: CaseView) -> Outcome:
        days: dict[object, list[list[Candidate]]] = defaultdict(lambda: [[] for _ in params.parts])
        loose: list[Candidate] = []
        for index, part_tests in enumerate(tests):
            samples: dict[object, list[tuple[LabResult, Candidate]]] = defaultdict(list)
            for result, candidate in weigh_results(case, part_tests, conditions, environment.policies):
                if candidate.weight is Weight.REJECTED:
                    loose.append(candidate)
                    continue
                day = candidate.first if candidate.first == candidate.last else None
                samples[day or ("undated", result.document)].append((result, candidate))
            for key, members in samples.items():
                days[key][index] = one_sample(case, part_tests, members)
        found = [_one_day(parts, needed, params.reading) for parts in days.values()]
        if params.consistent and {Weight.SUPPORT, Weight.CONTRARY} <= {c.weight for c in found}:
            decided = (Weight.SUPPORT, Weight.CONTRARY)
            found = [
                replace(c, weight=Weight.CONFLICT, reason="contradiction") if c.weight in decided else c for c in found
            ]
        absent = f"未见{params.prefix()}{params.name}化验结果"
        return weigh(label, [*found, *loose], count=count, absent=absent, own_readings=environment.own_readings)

    return Leaf(label=label, run=run, can_be_unmet=True)


def _one_day(parts: Sequence[Sequence[Candidate]], needed: int, reading: str | None) -> Candidate:
    """One verdict for one sample."""
    # Among equals what rests on no reading of ours stands for the part: it counts even where ours are switched off.
    best = [min(candidates, key=lambda c: (c.weight, is_own(c.reading), c.order)) for candidates in parts if candidates]
    support = [c for c in best if c.weight is Weight.SUPPORT]
    open_ = [c for c in best if c.weight in (Weight.CONFLICT, Weight.UNSURE)]
    against = [c for c in best if c.weight is Weight.CONTRARY]
    if len(support) >= needed:
        weight, reason, used = Weight.SUPPORT, "evidence_found", support
    elif len(support) + len(open_) >= needed:
        weight, reason, used = min(c.weight for c in open_), open_[0].reason, [*support, *open_]
    elif len(parts) - len(against) < needed:
        weight, reason, used = Weight.CONTRARY, against[0].reason, [*against, *support]
    else:
        weight, reason, used = Weight.REJECTED, "panel_incomplete", [*support, *open_, *against]
    told = "；".join(dict.fromkeys(c.text for c in used))
    if reason == "panel_incomplete":
        told += "（同一次检验的其他项目未见）"
    evidence = tuple(dict.fromkeys(e for c in used for e in c.evidence))
    first, last = max(c.first for c in used), min(c.last for c in used)
    said = next((c.reading for c in used if c.reading), None) or reading
    return Candidate(weight, reason, told, evidence, min(first, last), max(first, last), said)


@predicate("lab_reported", LabReportedParams)
def build_reported(params: LabReportedParams, environment: Environment) -> Leaf:
    with located("analytes"):
        known_ids("化验项目", params.analytes, environment.vocabulary.analytes)
    conditions = params.conditions(examination=not params.documents)
    label = f"{params.prefix()} 已做{params.name}".strip()

    def run(case: CaseView) -> Outcome:
        found = []
        for result in case.lab_results:
            if result.analyte not in params.analytes:
                continue
            document = case.documents.get(result.document)
            date = Unknown.ABSENT if document is None else document.date
            if not isinstance(result.sampled_at, Unknown):
                date = result.sampled_at.date()
            admission = admit(case, environment.policies, conditions, result.document, date, result.evidence)
            text = f"{document_title(document, date)} {printed(result)}"
            weight, reason, text = settle(admission, Weight.SUPPORT, "evidence_found", text)
            first, last = (dt.date.min, dt.date.max) if isinstance(date, Unknown) else (date, date)
            found.append(Candidate(weight, reason, text, result.evidence, first, last, admission.reading))
        return weigh(label, found, absent=f"未见{params.name}结果", own_readings=environment.own_readings)

    return Leaf(label=label, run=run, can_be_unmet=False)
