"""Does the review conclude what it should? A wrong ``meets`` is the worst error and counted apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.evaluating.counting import NO_RATIO, Ratio
from pipeline.evaluating.kept import KeptCase, KeptJudgement
from pipeline.evaluating.truth import Truth

__all__ = ["CriterionMistake", "JudgingScore", "WrongMeets", "item_number", "score_judging"]

NOT_JUDGED = "not_judged"
MEETS, MET = "meets", "met"


@dataclass(frozen=True, slots=True)
class WrongMeets:
    case: str
    disease: str
    expected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CriterionMistake:
    case: str
    item: str
    expected: tuple[str, ...]
    read: str
    reason: str


@dataclass(frozen=True, slots=True)
class JudgingScore:
    criteria: Ratio = NO_RATIO
    """Criteria with a status that is right."""
    wrong_met: Ratio = NO_RATIO
    """Criteria called met that are not, of those that are not."""
    conclusions: Ratio = NO_RATIO
    confusion: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """(expected, several joined by /; read) -> cases."""
    wrong_meets: Ratio = NO_RATIO
    """Cases called ``meets`` that are not, of those that are not."""
    named: Ratio = NO_RATIO
    """Items that the list of missing material names, of those it should."""
    meets: tuple[WrongMeets, ...] = ()
    mistakes: tuple[CriterionMistake, ...] = ()


def item_number(criterion: str) -> str:
    """Return the number of the official item that a criterion id stands for: its last run of digits."""
    found = re.findall(r"\d+", criterion)
    return found[-1] if found else criterion


def score_judging(truth: Truth, kept: KeptCase) -> JudgingScore:
    """Score one case; a disease that was not judged has every criterion wrong, but no wrong ``meets``.

    A case without an expected conclusion is not scored.
    """
    expected = truth.expected
    if not expected.conclusion:
        return JudgingScore()
    chosen = _chosen(truth, kept)
    status = {item_number(i): (s, reason) for i, s, reason in (chosen.criteria if chosen else ())}
    read = chosen.conclusion if chosen else NOT_JUDGED
    mistakes, right, met, could = [], 0, 0, 0
    for item, good in expected.criteria.items():
        found, reason = status.get(item, (NOT_JUDGED, ""))
        right += found in good
        could += MET not in good
        met += MET not in good and found == MET
        if found not in good:
            mistakes.append(CriterionMistake(kept.case, item, good, found, reason))
    wrong = read == MEETS and MEETS not in expected.conclusion
    named = {item_number(i) for i in (chosen.missing if chosen else ())}
    return JudgingScore(
        criteria=Ratio(right, len(expected.criteria)),
        wrong_met=Ratio(met, could),
        conclusions=Ratio(int(read in expected.conclusion), 1),
        confusion={("/".join(expected.conclusion), read): 1},
        wrong_meets=Ratio(int(wrong), int(MEETS not in expected.conclusion)),
        named=Ratio(len(named & set(expected.missing)), len(set(expected.missing))),
        meets=(WrongMeets(kept.case, truth.disease_name, expected.conclusion),) if wrong else (),
        mistakes=tuple(mistakes),
    )


def _chosen(truth: Truth, kept: KeptCase) -> KeptJudgement | None:
    by_number = [j for j in kept.judgements if j.number == truth.disease_number]
    by_name = [j for j in kept.judgements if j.name == truth.disease_name]
    return next(iter(by_number or by_name), None)
