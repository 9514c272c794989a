"""From weighed evidence to the outcome of one condition: enough of it, on how many different days, over what span."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rules.engine.dates import Period
from rules.engine.judgement import Status, TraceNode
from rules.engine.outcome import Candidate, Outcome, Weight, distinct_evidence, in_order, truth
from rules.engine.policies import is_own

__all__ = ["Count", "distinct_days", "weigh"]

SHOWN = 4
"""So many pieces of evidence are told in a message; the rest is in the trace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How much evidence a clause wants: so many on different days, the first and last at least ``span`` apart."""

    at_least: int = 1
    unit: str = "次"
    span: Period | None = None


ONCE = Count()


def distinct_days(candidates: Iterable[Candidate]) -> int:
    """Return how many are certainly of different days.

    Evidence dated only within a span of days (quoted without its own date) counts as a further one only where its span
    lies clear of all others; so the same result told twice counts once.
    """
    count = 0
    last = None
    for candidate in sorted(candidates, key=lambda c: (c.last, c.first)):
        if last is None or candidate.first > last:
            count += 1
            last = candidate.last
    return count


def _spans(candidates: Sequence[Candidate], span: Period) -> bool:
    """True when the first and last certainly lie ``span`` apart."""
    first = min(c.last for c in candidates)
    last = max(c.first for c in candidates)
    return first != dt.date.max and last != dt.date.min and span.after(first) <= last


def _enough(candidates: Sequence[Candidate], count: Count) -> bool:
    if not candidates:
        return False
    if count.at_least > 1 and distinct_days(candidates) < count.at_least:
        return False
    return count.span is None or _spans(candidates, count.span)


def _possibly_enough(candidates: Sequence[Candidate], count: Count) -> bool:
    """With unsure evidence: could a person find that it is enough? Unknown days might all differ."""
    if len(candidates) < count.at_least:
        return False
    known = [c for c in candidates if c.first == c.last]
    if len(known) == len(candidates):
        return _enough(candidates, count)
    return count.at_least <= distinct_days(known) + len(candidates) - len(known)


def weigh(
    label: str, candidates: Sequence[Candidate], *, count: Count = ONCE, absent: str, own_readings: bool
) -> Outcome:
    """Weigh ``candidates``; ``absent`` tells what is missing when there are none.

    Without ``own_readings`` what a reading of ours (经验口径) decides is for a person.
    """
    if not own_readings:
        candidates = [_not_by_ours(c) for c in candidates]
    if not candidates:
        # Most conditions of most cases: nothing to sort, weigh or tell.
        trace = TraceNode(label=label, value=None, status=Status.MISSING, note=absent + "。")
        return Outcome(Status.MISSING, "no_evidence", trace.note, trace)
    ordered = in_order(candidates)
    support: list[Candidate] = []
    conflict: list[Candidate] = []
    unsure: list[Candidate] = []
    contrary: list[Candidate] = []
    rejected: list[Candidate] = []
    by = (support, conflict, unsure, contrary, rejected)
    for candidate in ordered:
        by[candidate.weight].append(candidate)
    note = ""
    if _enough(support, count):
        status, decisive, reason = Status.MET, support, "evidence_found"
    elif conflict and _possibly_enough([*support, *conflict], count):
        status, decisive, reason = Status.CONFLICTING, [*conflict, *support], conflict[0].reason
    elif (unsure or conflict or support) and _possibly_enough([*support, *conflict, *unsure], count):
        decisive = [*unsure, *conflict, *support]
        status, reason = Status.MANUAL, decisive[0].reason if unsure or conflict else "days_not_distinct"
        note = "" if unsure or conflict else "不能确认是不同的日期"
    elif support or ((unsure or conflict) and count.at_least > 1):
        status, decisive, reason = Status.MISSING, [*support, *conflict, *unsure, *contrary], "too_few"
        note = _shortage(support, count)
    elif contrary and not conflict:
        status, decisive, reason = Status.UNMET, contrary, contrary[0].reason
    else:
        status, decisive = Status.MISSING, rejected
        reason = rejected[0].reason if rejected else "no_evidence"
    message = _message(decisive, note, absent)
    supports = status in (Status.MET, Status.CONFLICTING, Status.MANUAL) or reason == "too_few"
    # What decides is always the whole of one or more weights.
    used = {c.weight for c in decisive if c.weight < Weight.CONTRARY}
    against = [c for c in (ordered if supports else decisive) if c.weight not in used]
    return Outcome(
        status,
        reason,
        message,
        TraceNode(label=label, value=truth(status), status=status, note=message, children=_traces(ordered)),
        distinct_evidence([c.evidence for c in decisive if supports or status is Status.UNMET]),
        distinct_evidence([c.evidence for c in against]),
        tuple(dict.fromkeys([c.reading for c in decisive if c.reading])),
    )


def _not_by_ours(candidate: Candidate) -> Candidate:
    """Evidence as it counts where readings of ours are switched off."""
    if candidate.weight not in _VALUES or not is_own(candidate.reading):
        return candidate
    would = "成立" if candidate.weight is Weight.SUPPORT else "不成立"
    text = f"{candidate.text}（按我方读法为{would}，本地区不采用我方读法，须人工判断）"
    return replace(candidate, weight=Weight.UNSURE, reason="own_reading_off", text=text)


def _shortage(support: Sequence[Candidate], count: Count) -> str:
    days = distinct_days(support)
    if days < count.at_least:
        return f"需要不同日期的 {count.at_least} {count.unit}，现确认 {days} {count.unit}"
    return f"首末次相隔不足{count.span.text}" if count.span else ""


def _message(decisive: Sequence[Candidate], note: str, absent: str) -> str:
    texts = list(dict.fromkeys([c.text for c in decisive]))
    if not texts and not note:
        return absent + "。"
    if len(texts) > SHOWN:
        texts = [*texts[:SHOWN], f"另有 {len(texts) - SHOWN} 条"]
    return "；".join([*texts, note] if note else texts) + "。"


_VALUES = {Weight.SUPPORT: True, Weight.CONTRARY: False}
_STATUSES = {
    Weight.SUPPORT: Status.MET,
    Weight.CONFLICT: Status.CONFLICTING,
    Weight.UNSURE: Status.MANUAL,
    Weight.CONTRARY: Status.UNMET,
    Weight.REJECTED: Status.MISSING,
}


def _traces(candidates: Sequence[Candidate]) -> tuple[TraceNode, ...]:
    return tuple([TraceNode(label=c.text, value=_VALUES.get(c.weight), status=_STATUSES[c.weight]) for c in candidates])
