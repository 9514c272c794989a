"""Chinese resident ID numbers (GB 11643-1999): checksum, birth date, sex, comparison of masked or misread ones."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from pipeline.persons.match import PersonMatch, is_subsequence

__all__ = ["FULL_WIDTH", "IdNumber", "compare_ids", "parse_id_number"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdNumber:
    """A resident ID number with a right checksum (GB 11643-1999) and a possible birth date."""

    text: str
    birth_date: dt.date
    sex: str
    """``男`` or ``女`` from the sequence digit."""
    repaired: bool = False
    """True where letters had to be read as digits; the checksum confirms the repair."""


_ID_GLYPHS = str.maketrans({"O": "0", "o": "0", "Q": "0", "D": "0", "l": "1", "I": "1", "|": "1", "i": "1"})
_ID_LETTERS = str.maketrans({"Z": "2", "z": "2", "S": "5", "s": "5", "B": "8", "b": "6", "g": "9"})
FULL_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ×＊", "0123456789XXX*")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"


def parse_id_number(text: str) -> IdNumber | None:
    """Read an 18 digit resident ID number out of ``text``; None when checksum or birth date cannot be right.

    Spaces are ignored, letters in place of digits are repaired only because the checksum then confirms them. Area
    codes are not looked up (999999 is allowed: invented people).
    """
    packed = re.sub(r"[\s\-—]", "", text.translate(FULL_WIDTH)).upper()
    for repaired in (False, True):
        candidate = packed.translate(_ID_GLYPHS).translate(_ID_LETTERS) if repaired else packed
        for match in re.finditer(r"(?<![0-9])[1-9]\d{16}[\dX](?![0-9X])", candidate):
            number = _checked(match.group(), repaired=repaired)
            if number:
                return number
    return None


def _checked(text: str, *, repaired: bool) -> IdNumber | None:
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], _ID_WEIGHTS, strict=True))
    if _ID_CHECK[total % 11] != text[17]:
        return None
    try:
        born = dt.date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return None
    if not dt.date(1880, 1, 1) <= born <= dt.date(2099, 12, 31):
        return None
    return IdNumber(text=text, birth_date=born, sex="男" if int(text[16]) % 2 else "女", repaired=repaired)


def compare_ids(a: str, b: str) -> PersonMatch:
    """Compare two ID numbers, which may be masked (3601**********1234).

    SAME: both complete and equal. UNSURE: masked and compatible, or one digit differs while one checksum fails
    (a misreading). OTHER: they cannot be one number.
    """
    left, right = (re.sub(r"[\s\-—]", "", value.translate(FULL_WIDTH)).upper() for value in (a, b))
    if len(left) < 15 or len(right) < 15:
        return PersonMatch.UNKNOWN
    if "*" in left + right:
        if len(left) != len(right):
            return PersonMatch.UNSURE if left[:3] == right[:3] or left[-4:] == right[-4:] else PersonMatch.OTHER
        agree = all(x == y or "*" in (x, y) for x, y in zip(left, right, strict=True))
        return PersonMatch.UNSURE if agree else PersonMatch.OTHER
    one, two = parse_id_number(left), parse_id_number(right)
    if one and two:
        return PersonMatch.SAME if one.text == two.text else PersonMatch.OTHER
    if left == right:
        return PersonMatch.UNSURE  # equal, but the checksum says that neither was read right
    near = len(left) == len(right) and sum(x != y for x, y in zip(left, right, strict=True)) <= 2
    near = near or (abs(len(left) - len(right)) == 1 and is_subsequence(*sorted((left, right), key=len)))
    return PersonMatch.UNSURE if near else PersonMatch.OTHER
