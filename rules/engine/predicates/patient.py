"""``patient``: age and sex of the applicant; ``course``: how long the disease has been known."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from rules.engine.admission import Conditions, admit
from rules.engine.case_view import CaseView, document_title
from rules.engine.dates import parse_period
from rules.engine.facts import AssertionStatus, Owner, PatientIdentity, Unknown
from rules.engine.outcome import Candidate, Outcome, Weight
from rules.engine.predicates.base import Environment, Leaf, Params, predicate, settle
from rules.engine.predicates.diagnosis import INPATIENT, DiagnosisParams, own_target, when_of
from rules.engine.targets import Match
from rules.engine.weighing import weigh

__all__: list[str] = []


class PatientParams(Params):
    age_at_least: int | None = Field(default=None, ge=0)
    age_at_most: int | None = Field(default=None, ge=0)
    sex: Literal["男", "女"] | None = None

    @model_validator(mode="after")
    def _something(self) -> PatientParams:
        if self.age_at_least is None and self.age_at_most is None and self.sex is None:
            raise ValueError("没有写条件，请写 age_at_least、age_at_most 或 sex")
        return self


@predicate("patient", PatientParams)
def build_patient(params: PatientParams, environment: Environment) -> Leaf:
    words = [f"年满 {params.age_at_least} 周岁" if params.age_at_least is not None else ""]
    words += [f"不超过 {params.age_at_most} 周岁" if params.age_at_most is not None else "", params.sex or ""]
    label = "申请人" + "，".join(w for w in words if w)

    def run(case: CaseView) -> Outcome:
        found: list[Candidate] = []
        for person in case.facts.patient:
            document = case.documents.get(person.document)
            if document is None or document.owner is Owner.OTHER:
                continue
            verdict = _fits(params, person, case.as_of, document.date, stay=document.type in INPATIENT)
            if verdict is None:
                continue
            holds, told = verdict
            weight = Weight.UNSURE if holds is None else Weight.SUPPORT if holds else Weight.CONTRARY
            admission = admit(case, environment.policies, Conditions(), document.id, Unknown.ABSENT, person.evidence)
            weight, reason, text = settle(admission, weight, "person", f"{document_title(document)} {told}")
            found.append(Candidate(weight, reason, text, person.evidence, reading=admission.reading))
        weights = {c.weight for c in found}
        if {Weight.SUPPORT, Weight.CONTRARY} <= weights:
            found = [Candidate(Weight.CONFLICT, "contradiction", c.text, c.evidence) for c in found]
        return weigh(label, found, absent="未读出申请人的年龄或性别", own_readings=environment.own_readings)

    return Leaf(label=label, run=run, can_be_unmet=True)


def _fits(
    params: PatientParams, person: PatientIdentity, as_of: dt.date, printed: dt.date | Unknown, *, stay: bool
) -> tuple[bool | None, str] | None:
    verdicts: list[bool | None] = []
    told: list[str] = []
    if params.sex is not None:
        if isinstance(person.sex, Unknown):
            return None
        verdicts.append(person.sex == params.sex)
        told.append(person.sex)
    if params.age_at_least is not None or params.age_at_most is not None:
        span = _ages(person, as_of, printed, stay=stay)
        if span is None:
            return None
        low, high = span
        told.append(f"{low} 岁" if low == high else f"{low}-{high} 岁")
        for bound, is_least in ((params.age_at_least, True), (params.age_at_most, False)):
            if bound is not None:
                sure = low >= bound if is_least else high <= bound
                never = high < bound if is_least else low > bound
                verdicts.append(True if sure else False if never else None)
    if False in verdicts:
        return False, "，".join(told)
    return (None if None in verdicts else True), "，".join(told)


def _ages(person: PatientIdentity, as_of: dt.date, printed: dt.date | Unknown, *, stay: bool) -> tuple[int, int] | None:
    """Least and greatest age in whole years on ``as_of``.

    A printed age may have grown by a year since, though not on its day; papers of a ``stay`` print that at admission.
    """
    if not isinstance(person.birth_date, Unknown):
        born = person.birth_date
        age = as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day))
        return age, age
    if isinstance(person.age, Unknown) or isinstance(printed, Unknown):
        return None
    passed = Decimal((as_of - printed).days) / Decimal("365.25")
    low = person.age + passed
    return int(low), int(low + 1) if stay else math.ceil(low + 1) - 1


class CourseParams(DiagnosisParams):
    """Duration of the disease: confirmed for the first time at least ``at_least`` ago."""

    at_least: str
    section_history: bool = True

    @model_validator(mode="after")
    def _period(self) -> CourseParams:
        parse_period(self.at_least)
        return self


@predicate("course", CourseParams)
def build_course(params: CourseParams, environment: Environment) -> Leaf:
    target = own_target(params, environment)
    period = parse_period(params.at_least)
    conditions = params.conditions()
    label = f"{params.prefix()} {target.name}病程满{period.text}".strip()

    def run(case: CaseView) -> Outcome:
        limit = period.before(case.as_of)
        found = []
        for diagnosis in case.diagnoses:
            if diagnosis.status is not AssertionStatus.CONFIRMED or target.match(diagnosis) is not Match.YES:
                continue
            date = when_of(case, diagnosis.document, diagnosis.date)
            title = document_title(case.documents.get(diagnosis.document), date)
            admission = admit(case, environment.policies, conditions, diagnosis.document, date, diagnosis.evidence)
            if isinstance(date, Unknown):
                weight, reason, text = Weight.UNSURE, "date_unknown", f"{title} 确诊日期未读出"
            elif date <= limit:
                weight, reason, text = Weight.SUPPORT, "evidence_found", f"{title} 已确诊"
            else:
                weight, reason, text = Weight.REJECTED, "course_too_short", f"{title} 确诊，至申请日期不满{period.text}"
            weight, reason, text = settle(admission, weight, reason, text)
            found.append(Candidate(weight, reason, text, diagnosis.evidence, reading=admission.reading))
        return weigh(label, found, absent=f"未见能证明{label}的材料", own_readings=environment.own_readings)

    return Leaf(label=label, run=run, can_be_unmet=False)
