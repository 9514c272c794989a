"""Whether a piece of evidence may count at all: whose it is, which document, which hospital, when, how sure.

One function decides it for every predicate. A clear "no" (another person, too old, hospital below the level) makes the
evidence count as missing with that reason; anything that could not be read makes it unsure, for a person to look at.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rules.engine.case_view import REPORTS, CaseView, short_label
from rules.engine.dates import Period
from rules.engine.facts import DocumentInfo, DocumentType, Evidence, HospitalLevel, Maybe, Owner, Unknown
from rules.engine.outcome import Weight
from rules.engine.policies import Policies

__all__ = ["Admission", "Conditions", "admit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a clause asks of the document and the date."""

    documents: frozenset[DocumentType] = frozenset()
    """Empty: any document."""
    level: int = 0
    """Least rank of the hospital; 0: not asked."""
    grade: str | None = None
    """甲 where the clause says 三级甲等."""
    window: Period | None = None
    departments: tuple[str, ...] = ()
    examination: bool = False
    """True where the clause wants the report of an examination, not a sentence about it."""


@dataclass(frozen=True, slots=True)
class Admission:
    """``weight`` is SUPPORT when nothing speaks against counting it, else UNSURE or REJECTED with the reason."""

    weight: Weight
    reason: str = ""
    text: str = ""
    reading: str | None = None


_CLEAR = Admission(Weight.SUPPORT)
_LEVELS = {1: "一级", 2: "二级", 3: "三级"}


def admit(
    case: CaseView,
    policies: Policies,
    conditions: Conditions,
    document_id: str,
    date: Maybe[dt.date],
    evidence: Sequence[Evidence],
    *,
    doubts: Sequence[str] = (),
) -> Admission:
    """Decide whether evidence of ``document_id`` dated ``date`` may count under ``conditions``."""
    document = case.documents.get(document_id)
    if document is None:
        return Admission(Weight.UNSURE, "document_unknown", "不知出自哪份材料")
    checks = (
        _person(document, policies),
        _kind(document, policies, conditions),
        _time(case, policies, conditions, date),
        _hospital(document, policies, conditions) if conditions.level else None,
        _department(document, conditions) if conditions.departments else None,
        _sureness(policies, evidence, doubts),
    )
    first = None
    for check in checks:
        if check is not None:
            if check.weight is Weight.REJECTED:
                return check
            first = first or check
    return first or _CLEAR


def _person(document: DocumentInfo, policies: Policies) -> Admission | None:
    if document.owner is Owner.OTHER:
        return Admission(Weight.REJECTED, "other_person", "不是申请人本人的材料")
    if document.owner is Owner.UNKNOWN and policies.unknown_owner == "manual":
        # A sheet without a readable name may be a relative's: it never decides alone (hazard H15).
        return Admission(
            Weight.UNSURE, "owner_unknown", "未读出姓名，不能确认是否为申请人本人", policies.reading("unknown_owner")
        )
    return None


def _kind(document: DocumentInfo, policies: Policies, conditions: Conditions) -> Admission | None:
    kind = document.type
    if "type" in document.model_only:
        # What the sentences of a paper mean hangs on its type as well: nothing on it decides without a person.
        return Admission(Weight.UNSURE, "document_type_unknown", "这份材料的种类只由版面模型判断，请人工核对")
    if conditions.documents and kind not in conditions.documents:
        if kind is DocumentType.UNKNOWN:
            return Admission(Weight.UNSURE, "document_type_unknown", "这份材料的种类未能识别")
        return Admission(Weight.REJECTED, "wrong_document", f"出自{short_label(kind)}，本项不认这种材料")
    if conditions.examination and kind not in REPORTS:
        if kind is DocumentType.UNKNOWN:
            return Admission(Weight.UNSURE, "document_type_unknown", "这份材料的种类未能识别")
        if policies.quoted_examination == "manual":
            text = f"只是{short_label(kind)}中的转述，未见检查报告原件"
            return Admission(Weight.UNSURE, "quoted_only", text, policies.reading("quoted_examination"))
    return None


def _time(case: CaseView, policies: Policies, conditions: Conditions, date: Maybe[dt.date]) -> Admission | None:
    if not isinstance(date, Unknown):
        if date > case.as_of:
            return Admission(Weight.REJECTED, "future_date", "日期晚于申请日期")
        if conditions.window is not None and date < conditions.window.before(case.as_of):
            return Admission(Weight.REJECTED, "outside_window", f"已超出近{conditions.window.text}")
        return None
    if conditions.window is not None:
        return Admission(Weight.UNSURE, "date_unknown", f"日期未读出，不能确认在近{conditions.window.text}内")
    if date is not Unknown.ABSENT:
        return Admission(Weight.UNSURE, "date_unreadable", "日期不清")
    if policies.undated_evidence == "manual":
        return Admission(Weight.UNSURE, "date_unknown", "日期未读出", policies.reading("undated_evidence"))
    return None


def _hospital(document: DocumentInfo, policies: Policies, conditions: Conditions) -> Admission | None:
    level = document.hospital_level
    if isinstance(level, HospitalLevel) and level.rank > conditions.level:
        return None
    wanted = _LEVELS[conditions.level] + (f"{conditions.grade}等" if conditions.grade else "及以上")
    if not isinstance(level, HospitalLevel):
        text = f"医院级别未知，本项要求{wanted}"
        weight = Weight.UNSURE if policies.unknown_hospital_level == "manual" else Weight.REJECTED
        return Admission(weight, "hospital_level_unknown", text, policies.reading("unknown_hospital_level"))
    if level.rank < conditions.level:
        return Admission(Weight.REJECTED, "hospital_below_level", f"出具医院为{level.label}，本项要求{wanted}")
    if conditions.grade is not None and level.rank == conditions.level and level.grade != conditions.grade:
        if level.grade is None:
            text = f"医院为{level.label}，等次未知，本项要求{wanted}"
            return Admission(Weight.UNSURE, "hospital_level_unknown", text)
        return Admission(Weight.REJECTED, "hospital_below_level", f"出具医院为{level.label}，本项要求{wanted}")
    return None


_WARD = re.compile(r"[（(]?[一二三四五六七八九十\d]+[）)]?(?=科)")
"""Number of a ward inside the name of its department: 神经内三科, 神经内(一)科."""


def _department(document: DocumentInfo, conditions: Conditions) -> Admission | None:
    wanted = "、".join(conditions.departments)
    if isinstance(document.department, Unknown):
        return Admission(Weight.UNSURE, "department_unknown", f"科室未读出，本项要求{wanted}")
    printed = (document.department, _WARD.sub("", document.department))
    if not any(name in told for name in conditions.departments for told in printed):
        return Admission(Weight.REJECTED, "wrong_department", f"科室为{document.department}，本项要求{wanted}")
    return None


def _sureness(policies: Policies, evidence: Sequence[Evidence], doubts: Sequence[str]) -> Admission | None:
    placed = [e for e in evidence if e.box[2] > e.box[0] and e.box[3] > e.box[1]]
    if not placed:
        return Admission(Weight.UNSURE, "no_place", "没有指到页面上的位置")
    # Evidence of several facts may stand together (a visit and what was diagnosed at it): each has to be seen twice.
    if any(e.model_alone for e in placed):
        return Admission(Weight.UNSURE, "model_only", "只有版面模型读到，没有第二个来源，请对照原件")
    read = [e.confidence for e in placed if not e.generative]
    if not read:
        return Admission(Weight.UNSURE, "generative_only", "只有生成式模型的读数，没有第二个来源")
    if any(e.for_human for e in placed):
        return Admission(Weight.UNSURE, "low_confidence", "把握低于免人工核对的界限")
    # The low end counts: a result is as sure as its least sure part. A NaN is not sure either.
    if not min(read) >= policies.min_confidence:
        return Admission(Weight.UNSURE, "low_confidence", "识别把握不足", policies.reading("min_confidence"))
    if doubts:
        return Admission(Weight.UNSURE, "doubtful_result", "读数存疑（" + "、".join(_doubt(d) for d in doubts) + "）")
    return None


_DOUBTS = {
    "flag_range_disagree": "异常标记与参考范围不符",
    "unit_unknown": "单位不明",
    "unit_repaired": "单位经推定",
    "implausible": "数值超出合理范围",
    "ambiguous_name": "项目名称不明确",
    "row_mismatch": "行列可能错位",
    "low_confidence": "识别把握不足",
    "value_unreadable": "数值不清",
    "reference_unreadable": "参考范围不清",
    "several_patients": "同一页有几个人的单子",
    "model_only": "只有版面模型读到",
    "readers_disagree": "规则与版面模型读得不一样",
    "reference_model_only": "参考范围只有版面模型读到",
}


def _doubt(code: str) -> str:
    return _DOUBTS.get(code, "其他原因")
