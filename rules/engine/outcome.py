"""How one condition came out, and how conditions combine inside an item.

Weights of a single piece of evidence, strongest first: SUPPORT it satisfies the condition; CONFLICT sources disagree
about it; UNSURE it might, and a person can tell; CONTRARY it is of the right kind and fails; REJECTED it cannot count
(too old, another person's, wrong document) whatever it says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from operator import attrgetter

from rules.engine.facts import Evidence
from rules.engine.formula import Truth
from rules.engine.judgement import Status, TraceNode

__all__ = ["Candidate", "Outcome", "Weight", "combine", "failed", "in_order", "truth"]


class Weight(IntEnum):
    SUPPORT = 0
    CONFLICT = 1
    UNSURE = 2
    CONTRARY = 3
    REJECTED = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """One piece of evidence, weighed. ``first``..``last`` is the span of days it may be dated."""

    weight: Weight
    reason: str
    text: str
    evidence: tuple[Evidence, ...] = ()
    first: dt.date = dt.date.min
    last: dt.date = dt.date.max
    reading: str | None = None
    """A reading of ours that this weight rests on."""

    @property
    def rank(self) -> tuple[int, int, int, str]:
        """Sort key: strongest, then newest."""
        return (self.weight, REASON_RANK.get(self.reason, 50), -self.last.toordinal(), self.text)

    @property
    def order(self) -> tuple[int, int, int, str, tuple[str, ...]]:
        """Like ``rank``, and equals by their places: it does not depend on the order in which facts were given."""
        return (*self.rank, tuple([f"{e.file}\0{e.page}\0{e.box}" for e in self.evidence]))


def in_order(candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Sort by ``order``; the places are told only where two would be equal without."""
    if len(candidates) < 2:
        return candidates
    tied = len({candidate.rank for candidate in candidates}) < len(candidates)
    return sorted(candidates, key=attrgetter("order" if tied else "rank"))


REASON_RANK = {
    # Which reason a person should hear first when several pieces of evidence were turned down.
    "other_person": 10,
    "outside_window": 11,
    "hospital_below_level": 12,
    "future_date": 13,
    "wrong_document": 14,
    "not_confirmed": 15,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a condition came out."""

    status: Status
    reason: str
    message: str
    trace: TraceNode
    evidence: tuple[Evidence, ...] = ()
    against: tuple[Evidence, ...] = ()
    readings: tuple[str, ...] = ()


_STATUSES = tuple(Status)
_TOLD = (Status.MET, Status.CONFLICTING, Status.MANUAL, Status.MISSING, Status.UNMET)
_TRUTH = {Status.MET: True, Status.UNMET: False}


def truth(status: Status) -> Truth:
    """Met is True, unmet is False, every other status is unknown."""
    return _TRUTH.get(status)


def failed(label: str) -> Outcome:
    """The outcome of a condition that broke: a person must look, never true."""
    message = "判定这一项时程序出错，请人工核对。"
    trace = TraceNode(label=label, value=None, status=Status.MANUAL, note=message)
    return Outcome(Status.MANUAL, "error", message, trace)


def distinct_evidence(groups: Sequence[tuple[Evidence, ...]]) -> tuple[Evidence, ...]:
    filled = [group for group in groups if group]
    if len(filled) == 1 and len(filled[0]) == 1:
        # By far the most frequent, and no hash of a whole piece of evidence.
        return filled[0]
    return tuple(dict.fromkeys([e for group in filled for e in group]))


def _text(outcomes: Sequence[Outcome]) -> str:
    return "；".join(dict.fromkeys([o.message.rstrip("。") for o in outcomes if o.message])) + "。"


def combine(kind: str, k: int, label: str, parts: Sequence[Outcome], *, reading: str | None = None) -> Outcome:
    """Combine alternatives or joint conditions of one item.

    ``any``: one met is enough; unmet only when every alternative was examined and is negative.
    ``any_proof``: different proofs of one and the same thing; one negative suffices for unmet where the others are not
    there. ``all``: one unmet is enough to fail; otherwise what is missing goes before what is unsure.
    ``list``: a list whose and/or the clause leaves open; all met is met, only some is for a person (``reading`` names
    the policy). ``at_least``: k of them. ``not``: the contrary of one; what is unknown stays so.
    """
    by: dict[Status, list[Outcome]] = {status: [] for status in _STATUSES}
    for part in parts:
        by[part.status].append(part)
    status = _status(kind, k, len(parts), {s: len(found) for s, found in by.items()}) if parts else Status.MISSING
    readings: tuple[str, ...] = ()
    if not parts:
        decisive: Sequence[Outcome] = ()
        reason, message = "empty_group", "规则这一组没有条件，不能判定。"
        status = Status.MANUAL
    elif kind == "list" and status is Status.MANUAL and by[Status.MET]:
        # Parts that are for a person themselves are told with the rest: why they could not be settled matters here.
        decisive = [p for each in _TOLD for p in by[each]]
        reason, message = "unclear_list", "只见到其中一部分，条文未写明是“和”还是“或”，请人工判断：" + _text(decisive)
        readings = (reading,) if reading else ()
    else:
        decisive = (by[status] if kind != "not" else ()) or list(parts)
        if status is Status.MISSING and kind != "all":
            # The negatives seen are named, so that a person knows what has been looked at already.
            decisive = [*by[Status.UNMET], *(p for p in by[Status.MISSING] if p.reason != "no_evidence")] or decisive
        reason = decisive[0].reason if status is not Status.MISSING else _missing_reason(decisive, by)
        message = _text(decisive)
        if status is Status.MISSING and by[Status.UNMET] and kind != "all":
            message = "已查的为阴性（" + _text(by[Status.UNMET]).rstrip("。") + "），其他可选的检查未见。"
        if by[Status.UNMET] and status in (Status.UNMET, Status.MISSING) and kind == "any" and reading:
            readings = (reading,)
    supporting = by[Status.MET] if status is Status.MET and kind != "not" else decisive
    return Outcome(
        status,
        reason,
        message,
        TraceNode(label=label, value=truth(status), status=status, children=tuple([p.trace for p in parts])),
        distinct_evidence([p.evidence for p in supporting]),
        distinct_evidence([p.against for p in parts]) if status is not Status.MET else (),
        tuple(dict.fromkeys([*readings, *[r for p in decisive for r in p.readings]])),
    )


def _missing_reason(decisive: Sequence[Outcome], by: dict[Status, list[Outcome]]) -> str:
    missing = [p for p in decisive if p.status is Status.MISSING]
    if by[Status.UNMET] and not missing:
        return "alternatives_not_examined"
    return missing[0].reason if missing else "no_evidence"


def _status(kind: str, k: int, size: int, count: dict[Status, int]) -> Status:
    met, unmet = count[Status.MET], count[Status.UNMET]
    unsure = count[Status.MANUAL] + count[Status.CONFLICTING]
    doubt = Status.CONFLICTING if count[Status.CONFLICTING] else Status.MANUAL
    if kind in ("all", "list"):
        if met == size:
            return Status.MET
        if kind == "list":
            if met:
                return Status.MANUAL
            if unmet == size:
                return Status.UNMET
            return doubt if unsure else Status.MISSING
        if unmet:
            return Status.UNMET
        return Status.MISSING if met + unsure < size else doubt
    if kind == "not":
        return Status.UNMET if met else Status.MET if unmet else doubt if unsure else Status.MISSING
    needed = 1 if kind in ("any", "any_proof") else k
    if not 1 <= needed <= size:
        return Status.MANUAL
    if met >= needed:
        return Status.MET
    if met + unsure >= needed:
        return doubt
    if size - unmet < needed or (kind == "any_proof" and unmet):
        return Status.UNMET
    return Status.MISSING
