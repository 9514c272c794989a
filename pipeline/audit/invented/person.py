"""What an invented reviewer makes of a case: corrections, a word on open items, a decision with reasons."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

from pipeline.audit.invented import world
from pipeline.audit.invented.handing_in import Applicant, Folder
from rules.engine.formula import Formula, Truth
from rules.engine.judgement import Conclusion, CriterionResult, Judgement, Status

__all__ = ["REASON_LABELS", "Reason", "Settling", "Verdict", "decide"]

REASON_LABELS: Mapping[str, str] = {
    "missing": "缺材料",
    "unclear": "材料不清",
    "outdated": "材料过期",
    "hospital_level": "医院级别不够",
    "below_standard": "检验值未达标准",
    "negative": "检查阴性",
    "diagnosis_differs": "诊断不符",
    "form_unsigned": "申请表未签字/未盖章",
    "original_checked": "已核对原件",
    "expert": "专家判断",
}
"""The service's own codes and words (a test keeps them equal)."""
_CODES = {
    "outside_window": "outdated",
    "hospital_below_level": "hospital_level",
    "below_threshold": "below_standard",
    "within_range": "below_standard",
    "threshold_not_reached": "below_standard",
    "negative": "negative",
    "denied": "diagnosis_differs",
    "below_grade": "diagnosis_differs",
}
_SETTLED = "settled_by_person"


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    criterion: str | None = None
    photo: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: str
    reasons: tuple[Reason, ...]


@dataclass(slots=True)
class Settling:
    """The reviewer's word on items that the machine leaves open, as the engine asks for it."""

    chance: random.Random
    settled: dict[str, str] = field(default_factory=dict)

    def __call__(self, result: CriterionResult) -> CriterionResult:
        place = (*result.evidence, *result.against)
        if result.status not in (Status.MANUAL, Status.CONFLICTING) or not place or result.reason == "catch_all":
            return result
        status = Status.MET if self.chance.random() < 0.45 else Status.UNMET
        self.settled[result.id] = status.value
        return replace(result, status=status, reason=_SETTLED, evidence=place[:1])


def decide(
    chance: random.Random,
    who: Applicant,
    folder: Folder,
    judgement: Judgement,
    formula: Formula,
    *,
    number: int,
    photo: Mapping[str, bool],
) -> Verdict:
    """Decide on a judgement with corrections applied.

    Args:
        number: the round.
        photo: item -> it fails because of the pictures.
    """
    if who.unsealed and number == 1:
        return Verdict("return", (Reason("form_unsigned"),))
    rejected = frozenset(r.id for r in judgement.criteria if _rejects(chance, who, folder, r))
    values = {r.id: _truth(r, rejected) for r in judgement.criteria}
    value = formula.value(values)
    if value is True:
        return Verdict("approve", ())
    failed = [r for r in judgement.criteria if r.status is Status.UNMET and _tried(folder, r.id)]
    if failed and number >= 2 and value is None:
        # Something else could still prove it, but this applicant has nothing else.
        return Verdict("refuse", tuple(Reason(_code(r, photo=False), r.id) for r in failed))
    refuses = value is False or number >= 6 or bool(rejected and chance.random() < 0.05)
    reasons = tuple(Reason("expert" if refuses else "negative", item) for item in sorted(rejected))
    by_id = {r.id: r for r in judgement.criteria}
    reasons += tuple(
        Reason(_code(by_id[item], photo.get(item, False)), item, photo.get(item, False))
        for item in _in_the_way(judgement, folder, photo)
        if item not in rejected
    )
    return Verdict("refuse" if refuses else "return", reasons or (Reason("missing"),))


def _rejects(chance: random.Random, who: Applicant, folder: Folder, result: CriterionResult) -> bool:
    if result.status is not Status.MET:
        return False
    share = world.OTHERWISE_REJECTED
    if (who.disease.disease, result.id) == ("hypertension", "7"):
        share = world.PLAQUE_REJECTED
    if any(h.group.item == result.id and h.read == "number" for h in folder.handed):
        share = world.NUMBER_REJECTED
    return chance.random() < share


def _tried(folder: Folder, item: str) -> bool:
    return any(handed.group.item == item for handed in folder.handed)


def _truth(result: CriterionResult, rejected: frozenset[str]) -> Truth:
    if result.id in rejected:
        return False
    return {Status.MET: True, Status.UNMET: False}.get(result.status)


def _in_the_way(judgement: Judgement, folder: Folder, photo: Mapping[str, bool]) -> list[str]:
    """Items that a person names: of alternatives the one that the applicant tried, not the cheapest."""
    if judgement.conclusion is Conclusion.NOT_MET:
        return [r.id for r in judgement.criteria if r.status is Status.UNMET]
    found = []
    for need in judgement.missing:
        choices = [need.criterion, *chain.from_iterable(need.alternative_criteria)]
        better = [c for c in choices if photo.get(c, False)] or [c for c in choices if _tried(folder, c)]
        found.append((better or choices)[0])
    found += [
        r.id for r in judgement.criteria if r.status in (Status.MANUAL, Status.CONFLICTING) and r.reason != "catch_all"
    ]
    return list(dict.fromkeys(found))


def _code(result: CriterionResult, photo: bool) -> str:
    if photo:
        return "unclear"
    if result.status is Status.UNMET:
        return _CODES.get(result.reason, "negative")
    return _CODES.get(result.reason, "missing")
