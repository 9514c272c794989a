"""Short Chinese names of the policies (口径) and of the values they can take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["TITLES", "policy_title", "policy_value"]

TITLES: Mapping[str, str] = {
    "min_confidence": "识别把握的最低要求",
    "unknown_owner": "未读出姓名的材料",
    "unknown_hospital_level": "医院级别不明的材料",
    "undated_evidence": "未印日期的材料",
    "quoted_examination": "病历中转述的检查结果",
    "number_alone": "只有数值、没有结论的检查报告",
    "alternatives": "几种检查可选时怎样判不符合",
    "unconfirmed_diagnosis": "疑似、既往和家族史的诊断",
    "unclear_list": "列举未写明“和”还是“或”的",
    "distinct_results": "几次化验怎样计",
    "visit_span": "几次就诊的相隔",
    "window_bounds": "近几年怎样算",
    "catch_all": "其他相关材料",
    "complication_certificate": "伴有并发症的病种的诊断证明",
    "admission_diagnosis": "入院诊断与出院诊断",
    "own_readings": "本系统读法（经验口径）",
}
_VALUES: Mapping[tuple[str, str], str] = {
    ("unknown_hospital_level", "missing"): "按未见材料",
    ("number_alone", "met"): "按数值判",
    ("alternatives", "all_examined"): "每一种都查了且都阴性",
    ("alternatives", "any_negative"): "有一种阴性",
    ("unconfirmed_diagnosis", "never_supports"): "不作依据",
    ("unclear_list", "some_is_manual"): "只具备一部分的交人工",
    ("unclear_list", "any_is_met"): "具备其一即符合",
    ("distinct_results", "by_day"): "按不同采样日期",
    ("visit_span", "first_to_last"): "首次与末次相隔",
    ("window_bounds", "inclusive"): "首尾两日都算",
    ("catch_all", "never_by_machine"): "由人工裁量",
    ("complication_certificate", "disease_itself"): "须确诊该病本身",
    ("admission_diagnosis", "yields_to_discharge"): "以出院诊断为准",
    ("own_readings", "use"): "采用",
}
_COMMON: Mapping[str, str] = {"manual": "交人工核对", "accept": "可以采用"}


def policy_title(name: str) -> str:
    return TITLES.get(name, "其他口径")


def policy_value(name: str, value: Any) -> str:
    """Chinese; a number as it is."""
    if value is None:
        return "未规定"
    return _VALUES.get((name, str(value))) or _COMMON.get(str(value)) or str(value)
