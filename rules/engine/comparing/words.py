"""Chinese words for what rules say by id, and small helpers for sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from rules.engine.judgement import Conclusion, Status

__all__ = [
    "CONCLUSIONS",
    "KINDS_OF_TREATMENT",
    "MODALITIES",
    "STATUSES",
    "item_word",
    "listed",
    "named",
    "period_of",
    "quoted",
]

STATUSES: Mapping[Status | None, str] = {
    Status.MET: "符合",
    Status.UNMET: "不符合",
    Status.MISSING: "未见材料",
    Status.CONFLICTING: "证据冲突",
    Status.MANUAL: "需人工",
    Status.NOT_APPLICABLE: "不适用",
    None: "无此项",
}

CONCLUSIONS: Mapping[Conclusion, str] = {
    Conclusion.MEETS: "材料支持",
    Conclusion.NOT_MET: "材料不支持",
    Conclusion.INSUFFICIENT: "待补材料",
    Conclusion.MANUAL: "需人工",
}

MODALITIES: Mapping[str, str] = {
    "ct": "CT",
    "mri": "磁共振",
    "xray": "X 线",
    "ultrasound": "超声",
    "echo": "心脏超声",
    "ecg": "心电图",
    "holter": "动态心电图",
    "pathology": "病理",
    "cytology": "细胞学",
    "endoscopy": "内镜",
    "lung_function": "肺功能",
    "angiography": "血管造影",
    "fundus": "眼底",
    "slit_lamp": "裂隙灯",
    "emg": "肌电图",
    "eeg": "脑电图",
    "bone_density": "骨密度",
    "exercise_test": "运动试验",
    "nerve_exam": "神经检查",
    "nuclear": "核医学",
    "unknown": "未写明的检查",
}

KINDS_OF_TREATMENT: Mapping[str, str] = {
    "drug": "用药",
    "operation": "手术",
    "dialysis": "透析",
    "chemotherapy": "化疗",
    "radiotherapy": "放疗",
    "transplant": "移植",
    "palliative": "对症姑息治疗",
    "rehabilitation": "康复",
    "other": "其他治疗",
}


def listed(words: Iterable[str]) -> str:
    return "、".join(words)


def quoted(text: str) -> str:
    return f"“{text}”"


def item_word(item: str) -> str:
    """``第2项``; an id that is no number is quoted."""
    return f"第{item}项" if item[:1].isdigit() else f"“{item}”项"


def named(item: str | None) -> str:
    return "" if item is None else item_word(item)


def period_of(since: dt.date | None, until: dt.date | None) -> str:
    """``自 2027-01-01 起``; empty where the days are not limited."""
    if since and until:
        return f"{since.isoformat()} 至 {until.isoformat()}"
    if since:
        return f"自 {since.isoformat()} 起"
    return f"至 {until.isoformat()} 止" if until else ""
