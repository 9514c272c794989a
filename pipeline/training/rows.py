"""Rows of laboratory sheets: those of a paper, or drawn from the vocabulary, in one sheet's way of printing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from data_samples.factory.families.labels import choose
from data_samples.factory.paper import Row
from rules.vocabulary import load_vocabulary

__all__ = ["Cells", "Printing", "printing", "sheet_rows"]

_FLAGS = (
    ("↑", "↓"), ("↑", "↓"), ("↑", "↓"), ("H", "L"), ("H", "L"), ("▲", "▼"), ("高", "低"), ("偏高", "偏低"), ("*", "*"),
    ("↑↑", "↓↓"), ("升高", "降低"), ("+", "-"), ("(H)", "(L)"), ("HH", "LL"), ("异常", "异常"), ("⬆", "⬇"),
)  # fmt: skip
_WORDS = (
    "阴性",
    "阳性",
    "阴性(-)",
    "阳性(+)",
    "-",
    "+",
    "++",
    "+-",
    "未检出",
    "正常",
    "淡黄色",
    "清",
    "弱阳性",
    "阴性（-）",
    "NEG",
    "POS",
    "1+",
    "3+",
    "未见",
    "少许",
    "A",
    "1:80",
    "1:100",
)
_TOLD = (
    "空腹", "餐后2小时", "血清", "血浆", "尿", "苦味酸法", "酶法", "肌氨酸氧化酶法", "比色法", "免疫比浊法", "干化学",
    "速率法", "定量", "定性", "镜检", "高敏", "化学发光法", "CKD-EPI", "MDRD", "校正", "静脉血", "全血", "仪器法",
)  # fmt: skip
_EXPECTED = ("阴性", "阴性(-)", "-", "阴性(—)", "<1:100", "未检出", "正常", "NEG", "阴性（-）", "", "黄色", "清亮")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """One row as printed; an empty cell is not there."""

    name: str
    abbr: str = ""
    result: str = ""
    flag: str = ""
    unit: str = ""
    range: str = ""
    limits: tuple[str, str] = ("", "")
    """Of the range, where they stand apart; what is no pair of numbers stands in the first column."""
    method: str = ""
    previous: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """How one sheet prints cells."""

    flags: tuple[str, str]
    dash: str
    bracket: str
    power: str
    micro: str
    below: str
    no_units: bool
    no_ranges: bool
    english: float
    """Chance of a row that only gives the abbreviation."""
    calm: str
    """What stands in the flag's column of a normal row."""
    named: float
    """Chance of a name that tells method or specimen in brackets."""


def printing(rng: np.random.Generator) -> Printing:
    return Printing(
        flags=choose(rng, _FLAGS),
        dash=choose(rng, ("-", "-", "-", "~", "~", "--", "—", "～", " - ", " ~ ", "－", "---", "－－", "〜")),
        bracket=choose(rng, ("", "", "", "", "()", "[]", "（）", "【】")),
        power=choose(rng, ("10^{}", "×10^{}", "10{}", "*10^{}", "10*{}", "10E{}", "x10^{}", "×10{}", "10~{}")),
        micro=choose(rng, ("μ", "μ", "u", "u", "µ")),
        below=choose(rng, ("<", "<", "≤", "＜", "< ", "0-", "0～")),
        no_units=bool(rng.random() < 0.08),
        no_ranges=bool(rng.random() < 0.06),
        english=float(choose(rng, (0, 0, 0, 0, 0.1, 1.0))),
        calm=choose(rng, ("", "", "", "", "正常", "-", "N", "—", "M")),
        named=float(choose(rng, (0, 0, 0.1, 0.3))),
    )


_Known = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], str, tuple[Any, Any] | None]
"""Names, abbreviations, units, kind, span of usual values."""


@cache
def _analytes() -> Sequence[_Known]:
    found = []
    for one in load_vocabulary().analytes.values():
        units = tuple(u for u in (one.unit, *one.units) if u)
        span = one.typical or one.plausible
        found.append(((one.name, *one.aliases), tuple(one.abbreviations), units, str(one.kind), span))
    return tuple(found)


def sheet_rows(rows: Sequence[Row], rng: np.random.Generator, how: Printing) -> list[Cells]:
    """Return the rows to print: the paper's, others from the vocabulary, or both."""
    source = choose(rng, ("paper", "words", "words", "both"))
    made: list[Cells] = []
    if source != "words":
        made += [_of_paper(row, rng, how) for row in rows]
    if source != "paper":
        count = int(choose(rng, (2, 4, 6, 8, 12, 16, 20, 24, 30, 36)))
        if source == "both":
            count //= 3
        known = _analytes()
        start = int(rng.integers(len(known)))
        # Neighbours in the vocabulary belong to one panel.
        near = [known[(start + int(k)) % len(known)] for k in rng.permutation(max(count, 1))]
        if rng.random() < 0.3:
            near = [known[int(rng.integers(len(known)))] for _ in range(count)]
        made += [_of_words(one, rng, how) for one in near]
    if not made:
        made = [_of_paper(row, rng, how) for row in rows]
    return made[:48]


def _of_paper(row: Row, rng: np.random.Generator, how: Printing) -> Cells:
    text = row.expected
    if row.low is not None or row.high is not None:
        text = _limits(row.low, row.high, how)
    flag = "" if row.flag is None else how.flags[0 if row.flag != "low" else 1]
    name, abbr = row.name, row.abbr
    if abbr and rng.random() < how.english:
        name, abbr = abbr, ""
    unit = "" if how.no_units else _unit(row.unit, how)
    name = _named(name, how, rng)
    return Cells(
        name=name, abbr=abbr, result=row.result, flag=flag, unit=unit, range="" if how.no_ranges else text,
        limits=_apart(text, row.low, row.high, how), method=row.method,
    )  # fmt: skip


def _of_words(one: _Known, rng: np.random.Generator, how: Printing) -> Cells:
    names, abbrs, units, kind, span = one
    name, abbr = choose(rng, names), choose(rng, abbrs) if abbrs else ""
    if abbr and rng.random() < how.english:
        name, abbr = abbr, ""
    if kind == "qualitative" or (kind == "either" and rng.random() < 0.4):
        odd, expected = rng.random() < 0.15, choose(rng, _EXPECTED)
        return Cells(
            name=name, abbr=abbr, result=choose(rng, _WORDS), flag=how.flags[0] if odd else "",
            unit="", range="" if how.no_ranges else expected, limits=_apart(expected, None, None, how),
        )  # fmt: skip
    low, high = (float(span[0]), float(span[1])) if span is not None else (0.0, 100.0)
    a, b = sorted(rng.uniform(low, low + (high - low) * rng.uniform(0.1, 1.0), 2))
    digits = int(choose(rng, (0, 1, 2, 2, 3))) if b < 100 else int(choose(rng, (0, 0, 1, 2)))
    result = float(rng.uniform(a, b))
    flag = ""
    draw = rng.random()
    if draw < 0.15:
        result, flag = b * float(rng.uniform(1.05, 3)), how.flags[0]
    elif draw < 0.27:
        result, flag = a * float(rng.uniform(0.2, 0.95)), how.flags[1]
    written = f"{result:.{digits}f}"
    if rng.random() < 0.03:
        written = choose(rng, ("<", ">", "＜", "<=")) + written
    ends = (f"{a:.{digits}f}", f"{b:.{digits}f}")
    lone = rng.random()
    least, most = None if lone < 0.1 else ends[0], None if 0.1 <= lone < 0.13 else ends[1]
    text = _limits(least, most, how)
    limits = _apart(text, least, most, how)
    unit = "" if how.no_units or not units else _unit(choose(rng, units), how)
    name = _named(name, how, rng)
    if rng.random() < 0.05:
        text = choose(rng, ("成人:", "男:", "女:", "正常人:")) + text
    return Cells(
        name=name, abbr=abbr, result=written, flag=flag or (how.calm if how.calm else ""),
        unit=unit, range="" if how.no_ranges else text, limits=limits,
        method=choose(rng, ("", "", "比色法", "酶法", "化学发光法", "免疫比浊法", "电极法", "速率法")),
        previous=f"{result * float(rng.uniform(0.8, 1.2)):.{digits}f}" if rng.random() < 0.7 else "",
    )  # fmt: skip


def _apart(text: str, low: str | None, high: str | None, how: Printing) -> tuple[str, str]:
    if how.no_ranges:
        return "", ""
    return (low or "", high or "") if low is not None or high is not None else (text, "")


def _named(name: str, how: Printing, rng: np.random.Generator) -> str:
    """The name with what sheets put in brackets behind it."""
    if rng.random() >= how.named:
        return name
    around = choose(rng, ("({})", "({})", "（{}）", "[{}]"))
    return name + str(around).format(choose(rng, _TOLD))


def _limits(low: str | None, high: str | None, how: Printing) -> str:
    if low is not None and high is not None:
        text = f"{low}{how.dash}{high}"
    elif high is not None:
        text = high if high[:1] in "<≤＜" else f"{how.below}{high}"
    else:
        text = f">{low}" if low and low[:1] not in ">≥" else str(low or "")
    return f"{how.bracket[0]}{text}{how.bracket[1]}" if how.bracket else text


def _unit(unit: str, how: Printing) -> str:
    unit = unit.replace("μ", how.micro).replace("µ", how.micro)
    for power in ("12", "9", "6", "3"):
        for form in (f"10^{power}", f"10*{power}"):
            if form in unit:
                return unit.replace("×", "").replace(form, how.power.format(power))
    return unit
