"""Finds the diagnosis or drug that a printed name means: the longest known name wins, words inside others do not count.

``肺动脉高压`` is not 高血压, ``糖尿病前期`` is not 糖尿病: both are terms of their own, longer than what they contain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rules.vocabulary import Vocabulary
from rules.vocabulary.cleaning import strip_lead, term_key
from rules.vocabulary.icd10 import has_prefix
from rules.vocabulary.schema import DiagnosisTerm, Term

__all__ = ["DiagnosisMatch", "code_fits", "diagnosis_grade", "lookup_diagnosis", "lookup_drug", "lookup_drugs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosisMatch:
    """What a printed diagnosis means."""

    concepts: tuple[str, ...]
    """Ids, the most telling one first (糖尿病肾病 before 2型糖尿病); broader terms of these are left out."""
    icd10: str | None
    """Prefix of the first concept, narrowed by the others (糖尿病肾病 with 2型 -> E11.2)."""
    grade: str | None = None
    """Grade or stage as :class:`rules.engine.facts.Diagnosis` wants it."""
    whole: bool = False
    """True where the name is a known one from end to end."""


@dataclass(frozen=True, slots=True)
class _Hit:
    id: str
    start: int
    end: int


class _Terms:
    """Names of one kind of term by key, for longest-match search."""

    def __init__(self, terms: Mapping[str, Term]) -> None:
        self.terms = terms
        self.keys: dict[str, str] = {}
        for term in terms.values():
            for name in term.names:
                self.keys.setdefault(term_key(name), term.id)
        self.longest = max((len(key) for key in self.keys), default=0)
        self.patterns = [
            (term.id, re.compile(pattern))
            for term in terms.values()
            if isinstance(term, DiagnosisTerm)
            for pattern in term.patterns
        ]

    def search(self, key: str) -> list[_Hit]:
        """All longest matches, literal or by pattern, that do not lie inside one another."""
        hits: list[_Hit] = []
        for start in range(len(key)):
            for end in range(min(len(key), start + self.longest), start, -1):
                found = self.keys.get(key[start:end])
                if found and not _cuts_latin(key, start, end):
                    hits.append(_Hit(found, start, end))
                    break
        for term, pattern in self.patterns:
            hits.extend(_Hit(term, *match.span()) for match in pattern.finditer(key))
        # Of two hits on one span the literal one, which came first, stays.
        hits = list({(h.start, h.end): h for h in reversed(hits)}.values())
        return [h for h in hits if not any(o is not h and o.start <= h.start and h.end <= o.end for o in hits)]


_CACHE: dict[int, tuple[object, _Terms]] = {}


def _terms(terms: Mapping[str, Term]) -> _Terms:
    held = _CACHE.get(id(terms))
    if held is None or held[0] is not terms:
        held = (terms, _Terms(terms))
        _CACHE[id(terms)] = held
    return held[1]


def _cuts_latin(key: str, start: int, end: int) -> bool:
    """True when the piece would cut a run of Latin letters or digits in two (SLE inside MUSLER)."""

    def latin(place: int) -> bool:
        return 0 <= place < len(key) and key[place].isascii() and key[place].isalpha()

    return (latin(start - 1) and latin(start)) or (latin(end - 1) and latin(end))


_MERGED = "归并条目"
"""Source of a term that gathers several diseases: its prefixes check a printed code, but none is its own."""

# What may stand around a term without changing it; a term with other words left over is still found, but not "whole".
_TYPE_OF_DIABETES = {"diabetes_type1": "E10", "diabetes_type2": "E11"}


def lookup_diagnosis(name: str, *, vocabulary: Vocabulary) -> DiagnosisMatch | None:
    """Return what the printed diagnosis ``name`` means, or None when no known term is in it.

    Assertion (疑似, 待查, 既往) is not looked at: that is the language stage's decision.
    """
    terms = _terms(vocabulary.diagnoses)
    plain = strip_lead(name)
    key = term_key(plain)
    if not key:
        return None
    hits = terms.search(key)
    ids = list(dict.fromkeys(hit.id for hit in sorted(hits, key=lambda h: (h.start - h.end, h.start))))
    ids = _without_broader(ids, vocabulary.diagnoses)
    if not ids:
        return None
    first = _most_telling(ids, vocabulary.diagnoses)
    ordered = (first, *(i for i in ids if i != first))
    whole = any(hit.start == 0 and hit.end == len(key) for hit in hits)
    return DiagnosisMatch(
        concepts=ordered,
        icd10=_prefix(ordered, key, vocabulary.diagnoses),
        grade=diagnosis_grade(plain, ordered, vocabulary=vocabulary),
        whole=whole,
    )


def _ancestors(term: str, terms: Mapping[str, DiagnosisTerm]) -> set[str]:
    seen: set[str] = set()
    todo = list(terms[term].broader)
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            todo.extend(terms[current].broader)
    return seen


def _without_broader(ids: list[str], terms: Mapping[str, DiagnosisTerm]) -> list[str]:
    broader: set[str] = set().union(*(_ancestors(i, terms) for i in ids)) if ids else set()
    return [i for i in ids if i not in broader]


def _most_telling(ids: list[str], terms: Mapping[str, DiagnosisTerm]) -> str:
    """A complication tells more than the type of the disease beside it; else the longest name comes first."""
    complications = [i for i in ids if i.startswith("diabetic_")]
    if complications and any(i in _TYPE_OF_DIABETES for i in ids):
        return complications[0]
    return ids[0]


def _prefix(ids: tuple[str, ...], key: str, terms: Mapping[str, DiagnosisTerm]) -> str | None:
    codes = terms[ids[0]].icd10
    if not codes or terms[ids[0]].source == _MERGED:
        return None
    kind = next((_TYPE_OF_DIABETES[i] for i in ids if i in _TYPE_OF_DIABETES), None)
    if kind is None and ids[0].startswith("diabetic_"):
        kind = (
            "E11"
            if re.search(r"(?:2|II|二)型糖尿病", key)
            else "E10"
            if re.search(r"(?:1|I|一)型糖尿病", key)
            else None
        )
    if kind:
        return next((code for code in codes if code.startswith(kind)), codes[0])
    return codes[0].partition("-")[0]


_HAN_DIGIT = {"一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "壹": "1", "贰": "2", "叁": "3"}
_ROMAN_DIGIT = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5", "L": "1", "LL": "2", "LLL": "3", "1V": "4"}
_NUMBER = r"(1V|IV|III|II|I|V|LLL|LL|[1-5一二三四五])"


def _digit(text: str) -> str:
    return _HAN_DIGIT.get(text) or _ROMAN_DIGIT.get(text) or text


def diagnosis_grade(name: str, concepts: Iterable[str], *, vocabulary: Vocabulary) -> str | None:
    """Return the grade that ``name`` prints: 高血压 ``1``-``3``, CKD ``G1``-``G5``, heart function ``I``-``IV``.

    高血压Ⅲ期 is the old staging by organ damage, not a grade by blood pressure: None. 2-3级 is no one grade: None.
    """
    key = term_key(name)
    held = set(concepts)
    reach = held | set().union(*(_ancestors(i, vocabulary.diagnoses) for i in held if i in vocabulary.diagnoses))
    if "hypertension" in reach:
        found = re.findall(rf"(?:高血压(?:病|症)?(?:原发性)?{_NUMBER}级|{_NUMBER}级(?:原发性)?高血压)", key)
        digits = {_digit(a or b) for a, b in found}
        return digits.pop() if len(digits) == 1 and digits <= {"1", "2", "3"} else None
    if reach & {"chronic_kidney_disease", "renal_insufficiency"} or "uremia" in held:
        match = re.search(
            rf"(?:CKD|慢性肾(?:脏病|脏疾病|衰竭|功能不全|功能衰竭|病))[^0-9IV一二三四五]{{0,6}}?(?:G|第)?{_NUMBER}([ABD]?)[期级]",
            key,
        )
        if match:
            digit = _digit(match.group(1))
            return f"G{digit}{match.group(2).lower()}" if digit == "3" and match.group(2) in "AB" else f"G{digit}"
        return "G5" if "uremia" in held else None
    if "heart_failure" in reach or re.search(r"心功能|NYHA|KILLIP", key):
        match = re.search(rf"(?:心功能(?:分级)?(?:NYHA)?(?:分级)?|NYHA(?:心功能)?(?:分级)?){_NUMBER}[级]?", key)
        if match:
            return {"1": "I", "2": "II", "3": "III", "4": "IV"}.get(_digit(match.group(1)))
    if "diabetic_nephropathy" in held:
        match = re.search(rf"(?:肾病|肾脏病)[^0-9IV]{{0,4}}?{_NUMBER}期", key)
        return {"1": "I", "2": "II", "3": "III", "4": "IV", "5": "V"}.get(_digit(match.group(1))) if match else None
    return None


def code_fits(code: str, concept: str, *, vocabulary: Vocabulary) -> bool:
    """True when a printed code lies under the concept's prefixes, those of its broader or of its narrower terms."""
    terms = vocabulary.diagnoses
    family = {concept, *_ancestors(concept, terms), *(t for t in terms if concept in _ancestors(t, terms))}
    codes = [prefix for term in family for prefix in terms[term].icd10]
    return not codes or has_prefix(code, codes)


def lookup_drugs(name: str, *, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the ids of all drugs named in ``name``, in order; dose and form around the names do not matter."""
    hits = _terms(vocabulary.drugs).search(term_key(strip_lead(name)))
    return tuple(dict.fromkeys(hit.id for hit in sorted(hits, key=lambda h: h.start)))


def lookup_drug(name: str, *, vocabulary: Vocabulary) -> str | None:
    """Return the one drug that ``name`` means, or None when there is none or several."""
    found = lookup_drugs(name, vocabulary=vocabulary)
    return found[0] if len(found) == 1 else None
