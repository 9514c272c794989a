"""``diagnosis``: a confirmed diagnosis in documents of given types, with hospital level, window, grade and signers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rules.engine.admission import Conditions, admit
from rules.engine.case_view import CaseView, document_title, is_admission_section
from rules.engine.facts import AssertionStatus, Diagnosis, DocumentInfo, DocumentType, Maybe, Unknown
from rules.engine.outcome import Candidate, Outcome, Weight
from rules.engine.predicates.base import (
    Environment,
    Leaf,
    ParamError,
    Params,
    Sourced,
    document_types,
    predicate,
    settle,
)
from rules.engine.targets import Match, Target, make_target
from rules.engine.weighing import weigh

__all__ = ["INPATIENT", "DiagnosisParams", "grade_rank", "states_diagnosis", "when_of"]

DEFAULT_DOCUMENTS = ("出院小结", "疾病诊断证明书")
INPATIENT = (DocumentType.DISCHARGE_SUMMARY, DocumentType.FRONT_PAGE, DocumentType.ADMISSION_RECORD)


class Graded(Params):
    """A broader diagnosis that counts from a grade on: 慢性肾脏病 from G5."""

    concepts: tuple[str, ...]
    icd10: tuple[str, ...] = ()
    grade_at_least: str


class Signers(Params):
    titles: tuple[str, ...]
    at_least: int = 1


class DiagnosisParams(Sourced):
    name: str | None = None
    """How the diagnosis is called in labels; default: the disease of the rule."""
    concepts: tuple[str, ...] = ()
    icd10: tuple[str, ...] = ()
    exclude_icd10: tuple[str, ...] = ()
    """All three empty: the disease of the rule."""
    grade_at_least: str | None = None
    grade_scale: int = 5
    """Highest grade of the scale; a grade beyond it is a misreading."""
    or_graded: tuple[Graded, ...] = ()
    signers: Signers | None = None
    reading: str | None = None
    """Sentence of ours that the report shows where this evidence decides."""


_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "Ⅰ": 1, "Ⅱ": 2, "Ⅲ": 3, "Ⅳ": 4, "Ⅴ": 5}
_NOT_STATING = ("鉴别", "依据", "术前", "中医", "死亡")


def grade_rank(grade: str | None) -> int | None:
    """``"2"``, ``"G3a"``, ``"II"`` -> 2, 3, 2; None when there is no grade or it says something else (极高危)."""
    if grade is None:
        return None
    text = grade.strip().upper().removesuffix("级").removesuffix("期")
    if text in _ROMAN:
        return _ROMAN[text]
    match = re.fullmatch(r"G?(\d)[AB]?", text)
    return int(match.group(1)) if match else None


def states_diagnosis(section: str) -> bool:
    """True for headings under which a diagnosis is made; prose and 鉴别诊断 are none."""
    return ("诊断" in section or section == "处理意见") and not any(word in section for word in _NOT_STATING)


def is_provisional(section: str, document: DocumentInfo | None) -> bool:
    """入院诊断, 初步诊断, and the 门诊诊断 printed on papers of a stay: replaced by the 出院诊断."""
    return is_admission_section(section) or ("门" in section and document is not None and document.type in INPATIENT)


def when_of(case: CaseView, document_id: str, own: Maybe[dt.date]) -> Maybe[dt.date]:
    """Date of a clinical statement: its own, else the end of the stay, else that of the document."""
    if not isinstance(own, Unknown):
        return own
    _, end = case.stays.get(document_id, (Unknown.ABSENT, Unknown.ABSENT))
    if not isinstance(end, Unknown):
        return end
    document = case.documents.get(document_id)
    if document is None:
        return Unknown.ABSENT
    # "Printed but unreadable" is more than "nothing printed": it must reach a person.
    if isinstance(document.date, Unknown) and own is not Unknown.ABSENT:
        return own
    return document.date


@dataclass(frozen=True, slots=True)
class _Spec:
    params: DiagnosisParams
    environment: Environment
    conditions: Conditions
    target: Target
    graded: tuple[tuple[Target, int], ...]
    least: int | None
    """Least grade of the disease itself."""
    label: str
    absent: str
    tells_documents: bool
    """True for the certificate of the disease itself: papers that were looked at in vain are told. For complications
    and reports every discharge summary would be told in vain."""


@predicate("diagnosis", DiagnosisParams)
def build(params: DiagnosisParams, environment: Environment) -> Leaf:
    target = own_target(params, environment)
    name = target.name
    graded = []
    for entry in params.or_graded:
        rank = grade_rank(entry.grade_at_least)
        if rank is None:
            raise ValueError(f"“{entry.grade_at_least}”不是分级，写法如 2 或 G5")
        broader = make_target(name, concepts=entry.concepts, icd10=entry.icd10, vocabulary=environment.vocabulary)
        graded.append((broader, rank))
    least = grade_rank(params.grade_at_least)
    if params.grade_at_least is not None and least is None:
        raise ValueError(f"“{params.grade_at_least}”不是分级，写法如 2 或 G5")
    documents = "或".join(params.documents or DEFAULT_DOCUMENTS)
    grade = f"（{params.grade_at_least}级及以上）" if params.grade_at_least else ""
    label = f"{params.prefix()} {documents} 确诊{name}{grade}".strip()
    absent = f"未见{params.prefix()}{documents}写明{name}{grade}"
    conditions = params.conditions(documents=DEFAULT_DOCUMENTS)
    own = target.concepts == environment.target.concepts
    tells = own and not conditions.documents.isdisjoint(document_types(DEFAULT_DOCUMENTS))
    spec = _Spec(params, environment, conditions, target, tuple(graded), least, label, absent, tells)

    def run(case: CaseView) -> Outcome:
        return _run(spec, case)

    return Leaf(label=label, run=run, can_be_unmet=True)


def own_target(params: DiagnosisParams, environment: Environment) -> Target:
    """Target that the parameters name, else the disease of the rule."""
    if not params.concepts and not params.icd10:
        return replace(environment.target, name=params.name) if params.name else environment.target
    terms = environment.vocabulary.diagnoses
    try:
        return make_target(
            params.name or "、".join(terms[c].name for c in params.concepts if c in terms),
            concepts=params.concepts,
            icd10=params.icd10,
            exclude_icd10=params.exclude_icd10,
            vocabulary=environment.vocabulary,
        )
    except ValueError as error:
        raise ParamError(str(error), ("concepts" if "词表" in str(error) else "icd10",)) from error


def _run(spec: _Spec, case: CaseView) -> Outcome:
    found = [c for c in (_weigh_one(spec, case, d) for d in case.diagnoses) if c is not None]
    if not found and spec.tells_documents:
        found = _silent_documents(spec, case)
    own = spec.environment.own_readings
    return weigh(spec.label, _contradicted(found), absent=spec.absent, own_readings=own)


def _weigh_one(spec: _Spec, case: CaseView, diagnosis: Diagnosis) -> Candidate | None:
    match = spec.target.match(diagnosis)
    least, broader = spec.least, False
    if match is None or (match is Match.CODE_ONLY and diagnosis.grade is not None):
        for target, rank in spec.graded:
            graded = target.match(diagnosis)
            if graded is not None:
                match, least, broader = graded, rank, True
                break
    if match is None:
        return None
    document = case.documents.get(diagnosis.document)
    kind = DocumentType.UNKNOWN if document is None else document.type
    if not spec.tells_documents and kind is not DocumentType.UNKNOWN and kind not in spec.conditions.documents:
        return None
    judged = _content(spec, case, diagnosis, document, match, least, broader)
    if judged is None:
        return None
    date = when_of(case, diagnosis.document, diagnosis.date)
    policies = spec.environment.policies
    admission = admit(case, policies, spec.conditions, diagnosis.document, date, diagnosis.evidence)
    weight, reason, told = judged
    text = f"{document_title(document, date)} {told}"
    if reason in _READINGS:
        reading: str | None = policies.reading(_READINGS[reason])
    else:
        reading = admission.reading or spec.params.reading
    weight, reason, text = settle(admission, weight, reason, text)
    first = last = dt.date.min
    if not isinstance(date, Unknown):
        first = last = date
    else:
        last = dt.date.max
    return Candidate(weight, reason, text, diagnosis.evidence, first, last, reading)


_READINGS = {"admission_only": "admission_diagnosis", "not_confirmed": "unconfirmed_diagnosis"}
"""Reason -> policy that it rests on."""


def _content(
    spec: _Spec,
    case: CaseView,
    diagnosis: Diagnosis,
    document: DocumentInfo | None,
    match: Match,
    least: int | None,
    broader: bool,
) -> tuple[Weight, str, str] | None:
    """What the diagnosis itself says, before asking whether its document may count."""
    name = diagnosis.name
    section = diagnosis.section
    if diagnosis.status is AssertionStatus.DENIED:
        if not states_diagnosis(section) or is_provisional(section, document) or broader:
            return None
        return Weight.CONTRARY, "denied", f"{section}：排除{name}"
    if diagnosis.status is not AssertionStatus.CONFIRMED:
        words = {
            AssertionStatus.SUSPECTED: "只是疑似或待查",
            AssertionStatus.HISTORY: "只见于既往史",
            AssertionStatus.FAMILY: "是家族史",
        }
        return Weight.REJECTED, "not_confirmed", f"{name}{words[diagnosis.status]}，不算确诊"
    if match is Match.DISAGREE:
        return Weight.CONFLICT, "name_code_disagree", f"诊断名称“{name}”与编码 {diagnosis.icd10} 不一致"
    if match is Match.CODE_ONLY:
        return Weight.UNSURE, "code_only", f"诊断“{name}”没有写明，只有编码 {diagnosis.icd10} 指到本病种"
    if is_provisional(section, document):
        if diagnosis.document in case.with_discharge:
            return None
        return Weight.UNSURE, "admission_only", f"只见{section}“{name}”，未见出院诊断"
    if not states_diagnosis(section):
        if diagnosis.document in case.with_discharge:
            return Weight.REJECTED, "not_in_diagnosis_list", f"“{name}”见于{section or '正文'}，未列入出院诊断"
        return Weight.UNSURE, "not_in_diagnosis_list", f"“{name}”见于{section or '正文'}，不在诊断栏内"
    graded = _grade(diagnosis, least, broader, spec.params.grade_scale)
    if graded is not None:
        return graded
    signed = _signed(spec.params.signers, document)
    rank = None if least is None else grade_rank(diagnosis.grade)
    shown = f"{name}（{rank} {_grade_word(diagnosis)}）" if rank is not None and str(rank) not in name else name
    return signed or (Weight.SUPPORT, "evidence_found", f"{section}：{shown}")


def _grade_word(diagnosis: Diagnosis) -> str:
    return "期" if (diagnosis.grade or "").upper().startswith("G") else "级"


def _grade(diagnosis: Diagnosis, least: int | None, broader: bool, scale: int) -> tuple[Weight, str, str] | None:
    if least is None:
        return None
    rank = grade_rank(diagnosis.grade)
    if rank is None or not 1 <= rank <= (5 if broader else scale):
        if diagnosis.grade is not None:
            return Weight.UNSURE, "grade_unclear", f"诊断“{diagnosis.name}”的分级“{diagnosis.grade}”认不出"
        if broader:
            return Weight.REJECTED, "grade_not_stated", f"诊断“{diagnosis.name}”未写明分期"
        return Weight.REJECTED, "grade_not_stated", f"诊断“{diagnosis.name}”未写明分级（危险分层不等于分级）"
    if rank < least:
        word = _grade_word(diagnosis)
        return Weight.CONTRARY, "below_grade", f"诊断“{diagnosis.name}”为 {rank} {word}，低于要求的 {least} {word}"
    return None


def _signed(signers: Signers | None, document: DocumentInfo | None) -> tuple[Weight, str, str] | None:
    if signers is None:
        return None
    names = document.signers if document else ()
    count = sum(1 for name in names if name in signers.titles)
    if count >= signers.at_least:
        return None
    wanted = f"{signers.at_least} 名{'或'.join(signers.titles)}"
    return Weight.UNSURE, "signers_unclear", f"需{wanted}签署，认出 {count} 名"


def _contradicted(found: Sequence[Candidate]) -> list[Candidate]:
    """A confirmation is in conflict with a denial, or a lower grade, of the same day or later."""
    contrary = [c for c in found if c.weight is Weight.CONTRARY]
    support = [c for c in found if c.weight is Weight.SUPPORT]
    if not contrary or not support:
        return list(found)
    latest = max(c.last for c in contrary)
    beaten = [c for c in support if c.first <= latest]
    if len(beaten) < len(support):
        # A newer clear confirmation stands.
        return list(found)
    opposed = [*beaten, *contrary]
    return [replace(c, weight=Weight.CONFLICT, reason="contradiction") if c in opposed else c for c in found]


def _silent_documents(spec: _Spec, case: CaseView) -> list[Candidate]:
    """Documents of the right kind that do not name the disease: told, so that a person knows they were looked at."""
    conditions = spec.conditions
    found = []
    for document in case.documents.values():
        if document.type not in conditions.documents or case.roots.get(document.id, document.id) != document.id:
            continue
        text = f"{document_title(document)} 未见写明{spec.target.name}"
        admission = admit(case, spec.environment.policies, conditions, document.id, document.date, ())
        if admission.weight is Weight.REJECTED:
            found.append(Candidate(Weight.REJECTED, admission.reason, f"{text}（{admission.text}）"))
        else:
            found.append(Candidate(Weight.REJECTED, "diagnosis_not_stated", text))
    return found
