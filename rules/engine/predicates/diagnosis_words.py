"""``diagnosis_words``: a confirmed diagnosis whose printed name says more: 中重度, 股骨头, 原发性.

The clause asks for a form of the disease that neither a concept of the vocabulary nor a grade tells. Only the printed
name of the diagnosis counts, so that 轻度 of another line of the page never does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from rules.engine.case_view import CaseView
from rules.engine.facts import AssertionStatus, Diagnosis
from rules.engine.judgement import Status, TraceNode
from rules.engine.outcome import Outcome, truth
from rules.engine.predicates import diagnosis
from rules.engine.predicates.base import Environment, Leaf, compiled, predicate
from rules.engine.targets import name_contradicts_code

__all__ = ["DiagnosisWordsParams"]


class DiagnosisWordsParams(diagnosis.DiagnosisParams):
    wanted: str
    """What the name must say, for labels: 中重度."""
    words: str
    """Regular expression that the printed name must match."""
    contrary: str | None = None
    """Regular expression of names that say the opposite (轻度): unmet where nothing better is there."""


@predicate("diagnosis_words", DiagnosisWordsParams)
def build(params: DiagnosisWordsParams, environment: Environment) -> Leaf:
    words = compiled("words", params.words)
    contrary = compiled("contrary", params.contrary)
    inner = diagnosis.build(params, environment)
    target = diagnosis.own_target(params, environment)
    label = f"{inner.label}，并写明{params.wanted}"

    def of_interest(fact: Diagnosis) -> bool:
        return fact.status is AssertionStatus.CONFIRMED and target.match(fact) is not None

    def only(case: CaseView, keep: Callable[[Diagnosis], bool]) -> Outcome:
        kept = tuple(d for d in case.diagnoses if not of_interest(d) or keep(d))
        return inner.run(replace(case, diagnoses=kept))

    def says(pattern: re.Pattern[str] | None, fact: Diagnosis) -> bool:
        return pattern is not None and pattern.search(fact.name) is not None

    def named(case: CaseView) -> list[Diagnosis]:
        return [d for d in case.diagnoses if of_interest(d) and says(words, d) and not says(contrary, d)]

    def run(case: CaseView) -> Outcome:
        opposite = only(case, lambda d: says(contrary, d))
        stated = only(case, lambda d: says(words, d) and not says(contrary, d))
        if stated.status is Status.MET and opposite.status is Status.MET:
            text = f"{_bare(stated)}；但{_bare(opposite)}。"
            return _outcome(label, Status.CONFLICTING, "contradiction", text, stated, opposite)
        if stated.status is Status.MET and all(name_contradicts_code(d, environment.vocabulary) for d in named(case)):
            text = f"{_bare(stated)}，但所印编码属于另一种疾病。"
            return _outcome(label, Status.CONFLICTING, "name_code_disagree", text, stated)
        if stated.status in (Status.MET, Status.MANUAL, Status.CONFLICTING):
            return _outcome(label, stated.status, stated.reason, stated.message, stated)
        if opposite.status is Status.MET:
            text = f"{_bare(opposite)}，不是{params.wanted}。"
            return _outcome(label, Status.UNMET, "below_grade", text, opposite)
        whole = inner.run(case)
        if whole.status is Status.MET:
            text = f"{_bare(whole)}，未写明{params.wanted}。"
            return _outcome(label, Status.MISSING, "grade_not_stated", text, whole)
        return _outcome(label, whole.status, whole.reason, whole.message, whole)

    return Leaf(label=label, run=run, can_be_unmet=True)


def _bare(outcome: Outcome) -> str:
    return outcome.message.rstrip("。")


def _outcome(
    label: str, status: Status, reason: str, message: str, shown: Outcome, opposed: Outcome | None = None
) -> Outcome:
    """The outcome of ``shown`` under another verdict; what was seen and does not suffice is told as against it."""
    decides = status is not Status.MISSING
    seen = shown.evidence if opposed is None else (*shown.evidence, *opposed.evidence)
    return Outcome(
        status,
        reason,
        message,
        TraceNode(label=label, value=truth(status), status=status, note=message, children=shown.trace.children),
        seen if decides else (),
        shown.against if decides else (*shown.against, *seen),
        shown.readings,
    )
