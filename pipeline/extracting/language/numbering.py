"""Numbers of lists in every style: 1. 2. 3, 一、二、, ①②③, (1)(2), I. II.; followed as they count up (hazard H10)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.extracting.language.text import GAP, SOFT

__all__ = ["ICD", "STYLES", "Mark", "chain_of"]

ICD = re.compile(r"(?<![A-Za-z0-9])([A-TV-Z]\d{2}(?:\.(?:\d{1,3}|[xX]\d{0,2}))?(?:[xX]\d{2,3}|\+\w*)?)(?![A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class Mark:
    start: int
    end: int
    number: int
    sign: str
    edge: bool
    """Stands at the start of a row, or after a gap or punctuation."""


_CIRCLED = {char: n for base in ("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", "❶❷❸❹❺❻❼❽❾❿") for n, char in enumerate(base, 1)}
_PARENTHESISED = {char: n for n, char in enumerate("⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿", 1)}
_DOTTED = {char: n for n, char in enumerate("⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓", 1)}
_HAN = {char: n for n, char in enumerate("一二三四五六七八九十", 1)}


def _han(text: str) -> int:
    if len(text) == 2 and text[0] == "十":
        return 10 + _HAN[text[1]]
    return _HAN.get(text, 0)


def _signs(table: dict[str, int], name: str) -> Callable[[str, bytes | bytearray, int, int], list[Mark]]:
    def find(text: str, before: bytes | bytearray, start: int, end: int) -> list[Mark]:
        return [
            Mark(i, i + 1 + (text[i + 1 : i + 2] in (".", "、")), table[text[i]], name, _edge(text, before, i, start))
            for i in range(start, end)
            if text[i] in table
        ]

    return find


def _han_marks(text: str, before: bytes | bytearray, start: int, end: int) -> list[Mark]:
    marks = []
    for match in re.compile(r"(?:\(([一二三四五六七八九十]{1,2})\)|([一二三四五六七八九十]{1,2})[、.])").finditer(
        text, start, end
    ):
        number = _han(match[1] or match[2])
        edge = _edge(text, before, match.start(), start)
        if number and (edge or text[match.start() - 1] not in "第十有"):
            marks.append(Mark(match.start(), match.end(), number, "(一)" if match[1] else "一、", edge))
    return marks


_PAREN = re.compile(r"\((\d{1,2})\)[.、]?|(?<![\d.(])(\d{1,2})\)[.、]?")
_DIGIT = re.compile(r"(?<![\d.A-Za-z/×<>~-])([1-9]\d?|[lI|](?=[.、]))([.、,:·]|(?=\s|\t))(?!\d*[%/])")
# After "2." a decimal would follow: its digits must open a name (2.2型糖尿病), not carry a unit (2.5cm).
_DECIMAL = re.compile(
    r"\d+(?:\.\d|[a-zA-Zμ%×*/^]|厘米|毫米|公分|倍|万|岁|年|个?月|天|日|次|小时|分|-\d|~\d|$)|\d+[,;。)]", re.IGNORECASE
)


def _paren_marks(text: str, before: bytes | bytearray, start: int, end: int) -> list[Mark]:
    return [
        Mark(m.start(), m.end(), int(m[1] or m[2]), "(1)" if m[1] else "1)", _edge(text, before, m.start(), start))
        for m in _PAREN.finditer(text, start, end)
    ]


def _digit_marks(text: str, before: bytes | bytearray, start: int, end: int) -> list[Mark]:
    marks = []
    for match in _DIGIT.finditer(text, start, end):
        edge = _edge(text, before, match.start(), start)
        sign = match[2]
        if (not sign or match[1] in "lI|") and not edge:
            continue
        if not sign and text[match.end()] == "\t" and ICD.search(text[max(start, match.start() - 12) : match.start()]):
            continue
        if sign in ".·" and sign and _DECIMAL.match(text[match.end() : min(end, match.end() + 8)]):
            continue
        number = 1 if match[1] in "lI|" else int(match[1])
        marks.append(Mark(match.start(), match.end(), number, sign or " ", edge))
    for i in range(start, end):  # "1 高血压" whose white space was dropped between digit and Chinese
        nxt = i + 1
        if text[i].isdecimal() and nxt < end and before[nxt] & GAP and not text[nxt].isascii():
            alone = i == start or not (text[i - 1].isdigit() or text[i - 1] == ".")
            if alone and _edge(text, before, i, start) and text[i] != "0":
                marks.append(Mark(i, nxt, int(text[i]), " ", True))
    return sorted(marks, key=lambda mark: mark.start)


def _edge(text: str, before: bytes | bytearray, index: int, start: int) -> bool:
    return index == start or text[index - 1] in "\n\t,;。、: #" or bool(before[index] & (GAP | SOFT))


_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8}
_ROMAN |= {char: n for n, char in enumerate("ⅠⅡⅢⅣⅤⅥⅦⅧ", 1)}
_ROMAN_MARK = re.compile(r"(?<![A-Za-z])(VI{0,3}|I{1,3}|IV|[Ⅰ-Ⅷ])[.、](?=[\u4e00-\u9fff\d])")


def _roman_marks(text: str, before: bytes | bytearray, start: int, end: int) -> list[Mark]:
    """I. II. III.; one alone is no list (a misread 1 is a digit's mark)."""
    found = [m for m in _ROMAN_MARK.finditer(text, start, end) if _edge(text, before, m.start(), start)]
    marks = [Mark(m.start(), m.end(), _ROMAN[m[1]], "I.", True) for m in found]
    return marks if {1, 2} <= {mark.number for mark in marks} else []


STYLES = (
    _roman_marks,
    _han_marks,
    _digit_marks,
    _signs(_DOTTED, "⒈"),
    _paren_marks,
    _signs(_PARENTHESISED, "⑴"),
    _signs(_CIRCLED, "①"),
)


def _after_lost(marks: Sequence[Mark], last: Mark, sign: str) -> list[Mark]:
    """Marks that go on after one number was not read: at an edge, or with the number after them in place."""
    skipped = [m for m in marks if m.start >= last.end and m.number == last.number + 2 and m.sign == sign]
    following = {m.number for m in marks if m.sign == sign and m.start > last.end}
    return [m for m in skipped if m.edge or m.number + 1 in following]


def chain_of(marks: Sequence[Mark]) -> list[Mark]:
    """Return the marks that count up from the first one, or an empty list when they do not make a list."""
    best: list[Mark] = []
    for first in [m for m in marks if m.number == 1][:3] or [m for m in marks if m.edge][:1]:
        chain = [first]
        while True:
            last = chain[-1]
            ahead = [m for m in marks if m.start >= last.end and m.number == last.number + 1]
            same = [m for m in ahead if m.sign == first.sign] or [m for m in ahead if m.edge]
            same = same or _after_lost(marks, last, first.sign)
            if not same:
                break
            chain.append(same[0])
        if len(chain) > len(best):
            best = chain
    if len(best) == 1 and not best[0].edge:
        return []
    return best
