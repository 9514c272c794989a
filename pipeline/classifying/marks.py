"""Page marks as hospitals print them: 第1页/共2页, 1/2, 第一页 共两页, Page 1 of 2; and 续页, 接上页."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.fields import fold
from pipeline.fields.geometry import height, text_span
from pipeline.nouns import Line

__all__ = ["continues", "page_mark"]

_N = "([0-9lI]{1,2}|[一二两三四五六七八九十])"
_P = "[页頁张張]"
_GAP = r"[,，、/;:(]*"
_OF = "(?:/|共|总共?|合计|of)"
_MARKS = (
    re.compile(rf"第{_N}{_P}?{_GAP}(?:\(?续\)?)?{_GAP}{_OF}共?{_N}{_P}", re.IGNORECASE),
    re.compile(rf"(?:共|总|合计){_N}{_P}[^0-9]{{0,4}}?第{_N}{_P}", re.IGNORECASE),
    re.compile(rf"(?<![0-9]){_N}{_P}/共?{_N}{_P}"),
    re.compile(rf"(?<![0-9/]){_N}/{_N}{_P}"),
    re.compile(rf"(?:页码|页次|页数|页号|Page)[:.]?{_N}(?:/|of|共|-){_N}(?![0-9])", re.IGNORECASE),
    re.compile(rf"^(?:页|P)[:.]?{_N}/{_N}$", re.IGNORECASE),
)
_BARE = (
    re.compile(r"^[-(]?([0-9]{1,2})/([0-9]{1,2})[-)]?$"),
    re.compile(r"^([0-9]{1,2})of([0-9]{1,2})$", re.IGNORECASE),
    re.compile(r"^-([0-9]{1,2})-$"),
)
"""Numbers alone are page marks only at the upper or lower edge of the print."""
_ALONE = (
    re.compile(rf"^(?:当前)?第{_N}{_P}(?:[(,，;]|$)"),
    re.compile(rf"(?:页码|页次|页号)[:.]?{_N}$"),
    re.compile(rf"第{_N}{_P}$"),
    re.compile(rf"^第{_N}{_P}"),
)
_TOTAL = re.compile(rf"^(?:/|共|总共?){_N}{_P}$")
_HAN = {c: i for i, c in enumerate("一二三四五六七八九十", start=1)} | {"两": 2}


def page_mark(lines: Sequence[Line]) -> tuple[int, int | None] | None:
    """Printed page mark (k, n), n None where only k is printed; None where no mark is printed."""
    _, y0, _, y1 = text_span(lines)
    texts = [(line, fold(line.text).text) for line in lines]
    for number, pattern in enumerate(_MARKS):
        for _, text in texts:
            match = pattern.search(text)
            pair = [_value(group) for group in match.groups()] if match else []
            if pair and (mark := _sound(*(reversed(pair) if number == 1 else pair))) is not None:
                return mark
    for pattern in _BARE:
        for line, text in texts:
            match = pattern.search(text)
            place = ((line.upright[1] + line.upright[3]) / 2 - y0) / max(y1 - y0, 1.0)
            if match and not 0.14 < place < 0.86:
                k, *rest = (_value(group) for group in match.groups())
                if (mark := _sound(k, rest[0] if rest else None)) is not None:
                    return mark
    for pattern in _ALONE:
        for line, text in texts:
            match = None if any(whole.search(text) for whole in _MARKS) else pattern.search(text)
            if match and (mark := _sound(_value(match.group(1)), _total_beside(line, texts))) is not None:
                return mark
    return None


def _value(group: str) -> int:
    return _HAN.get(group) or int(group.replace("l", "1").replace("I", "1"))


def _sound(k: int, n: int | None) -> tuple[int, int | None] | None:
    return (k, n) if k >= 1 and (n is None or k <= n) else None


def _total_beside(line: Line, texts: Sequence[tuple[Line, str]]) -> int | None:
    """Number of pages printed apart, level with the mark: 第1页 | 共2页."""
    y = (line.upright[1] + line.upright[3]) / 2
    for other, text in texts:
        match = _TOTAL.match(text)
        if match and abs((other.upright[1] + other.upright[3]) / 2 - y) < 0.7 * height(line):
            return _value(match.group(1))
    return None


_CONTINUED = re.compile(
    r"^[(]?(?:[续接承](?:上|前)页|上接第?\d{0,2}页|续页|续表|附页)\d{0,2}[):]?$|[(](?:续页?|续表|接上页|续\d)[)]$"
)


def continues(lines: Sequence[Line]) -> bool:
    """True when the upper part of the page says that it goes on with the page before."""
    _, y0, _, y1 = text_span(lines)
    limit = y0 + 0.25 * (y1 - y0)
    return any(line.upright[1] <= limit and _CONTINUED.search(fold(line.text).text) for line in lines)
