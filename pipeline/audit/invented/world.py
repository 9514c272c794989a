"""The invented bureau: its hospitals, channels, months and people, and what was planted in them.

Everything that :data:`PLANTED` names is set here and nowhere else, so that the list and the data stay one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = [
    "CHANNELS",
    "FIRST_DAY",
    "HOSPITALS",
    "LAST_DAY",
    "PLANTED",
    "REVIEWERS",
    "SNAPSHOT",
    "Hospital",
    "Planted",
]

FIRST_DAY, LAST_DAY = dt.date(2025, 4, 1), dt.date(2026, 9, 30)
"""First submissions fall in these eighteen months."""
SNAPSHOT = dt.date(2026, 10, 31)
"""Day of the export: what would happen later has not happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hospital:
    """A hospital that does not exist."""

    name: str
    rank: int
    grade: str | None
    weight: float
    """Share of applications."""
    unsealed: float = 0.04
    """Chance that its 申请表 comes without the seal or the signature."""
    only: Mapping[str, float] | None = None
    """Diseases that it treats, where it is a special hospital."""


_COMMON = (
    ("上饶市信江云岚医院", 3, "甲", 0.15),
    ("上饶市灵溪湖医院", 2, "甲", 0.10),
    ("鄱湾县饶北河人民医院", 2, "甲", 0.10),
    ("云岚县人民医院", 2, "甲", 0.09),
    ("灵溪县中医院", 2, "乙", 0.06),
    ("茶亭坞县人民医院", 2, "甲", 0.07),
    ("旭日湖区医院", 2, "乙", 0.05),
    ("饶北河第二医院", 2, "乙", 0.05),
    ("信江新城医院", 3, "乙", 0.07),
    ("石桥岭县人民医院", 2, "甲", 0.06),
    ("葛溪口医院", 2, "乙", 0.04),
)
HOSPITALS: tuple[Hospital, ...] = (
    *(Hospital(name=name, rank=rank, grade=grade, weight=weight) for name, rank, grade, weight in _COMMON),
    Hospital(name="丹霞岭市中心医院", rank=3, grade="乙", weight=0.08, unsealed=0.34),
    Hospital(
        name="江西旭日湖肿瘤医院", rank=3, grade="甲", weight=0.12, only={"malignant_tumor": 0.92, "uremia": 0.08}
    ),
    Hospital(name="青石渡康复医院", rank=2, grade=None, weight=0.0012, unsealed=0.75),
)

CHANNELS: Mapping[str, float] = {
    "ganfutong": 0.22,
    "wechat": 0.34,
    "hospital": 0.20,
    "window": 0.14,
    "portal": 0.10,
}
BAD_PICTURE: Mapping[str, float] = {
    "ganfutong": 0.015,
    "wechat": 0.035,
    "hospital": 0.006,
    "window": 0.004,
    "portal": 0.015,
}
"""Chance that a paper has to be photographed again."""
SCANNED = frozenset({"hospital", "window"})

WECHAT_SQUEEZES_FROM = dt.date(2026, 5, 1)
WECHAT_SQUEEZED = 0.10
"""Added to :data:`BAD_PICTURE` of 微信 from that day."""
THERMAL = 0.30
"""Added for paper that photographs badly."""
BACKLOG = (dt.date(2026, 2, 9), dt.date(2026, 3, 6))
"""Submissions of these weeks wait longer to be taken up."""
OVERSURE_FROM = dt.date(2026, 6, 1)
OVERSURE = 0.09
"""From that day the machine is wrong by so much more than its confidence says."""
PLAQUE_REJECTED = 0.34
"""Chance that people do not accept what the machine takes for 动脉硬化 (高血压, item 7)."""
NUMBER_REJECTED = 0.28
"""Chance that people do not accept a lung function by its number alone (慢阻肺, item 2)."""
OTHERWISE_REJECTED = 0.006
NUMBER_ALONE = 0.30
"""Share of positive lung functions that print a number and no conclusion."""
SECOND_ALWAYS = frozenset({"malignant_tumor"})
REVIEWERS = tuple(f"reviewer-{number}" for number in range(1, 13))


@dataclass(frozen=True, slots=True)
class Planted:
    """One thing that an analyst should find."""

    key: str
    chinese: str


PLANTED: tuple[Planted, ...] = (
    Planted("missing_leads", "退回的首要原因是缺材料；糖尿病缺得最多的是第 3 项（肾功能、眼底、肌电图或神经检查）。"),
    Planted("below_standard_leads", "不予认定的首要原因是检验值未达标准。"),
    Planted("lung_function_photos", "慢阻肺缺检查报告的，一半以上其实交过肺功能，是热敏纸拍不清；其他材料少得多。"),
    Planted("wechat_pictures", "微信渠道须重拍的最多；2026 年 5 月起明显升高，此前平稳，其他渠道没有变。"),
    Planted("wechat_squeezes", "微信 2026 年 5 月起多出的须重拍材料是字太小（图片被压缩），此前微信和其他渠道都不是。"),
    Planted("unsealed_hospital", "丹霞岭市中心医院退回最多，主要因为申请表没有盖章或签字；按病种校正后仍然如此。"),
    Planted("case_mix", "江西旭日湖肿瘤医院退回率看似偏高，是病种构成造成的；按病种校正后在界限之内。"),
    Planted("small_hospital", "青石渡康复医院份数太少，不单独列名。"),
    Planted("plaque", "高血压第 7 项（动脉硬化）机器判符合而人不认可的最多，是机器偏宽的主要来源。"),
    Planted(
        "number_alone", "慢阻肺第 2 项只按一秒率数值判阳性的经验口径，被人否定的比例高于其余口径（第 7 项的除外）。"
    ),
    Planted("second_reading", "须复核的恶性肿瘤最容易超过 20 个工作日，时间主要花在复核。"),
    Planted("backlog", "2026 年 2 月、3 月初提交的申请等待领取的时间明显变长，别的月份没有。"),
    Planted("oversure", "2026 年 6 月起机器把握偏高：实际被改判的比例高于它所说的；此前相符。"),
    Planted("creatinine", "尿毒症第 2 项肌酐门槛由 707 改为 600 μmol/L，只影响尿毒症的这一项，没有人因此变差。"),
)
