"""The smallest changes of evidence with which one case would have met its standard, each proven by judging again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product
from typing import Any

from pipeline.audit.counterfactual.asked import Asked
from pipeline.audit.counterfactual.candidates import candidates
from pipeline.audit.counterfactual.conditions import leaves_of
from pipeline.audit.counterfactual.edits import BURDENS, Cost, Edit, applied, cost_of, settled
from rules.engine import Region, Rule, judge
from rules.engine.case_view import view_case
from rules.engine.facts import CaseFacts
from rules.engine.judgement import Conclusion, CriterionResult, Judgement, Status
from rules.engine.predicates import run_test
from rules.engine.primes import TooManyWaysError
from rules.engine.primes import ways as ways_of
from rules.engine.ruleset import Regime

__all__ = ["Counterfactual", "Way", "counterfactual"]

Edits = frozenset[Edit]

MOST_TOGETHER = 3
"""Changes tried together for one item."""
MOST_CANDIDATES = 16
"""Changes of parts tried for one item, cheapest first; the item as a whole is always one."""
MOST_OPTIONS = 12
MOST_SETS = 20_000
MOST_TRIED = 400
"""Sets of changes that are judged for one case."""


@dataclass(frozen=True, slots=True)
class Way:
    """Changes that together would have met the standard; without any one of them it would not."""

    edits: tuple[Edit, ...]
    cost: Cost

    @property
    def text(self) -> str:
        return "；".join(edit.text for edit in self.edits)


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """What would have met the standard, smallest first."""

    judgement: Judgement
    ways: tuple[Way, ...]
    """Empty where the case meets it already, where no rule holds on its day, or where nothing was found."""

    def data(self) -> dict[str, Any]:
        return {
            "disease": self.judgement.disease.id,
            "conclusion": self.judgement.conclusion.value,
            "ways": [
                {
                    "text": way.text,
                    "cost": way.cost._asdict(),
                    "changes": [
                        {"burden": e.burden.name.lower(), "burden_text": BURDENS[e.burden], "text": e.text}
                        for e in way.edits
                    ],
                }
                for way in self.ways
            ],
        }


def counterfactual(facts: CaseFacts, rule: Rule, region: Region, *, most: int = 5) -> Counterfactual:
    """Find up to ``most`` smallest sets of changes of ``facts`` with which ``rule`` would be met.

    Small is first that the evidence need not say anything else, then that few papers are needed (:class:`Cost`).
    """
    judgement = judge(facts, rule, region)
    regime = rule.regime(facts.as_of)
    if judgement.conclusion is Conclusion.MEETS or regime is None:
        return Counterfactual(judgement, ())
    case = _Case(facts, rule, region, regime, {c.id: c for c in judgement.criteria})
    found: list[Way] = []
    for edits in islice(case.sets(), MOST_TRIED):
        if any(set(way.edits) <= edits for way in found):
            continue
        if case.meets(edits):
            found.append(Way(tuple(sorted(edits, key=lambda e: (e.burden, e.key))), cost_of(edits)))
        if len(found) >= most:
            break
    return Counterfactual(judgement, tuple(found))


@dataclass(frozen=True)
class _Case:
    facts: CaseFacts
    rule: Rule
    region: Region
    regime: Regime
    results: Mapping[str, CriterionResult]

    def meets(self, edits: Edits) -> bool:
        """Judged again as a whole: a change may help one item and spoil another."""
        facts = applied(self.facts, edits)
        return judge(facts, self.rule, self.region, settle=settled(edits)).conclusion is Conclusion.MEETS

    def sets(self) -> Iterator[Edits]:
        """Sets of changes that should do, cheapest first: for each way through the formula, an option of each item."""
        options = {key: self.options(key) for key, r in self.results.items() if self._open(key, r)}
        found: dict[Edits, Cost] = {}
        ways = self.ways()
        for way in ways:
            lists = [options[key] for key in sorted(way) if key in options]
            # Of long lists the cheapest: standards have few ways with few items that are open.
            room = max(1, int((MOST_SETS / len(ways)) ** (1 / max(1, len(lists)))))
            for chosen in product(*(each[:room] for each in lists)):
                edits = frozenset[Edit]().union(*chosen)
                if edits:
                    found.setdefault(edits, cost_of(edits))
        for edits, _ in sorted(found.items(), key=lambda each: (each[1], len(each[0]), sorted(e.key for e in each[0]))):
            yield edits

    def ways(self) -> Sequence[frozenset[str]]:
        """Smallest sets of items that make the formula true; all items where there are too many to look into."""
        try:
            return sorted(ways_of(self.regime.formula), key=sorted)
        except TooManyWaysError:
            return [self.regime.in_force]

    def _open(self, key: str, result: CriterionResult) -> bool:
        return key in self.regime.in_force and result.status is not Status.MET

    def options(self, key: str) -> list[Edits]:
        """Smallest sets of changes after which the item is met, cheapest first; none contains another."""
        item = next(i for i in self.rule.items if i.id == key)
        test = self.regime.tests[key]
        leaves = leaves_of(self.rule, item, self.regime.start)
        asked = Asked(item, self.results[key], leaves, not test.can_be_met, self.facts, self.region.vocabulary)
        whole, *parts = candidates(asked)
        tried = sorted(parts, key=lambda e: (e.cost, e.key))[:MOST_CANDIDATES]
        found: list[Edits] = [frozenset({whole})]
        for size in range(1, MOST_TOGETHER + 1):
            for chosen in combinations(tried, size):
                edits = frozenset(chosen)
                if not _one_each(chosen) or any(known <= edits for known in found):
                    continue
                outcome = run_test(test, view_case(applied(self.facts, edits)))
                if outcome.status is Status.MET and outcome.evidence:
                    found.append(edits)
        return sorted(found, key=lambda e: (cost_of(e), sorted(x.key for x in e)))[:MOST_OPTIONS]


def _one_each(edits: Sequence[Edit]) -> bool:
    """False where two of them change the same thing to different values."""
    heads = [edit.key[:2] for edit in edits]
    return len(set(heads)) == len(heads)
