"""Which diagnoses a clause means: concepts of the vocabulary (with everything narrower) and ICD-10 prefixes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from rules.engine.facts import Diagnosis
from rules.engine.nearest import unknown_term
from rules.vocabulary import Vocabulary

__all__ = ["Match", "Target", "fold_icd10", "make_target", "name_contradicts_code"]

_CODE = re.compile(r"([A-Z]\d{2})(?:\.(\d{1,3}))?")
_RANGE = re.compile(r"([A-Z])(\d{2})\s*[-–~至]\s*([A-Z])(\d{2})")


class Match(Enum):
    """How a diagnosis matches a target."""

    YES = "yes"
    CODE_ONLY = "code_only"
    """The code is of the target, the name is of something broader (慢性肾衰竭 with N18.5)."""
    DISAGREE = "disagree"
    """Name and printed code contradict each other: one is of the target, the other of another disease."""


@lru_cache(maxsize=4096)
def fold_icd10(code: str) -> str:
    """``I10.x00x002`` -> ``I10``; ``E11.900x001+`` -> ``E11.900``; empty when it is no code."""
    match = _CODE.match(code.strip().upper())
    if match is None:
        return ""
    return f"{match.group(1)}.{match.group(2)}" if match.group(2) else match.group(1)


@dataclass(frozen=True, slots=True)
class _Codes:
    prefixes: tuple[str, ...]
    ranges: tuple[tuple[str, str], ...]

    def has(self, code: str) -> bool:
        if code.startswith(self.prefixes):
            return True
        head = code[:3]
        return any(low <= head <= high for low, high in self.ranges)


@dataclass(frozen=True, slots=True)
class Target:
    """A set of diagnoses."""

    name: str
    concepts: frozenset[str]
    codes: _Codes
    excluded: _Codes
    broader: frozenset[str]
    """Concepts outside the target whose own codes take it in."""
    outside: frozenset[str]
    """Concepts whose own codes lie outside the target: their name contradicts a code of the target."""
    vocabulary: Vocabulary

    def match(self, diagnosis: Diagnosis) -> Match | None:
        """Compare by name first, then by code."""
        code = fold_icd10(diagnosis.icd10) if diagnosis.icd10 else ""
        if code and self.excluded.has(code) and diagnosis.concept not in self.concepts:
            return None
        if diagnosis.concept in self.concepts:
            beside = bool(code) and not self.codes.has(code)
            return Match.DISAGREE if beside and name_contradicts_code(diagnosis, self.vocabulary) else Match.YES
        if not code or not self.codes.has(code):
            return None
        if diagnosis.concept in self.outside:
            return Match.DISAGREE
        return Match.CODE_ONLY if diagnosis.concept in self.broader else Match.YES


def _codes(texts: Iterable[str]) -> _Codes:
    prefixes: list[str] = []
    ranges: list[tuple[str, str]] = []
    for text in texts:
        span = _RANGE.fullmatch(text.strip().upper())
        if span:
            low, high = span.group(1) + span.group(2), span.group(3) + span.group(4)
            if low > high:
                raise ValueError(f"ICD-10 范围“{text}”前后颠倒")
            ranges.append((low, high))
            continue
        folded = fold_icd10(text)
        if folded != text.strip().upper():
            raise ValueError(f"“{text}”不是 ICD-10 前缀，写法如 E11、N18.5 或 C00-C97")
        prefixes.append(folded)
    return _Codes(tuple(prefixes), tuple(ranges))


def make_target(
    name: str,
    *,
    concepts: Iterable[str],
    icd10: Iterable[str],
    exclude_icd10: Iterable[str] = (),
    vocabulary: Vocabulary,
) -> Target:
    """Build a target; narrower concepts are found through ``broader``.

    Raises:
        ValueError: a concept is not in the vocabulary or a code is malformed; the message is Chinese.
    """
    wanted = set(concepts)
    for concept in sorted(wanted - set(vocabulary.diagnoses)):
        raise ValueError(unknown_term("诊断", concept, vocabulary.diagnoses, "diagnoses"))
    codes, excluded = _codes(icd10), _codes(exclude_icd10)
    while True:
        more = {t.id for t in vocabulary.diagnoses.values() if t.id not in wanted and wanted.intersection(t.broader)}
        if not more:
            break
        wanted |= more
    others = [t for t in vocabulary.diagnoses.values() if t.id not in wanted and t.icd10]
    broader = {t.id for t in others if any(p.startswith(fold_icd10(c)) for c in t.icd10 for p in codes.prefixes)}
    inside = {t.id for t in others if any(codes.has(fold_icd10(c)) for c in t.icd10)}
    outside = {t.id for t in others} - broader - inside
    if not wanted and not codes.prefixes and not codes.ranges:
        raise ValueError("没有写明是哪些诊断，请写 concepts 或 icd10")
    return Target(name, frozenset(wanted), codes, excluded, frozenset(broader), frozenset(outside), vocabulary)


def name_contradicts_code(diagnosis: Diagnosis, vocabulary: Vocabulary) -> bool:
    """True when the printed code is of a disease that stands beside the named one: 1型糖尿病 with E11.900.

    Only whole categories of the kin count (E11), so that a code of the same disease's complication is no contradiction.
    """
    code = fold_icd10(diagnosis.icd10) if diagnosis.icd10 else ""
    own = vocabulary.diagnoses.get(diagnosis.concept or "")
    if not code or own is None or not own.icd10 or code.startswith(tuple(own.icd10)):
        return False
    return any(code[:3] in vocabulary.codes_below(broader) for broader in own.broader)
