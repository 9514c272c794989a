"""Plain Chinese for what rule files say in short: classes, grades of sources, trouble, hospital levels."""

from __future__ import annotations

import re

__all__ = ["category_words", "cost_words", "grade_words", "level_words"]

_GRADES = {
    "A": "官方原文，或医院、法规库转载的官方原文",
    "B": "二手资料，已与另一个来源对照",
    "C": "来源不可靠，只作线索",
    "G": "本系统自己的读法（经验口径），不是条文",
    "M": "凭记忆写下，没有找到出处",
}
_LESS = {
    "A": "官方原文的转载，有残缺或版本较旧",
    "B": "二手资料，没有与别的来源对照，或看得出经过删减",
}
_COSTS = {
    1: "很容易",
    2: "容易",
    3: "一般，先看手上有没有现成的",
    4: "一般，先看手上有没有现成的",
    5: "较费事，先看手上有没有现成的",
    6: "较费事，先看手上有没有现成的",
    7: "费事，先看手上有没有现成的，没有的先问医师",
    8: "费事，先看手上有没有现成的，没有的先问医师",
    9: "很费事，先看手上有没有现成的，没有的先问医师",
}
"""Of the rank alone: what papers they are stands in ``accepts``, and one rank is of papers of many kinds."""
_CLASS = re.compile(r"([ⅠⅡⅢⅣⅤ]|[甲乙丙丁])类?(.*)")


def grade_words(grade: str) -> str:
    """What the grade of a source means; a new grade stays as it is written."""
    known = _LESS.get(grade[0]) if grade.endswith(("-", "－", "−")) else None
    return known or _GRADES.get(grade.rstrip("-－−+"), f"可信度 {grade}")


def cost_words(cost: int) -> str:
    """How much trouble an item is: 1 a copy at the window .. 9 an operation."""
    return _COSTS.get(cost, "")


def category_words(category: str) -> str:
    """``Ⅱ基本`` -> ``Ⅱ类基本``; empty where a region has no classes."""
    match = _CLASS.fullmatch(category)
    return f"{match[1]}类{match[2]}" if match else category


def level_words(level: str) -> str:
    """``二级`` -> ``二级及以上医院``, ``三级甲等`` -> ``三级甲等医院``."""
    name = level.removesuffix("及以上")
    return f"{name}{'' if name.startswith('三级甲') else '及以上'}医院"
