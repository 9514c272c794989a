"""Judges the same cases of ten diseases with this engine and with zen-engine, and compares speed and statuses.

Both engines get facts that are decoded already and run in this process, zen on models that it has compiled beforehand
and all cases in one batch. The rows that it needs are worked out before the clock of its evaluation starts, and are
counted apart. Its statuses are the whole of its answer; this engine's comes with evidence, reasons and missing list.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import zen

from rules.engine import judge, load_region
from rules.engine.facts import CaseFacts
from rules.engine.judgement import Judgement
from rules.engine.stored_facts import facts_from_data
from tests.benchmarks.judging.running import RULES
from tests.benchmarks.zen.flattening import flatten, kinds_of
from tests.benchmarks.zen.models import DISEASES, FOLDER

__all__ = ["LEAST_AGREEMENT", "Comparison", "compare_store"]

LEAST_AGREEMENT = 0.99
"""Of item statuses that both engines decide. Below it the port is no port of the same rules."""
DECIDED = ("met", "unmet", "missing")

EMPTY = flatten(CaseFacts(as_of=dt.date(2026, 3, 15)), {})
"""A case without papers, for the first call of each model."""

NOT_EXPRESSED = """What the decision models leave out, or the flattening has to work out for them:
- evidence: zen answers with a value, not with the places on the pages that it rests on, for and against
- reasons in words, the trace of a clause, the readings that decided, and the missing list
- three-valued logic: a comparison with null is an error, so every clause spells out its own three statuses;
  manual and conflicting (unsure readings, copies or sources that disagree) would double each of them
- results printed with < or >, and readings too unsure to count that still keep an item from being unmet: the statuses
  that differ, as far as looked into, are of these two kinds
- copies of one paper, quoted results, reprints, admission diagnoses that yield to discharge diagnoses
- calendar windows and spans: begin and end are worked out outside, the model compares day numbers
- units, narrower diagnoses, headings, hospital levels that are not known, policies of a region, values by date"""


@dataclass(slots=True)
class Comparison:
    cases: int
    ours_cpu: float
    ours_wall: float
    zen_cpu: float
    zen_wall: float
    flattening_cpu: float
    both: int = 0
    """Item statuses that both engines decided."""
    same: int = 0
    left_open: int = 0
    """Item statuses that this engine leaves to a person or finds in conflict."""
    differing: Counter[str] = field(default_factory=Counter)

    @property
    def agreement(self) -> float:
        return self.same / self.both if self.both else 0.0

    def __str__(self) -> str:
        def speed(name: str, cpu: float, wall: float) -> str:
            return f"| {name} | {self.cases / wall:.0f} | {self.cases / cpu:.0f} | {1e6 * cpu / self.cases:.0f} |"

        whole = self.zen_cpu + self.flattening_cpu
        rows = [
            f"\n{self.cases} cases of {len(DISEASES)} diseases, zen-engine {version('zen-engine')}",
            "| engine | cases/s | cases/CPU-s | µs a case |",
            "| --- | --- | --- | --- |",
            speed("yushen, with evidence, reasons, missing list", self.ours_cpu, self.ours_wall),
            speed("zen, statuses, rows made beforehand", self.zen_cpu, self.zen_wall),
            f"| zen with the making of its rows | | {self.cases / whole:.0f} | {1e6 * whole / self.cases:.0f} |",
            f"item statuses: {self.both} decided by both, {self.agreement:.2%} the same; "
            f"{self.left_open} more are for a person or in conflict, which the models do not tell",
        ]
        if self.differing:
            rows.append("differing: " + ", ".join(f"{what} {n}" for what, n in self.differing.most_common(12)))
        return "\n".join([*rows, NOT_EXPRESSED])


def compare_store(files: list[Path]) -> Comparison:
    """Judge the cases of the ten diseases in ``files`` with both engines.

    Raises:
        SystemExit: they agree on less than LEAST_AGREEMENT of what both decide.
    """
    region = load_region(RULES, "jiangxi")
    rules = {rule.id: rule for rule in region.rules if rule.id in DISEASES}
    cases = _cases(files, set(rules))
    began, cpu = time.perf_counter(), time.process_time()
    ours = [judge(facts, rules[disease], region) for disease, facts in cases]
    ours_wall, ours_cpu = time.perf_counter() - began, time.process_time() - cpu
    kinds = kinds_of(region.vocabulary)
    cpu = time.process_time()
    rows = [flatten(facts, kinds) for _, facts in cases]
    flattening = time.process_time() - cpu
    engine, requests = _zen(), [{"key": disease, "context": row} for (disease, _), row in zip(cases, rows, strict=True)]
    began, cpu = time.perf_counter(), time.process_time()
    theirs = engine.evaluate_batch(requests)
    zen_wall, zen_cpu = time.perf_counter() - began, time.process_time() - cpu
    found = Comparison(len(cases), ours_cpu, ours_wall, zen_cpu, zen_wall, flattening)
    for judgement, answer in zip(ours, theirs, strict=True):
        _compare(found, judgement, answer["data"]["result"])
    if found.agreement < LEAST_AGREEMENT:
        raise SystemExit(f"{found}\nthe engines disagree: {found.agreement:.2%}")
    return found


def _zen() -> zen.ZenEngine:
    """An engine with all models compiled: of its ways in, the static loader with batches is the quickest by half."""
    models = {name: json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")) for name in DISEASES}
    engine = zen.ZenEngine({"loader": {"type": "static", "content": models}})
    engine.evaluate_batch([{"key": name, "context": EMPTY} for name in models])
    return engine


def _cases(files: list[Path], diseases: set[str]) -> list[tuple[str, CaseFacts]]:
    rows = (json.loads(line) for file in files for line in file.read_bytes().splitlines())
    return [(row["disease"], facts_from_data(row["facts"])) for row in rows if row["disease"] in diseases]


def _compare(found: Comparison, judgement: Judgement, result: dict[str, Any]) -> None:
    for criterion in judgement.criteria:
        theirs = result[f"item_{criterion.id}"]
        if criterion.status.value not in DECIDED or theirs not in DECIDED:
            found.left_open += 1
            continue
        found.both += 1
        if criterion.status.value == theirs:
            found.same += 1
        else:
            found.differing[f"{judgement.disease.number}.{criterion.id} {criterion.status.value}/{theirs}"] += 1
