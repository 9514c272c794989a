"""Whether facts are right as often as they claim: outcomes of a run, reliability by tenths, calibration error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pipeline.calibrating import Calibration, kind_of
from pipeline.calibrating.fitting import Outcome, fit, upper_bound
from pipeline.calibrating.kinds import confidence_of, wider
from pipeline.evaluating.counting import share_interval
from pipeline.evaluating.diagnoses import invented, pair_diagnoses
from pipeline.evaluating.kept import KeptCase
from pipeline.evaluating.labs import pair_rows, row_right
from pipeline.evaluating.runs import Pair
from pipeline.evaluating.truth import Truth
from pipeline.intervals import Interval
from rules.engine.facts import Evidence

__all__ = [
    "Above",
    "Bin",
    "Chart",
    "Reliability",
    "above_thresholds",
    "chart",
    "outcomes_of",
    "recipe_of",
    "reliability",
]

_EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1.0)
"""Bins: most facts are nearly always right, so the upper end is cut finer."""
_FOLDS = 5
_SIDE = 220


@dataclass(frozen=True, slots=True)
class Bin:
    """Facts whose calibrated share lies between two edges."""

    count: int
    claimed: float
    """Mean of what they claim."""
    right: float
    sure: Interval


@dataclass(frozen=True, slots=True)
class Reliability:
    """How well shares hold on cases that the curves were not fitted on."""

    name: str
    count: int
    bins: tuple[Bin, ...]
    error: float
    """Expected calibration error: mean distance of claimed and right share, weighted by facts."""
    raw_error: float
    """The same of the confidence as readers and extractors give it."""


@dataclass(frozen=True, slots=True)
class Above:
    """What lies above the threshold of a kind in a run."""

    kind: str
    threshold: float | None
    proven: bool
    bound: float
    """Share of wrong ones at most, with 95% certainty, of those of this run."""
    count: int
    above: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A reliability diagram as geometry: a dot a bin with its interval, and the diagonal on which claims hold."""

    name: str
    dots: tuple[tuple[float, float, float, float, float], ...]
    """x, y, ends of the interval, radius."""
    side: int = _SIDE


def chart(found: Reliability) -> Chart:
    """Return the diagram of ``found``; both axes run from 0.5 to 1, where nearly all facts lie."""
    side = _SIDE

    def at(value: float) -> float:
        return round(min(max((value - 0.5) / 0.5, 0.0), 1.0) * side, 1)

    most = max((b.count for b in found.bins), default=1)
    return Chart(
        found.name,
        tuple(
            (
                at(b.claimed),
                side - at(b.right),
                side - at(b.sure.low),
                side - at(b.sure.high),
                round(3 + 6 * (b.count / most) ** 0.5, 1),
            )
            for b in found.bins
        ),
    )


def above_thresholds(outcomes: Sequence[Outcome], table: Calibration) -> tuple[Above, ...]:
    """Return, for the kinds of ``outcomes`` without regard to the reader, what their thresholds let pass."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(wider(outcome.kind), []).append(outcome)
    made = []
    for kind, members in sorted(groups.items()):
        curve = table.curves.get(kind)
        threshold = table.threshold(kind)
        passed = [o for o in members if threshold is None or o.confidence >= threshold]
        wrong = sum(not o.right for o in passed)
        bound = upper_bound(wrong, len(passed)) if passed else 1.0
        made.append(Above(kind, threshold, curve is not None and curve.proven, bound, len(members), len(passed), wrong))
    return tuple(made)


def outcomes_of(pairs: Sequence[Pair]) -> tuple[Outcome, ...]:
    """Return every fact of which the truth says whether it is right; what it does not list is left out."""
    return tuple(outcome for pair in pairs for outcome in _case(pair.truth, pair.kept))


def recipe_of(pairs: Sequence[Pair]) -> dict[str, Any]:
    """How a table fitted on ``pairs`` was made, for whoever makes it again."""
    pages = [page for pair in pairs for page in pair.truth.pages]
    return {
        "cases_count": len(pairs),
        "pages": len(pages),
        "splits": sorted({page.split or "none" for page in pages}),
        "families": len({page.family for page in pages if page.family}),
        "right": "lab_results: name, result and unit; diagnoses: confirmed, with that status",
        "command": "yushen evaluate CASES --out RUN; RUN/calibration.json",
    }


def _case(truth: Truth, kept: KeptCase) -> Iterator[Outcome]:
    readers = {page.place: page.reader for page in kept.pages}

    def reader_of(evidence: Evidence) -> str:
        return readers.get((evidence.file, evidence.page), "none")

    def outcome(name: str, fact: Any, right: bool) -> Iterator[Outcome]:
        kind = kind_of(name, fact, reader_of)
        if kind is not None:
            yield Outcome(kind, kept.case, confidence_of(fact), right)

    sheets = {page for d in truth.documents if d.of("lab_results") or d.type == "lab_report" for page in d.pages}
    rows = pair_rows(truth, kept)
    for wanted, found in rows.matched:
        yield from outcome("lab_results", found.fact, row_right(wanted, found.fact))
    for extra in rows.extra:
        if any(place in sheets for place in extra.places):
            yield from outcome("lab_results", extra.fact, False)
    diagnoses = pair_diagnoses(truth, kept)
    for wanted, named in diagnoses.matched:
        yield from outcome("diagnoses", named.fact, named.fact.status.value == wanted.fact.values["status"])
    known = {(p.file, p.page) for p in truth.pages if not p.unusable}
    for more in diagnoses.extra:
        if any(place in known and invented(truth, place, more.fact) for place in more.places):
            yield from outcome("diagnoses", more.fact, False)


def reliability(outcomes: Sequence[Outcome], table: Calibration | None = None) -> tuple[Reliability, ...]:
    """Return how well shares hold, over all facts and kind by kind.

    Args:
        table: fitted elsewhere; None: fitted on four fifths of the cases and tried on the fifth, five times over.
    """
    told = [(o, share) for o, share in _shares(outcomes, table) if share is not None]
    groups: dict[str, list[tuple[Outcome, float]]] = {"": told}
    for o, share in told:
        groups.setdefault(wider(o.kind), []).append((o, share))
    return tuple(_reliability(name, members) for name, members in sorted(groups.items()) if members)


def _shares(outcomes: Sequence[Outcome], table: Calibration | None) -> Iterator[tuple[Outcome, float | None]]:
    if table is not None:
        for outcome in outcomes:
            yield outcome, _share(table, outcome)
        return
    cases = sorted({outcome.case for outcome in outcomes})
    fold: Mapping[str, int] = {case: number % _FOLDS for number, case in enumerate(cases)}
    for number in range(min(_FOLDS, len(cases))):
        fitted = fit([o for o in outcomes if fold[o.case] != number], {})
        for outcome in outcomes:
            if fold[outcome.case] == number:
                yield outcome, _share(fitted, outcome)


def _share(table: Calibration, outcome: Outcome) -> float | None:
    curve = table.curve(outcome.kind)
    return None if curve is None else curve.at(outcome.confidence)


def _reliability(name: str, members: Sequence[tuple[Outcome, float]]) -> Reliability:
    bins = _bins([(share, o.right) for o, share in members])
    raw = _bins([(o.confidence, o.right) for o, _ in members])
    return Reliability(name, len(members), bins, _error(bins), _error(raw))


def _bins(told: Sequence[tuple[float, bool]]) -> tuple[Bin, ...]:
    made = []
    for low, high in pairwise(_EDGES):
        own = [(share, right) for share, right in told if low <= share < high or (high == 1.0 and share >= 1.0)]
        if own:
            good = sum(right for _, right in own)
            claimed = sum(share for share, _ in own) / len(own)
            made.append(Bin(len(own), claimed, good / len(own), share_interval(good, len(own))))
    return tuple(made)


def _error(bins: Sequence[Bin]) -> float:
    count = sum(b.count for b in bins)
    return sum(b.count * abs(b.claimed - b.right) for b in bins) / count if count else 0.0
