"""One rule on one day, in normal form; and the days on which either of two versions says something new."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from rules.engine.by_date import resolve
from rules.engine.comparing.conditions import Node, normal_form
from rules.engine.comparing.demands import Scene
from rules.engine.marked_yaml import Marked
from rules.engine.ruleset import Regime, Region, Rule
from rules.engine.schema import ItemFile

__all__ = ["Side", "Stretch", "stretches"]


@dataclass(frozen=True)
class Side:
    """One version of one rule."""

    rule: Rule
    region: Region

    @cached_property
    def scene(self) -> Scene:
        return Scene(self.region.vocabulary, self.rule.target)

    @cached_property
    def _nodes(self) -> dict[tuple[str, dt.date], Node]:
        return {}

    def node(self, item: ItemFile, regime: Regime) -> Node:
        """The condition of ``item`` while ``regime`` is in force."""
        key = (item.id, regime.start)
        if key not in self._nodes:
            # The loader has resolved it before, so nothing here can fail; the file is named for the record only.
            data = resolve(item.when, regime.start, Marked(self.rule.folder / "rule.yaml", item.when), ())
            self._nodes[key] = normal_form(data, regime.tests.get(item.id), self.scene)
        return self._nodes[key]

    def latest(self, item: ItemFile) -> Node:
        regime = self.rule.latest
        assert regime is not None, "the loader refuses a rule without any regime"
        return self.node(item, regime)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days on which neither version changes. A regime is None where the rule gives no value for them."""

    first: dt.date
    last: dt.date | None
    old: Regime | None
    new: Regime | None


def stretches(old: Rule, new: Rule) -> tuple[Stretch, ...]:
    """The days that both versions judge, cut where either changes; the last ones where they share no day."""
    one, other = old.file.effective, new.file.effective
    first = max(one.from_, other.from_)
    ends = [day for day in (one.to, other.to) if day is not None]
    last = min(ends) if ends else None
    if last is not None and last < first:
        return (Stretch(first, None, old.latest, new.latest),)
    return tuple(_cut(old, new, first, last))


def _cut(old: Rule, new: Rule, first: dt.date, last: dt.date | None) -> Iterator[Stretch]:
    starts = {start for rule in (old, new) for start, _ in rule.regimes}
    days = [first, *sorted(day for day in starts if day > first and (last is None or day <= last))]
    for index, day in enumerate(days):
        end = days[index + 1] - dt.timedelta(days=1) if index + 1 < len(days) else last
        yield Stretch(day, end, old.regime(day), new.regime(day))
