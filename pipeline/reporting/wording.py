"""The words of the expert's report: statuses, suggestions, kinds. They recommend; people decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.nouns import Severity
from rules.engine.comparing import words
from rules.engine.facts import AssertionStatus, Flag, InkState, Owner, VisitKind
from rules.engine.judgement import Conclusion, Status

__all__ = [
    "ASSERTIONS",
    "CONCLUSIONS",
    "FLAGS",
    "FORM_FIELDS",
    "INK",
    "KINDS",
    "MODALITIES",
    "OWNERS",
    "SEALS",
    "SEVERITIES",
    "STAGES",
    "STATUSES",
    "VISITS",
    "Suggestion",
    "doubt_word",
    "model_fields",
    "reading_text",
]

STATUSES: Mapping[Status, str] = {status: words.STATUSES[status] for status in Status}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """How a conclusion is put: ``short`` for the switch, ``text`` as a recommendation, ``status`` for the icon."""

    short: str
    text: str
    status: Status


CONCLUSIONS: Mapping[Conclusion, Suggestion] = {
    Conclusion.MEETS: Suggestion("材料支持", "建议：现有材料支持认定所需的条目，请专家核对原件后决定。", Status.MET),
    Conclusion.NOT_MET: Suggestion(
        "材料不支持", "建议：现有材料不支持认定所需的条目，请专家核对下列原因后决定。", Status.UNMET
    ),
    Conclusion.INSUFFICIENT: Suggestion("待补材料", "建议：材料还不够，先请申请人补充，再作判断。", Status.MISSING),
    Conclusion.MANUAL: Suggestion("需人工", "建议：有条目须由专家判断，机器不作推荐。", Status.MANUAL),
}

SEALS: Mapping[str, str] = {
    "same": "与抬头一致",
    "other": "与抬头不是一家医院",
    "only_seal": "没有抬头，医院名取自此章",
    "unread": "",
    "not_compared": "",
}
"""Seal against letterhead, by the agreement that report.json names."""

ASSERTIONS: Mapping[AssertionStatus, str] = {
    AssertionStatus.CONFIRMED: "明确",
    AssertionStatus.SUSPECTED: "待定/可疑",
    AssertionStatus.DENIED: "否定",
    AssertionStatus.HISTORY: "既往",
    AssertionStatus.FAMILY: "家族史",
}

OWNERS: Mapping[Owner, str] = {
    Owner.APPLICANT: "申请人",
    Owner.OTHER: "疑为他人",
    Owner.UNKNOWN: "无法核对",
}

FLAGS: Mapping[Flag, str] = {Flag.HIGH: "↑ 高", Flag.LOW: "↓ 低", Flag.ABNORMAL: "＊ 异常"}

SEVERITIES: Mapping[Severity, str] = {
    Severity.ERROR: "未能使用",
    Severity.WARNING: "请先核对",
    Severity.INFO: "提示",
}

VISITS: Mapping[VisitKind, str] = {VisitKind.OUTPATIENT: "门诊", VisitKind.INPATIENT: "住院"}

INK: Mapping[str, str] = {
    InkState.PRESENT.value: "有",
    InkState.EMPTY.value: "空白",
    InkState.UNSURE.value: "看不准，请看原件",
}

FORM_FIELDS: Mapping[str, str] = {
    "applicant_name": "申请人",
    "disease_applied": "申请病种",
    "physician_name": "医师姓名",
    "physician_title": "医师职称",
    "physician_signature": "医师签名",
    "hospital_seal": "医院盖章",
    "applied_on": "申请日期",
    "hospital": "医院",
    "phone": "联系电话",
    "agent": "代办人",
    "applicant_signature": "申请人签名",
}

KINDS: Mapping[str, str] = {**words.KINDS_OF_TREATMENT, "operation": "手术/操作"}
"""Reports list small procedures under the same kind."""

MODALITIES: Mapping[str, str] = {**words.MODALITIES, "unknown": ""}
"""An examination that is not named is left unnamed here; the rules say so in words."""

STAGES: Mapping[str, str] = {
    "intake": "接收",
    "reading": "识读",
    "page_reader": "版面模型",
    "classifying": "分类",
    "extracting": "提取",
    "normalising": "归一",
    "judging": "核对条目",
    "reporting": "出具报告",
}

_DOUBTS: Mapping[str, str] = {
    "flag_range_disagree": "箭头与参考区间不一致",
    "unit_unknown": "单位不认识",
    "unit_repaired": "单位按惯例补正",
    "implausible": "数值不合常理",
    "ambiguous_name": "项目名有歧义",
    "row_mismatch": "行对应不确定",
    "low_confidence": "字迹识读把握低",
    "value_unreadable": "结果看不清",
    "reference_unreadable": "参考区间看不清",
    "several_patients": "同一页有几个人的单子",
    "model_only": "只有版面模型读到",
    "readers_disagree": "规则与版面模型读得不一样",
    "reference_model_only": "参考区间只有版面模型读到",
}


def doubt_word(code: str) -> str:
    """Chinese for a doubt code; the code itself where it is new."""
    return _DOUBTS.get(code, code)


_HEAD_FIELDS: Mapping[str, str] = {
    "type": "材料种类",
    "hospital": "医院",
    "hospital_level": "医院级别",
    "department": "科室",
    "date": "日期",
    "name": "姓名",
    "sex": "性别",
    "age": "年龄",
    "birth_date": "出生日期",
    "id_number": "证件号",
}


def model_fields(marks: Sequence[str]) -> str:
    """Chinese names of fields of heads and identities."""
    return "、".join(_HEAD_FIELDS.get(name, name) for name in (mark.partition(":")[0] for mark in marks))


def reading_text(text: str) -> str:
    """A reading of ours without the words 经验口径 that the report prints as its label."""
    return text.removeprefix("经验口径").lstrip("：: ") if text.startswith("经验口径") else text
