"""What one chunk came to: counts, kinds of change with a few samples, a row for each case that changed.

A part is plain data, so that it can be kept on disk, sent from another machine and added to others; the sum does not
depend on how the records were cut into chunks.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

__all__ = ["SAMPLES", "Group", "Move", "Part", "Row", "Sample", "TraceMove", "Why", "merge", "part_from_json"]

SAMPLES = 3
"""Of each kind of change; those with the smallest hash of their id, so that the choice is the same on every run."""


@dataclass(frozen=True, slots=True)
class TraceMove:
    """One condition of an item that came out differently. Empty labels: that version has no such condition."""

    label_before: str
    status_before: str
    label_after: str
    status_after: str


@dataclass(frozen=True, slots=True)
class Move:
    """How one item came out differently. None: the item is not in that version."""

    old_item: str | None
    item: str | None
    before: str | None
    after: str | None
    reason_before: str
    reason_after: str
    conditions: tuple[TraceMove, ...] = ()


@dataclass(frozen=True, slots=True)
class Why:
    """A change of the rules that lies behind; without items: behind the conclusion as a whole."""

    old_item: str | None
    item: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Group:
    """One kind of change: cases of one disease that changed alike and for the same reasons."""

    disease: str
    before: str | None
    after: str | None
    effect: str
    moves: tuple[Move, ...]
    why: tuple[Why, ...]
    missing_before: tuple[str, ...] = ()
    missing_after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """One case to look at: what was said of each item that changed, by the old version and by the new one."""

    application: str
    as_of: str
    said: tuple[tuple[str, str], ...]

    @property
    def order(self) -> str:
        return hashlib.sha256(self.application.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Row:
    """One case that changed."""

    application: str
    disease: str
    as_of: str
    group: Group
    sex: str = ""
    age: str = ""


@dataclass(slots=True)
class Part:
    """Sums of one or more chunks."""

    records: int = 0
    judged: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """(disease, conclusion before, after) -> judgements by both versions; ``""`` where one has no such rule."""
    skipped: Counter[str] = field(default_factory=Counter)
    """Disease -> records that were not judged, since both versions say the same of it."""
    broken: Counter[str] = field(default_factory=Counter)
    """Code -> records that could not be read or judged."""
    broken_ids: list[str] = field(default_factory=list)
    """A few of them."""
    unknown: Counter[str] = field(default_factory=Counter)
    """Disease that neither version has -> records."""
    elsewhere: Counter[str] = field(default_factory=Counter)
    """Region other than the one whose rules are compared -> records, not judged."""
    recorded: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """(disease, conclusion of the time, conclusion by the old version now) -> judgements."""
    settled: Counter[str] = field(default_factory=Counter)
    """Disease -> judgements in which a person's word on an item that did not change was kept."""
    people: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """(dimension, value, effect) -> judgements, those without a change included."""
    groups: dict[Group, int] = field(default_factory=dict)
    samples: dict[Group, list[Sample]] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)

    def add_sample(self, group: Group, sample: Sample) -> None:
        kept = [*self.samples.get(group, []), sample]
        self.samples[group] = sorted(kept, key=lambda s: (s.order, s.as_of, s.said))[:SAMPLES]

    def to_json(self) -> str:
        """One object; counters as lists of key and count, groups by number."""
        numbers = {group: number for number, group in enumerate(self.groups)}
        data = {
            "records": self.records,
            **{name: [[key, count] for key, count in getattr(self, name).items()] for name in _COUNTERS},
            "broken_ids": self.broken_ids,
            "groups": [
                [dataclasses.asdict(group), count, [dataclasses.asdict(s) for s in self.samples.get(group, ())]]
                for group, count in self.groups.items()
            ],
            "rows": [[r.application, r.disease, r.as_of, numbers[r.group], r.sex, r.age] for r in self.rows],
        }
        return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


_COUNTERS = ("judged", "skipped", "broken", "unknown", "elsewhere", "recorded", "settled", "people")
MOST_BROKEN = 20


def part_from_json(text: str | bytes) -> Part:
    """Read what :meth:`Part.to_json` wrote.

    Raises:
        ValueError, KeyError, TypeError: it is not that.
    """
    data: dict[str, Any] = json.loads(text)
    part = Part(records=data["records"], broken_ids=data["broken_ids"])
    for name in _COUNTERS:
        counter = getattr(part, name)
        for key, count in data[name]:
            counter[tuple(key) if isinstance(key, list) else key] = count
    groups: list[Group] = []
    for written, count, samples in data["groups"]:
        group = _group(written)
        groups.append(group)
        part.groups[group] = count
        part.samples[group] = [Sample(s["application"], s["as_of"], tuple(map(tuple, s["said"]))) for s in samples]
    part.rows = [Row(row[0], row[1], row[2], groups[row[3]], row[4], row[5]) for row in data["rows"]]
    return part


def _group(data: dict[str, Any]) -> Group:
    moves = tuple(
        Move(**{**move, "conditions": tuple(TraceMove(**condition) for condition in move["conditions"])})
        for move in data["moves"]
    )
    why = tuple(Why(**each) for each in data["why"])
    missing = {name: tuple(data[name]) for name in ("missing_before", "missing_after")}
    return Group(**{**data, "moves": moves, "why": why, **missing})


def merge(parts: Iterable[Part]) -> Part:
    """Add up ``parts`` in their order."""
    whole = Part()
    for part in parts:
        whole.records += part.records
        for name in _COUNTERS:
            getattr(whole, name).update(getattr(part, name))
        whole.broken_ids = [*whole.broken_ids, *part.broken_ids][:MOST_BROKEN]
        for group, count in part.groups.items():
            whole.groups[group] = whole.groups.get(group, 0) + count
            for sample in part.samples.get(group, ()):
                whole.add_sample(group, sample)
        whole.rows += part.rows
    return whole
