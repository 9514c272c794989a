"""``after_stay``: what is still diagnosed so long after the end of a stay for the disease (出院后3个月仍有后遗症).

The stay and the later paper are two documents; the period lies between them, not before the application date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import Field, field_validator

from rules.engine.admission import Conditions, admit
from rules.engine.case_view import CaseView, document_title
from rules.engine.dates import Period, parse_period
from rules.engine.facts import AssertionStatus, Diagnosis, DocumentType, Maybe, Unknown
from rules.engine.outcome import Candidate, Outcome, Weight
from rules.engine.predicates.base import DocumentNames, Environment, Leaf, Sourced, predicate, settle
from rules.engine.predicates.diagnosis import INPATIENT, is_provisional, states_diagnosis, when_of
from rules.engine.targets import Match, Target, make_target
from rules.engine.weighing import weigh

__all__ = ["AfterStayParams"]


class AfterStayParams(Sourced):
    name: str
    """What is sought: 运动、语言或智力后遗症."""
    after: str
    """Least time between the end of the stay and the paper: 3个月."""
    documents: DocumentNames = Field(min_length=1)
    concepts: tuple[str, ...] = Field(min_length=1)
    icd10: tuple[str, ...] = ()
    weak_concepts: tuple[str, ...] = ()
    """Diagnoses that say something remained and not what: for a person. A stay for nothing else is no new episode."""
    reading: str | None = None

    @field_validator("after")
    @classmethod
    def _known_period(cls, value: str) -> str:
        parse_period(value)
        return value


@dataclass(frozen=True, slots=True)
class _Spec:
    params: AfterStayParams
    environment: Environment
    conditions: Conditions
    period: Period
    target: Target
    weak: Target | None


@predicate("after_stay", AfterStayParams)
def build(params: AfterStayParams, environment: Environment) -> Leaf:
    words = environment.vocabulary
    period = parse_period(params.after)
    target = make_target(params.name, concepts=params.concepts, icd10=params.icd10, vocabulary=words)
    weak = make_target(params.name, concepts=params.weak_concepts, icd10=(), vocabulary=words)
    spec = _Spec(params, environment, params.conditions(), period, target, weak if params.weak_concepts else None)
    disease = environment.target.name
    label = f"{params.prefix()} {disease}出院满{period.text}后仍有{params.name}".strip()
    absent = f"未见{disease}出院满{period.text}以后写明{params.name}的材料"

    def run(case: CaseView) -> Outcome:
        ends = _ends(spec, case)
        found = [c for c in (_weigh_one(spec, case, ends, d) for d in case.diagnoses) if c is not None]
        return weigh(label, found, absent=absent, own_readings=environment.own_readings)

    return Leaf(label=label, run=run, can_be_unmet=False)


def _ends(spec: _Spec, case: CaseView) -> list[dt.date]:
    """Last days of the applicant's stays for the disease; those for what remained only where there is no other."""
    fresh: set[dt.date] = set()
    late: set[dt.date] = set()
    for diagnosis in case.diagnoses:
        if diagnosis.status is not AssertionStatus.CONFIRMED or not diagnosis.evidence:
            continue
        document = case.documents.get(diagnosis.document)
        if document is None or document.type not in (DocumentType.DISCHARGE_SUMMARY, DocumentType.FRONT_PAGE):
            continue
        if not states_diagnosis(diagnosis.section) or is_provisional(diagnosis.section, document):
            continue
        weak = spec.weak is not None and spec.weak.match(diagnosis) is Match.YES
        if spec.environment.target.match(diagnosis) is not Match.YES and not weak:
            continue
        end = _end(case, diagnosis.document)
        admitted = admit(case, spec.environment.policies, Conditions(), document.id, end, diagnosis.evidence)
        if admitted.weight is Weight.SUPPORT and not isinstance(end, Unknown):
            (late if weak else fresh).add(end)
    return sorted(fresh or late)


def _end(case: CaseView, document: str) -> Maybe[dt.date]:
    _, end = case.stays.get(document, (Unknown.ABSENT, Unknown.ABSENT))
    return case.documents[document].date if isinstance(end, Unknown) else end


def _weigh_one(spec: _Spec, case: CaseView, ends: Sequence[dt.date], diagnosis: Diagnosis) -> Candidate | None:
    exact = spec.target.match(diagnosis)
    weak = exact is not Match.YES and spec.weak is not None and spec.weak.match(diagnosis) is Match.YES
    if exact is not Match.YES and not weak:
        return None
    document = case.documents.get(diagnosis.document)
    if document is not None and document.type in INPATIENT and is_provisional(diagnosis.section, document):
        return None
    date = when_of(case, diagnosis.document, diagnosis.date)
    weight, reason, told = _content(spec, ends, diagnosis, date, weak)
    admission = admit(case, spec.environment.policies, spec.conditions, diagnosis.document, date, diagnosis.evidence)
    weight, reason, text = settle(admission, weight, reason, f"{document_title(document, date)} {told}")
    return Candidate(weight, reason, text, diagnosis.evidence, reading=admission.reading or spec.params.reading)


def _content(
    spec: _Spec, ends: Sequence[dt.date], diagnosis: Diagnosis, date: Maybe[dt.date], weak: bool
) -> tuple[Weight, str, str]:
    name, after = diagnosis.name, spec.period.text
    if diagnosis.status is not AssertionStatus.CONFIRMED:
        return Weight.REJECTED, "not_confirmed", f"“{name}”不是现在确有的"
    if isinstance(date, Unknown):
        return Weight.UNSURE, "date_unknown", f"{name}，日期未读出"
    before = [end for end in ends if end < date]
    if not before:
        if ends:
            return Weight.REJECTED, "too_early", f"{name}，不晚于出院，不能说明出院满{after}后的情况"
        told = f"{name}，未见{spec.environment.target.name}住院的出院日期，算不出是否满{after}"
        return Weight.UNSURE, "stay_unknown", told
    if spec.period.after(before[0]) > date:
        return Weight.REJECTED, "too_early", f"{name}，距 {before[0].isoformat()} 出院不满{after}"
    if spec.period.after(before[-1]) > date:
        told = f"{name}，其间 {before[-1].isoformat()} 又因本病出院，距此不满{after}"
        return Weight.UNSURE, "another_stay", told
    if not states_diagnosis(diagnosis.section):
        return Weight.UNSURE, "not_in_diagnosis_list", f"“{name}”见于{diagnosis.section or '正文'}，不在诊断栏内"
    if weak:
        return Weight.UNSURE, "kind_not_stated", f"{name}，未写明是运动、语言还是智力的后遗症"
    return Weight.SUPPORT, "evidence_found", f"{name}（{before[-1].isoformat()} 出院）"
