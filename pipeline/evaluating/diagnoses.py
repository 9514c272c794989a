"""Diagnoses with the way they are asserted, and their ICD-10 codes.

What counts as invented: a truth lists the diagnoses of the sections that matter, not every 否认冠心病 of a past history
nor each repetition in prose. So a read diagnosis without a true one is an error when it is confirmed or suspected and
no repetition of one that is there, or when the truth of its document lists others of its status.
"""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from pipeline.evaluating.counting import NO_MATCH, NO_RATIO, Match, Ratio, merged
from pipeline.evaluating.kept import KeptCase, Place
from pipeline.evaluating.matching import Found, Pairs, Wanted, found_facts, nearness, pair_facts, wanted_facts
from pipeline.evaluating.truth import Truth, TruthFact
from rules.engine.facts import AssertionStatus, Diagnosis
from rules.vocabulary.cleaning import term_key
from rules.vocabulary.icd10 import has_prefix, icd10_category

__all__ = ["DiagnosisMistake", "DiagnosisScore", "invented", "pair_diagnoses", "score_diagnoses"]

_ALIKE = 0.75
"""Likeness from which a name with misread characters is still the same diagnosis."""


@dataclass(frozen=True, slots=True)
class DiagnosisMistake:
    printed: str
    read: str


@dataclass(frozen=True, slots=True)
class DiagnosisScore:
    named: Match = NO_MATCH
    """Found, whatever the status."""
    right: Match = NO_MATCH
    """Found with the right status."""
    category: Ratio = NO_RATIO
    """Three-place ICD-10 category right, of those found whose truth has a code."""
    code: Ratio = NO_RATIO
    """One code falls under the other (E11 and E11.900), so that they do not contradict each other."""
    confirmed: Ratio = NO_RATIO
    """Taken for confirmed, of those that are suspected, denied, past or a relative's."""
    mistakes: tuple[DiagnosisMistake, ...] = ()


def pair_diagnoses(truth: Truth, kept: KeptCase) -> Pairs[Diagnosis]:
    """Pair by name or concept within a document; same status, section and place come first."""
    unusable = {(p.file, p.page) for p in truth.pages if p.unusable}
    wanted = [w for w in wanted_facts(truth, "diagnoses") if w.place not in unusable]
    return pair_facts(wanted, found_facts(kept, kept.facts.diagnoses), _fit)


def score_diagnoses(truth: Truth, pairs: Pairs[Diagnosis]) -> dict[Place, DiagnosisScore]:
    """Return the score by page; read ones too many count where they were read."""
    out: dict[Place, list[DiagnosisScore]] = {}
    for wanted, found in pairs.matched:
        out.setdefault(wanted.place, []).append(_matched(wanted, found.fact))
    for wanted in pairs.missed:
        uncertain = wanted.fact.values["status"] != AssertionStatus.CONFIRMED.value
        out.setdefault(wanted.place, []).append(
            DiagnosisScore(
                named=Match(expected=1),
                right=Match(expected=1),
                confirmed=Ratio(0, int(uncertain)),
                mistakes=(DiagnosisMistake(_printed(wanted), ""),),
            )
        )
    known = {(p.file, p.page) for p in truth.pages if not p.unusable}
    for extra in pairs.extra:
        for place in [p for p in extra.places if p in known and invented(truth, p, extra.fact)][:1]:
            out.setdefault(place, []).append(
                DiagnosisScore(
                    named=Match(found=1), right=Match(found=1), mistakes=(DiagnosisMistake("", _read(extra.fact)),)
                )
            )
    return {place: merged(scores, DiagnosisScore) for place, scores in out.items()}


def invented(truth: Truth, place: Place, read: Diagnosis) -> bool:
    """True when a read diagnosis without a true one counts as an error (see above)."""
    own = [f for d in truth.documents if place in d.pages for f in d.of("diagnoses")]
    status = read.status.value
    if read.status not in (AssertionStatus.CONFIRMED, AssertionStatus.SUSPECTED):
        return any(f.values["status"] == status for f in own) and not _repeats(own, read)
    return not _repeats(own, read)


def _repeats(own: list[TruthFact], read: Diagnosis) -> bool:
    name = term_key(read.name)
    return any(
        f.values["status"] == read.status.value
        and (
            term_key(str(f.values["name"])) == name
            or (read.concept is not None and f.values.get("concept") == read.concept)
        )
        for f in own
    )


def _matched(wanted: Wanted, read: Diagnosis) -> DiagnosisScore:
    values = wanted.fact.values
    status = read.status.value == values["status"]
    uncertain = values["status"] != AssertionStatus.CONFIRMED.value
    code = values.get("icd10")
    given = read.icd10 or ""
    return DiagnosisScore(
        named=Match(1, 1, 1),
        right=Match(int(status), 1, 1),
        category=Ratio(int(icd10_category(given) == icd10_category(code)), 1) if code else Ratio(),
        code=Ratio(int(has_prefix(given, [code]) or (given != "" and has_prefix(code, [given]))), 1)
        if code
        else Ratio(),
        confirmed=Ratio(int(read.status is AssertionStatus.CONFIRMED), 1) if uncertain else Ratio(),
        mistakes=() if status else (DiagnosisMistake(_printed(wanted), _read(read)),),
    )


def _fit(wanted: Wanted, found: Found[Diagnosis]) -> float | None:
    near = nearness(wanted, found)
    if near is None:
        return None
    values, read = wanted.fact.values, found.fact
    a, b = term_key(str(values["name"])), term_key(read.name)
    if not a or not b:
        return None
    if a == b:
        likeness = 4.0
    elif a in b or b in a:
        likeness = 2.5
    elif values.get("concept") is not None and values["concept"] == read.concept:
        likeness = 2.0
    elif Levenshtein.normalized_similarity(a, b) >= _ALIKE:
        likeness = 1.5
    else:
        return None
    same = bool(read.status.value == values["status"])
    section = bool(values.get("section")) and bool(values["section"] == read.section)
    return likeness + near + 1.0 * same + 0.7 * section


def _printed(wanted: Wanted) -> str:
    return f"{wanted.fact.values['name']} · {wanted.fact.values['status']}"


def _read(read: Diagnosis) -> str:
    return f"{read.name} · {read.status.value}"
