"""Grade or stage of a diagnosis as printed: 高血压 1 to 3, CKD G1 to G5, NYHA I to IV, stages in Roman numbers."""

from __future__ import annotations

import re

__all__ = ["grade_of"]

_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV", "5": "V", "6": "VI"}
_ARABIC = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5", "VI": "6"}
_SIGNS = str.maketrans({"Ⅰ": "I", "Ⅱ": "II", "Ⅲ": "III", "Ⅳ": "IV", "Ⅴ": "V", "Ⅵ": "VI"})  # fmt: skip
_HAN = {"一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6"}
_N = r"(VI|IV|V|I{1,3}|[1-6一二三四五六])"

# Between name and grade only words that belong to the grade: 高血压性心脏病心功能III级 states no grade of hypertension.
_HYPERTENSION = re.compile(
    rf"高血压(?:病|症|分级|[(),:、\s\[\]]|[很极高中低]+危组?|为|属)*{_N}(?:-{_N})?级|{_N}级高血压"
)
_CKD = re.compile(
    rf"(?:CKD|慢性肾脏?病|慢性肾病)(?:CKD|分期|[(),:\s-]|为)*G?{_N}[ab]?期|CKD-?G{_N}|CKD{_N}", re.IGNORECASE
)
_NYHA = re.compile(rf"(?:心功能|NYHA)(?:NYHA|Killip|分级|[(),:\s]|为)*{_N}(?:-{_N})?级", re.IGNORECASE)
_GOLD = re.compile(rf"GOLD[^级;。]{{0,4}}?{_N}级?", re.IGNORECASE)
_STAGE = re.compile(
    rf"(?:(?:糖尿病(?:性)?肾病|视网膜病变|DN|DR)[^;。病]{{0,10}}?|(?:癌|瘤|期\)?)[^;。病]{{0,16}}?){_N}([ABC])?期",
    re.IGNORECASE,
)


def grade_of(name: str) -> str | None:
    """Return the grade that ``name`` states, or None. Of a range the lower end, since that much is certain."""
    text = name.translate(_SIGNS)
    if match := _HYPERTENSION.search(text):
        number = _number(match[1] or match[3])
        return number if number in ("1", "2", "3") else None
    if match := _CKD.search(text):
        return "G" + _number(next(g for g in match.groups() if g))
    if match := _NYHA.search(text):
        return _ROMAN[_number(match[1])]
    if match := _GOLD.search(text):
        return _number(match[1])
    if match := _STAGE.search(text):
        return _ROMAN[_number(match[1])] + (match[2] or "").upper()
    return None


def _number(sign: str) -> str:
    sign = sign.upper()
    return _HAN.get(sign) or _ARABIC.get(sign) or sign
