"""Reads positive or negative from a result: the words printed, else a titre or an index against its printed reference.

What is weak or undecided (±, 可疑, 灰区) is neither. Where words and number contradict each other: None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from rules.engine.facts import LabResult
from rules.vocabulary.cleaning import half_width
from rules.vocabulary.schema import Analyte

__all__ = ["ReadPolarity", "read_polarity", "titre_of"]


@dataclass(frozen=True, slots=True)
class ReadPolarity:
    """True positive, False negative, None neither; ``contradicts`` where words and number disagree."""

    value: bool | None
    contradicts: bool = False


_UNDECIDED = re.compile(r"±|\+/-|\+-|-/\+|可疑|待定|灰区|临界|不确定|交界|Trace|微量|不能判断|无法判断", re.IGNORECASE)
_NEGATIVE = re.compile(
    r"阴性|阴(?![道茎囊影])|未检出|未检测到|未检到|未见|未发现|未找到|检测不到|低于检测(?:下限|限)|低于最低检测|未分离|无致病|"
    r"无细菌生长|无菌生长|\bneg(?:ative)?\b|not detected|undetect|non-?reactive|无反应|无突变|野生型|TND",
    re.IGNORECASE,
)
_POSITIVE = re.compile(
    r"阳性|弱阳|强阳|检出(?!限|下限)|\bpos(?:itive)?\b|(?<!non)(?<!non-)\breactive|有反应性|找到|查见|可见|突变型|耐药|生长出|见到",
    re.IGNORECASE,
)
_MINUS = re.compile(r"^\(?[-−－—–一]\)?$")
_PLUS = re.compile(r"^\(?(?:\d?\+{1,4}|\+{1,4}\d?|[1-4]\+)\)?(?:\(?\+?\)?)$|^\(?[+＋]{1,4}\)?")
_NORMAL_WORDS = re.compile(r"^(?:正常|无|NORM(?:AL)?|norm)$")
_TITRE = re.compile(r"1\s*[:：∶]\s*[<≤>≥]?\s*(\d+(?:\.\d+)?)")
_BOUND = re.compile(r"([<≤>≥]=?|小于|大于|低于|高于)\s*(?:1\s*[:：∶])?\s*(\d+(?:\.\d+)?)")
_COMPETITIVE = frozenset({"hbeab", "hbcab"})
"""Competitive assays read below the cutoff as positive; only the printed reference (> 1.0 is negative) says so."""


def titre_of(text: str) -> Decimal | None:
    """Return 320 for ``1:320``, the highest when several are printed."""
    found = [Decimal(m) for m in _TITRE.findall(half_width(text))]
    return max(found) if found else None


def read_polarity(result: LabResult, analyte: Analyte | None) -> ReadPolarity:
    """Decide the polarity of ``result``; quantitative analytes have one only where words say so."""
    words = _by_words(result.text, analyte)
    if analyte is not None and analyte.kind == "quantitative":
        return ReadPolarity(words)
    number = _by_titre(result)
    if number is None:
        number = _by_reference(result, analyte)
    if words is None:
        return ReadPolarity(None if _UNDECIDED.search(half_width(result.text)) else number)
    if number is not None and number is not words:
        return ReadPolarity(None, contradicts=True)
    return ReadPolarity(words)


def _by_words(raw: str, analyte: Analyte | None) -> bool | None:
    text = half_width(raw).replace("﹢", "+").strip()
    packed = re.sub(r"\s", "", text)
    if not packed or (_UNDECIDED.search(packed) and not re.search(r"弱阳性|阳性", packed)):
        return None
    negative, positive = bool(_NEGATIVE.search(text)), bool(_POSITIVE.search(_NEGATIVE.sub("", text)))
    if negative != positive:
        return positive
    if negative and positive:
        return None
    if re.search(r"\(-\)$", packed) and not re.search(r"\+", packed):
        return False
    if _MINUS.match(packed):
        return False
    if re.search(r"\(\+{1,4}\)", packed) or _PLUS.match(packed):
        return True
    qualitative = analyte is not None and analyte.kind != "quantitative"
    return False if qualitative and _NORMAL_WORDS.match(packed) else None


def _by_titre(result: LabResult) -> bool | None:
    titre = titre_of(result.text)
    if titre is None:
        return None
    reference = half_width(result.reference_text or "")
    bound = titre_of(reference)
    if bound is None:
        match = _BOUND.search(reference)
        bound = Decimal(match.group(2)) if match else None
    if bound is None:
        return None
    if re.search(r"[<＜]|小于|低于", half_width(result.text)) and titre <= bound:
        return False
    strict = bool(re.search(r"[<＜]|小于|低于|1\s*:\s*<", reference)) and "≤" not in reference and "<=" not in reference
    return titre >= bound if strict else titre > bound


def _by_reference(result: LabResult, analyte: Analyte | None) -> bool | None:
    """An index (COI, S/CO, IU/mL) against the printed cutoff."""
    if result.value is None or analyte is None or titre_of(result.text) is not None:
        return None
    low, high = result.reference_low, result.reference_high
    if high is None and low is None:
        match = _BOUND.search(half_width(result.reference_text or ""))
        if match is None:
            return None
        bound = Decimal(match.group(2))
        low, high = (None, bound) if match.group(1)[0] in "<≤小低" else (bound, None)
    if high is not None:
        if result.comparator in ("<", "<="):
            return False if result.value <= high else None
        return result.value >= high if not _inclusive(result) else result.value > high
    if analyte.id in _COMPETITIVE and low is not None and result.comparator in (None, "<", "<="):
        return result.value < low if result.comparator is None else (True if result.value <= low else None)
    return None


def _inclusive(result: LabResult) -> bool:
    """True when the printed upper end itself is still negative: ``0-1`` and ``≤1``, not ``<1``."""
    text = half_width(result.reference_text or "")
    return bool(re.search(r"≤|<=|\d\s*[-~—–]+\s*\d", text)) or not re.search(r"<|小于|低于", text)
