"""Stored cases by seeded variation of the cases that the packs bring: the material of the benchmark.

Every case of every pack is a base in turn, so each disease has its share. A case then gets further papers of other
cases of the same disease (an application has more than the one paper that a test needs), loses one, is moved in time
as a whole and paper by paper, gets other numbers, and now and then a paper of doubtful owner, hospital or reading.
The same seed gives the same text, whatever number of processes writes it.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar

from rules.engine import Region
from rules.engine.cases import load_cases
from rules.engine.facts import CaseFacts, DocumentInfo, HospitalLevel, LabResult, Owner, Unknown
from rules.engine.stored_facts import facts_to_json

__all__ = ["Base", "bases", "stored_lines"]

FACTS = ("patient", "visits", "diagnoses", "lab_results", "findings", "treatments", "form")
FactT = TypeVar("FactT")


@dataclass(frozen=True, slots=True)
class Base:
    """One case of a pack."""

    disease: str
    facts: CaseFacts


def bases(region: Region) -> list[Base]:
    """All cases of all packs, by number of the disease."""
    return [Base(rule.id, case.facts) for rule in region.rules for case in load_cases(rule, region)]


def stored_lines(all_bases: list[Base], seed: int, first: int, count: int) -> Iterator[str]:
    """Lines ``first`` to ``first + count`` of the store: ``{"disease": id, "facts": {...}}``."""
    siblings: dict[str, list[CaseFacts]] = defaultdict(list)
    for base in all_bases:
        siblings[base.disease].append(base.facts)
    for number in range(first, first + count):
        base = all_bases[number % len(all_bases)]
        # A generator of its own for each case: a line depends on the seed and its number alone.
        chance = random.Random(f"{seed}/{number}")
        facts = vary(base.facts, siblings[base.disease], chance)
        yield f'{{"disease":{json.dumps(base.disease)},"facts":{facts_to_json(facts)}}}'


def vary(facts: CaseFacts, siblings: list[CaseFacts], chance: random.Random) -> CaseFacts:
    """A neighbour of ``facts``."""
    for extra in range(chance.choice((0, 1, 1, 2, 2, 3, 4))):
        facts = _joined(facts, chance.choice(siblings), f"x{extra}")
    if facts.documents and chance.random() < 0.2:
        facts = _without(facts, chance.choice(facts.documents).id)
    days = chance.choice((0, 0, chance.randint(-500, 200)))
    papers = {d.id: days + chance.choice((0, 0, 0, chance.randint(-900, 60))) for d in facts.documents}
    facts = replace(
        facts,
        as_of=facts.as_of + dt.timedelta(days),
        documents=tuple(_spoilt(d, chance) for d in facts.documents),
        lab_results=tuple(_other_number(r, chance) for r in facts.lab_results),
    )
    facts = _with_confidence(facts, chance)
    return replace(
        facts,
        documents=tuple(_moved(d, papers.get(d.id, days)) for d in facts.documents),
        **{n: tuple(_moved(f, papers.get(f.document, days)) for f in getattr(facts, n)) for n in FACTS},
    )


def _renamed(fact: Any, prefix: str) -> Any:
    evidence = tuple(replace(e, document=prefix + e.document, file=prefix + e.file) for e in fact.evidence)
    return replace(fact, document=prefix + fact.document, evidence=evidence)


def _joined(facts: CaseFacts, other: CaseFacts, prefix: str) -> CaseFacts:
    documents = (
        replace(d, id=prefix + d.id, duplicate_of=d.duplicate_of and prefix + d.duplicate_of) for d in other.documents
    )
    added: dict[str, Any] = {n: (*getattr(facts, n), *(_renamed(f, prefix) for f in getattr(other, n))) for n in FACTS}
    return replace(facts, documents=(*facts.documents, *documents), **added)


def _without(facts: CaseFacts, document: str) -> CaseFacts:
    kept: dict[str, Any] = {n: tuple(f for f in getattr(facts, n) if f.document != document) for n in FACTS}
    return replace(facts, documents=tuple(d for d in facts.documents if d.id != document), **kept)


def _moved(fact: FactT, days: int) -> FactT:
    """The fact with every date of it moved; a birthday stays."""
    changes: dict[str, Any] = {}
    for name in ("date", "start", "end", "sampled_at", "reported_at"):
        value = getattr(fact, name, None)
        if isinstance(value, dt.date) and days:
            changes[name] = value + dt.timedelta(days)
    return replace(fact, **changes) if changes else fact  # type: ignore[type-var]


def _spoilt(document: DocumentInfo, chance: random.Random) -> DocumentInfo:
    fate = chance.random()
    if fate < 0.03:
        return replace(document, owner=chance.choice((Owner.OTHER, Owner.UNKNOWN)))
    if fate < 0.07:
        level = chance.choice((Unknown.ABSENT, HospitalLevel(rank=1, grade="甲"), HospitalLevel(rank=2)))
        return replace(document, hospital_level=level)
    return replace(document, date=Unknown.UNREADABLE) if fate < 0.08 else document


def _other_number(result: LabResult, chance: random.Random) -> LabResult:
    if result.value is None or chance.random() < 0.4:
        return result
    # Percent steps keep the decimals as short as a laboratory prints them.
    factor = Decimal(chance.randint(40, 180)) / 100
    value = result.value * factor
    canonical = None if result.canonical_value is None else result.canonical_value * factor
    text = f"{result.comparator or ''}{value}"
    doubts = ("low_confidence",) if chance.random() < 0.03 else result.doubts
    return replace(result, value=value, canonical_value=canonical, text=text, doubts=doubts)


def _with_confidence(facts: CaseFacts, chance: random.Random) -> CaseFacts:
    """Every place gets a confidence as readers give them: mostly sure, now and then below the threshold."""

    def sure(fact: Any) -> Any:
        confidence = round(0.4 + 0.6 * chance.random() ** 0.25, 3)
        return replace(
            fact, evidence=tuple(replace(e, confidence=min(e.confidence, confidence)) for e in fact.evidence)
        )

    return replace(facts, **{name: tuple(sure(f) for f in getattr(facts, name)) for name in FACTS})
