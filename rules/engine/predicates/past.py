"""``past_disease``: a disease that the applicant has had, where the clause asks for the history itself (开放性骨折史).

Elsewhere a diagnosis told only as past supports nothing. Here it is what the clause wants: a diagnosis made in an
earlier paper, or told in the history that a physician took. A denial in that history is the contrary.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import Field

from rules.engine.admission import admit
from rules.engine.case_view import CaseView, document_title
from rules.engine.facts import AssertionStatus, Diagnosis
from rules.engine.outcome import Candidate, Outcome, Weight
from rules.engine.predicates.base import Environment, Leaf, Params, Sourced, located, predicate, settle
from rules.engine.predicates.diagnosis import is_provisional, when_of
from rules.engine.targets import Match, Target, make_target
from rules.engine.weighing import weigh

__all__ = ["PastDiseaseParams"]


class PastOne(Params):
    """One disease that counts."""

    concepts: tuple[str, ...] = Field(min_length=1)
    icd10: tuple[str, ...] = ()
    words: str | None = None
    """Regular expression that the printed name must match: 开放 of a fracture."""


class PastDiseaseParams(Sourced):
    name: str
    any_of: tuple[PastOne, ...] = Field(min_length=1)
    reading: str | None = None


@dataclass(frozen=True, slots=True)
class _One:
    target: Target
    words: re.Pattern[str] | None


@predicate("past_disease", PastDiseaseParams)
def build(params: PastDiseaseParams, environment: Environment) -> Leaf:
    wanted: list[_One] = []
    for index, entry in enumerate(params.any_of):
        with located("any_of", index):
            target = make_target(
                params.name, concepts=entry.concepts, icd10=entry.icd10, vocabulary=environment.vocabulary
            )
            try:
                words = re.compile(entry.words) if entry.words else None
            except re.error as error:
                raise ValueError(f"words 不是合格的正则表达式：{error}") from error
            wanted.append(_One(target, words))
    conditions = params.conditions()
    label = f"{params.prefix()} 有{params.name}史".strip()

    def run(case: CaseView) -> Outcome:
        found: list[Candidate] = []
        for diagnosis in case.diagnoses:
            if not any(_is_one(one, diagnosis) for one in wanted):
                continue
            weight, reason, told = _content(case, diagnosis)
            date = when_of(case, diagnosis.document, diagnosis.date)
            admission = admit(case, environment.policies, conditions, diagnosis.document, date, diagnosis.evidence)
            title = document_title(case.documents.get(diagnosis.document), date)
            weight, reason, text = settle(admission, weight, reason, f"{title} {told}")
            found.append(
                Candidate(weight, reason, text, diagnosis.evidence, reading=admission.reading or params.reading)
            )
        if {Weight.SUPPORT, Weight.CONTRARY} <= {c.weight for c in found}:
            found = [_opposed(c) for c in found]
        return weigh(label, found, absent=f"未见{label}的记载", own_readings=environment.own_readings)

    return Leaf(label=label, run=run, can_be_unmet=True)


def _is_one(one: _One, diagnosis: Diagnosis) -> bool:
    if one.target.match(diagnosis) is not Match.YES:
        return False
    return one.words is None or one.words.search(diagnosis.name) is not None


def _content(case: CaseView, diagnosis: Diagnosis) -> tuple[Weight, str, str]:
    """What the statement says, before asking whether its document may count."""
    name, section = diagnosis.name, diagnosis.section or "正文"
    status = diagnosis.status
    if status is AssertionStatus.HISTORY:
        return Weight.SUPPORT, "evidence_found", f"{section}：既往{name}"
    if status is AssertionStatus.DENIED:
        return Weight.CONTRARY, "denied", f"{section}：否认{name}"
    if status is AssertionStatus.CONFIRMED:
        if is_provisional(section, case.documents.get(diagnosis.document)):
            # 入院诊断 may have been corrected by the end of the stay.
            return Weight.UNSURE, "admission_only", f"只见{section}“{name}”"
        return Weight.SUPPORT, "evidence_found", f"{section}：{name}"
    if status is AssertionStatus.FAMILY:
        return Weight.REJECTED, "not_confirmed", f"{name}是家族史"
    return Weight.REJECTED, "not_confirmed", f"{name}只是疑似或待查"


def _opposed(candidate: Candidate) -> Candidate:
    if candidate.weight not in (Weight.SUPPORT, Weight.CONTRARY):
        return candidate
    return Candidate(Weight.CONFLICT, "contradiction", candidate.text, candidate.evidence, reading=candidate.reading)
