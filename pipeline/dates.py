"""Finds calendar dates and times in Chinese medical print, as OCR gives it (hazard H12).

Understands 2025-09-12, 2025/9/12, 2025.09.12, 2025年9月12日, 25-09-12, 20250912, 20250912073100, ``2025-09-1207:31``
(glued by the reader), 2025年9月, 二〇二四年三月五日, 上午10时32分, spaces inside, and letters read for digits (2O25).
Impossible dates (month 13, 31 April, 30 February) are rejected, never bent to a possible one.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["FoundDate", "Precision", "parse_dates", "single_date"]


class Precision(StrEnum):
    """How much of the moment is printed. ``value`` holds the first instant of the printed span."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    MINUTE = "minute"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDate:
    """One date found in a text."""

    value: dt.datetime
    """Naive local time. For coarser precisions the first instant: use :attr:`date` where a day is needed."""
    start: int
    end: int
    """Span in the text given, ``text[start:end]``."""
    precision: Precision
    repaired: bool = False
    """True where letters were read as digits or a separator was missing: worth a look, not a reason to refuse."""
    short_year: bool = False
    """True where the year had two digits and the century is our reading (00-40: 20xx, else 19xx)."""

    @property
    def date(self) -> dt.date | None:
        """The day, or None when no day is printed."""
        return self.value.date() if self.precision in (Precision.DAY, Precision.MINUTE) else None


# One glyph to one glyph, so that spans in the cleaned text are spans in the raw text.
_SAME = {
    "0123456789": "０１２３４５６７８９",
    ":": "：∶︰",
    "/": "／",
    ".": "．。",
    "-": "－—–‐−‑﹣⁃ー～~",
    ",": "，、",
    "年": "牛",
    "日": "曰目",
    " ": "\u3000\u00a0\t",
}
_PLAIN = {
    ord(glyph): (plain[index] if len(plain) > 1 else plain)
    for plain, glyphs in _SAME.items()
    for index, glyph in enumerate(glyphs)
}
_LETTER_DIGITS = {"O": "0", "o": "0", "Q": "0", "D": "0", "〇": "0", "○": "0", "◯": "0", "l": "1", "I": "1", "|": "1"}
_LETTER_DIGITS |= {"i": "1", "Z": "2", "z": "2", "S": "5", "s": "5", "B": "8"}
_HAN = {"〇": 0, "○": 0, "◯": 0, "零": 0, "O": 0, "o": 0, "0": 0, "Ｏ": 0}
_HAN |= {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_SEPARATORS = "-/.:年月日时点分号 "

_TIME = (
    r"(?P<half>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚|夜间|am|pm|AM|PM)?\s*"
    r"(?P<h>[01]?\d|2[0-3])\s*(?::|;|[时点])\s*(?P<mi>[0-5]?\d)(?!\d)(?:\s*分)?(?:\s*:?\s*(?P<s>[0-5]\d)(?![\d:])(?:\s*秒)?)?"
)
_AFTER = r"(?:\s*[T,]?\s*|\s*\(?\s*)"
_YEAR = r"(?P<y>(?:1\s?9|2\s?0)\s?\d\s?\d)"
_FULL = [
    # 2025年9月12日, digits may stand apart as on forms filled by hand.
    re.compile(rf"(?<!\d){_YEAR}\s*年\s*(?P<m>\d\s?\d?)\s*月\s*(?P<d>\d\s?\d?)\s*(?:[日号]|(?!\d))"),
    re.compile(r"(?<![\d.])(?P<y2>\d{2})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*[日号]"),
    # 2025-09-12 and kin; a padded month or day may have lost its separator. A time may be glued to the day.
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d{2})\s*[-/.,]{1,2}\s*(?P<m>\d{1,2})\s*[-/.,]{1,2}\s*(?P<d>\d{1,2})(?!\d)"),
    re.compile(
        r"(?<!\d)(?P<y>(?:19|20)\d{2})\s*[-/.,]{1,2}\s*(?P<m>\d{1,2})\s*[-/.,]{1,2}\s*(?P<d>\d{1,2})(?=\d{1,2}:\d{2})"
    ),
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d{2})(?:[-/.](?P<m>\d{2})|(?P<mm>\d{2})[-/.])(?P<d>\d{2})(?!\d)"),
    re.compile(
        r"(?<![\d.])(?P<y>(?:19|20)\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>[0-3]\d)"
        r"(?P<t14>(?:[01]\d|2[0-3])[0-5]\d[0-5]\d)?(?!\d|\.\d)"
    ),
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>[0-3]\d)(?=\s+[0-2]?\d:\d{2})"),
    # 2026021606:48: strokes and space lost by the reader; with twelve digits there is one way to part them.
    re.compile(r"(?<![\d.])(?P<y>(?:19|20)\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>[0-3]\d)(?=(?:[01]\d|2[0-3]):[0-5]\d)"),
    # Day first, only where the order is plain: 25/12/2025.
    re.compile(r"(?<![\d./-])(?P<p>\d{1,2})(?P<sep>[-/.])(?P<q>\d{1,2})(?P=sep)(?P<y>(?:19|20)\d{2})(?!\d|[./-]\d)"),
    re.compile(r"(?<![\d./-])(?P<y2>\d{2})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})(?!\d|[./-]\d)"),
    re.compile(r"(?<![\d./-])(?P<y2>\d{2})(?P<sep>[-/])(?P<m>\d{2})(?P=sep)(?P<d>\d{2})(?=\d{2}:\d{2})"),
]
_HAN_YEAR = r"(?P<hy>[一二][〇○◯零OoＯ0九][〇○◯零OoＯ0一二三四五六七八九]{2})\s*年"
_HAN_FULL = re.compile(
    rf"{_HAN_YEAR}\s*(?P<hm>[〇零一二三四五六七八九十]{{1,3}})\s*月\s*(?P<hd>[〇零一二三四五六七八九十廿卅]{{1,4}})\s*[日号]"
)
_HAN_MONTH = re.compile(rf"{_HAN_YEAR}\s*(?P<hm>[〇零一二三四五六七八九十]{{1,3}})\s*月")
_MONTH = [
    re.compile(rf"(?<!\d){_YEAR}\s*年\s*(?P<m>\d\s?\d?)\s*月"),
    re.compile(r"(?<![\d./-])(?P<y>(?:19|20)\d{2})\s?[-/]\s?(?P<m>0?[1-9]|1[0-2])(?!\d|[./:-]\d)(?!\s*[A-Za-z%])"),
    re.compile(r"(?<![\d./-])(?P<y>(?:19|20)\d{2})\.(?P<m>0[1-9]|1[0-2])(?!\d|[./:-]\d)(?!\s*[A-Za-z%μ×])"),
]
_ONLY_YEAR = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d{2})\s*年(?!\s*\d)")
_TIME_AFTER = re.compile(_AFTER + _TIME)
_GLUED_TIME = re.compile(_TIME)


def parse_dates(text: str, *, years: bool = False) -> list[FoundDate]:
    """Return the dates in ``text`` from left to right, without overlaps; with ``years`` also bare years (2019年)."""
    clean, letters = _clean(text)
    taken: list[tuple[int, int]] = []
    found: list[FoundDate] = []
    for pattern in _FULL:
        for match in pattern.finditer(clean):
            if _overlaps(match.span(), taken):
                continue
            result = _full(match, clean, letters)
            # An impossible date keeps its span: no coarser pattern may make a possible one out of its pieces.
            taken.append((match.start(), result.end if result else match.end()))
            if result:
                found.append(result)
    plain = text.translate(_PLAIN)
    for match in _HAN_FULL.finditer(plain):
        result = _han(match, plain)
        taken.append((match.start(), result.end if result else match.end()))
        if result:
            found.append(result)
    coarse = [*_MONTH, _ONLY_YEAR] if years else _MONTH
    for pattern, source in [(_HAN_MONTH, plain), *((p, clean) for p in coarse)]:
        for match in pattern.finditer(source):
            if _overlaps(match.span(), taken):
                continue
            taken.append(match.span())
            result = _coarse(match, letters)
            if result:
                found.append(result)
    return sorted(found, key=lambda item: item.start)


def single_date(text: str) -> dt.date | None:
    """Return the one day that ``text`` states, or None when it states none or several different ones."""
    days = {found.date for found in parse_dates(text) if found.date is not None}
    return days.pop() if len(days) == 1 else None


def _clean(text: str) -> tuple[str, frozenset[int]]:
    """Translate to plain glyphs one by one; return the text and the places where a letter was read as a digit."""
    plain = list(text.translate(_PLAIN))
    letters: set[int] = set()
    for _ in range(2):  # twice: 2OO5 needs its inner neighbour repaired first
        for index, glyph in enumerate(plain):
            digit = _LETTER_DIGITS.get(glyph)
            if digit is None:
                continue
            before = plain[index - 1] if index else " "
            after = plain[index + 1] if index + 1 < len(plain) else " "
            beside = before.isdigit() or after.isdigit()
            edged = all(c.isdigit() or c in _SEPARATORS or c in _LETTER_DIGITS for c in (before, after))
            if beside and edged:
                plain[index] = digit
                letters.add(index)
    return "".join(plain), frozenset(letters)


def _overlaps(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in taken)


def _number(text: str) -> int:
    return int(text.replace(" ", ""))


def _full(match: re.Match[str], clean: str, letters: frozenset[int]) -> FoundDate | None:
    groups = match.groupdict()
    short = groups.get("y2") is not None
    month_text = groups.get("m") or groups.get("mm")
    if groups.get("p"):
        first, second = int(groups["p"]), int(groups["q"])
        if first <= 12 and second <= 12 and first != second:
            return None  # 03/04/2025 may be March or April
        day, month = (first, second) if first > 12 or first == second else (second, first)
    else:
        day, month = _number(groups["d"]), _number(month_text or "")
    year = _century(int(groups["y2"])) if short else _number(groups["y"])
    end = match.end()
    glued = end < len(clean) and clean[end].isdigit() and clean[end - 1].isdigit()
    if glued and _ambiguous_split(clean, match, year, month):
        return None
    hour = minute = 0
    precision = Precision.DAY
    if groups.get("t14"):
        hour, minute = int(groups["t14"][:2]), int(groups["t14"][2:4])
        precision = Precision.MINUTE
    else:
        time = (_GLUED_TIME if glued else _TIME_AFTER).match(clean, end)
        if time:
            hour, minute = _clock(time)
            end = time.end()
            precision = Precision.MINUTE
        elif glued:
            return None
    value = _moment(year, month, day, hour, minute)
    if value is None:
        return None
    repaired = any(match.start() <= place < end for place in letters) or match.re is _FULL[4]
    return FoundDate(
        value=value, start=match.start(), end=end, precision=precision, repaired=repaired, short_year=short
    )


def _ambiguous_split(clean: str, match: re.Match[str], year: int, month: int) -> bool:
    """True for ``2025/9/107:31``: the 1st at 07:31 or the 10th at 7:31. A padded month means a padded day."""
    run = re.compile(r"(\d+):").match(clean, match.start("d"))
    if run is None or len(run.group(1)) == 4:
        return False
    if len((match.groupdict().get("m") or "").strip()) == 2 and month < 10:
        return False
    digits = run.group(1)
    splits = [(digits[:cut], digits[cut:]) for cut in (1, 2)]
    possible = [
        (day, hour)
        for day, hour in splits
        if hour and len(hour) <= 2 and int(hour) < 24 and _moment(year, month, int(day), 0, 0)
    ]
    return len(possible) > 1


def _clock(match: re.Match[str]) -> tuple[int, int]:
    hour, minute = int(match.group("h")), int(match.group("mi"))
    half = (match.group("half") or "").lower()
    if half in ("下午", "傍晚", "晚上", "晚", "夜间", "pm") and hour < 12:
        hour += 12
    if half in ("凌晨", "am") and hour == 12:
        hour = 0
    return hour, minute


def _han(match: re.Match[str], plain: str) -> FoundDate | None:
    year = _han_year(match.group("hy"))
    month, day = _han_number(match.group("hm")), _han_number(match.group("hd"))
    if month is None or day is None:
        return None
    end = match.end()
    time = _TIME_AFTER.match(plain, end)
    hour, minute = _clock(time) if time else (0, 0)
    value = _moment(year, month, day, hour, minute)
    if value is None:
        return None
    return FoundDate(
        value=value,
        start=match.start(),
        end=time.end() if time else end,
        precision=Precision.MINUTE if time else Precision.DAY,
    )


def _coarse(match: re.Match[str], letters: frozenset[int]) -> FoundDate | None:
    groups = match.groupdict()
    year = _han_year(groups["hy"]) if groups.get("hy") else _number(groups["y"])
    month: int | None = 1
    precision = Precision.YEAR
    if "hm" in groups or "m" in groups:
        precision = Precision.MONTH
        month = _han_number(groups["hm"]) if groups.get("hm") else _number(groups["m"])
    value = _moment(year, month, 1, 0, 0) if month is not None else None
    if value is None:
        return None
    repaired = any(match.start() <= place < match.end() for place in letters)
    return FoundDate(value=value, start=match.start(), end=match.end(), precision=precision, repaired=repaired)


def _moment(year: int, month: int, day: int, hour: int, minute: int) -> dt.datetime | None:
    try:
        return dt.datetime(year, month, day, hour, minute)
    except ValueError:
        return None


def _century(short: int) -> int:
    return 2000 + short if short <= 40 else 1900 + short


def _han_year(text: str) -> int:
    return int("".join(str(_HAN[glyph]) for glyph in text))


def _han_number(text: str) -> int | None:
    """Read 三, 十, 十二, 二十, 三十一, 廿五, 〇五; None when it is not a number below 100."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    if "十" not in text:
        digits = "".join(str(_HAN[glyph]) for glyph in text)
        return int(digits) if len(digits) <= 2 else None
    tens, _, ones = text.partition("十")
    if len(tens) > 1 or len(ones) > 1 or tens in ("零", "〇"):
        return None
    return (_HAN[tens] if tens else 1) * 10 + (_HAN[ones] if ones else 0)
