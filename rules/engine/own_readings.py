"""Which readings of ours (经验口径) a region does not follow: all of them, or those of single rules and items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rules.engine.levels import Level
from rules.engine.marked_yaml import Marked, Trail
from rules.engine.nearest import nearest
from rules.engine.policies import is_own
from rules.engine.ruleset import Rule
from rules.engine.schema import ItemFile

__all__ = ["Off", "ReadingsOff", "has_own_reading", "readings_off"]


@dataclass(frozen=True, slots=True)
class Off:
    """What is switched off of one rule."""

    whole: bool
    items: frozenset[str]

    def __contains__(self, item: str) -> bool:
        return self.whole or item in self.items


@dataclass(frozen=True, slots=True)
class ReadingsOff:
    """What a chain of regions switches off, with where it says so."""

    entries: tuple[tuple[int, str, str, Marked, Trail], ...]
    """Level, rule, item (empty: all), and the place."""
    everything: tuple[bool, ...]
    """Per level: ``own_readings: manual`` is in force."""

    def of(self, rule: str, levels: int) -> Off:
        """What the first ``levels`` regions of the chain switch off of ``rule``."""
        items = [item for level, name, item, _, _ in self.entries if level < levels and name == rule]
        return Off(self.everything[levels - 1] or "" in items, frozenset(i for i in items if i))

    def check(self, rules: Sequence[Rule]) -> None:
        """Refuse what names no rule, no item, or an item without a reading of ours.

        Raises:
            RuleError: with file and line.
        """
        by_id = {rule.id: rule for rule in rules}
        last = len(self.everything) - 1
        for level, name, item, marked, trail in self.entries:
            rule = by_id.get(name)
            if level < last and (rule is None or rule.amendments or item not in {"", *(i.id for i in rule.items)}):
                # A region below has replaced or amended what the one above named.
                continue
            if rule is None:
                raise marked.error(
                    f"没有 id 为“{name}”的病种。{nearest(name, by_id)}写法如 diabetes 或 diabetes.3", trail
                )
            ids = [i.id for i in rule.items]
            if item and item not in ids:
                raise marked.error(f"{rule.name}没有条目 {item}；现有条目：{'、'.join(ids)}", trail)
            if not any(has_own_reading(i) for i in rule.items if item in ("", i.id)):
                raise marked.error(f"“{name}{'.' if item else ''}{item}”没有经验口径，不用关", trail)


def readings_off(levels: Sequence[Level]) -> ReadingsOff:
    """Collect what the regions of a chain switch off."""
    entries: list[tuple[int, str, str, Marked, Trail]] = []
    everything: list[bool] = []
    for number, level in enumerate(levels):
        for index, text in enumerate(level.file.readings_off):
            rule, _, item = text.partition(".")
            entries.append((number, rule, item, level.marked, ("readings_off", index)))
        own = level.file.policies.get("own_readings")
        before = everything[-1] if everything else False
        everything.append(before if own is None else own.value == "manual")
    return ReadingsOff(tuple(entries), tuple(everything))


def has_own_reading(item: ItemFile) -> bool:
    """True when a reading of ours stands beside the item or inside its condition."""
    return any(map(is_own, item.readings)) or any(map(is_own, _readings(item.when)))


def _readings(node: Any) -> Iterable[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "reading" and isinstance(value, str):
                yield value
            yield from _readings(value)
    elif isinstance(node, list):
        for value in node:
            yield from _readings(value)
