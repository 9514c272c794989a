"""Findings and measurements, treatments, and visits: found, and right in all that the rules look at.

A truth lists what was meant to be found, not every normal sentence. A read one without a true one counts as invented
where the truth of its document lists any of its kind, and it neither denies something nor repeats one that is there.

Of findings a truth lists a few of the dozens that a report states (the ones that a rule asks for). Unless it says that
it lists them all (``complete``), a further one is no mistake: only one that contradicts the truth of its concept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from pipeline.evaluating.counting import NO_MATCH, Match, merged
from pipeline.evaluating.kept import KeptCase, Place
from pipeline.evaluating.matching import Found, Pairs, Wanted, found_facts, nearness, pair_facts, wanted_facts
from pipeline.evaluating.truth import Truth
from rules.engine.facts import AssertionStatus, Finding, Treatment, Visit
from rules.vocabulary.cleaning import term_key

__all__ = ["StatementScore", "pair_findings", "pair_treatments", "pair_visits", "score_statements"]

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class StatementScore:
    """One of the kinds; ``named``: found at all, ``right``: with status, value and dates."""

    named: Match = NO_MATCH
    right: Match = NO_MATCH


def pair_findings(truth: Truth, kept: KeptCase) -> Pairs[Finding]:
    """Pair by concept within a document. True findings without a concept are not asked for."""
    wanted = [w for w in _usable(truth, "findings") if w.fact.values.get("concept")]
    return pair_facts(wanted, found_facts(kept, kept.facts.findings), _fit_finding)


def pair_treatments(truth: Truth, kept: KeptCase) -> Pairs[Treatment]:
    """Pair by concept, name or drug class within a document."""
    return pair_facts(_usable(truth, "treatments"), found_facts(kept, kept.facts.treatments), _fit_treatment)


def pair_visits(truth: Truth, kept: KeptCase) -> Pairs[Visit]:
    """Pair by kind and days within a document."""
    return pair_facts(_usable(truth, "visits"), found_facts(kept, kept.facts.visits), _fit_visit)


def score_statements(truth: Truth, pairs: Pairs[F]) -> dict[Place, StatementScore]:
    """Return the score by page of pairs of any of the three kinds."""
    right = _RIGHT
    out: dict[Place, list[StatementScore]] = {}
    for wanted, found in pairs.matched:
        good = int(right[type(found.fact)](wanted, found.fact))
        out.setdefault(wanted.place, []).append(StatementScore(Match(1, 1, 1), Match(good, 1, 1)))
    for wanted in pairs.missed:
        out.setdefault(wanted.place, []).append(StatementScore(Match(expected=1), Match(expected=1)))
    known = {(p.file, p.page) for p in truth.pages if not p.unusable}
    for extra in pairs.extra:
        for place in [p for p in extra.places if p in known and _invented(truth, p, extra.fact)][:1]:
            out.setdefault(place, []).append(StatementScore(Match(found=1), Match(found=1)))
    return {place: merged(scores, StatementScore) for place, scores in out.items()}


def _invented(truth: Truth, place: Place, read: Any) -> bool:
    kind = _KIND[type(read)]
    documents = [d for d in truth.documents if place in d.pages]
    own = [f for d in documents for f in d.of(kind)]
    status = getattr(read, "status", None)
    if kind == "findings" and not all(kind in d.complete for d in documents):
        told = {str(f.values["status"]) for f in own if f.values.get("concept") == read.concept}
        return bool(told) and str(status) not in told
    if not own or status in (AssertionStatus.DENIED, AssertionStatus.HISTORY, AssertionStatus.FAMILY):
        return False
    concept, name = getattr(read, "concept", None), term_key(getattr(read, "name", ""))
    return not any(
        (concept is not None and f.values.get("concept") == concept)
        or (name != "" and term_key(str(f.values.get("name", ""))) == name)
        for f in own
    )


def _usable(truth: Truth, kind: str) -> Sequence[Wanted]:
    unusable = {(p.file, p.page) for p in truth.pages if p.unusable}
    return [w for w in wanted_facts(truth, kind) if w.place not in unusable]


def _fit_finding(wanted: Wanted, found: Found[Finding]) -> float | None:
    near, read, values = nearness(wanted, found), found.fact, wanted.fact.values
    if near is None or read.concept != values["concept"]:
        return None
    return near + 2.0 * _same_value(wanted, read) + bool(read.status.value == values["status"])


def _same_value(wanted: Wanted, read: Finding) -> bool:
    value = wanted.fact.values.get("value")
    return value is None or (read.value is not None and read.value == Decimal(str(value)))


def _finding_right(wanted: Wanted, read: Finding) -> bool:
    return read.status.value == wanted.fact.values["status"] and _same_value(wanted, read)


def _fit_treatment(wanted: Wanted, found: Found[Treatment]) -> float | None:
    near, read, values = nearness(wanted, found), found.fact, wanted.fact.values
    if near is None:
        return None
    a, b = term_key(str(values["name"])), term_key(read.name)
    concept = values.get("concept") is not None and values["concept"] == read.concept
    if a == b:
        likeness = 3.0
    elif (a and b and (a in b or b in a)) or concept:
        likeness = 2.0
    elif values.get("drug_class") in read.classes:
        likeness = 1.0
    else:
        return None
    return likeness + near + (str(values.get("date")) == str(read.date)) + bool(read.status.value == values["status"])


def _treatment_right(wanted: Wanted, read: Treatment) -> bool:
    kind = wanted.fact.values.get("treatment", wanted.fact.values.get("kind"))
    return read.status.value == wanted.fact.values["status"] and (kind is None or read.kind == kind)


def _fit_visit(wanted: Wanted, found: Found[Visit]) -> float | None:
    near, read, values = nearness(wanted, found), found.fact, wanted.fact.values
    if near is None or read.kind.value != values["kind"]:
        return None
    return near + 2.0 * (str(read.start) == str(values.get("start"))) + (str(read.end) == str(values.get("end")))


def _visit_right(wanted: Wanted, read: Visit) -> bool:
    values = wanted.fact.values
    start = str(read.start) == str(values["start"])
    return start and ("end" not in values or str(read.end) == str(values["end"]))


_KIND: dict[type, str] = {Finding: "findings", Treatment: "treatments", Visit: "visits"}
_RIGHT: dict[type, Callable[[Wanted, Any], bool]] = {
    Finding: _finding_right,
    Treatment: _treatment_right,
    Visit: _visit_right,
}
