"""Papers of invented cases: templates read once, then moved to a day and given numbers.

Building facts from words is slow (every name is looked up), so a template is built once and each case copies it.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from rules.engine.case_facts import CaseDocument, build_facts
from rules.engine.facts import CaseFacts, DocumentInfo, Evidence, HospitalLevel, LabResult, Unknown
from rules.engine.units import to_canonical
from rules.vocabulary import Vocabulary

__all__ = ["Group", "Paper", "Papers", "load_papers"]

KINDS = ("patient", "visits", "diagnoses", "lab_results", "findings", "treatments")
_DAY = dt.date(2026, 1, 1)
"""Templates are built as of this day."""
_SPAN = re.compile(r"\{(\d+)\.\.(\d+)\}")


@dataclass(frozen=True, slots=True)
class Paper:
    """One document of a shape."""

    facts: CaseFacts
    """Of one document, ``d1``, dated :data:`_DAY`."""
    days: tuple[int, int]
    spans: tuple[tuple[int, int] | None, ...]
    """Of each laboratory result, then each finding: the numbers that it may have."""
    level: bool
    """The template says the hospital's level."""


@dataclass(frozen=True, slots=True)
class Group:
    """Papers that prove one item."""

    item: str
    kind: str
    """Kind of fact that a misreading changes."""
    pick: float
    """Among the groups of a disease that stand for one another, the chance of this one; 0: always handed in."""
    hard: bool
    """Often left out."""
    thermal: bool
    """Printed on paper that photographs badly."""
    shapes: Mapping[str, tuple[Paper, ...]]


@dataclass(frozen=True, slots=True)
class Papers:
    """Of one disease."""

    disease: str
    share: float
    groups: tuple[Group, ...]


@cache
def _raw() -> Mapping[str, Any]:
    text = Path(__file__).with_name("papers.yaml").read_text("utf-8")
    data: Mapping[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return data


def load_papers(vocabulary: Vocabulary) -> tuple[Papers, ...]:
    """Read the templates of all diseases."""
    return tuple(
        Papers(
            disease=disease,
            share=raw["share"],
            groups=tuple(_group(item, group, vocabulary) for item, group in raw["groups"].items()),
        )
        for disease, raw in _raw().items()
    )


def _group(item: str, raw: Mapping[str, Any], vocabulary: Vocabulary) -> Group:
    return Group(
        item=item,
        kind=raw["kind"],
        pick=raw.get("pick", 0),
        hard=raw.get("hard", False),
        thermal=raw.get("thermal", False),
        shapes={shape: tuple(_paper(paper, vocabulary) for paper in papers) for shape, papers in raw["shapes"].items()},
    )


def _paper(raw: Mapping[str, Any], vocabulary: Vocabulary) -> Paper:
    fields = {key: value for key, value in raw.items() if key not in ("days", "stay", "visit")}
    spans: list[tuple[int, int] | None] = []
    for key in ("labs", "findings"):
        words = []
        for text in fields.get(key, ()):
            span = _SPAN.search(text)
            spans.append((int(span[1]), int(span[2])) if span else None)
            words.append(_SPAN.sub(lambda m: m[1], text))
        if words:
            fields[key] = words
    if "stay" in raw:
        fields["stay"] = (_DAY - dt.timedelta(raw["stay"]), _DAY)
    if raw.get("visit"):
        fields["visits"] = (_DAY,)
    facts = build_facts([CaseDocument(**fields, date=_DAY)], _DAY, vocabulary)
    return Paper(facts, (raw["days"][0], raw["days"][1]), tuple(spans), "level" in raw)


def drawn(
    paper: Paper,
    chance: random.Random,
    vocabulary: Vocabulary,
    *,
    key: str,
    as_of: dt.date,
    hospital: str,
    level: HospitalLevel | Unknown,
    confidence: float,
) -> tuple[DocumentInfo, Mapping[str, Sequence[Any]]]:
    """Return one document of the template with its facts, its day and numbers drawn."""
    moved = as_of - dt.timedelta(chance.randint(*paper.days)) - _DAY
    spans = iter(paper.spans)
    facts: dict[str, list[Any]] = {}
    for kind in KINDS:
        facts[kind] = []
        for fact in getattr(paper.facts, kind):
            span = next(spans) if kind in ("lab_results", "findings") else None
            value = None if span is None else Decimal(chance.randint(*span))
            facts[kind].append(_copy(fact, key, moved, confidence, value, vocabulary))
    info = paper.facts.documents[0]
    info = replace(
        info,
        id=key,
        hospital=hospital,
        hospital_level=info.hospital_level if paper.level else level,
        date=_DAY + moved,
    )
    return info, facts


_DATES = ("date", "start", "end", "sampled_at", "reported_at")


def _copy(
    fact: Any, key: str, moved: dt.timedelta, confidence: float, value: Decimal | None, vocabulary: Vocabulary
) -> Any:
    changed: dict[str, Any] = {"document": key}
    for name in _DATES:
        when = getattr(fact, name, None)
        if isinstance(when, dt.date):
            changed[name] = when + moved
    quote = None
    if value is not None:
        quote = f"{value}"
        changed["value"] = value
        changed["text"] = str(value) if isinstance(fact, LabResult) else f"{fact.text.split()[0]} {value}%"
        if isinstance(fact, LabResult) and fact.analyte is not None:
            changed["canonical_value"] = to_canonical(value, fact.unit or "", vocabulary.analytes[fact.analyte])
    changed["evidence"] = tuple(_place(e, key, confidence, quote) for e in fact.evidence)
    return replace(fact, **changed)


def _place(place: Evidence, key: str, confidence: float, value: str | None) -> Evidence:
    quote = place.quote if value is None else f"{place.quote.split()[0]} {value}"
    return replace(place, document=key, file=f"{key}.jpg", confidence=confidence, quote=quote, extractor="invented")
