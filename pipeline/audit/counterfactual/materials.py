"""For a group of cases: which single material would have settled most of them.

A case counts for an item when nothing but that item stands between it and the standard: with the item met the formula
is true, whatever else stays open. What the item lacks decides how it is told: material to hand in, a picture to be
taken again, a person's word, or evidence that says something else.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.audit.counterfactual.conditions import material_of
from pipeline.audit.replay.judging import settling
from pipeline.audit.replay.opening import opened
from pipeline.audit.replay.records import Chunk, FactsSource, Record, chunks_of
from pipeline.audit.replay.runners import Here, Processes, Runner
from rules.engine import Region, Rule, find_disease, judge
from rules.engine.facts import CaseFacts
from rules.engine.judgement import Conclusion, CriterionResult, Status
from rules.engine.outcome import truth
from rules.engine.rules_at import RulesAt

__all__ = ["LACKS", "TO_HAND_IN", "Materials", "materials", "materials_of_region"]

LACKS = {"material": "补交材料", "retake": "重拍看清", "person": "人工核实", "evidence": "检查结果本身不达标"}
TO_HAND_IN = frozenset({"material", "retake"})
RETAKE = frozenset(
    {"low_confidence", "doubtful_result", "date_unreadable", "value_unreadable"}
    | {"unit_unknown", "readings_disagree", "no_place"}
)
"""Reasons of items for a person where a better picture would do."""
MAX_STEPS = 10

Key = tuple[str, str, str]
"""Disease, item, what it lacks."""


@dataclass(slots=True)
class Sums:
    """Counts over cases that are not met."""

    records: int = 0
    broken: int = 0
    conclusions: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(disease, conclusion) -> cases."""
    lacking: Counter[Key] = field(default_factory=Counter)
    """Cases in which the item is not met."""
    alone: Counter[Key] = field(default_factory=Counter)
    """Cases which the item alone would turn to met."""
    either: Counter[Key] = field(default_factory=Counter)
    """Cases which the item alone decides either way: met where it is met, refused where it is not."""
    reasons: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    """Key and reason code -> cases which the item alone would turn."""
    sets: Counter[tuple[str, frozenset[str]]] = field(default_factory=Counter)
    """(disease, materials each of which alone would do) -> cases; for what several of them would settle together."""

    def add(self, other: Sums) -> None:
        self.records += other.records
        self.broken += other.broken
        for name in ("conclusions", "lacking", "alone", "either", "reasons", "sets"):
            getattr(self, name).update(getattr(other, name))


class Counting:
    """Judges chunk after chunk by one version of the rules."""

    def __init__(self, region: Region) -> None:
        self._region = region
        self._rules: dict[str, Rule | None] = {rule.id: rule for rule in region.rules}
        self._materials: dict[tuple[str, str, dt.date], str] = {}

    def sums(self, chunk: Chunk) -> Sums:
        """Never raises for what a record holds."""
        sums = Sums()
        for record in chunk.records:
            sums.records += 1
            try:
                own = self._record(record)
            except Exception:
                # Stored facts of another form, most of all; what stands there must not be told.
                sums.broken += 1
            else:
                sums.add(own)
        return sums

    def _record(self, record: Record) -> Sums:
        sums = Sums()
        if record.region not in ("", self._region.id):
            return sums
        stored = opened(record)
        facts = stored.facts()
        for name in dict.fromkeys(stored.diseases):
            if name not in self._rules:
                self._rules[name] = find_disease(self._region, name)
            rule = self._rules[name]
            if rule is not None:
                words = {item: Status(status) for disease, item, status in record.settled if disease == rule.id}
                self._case(facts, rule, words, sums)
        return sums

    def _case(self, facts: CaseFacts, rule: Rule, words: Mapping[str, Status], sums: Sums) -> None:
        judgement = judge(facts, rule, self._region, settle=settling(words))
        sums.conclusions[rule.id, judgement.conclusion.value] += 1
        regime = rule.regime(facts.as_of)
        if judgement.conclusion is Conclusion.MEETS or regime is None:
            return
        values = {c.id: truth(c.status) for c in judgement.criteria}
        items = {item.id: item for item in rule.items}
        would_do: set[str] = set()
        for result in judgement.criteria:
            if result.status is Status.MET or result.id not in regime.in_force:
                continue
            key = (rule.id, result.id, _lack(result, can_be_met=regime.tests[result.id].can_be_met))
            sums.lacking[key] += 1
            if regime.formula.value({**values, result.id: True}) is True:
                sums.alone[key] += 1
                sums.reasons[(*key, result.reason)] += 1
                sums.either[key] += regime.formula.value({**values, result.id: False}) is False
                if key[2] in TO_HAND_IN:
                    place = (rule.id, result.id, regime.start)
                    if place not in self._materials:
                        self._materials[place] = material_of(rule, items[result.id], regime.start)
                    would_do.add(self._materials[place])
        if would_do:
            sums.sets[rule.id, frozenset(would_do)] += 1


def _lack(result: CriterionResult, *, can_be_met: bool) -> str:
    if not can_be_met:
        # A catch-all: whatever is handed in, a person decides.
        return "person"
    if result.status is Status.UNMET:
        return "evidence"
    if result.status is Status.MISSING:
        return "material"
    return "retake" if result.reason in RETAKE else "person"


@dataclass(frozen=True, slots=True)
class CountingJob:
    rules: RulesAt

    def ready(self) -> Callable[[Chunk], Sums]:
        return Counting(self.rules.load()).sums


@dataclass(frozen=True)
class Materials:
    """Which single material would have settled how many cases."""

    region: Region
    source: str
    sums: Sums

    @property
    def open_cases(self) -> int:
        """Cases that do not meet their standard."""
        return sum(n for (_, conclusion), n in self.sums.conclusions.items() if conclusion != "meets")

    def ranked(self, *, disease: str | None = None, lacks: Iterable[str] = LACKS) -> list[dict[str, Any]]:
        """Items by the number of cases that they alone would turn, of one disease or of all; ``lacks``: only those."""
        rules = {rule.id: rule for rule in self.region.rules}
        rows = [
            self._row(rules[key[0]], key, count)
            for key, count in sorted(self.sums.alone.items(), key=lambda each: (-each[1], each[0]))
            if disease in (None, key[0]) and key[2] in lacks
        ]
        return [{"rank": rank, **row} for rank, row in enumerate(rows, start=1)]

    def _row(self, rule: Rule, key: Key, count: int) -> dict[str, Any]:
        item = next(item for item in rule.items if item.id == key[1])
        reasons = [(r[3], n) for r, n in self.sums.reasons.items() if r[:3] == key]
        return {
            "disease": rule.id,
            "disease_name": rule.name,
            "criterion": item.id,
            "title": item.title,
            "material": item.advice,
            "lack": key[2],
            "lack_text": LACKS[key[2]],
            "lacking": self.sums.lacking[key],
            "settled": count,
            "decides_either_way": self.sums.either[key],
            "share_of_open": round(count / (self._open_of(rule.id) or 1), 4),
            "reasons": [{"reason": r, "count": n} for r, n in sorted(reasons, key=lambda each: (-each[1], each[0]))],
        }

    def _open_of(self, disease: str) -> int:
        found = self.sums.conclusions
        return sum(n for (name, conclusion), n in found.items() if name == disease and conclusion != "meets")

    def kinds(self, *, disease: str | None = None) -> list[dict[str, Any]]:
        """Kinds of material over all diseases: the one that settles most cases, then the one that settles most of the
        rest, and so on. ``settled_alone`` counts each for itself, ``cumulative`` what they settle one after another."""
        left: Mapping[frozenset[str], int] = _by_set(self.sums.sets, disease)
        alone = Counter({kind: sum(n for s, n in left.items() if kind in s) for s in left for kind in s})
        rows: list[dict[str, Any]] = []
        total = 0
        while left and len(rows) < MAX_STEPS:
            more = Counter({kind: sum(n for s, n in left.items() if kind in s) for s in left for kind in s})
            kind, count = min(more.items(), key=lambda each: (-each[1], each[0]))
            total += count
            rows.append({"material": kind, "settled_alone": alone[kind], "adds": count, "cumulative": total})
            left = {s: n for s, n in left.items() if kind not in s}
        return rows

    def data(self, *, most: int = 100) -> dict[str, Any]:
        """For JSON and tables."""
        return {
            "schema": "yushen.materials.v1",
            "source": self.source,
            "region": self.region.id,
            "rules_version": self.region.version,
            "records": self.sums.records,
            "broken": self.sums.broken,
            "judged": self.sums.conclusions.total(),
            "not_met_yet": self.open_cases,
            "kinds": self.kinds(),
            "items": self.ranked()[:most],
        }


def _by_set(sets: Mapping[tuple[str, frozenset[str]], int], disease: str | None) -> dict[frozenset[str], int]:
    found: Counter[frozenset[str]] = Counter()
    for (name, kinds), count in sets.items():
        if disease in (None, name):
            found[kinds] += count
    return dict(found)


Progress = Callable[[int, int | None], None]


def materials(
    source: FactsSource, rules: RulesAt, *, processes: int = 2, progress: Progress | None = None
) -> Materials:
    """Judge the cases of ``source`` and count which single material would have settled them.

    Raises:
        RuleError, SourceError: rules or cases cannot be read.
    """
    region = rules.load()
    runner: Runner[Sums] = Processes(CountingJob(rules), processes) if processes > 1 else Here(Counting(region).sums)
    return Materials(region, source.name, _total(runner, source, progress))


def materials_of_region(source: FactsSource, region: Region) -> Materials:
    """Like :func:`materials` with rules that are loaded already, in this process."""
    return Materials(region, source.name, _total(Here(Counting(region).sums), source, None))


def _total(runner: Runner[Sums], source: FactsSource, progress: Progress | None) -> Sums:
    total, count = Sums(), source.count() if progress is not None else None
    for sums in _each(runner, source):
        total.add(sums)
        if progress is not None:
            progress(total.records, count)
    return total


def _each(runner: Runner[Sums], source: FactsSource) -> Iterator[Sums]:
    for _, sums in runner.run(chunks_of(source.records())):
        yield sums
