"""How one laboratory prints results: flags, limits, units, names, column words, typeface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from data_samples.factory.families.labels import LabelStyle, choose, label_style

__all__ = ["COLUMN_WORDS", "FLAG_STYLES", "Habits", "habits"]

FLAG_STYLES: Mapping[str, Mapping[str, str]] = {
    "arrows": {"high": "↑", "low": "↓", "abnormal": "↑"},
    "arrows-star": {"high": "↑", "low": "↓", "abnormal": "*"},
    "solid": {"high": "▲", "low": "▼", "abnormal": "▲"},
    "letters": {"high": "H", "low": "L", "abnormal": "A"},
    "words": {"high": "偏高", "low": "偏低", "abnormal": "异常"},
    "short-words": {"high": "高", "low": "低", "abnormal": "阳"},
    "star": {"high": "*", "low": "*", "abnormal": "*"},
    "none": {},
}

COLUMN_WORDS: Mapping[str, tuple[str, ...]] = {
    "no": ("序号", "No", "NO.", "编号", "行号", "#"),
    "name": ("检验项目", "项目名称", "项目", "检测项目", "项 目", "中文名称", "检验项目名称", "分析项目"),
    "abbr": ("英文缩写", "缩写", "代号", "简称", "英文名称", "英文", "代码", "英文对照"),
    "result": ("结果", "检验结果", "测定结果", "检测结果", "结 果", "测定值", "检测值"),
    "flag": ("提示", "状态", "标志", "异常", "异常提示", "", "高低", "标识"),
    "unit": ("单位", "单 位", "计量单位"),
    "range": ("参考区间", "参考范围", "参考值", "正常参考值", "参考值范围", "生物参考区间", "正常值", "参考范围值"),
    "low": ("下限", "参考下限", "低值"),
    "high": ("上限", "参考上限", "高值"),
    "method": ("检测方法", "方法", "检验方法", "方法学"),
    "previous": ("上次结果", "历史结果", "前次结果", "上次"),
    "sensitivity": ("敏感性", "敏感度", "解释", "判读"),
}

_FACES = (
    "song",
    "song",
    "times+song",
    "times+song",
    "arial+song",
    "ming",
    "times+ming",
    "fangsong",
    "hei",
    "arial+hei",
    "micro",
    "zen",
    "kai",
    "times+kai",
    "wenkai",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """One laboratory's ways."""

    face: str
    head_face: str
    """Typeface of the hospital's name and the title."""
    labels: LabelStyle
    columns: Mapping[str, str]
    flags: Mapping[str, str]
    flag_place: str
    """``column``, ``after``, ``before``, ``first`` (a column before the names) or ``none``."""
    flag_red: bool
    flag_bold: bool
    dash: str
    below: str
    """Before an upper limit that stands alone."""
    above: str
    bracket: str
    """Around a range: ``()``, ``[]`` or nothing."""
    power: str
    """``caret``, ``times-caret``, ``super``, ``times-super``, ``unicode``, ``star``, ``e``."""
    micro: str
    name: str
    """``plain``, ``paren`` (abbreviation after), ``front`` (abbreviation before), ``star`` (recognised elsewhere)."""
    star: str

    def column(self, key: str) -> str:
        """Return the head of column ``key``."""
        return self.columns.get(key, "")


def habits(rng: np.random.Generator, *, words: Mapping[str, str] | None = None, **fixed: Any) -> Habits:
    """Choose habits; ``fixed`` sets fields of :class:`Habits`, ``words`` labels of head fields."""
    place = choose(rng, ("column", "column", "after", "after", "before", "first", "none"))
    style = "none" if place == "none" else choose(rng, [key for key in FLAG_STYLES if key != "none"])
    chosen = Habits(
        face=choose(rng, _FACES),
        head_face=choose(rng, ("song", "song", "hei", "kai", "ming", "wenkai")),
        labels=label_style(rng, **(words or {})),
        columns={key: choose(rng, options) for key, options in COLUMN_WORDS.items()},
        flags=FLAG_STYLES[style],
        flag_place=place,
        flag_red=bool(rng.random() < 0.12),
        flag_bold=bool(rng.random() < 0.2),
        dash=choose(rng, ("-", "-", "-", "~", "~", "--", "—", "～", " - ", " ~ ", "－", "---")),
        below=choose(rng, ("<", "<", "≤", "＜", "< ")),
        above=choose(rng, (">", "≥", "≥", "＞", "> ")),
        bracket=choose(rng, ("", "", "", "", "", "()", "[]")),
        power=choose(rng, ("caret", "caret", "times-caret", "super", "times-super", "unicode", "star", "e")),
        micro=choose(rng, ("μ", "μ", "u", "u", "µ")),
        name=choose(rng, ("plain", "plain", "plain", "paren", "front", "star")),
        star=choose(rng, ("*", "★", "☆", "※", "△")),
    )
    return replace(chosen, **fixed)
