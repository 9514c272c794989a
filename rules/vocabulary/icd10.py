"""ICD-10 codes as printed on Chinese records (国家医保版 2.0 and local editions), cleaned of what readers make of them.

Printed forms: I10.x00x002, E11.900, I25.103, H36.0* (asterisk), E14.2+ (dagger), M8140/3 (morphology, no diagnosis).
Misreadings: EI1.900, I1O.xO0, 110.x00 (first letter lost to a digit is not repaired: it could be another letter).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rules.vocabulary.cleaning import half_width

__all__ = ["clean_icd10", "has_prefix", "icd10_category", "icd10_prefix"]

_DIGITS = str.maketrans(
    {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "|": "1", "S": "5", "Z": "2", "B": "8", "G": "6"}
)
_CODE = re.compile(r"^([A-Z])([0-9OQDILSZBG|]{2})(?:\.?([0-9OQDILSZBG|X]{1,3}))?(?:[X×]([0-9OQDILSZBG|]{3}))?$")


def clean_icd10(text: str) -> str | None:
    """Return the code in the form ``E11.900``, ``I10.x00`` or ``I10.x00x002``; None when it is no diagnosis code.

    Dagger and asterisk marks are dropped; ``x`` extensions stay (use :func:`icd10_prefix` to compare).
    """
    plain = (
        re.sub(r"[\s（）()【】\[\]]", "", half_width(text))
        .upper()
        .replace("×", "X")
        .replace("，", ".")
        .replace(",", ".")
    )
    plain = plain.strip("+*†☆★.:：")
    plain = re.sub(r"[+*†].*$", "", plain)
    if plain.startswith("M") and re.fullmatch(r"M\d{4,5}/?\d?.*", plain) and "/" in plain:
        return None
    plain = re.sub(r"\.+", ".", plain)
    # A whole letter where the first digit stands (EI1) is a digit; the first place is always a letter.
    match = _CODE.match(plain)
    if match is None:
        return None
    letter, two, rest, extension = match.groups()
    code = letter + two.translate(_DIGITS)
    if not code[1:].isdigit():
        return None
    if rest:
        code += "." + (("x" + rest[1:].translate(_DIGITS)) if rest[0] == "X" else rest.translate(_DIGITS).lower())
    if extension:
        code += "x" + extension.translate(_DIGITS)
    return code


def icd10_prefix(code: str) -> str:
    """Cut extensions: ``I10.x00x002`` -> ``I10``, ``E11.900x001`` -> ``E11.900``; empty when it is no code."""
    match = re.match(r"([A-Z]\d{2})(?:\.(\d{1,3}))?", code.strip().upper())
    if match is None:
        return ""
    return f"{match.group(1)}.{match.group(2)}" if match.group(2) else match.group(1)


def icd10_category(code: str) -> str:
    """The three-place category: ``E11.900`` -> ``E11``."""
    return icd10_prefix(code)[:3]


def has_prefix(code: str, prefixes: Iterable[str]) -> bool:
    """True when ``code`` falls under one of ``prefixes`` (``E11``, ``N18.5``, or a range ``C00-C97``)."""
    cut = icd10_prefix(code)
    if not cut:
        return False
    for prefix in prefixes:
        low, dash, high = prefix.partition("-")
        if dash:
            if low <= cut[:3] <= high:
                return True
        elif cut.startswith(prefix):
            return True
    return False
