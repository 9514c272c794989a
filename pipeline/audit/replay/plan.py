"""What has to be judged again: nothing of a disease of which both versions provably say the same.

The proof is narrow: everything that judging reads of a rule, and every policy of the region, is equal as it was written
(dates, conditions, formula, costs, readings). Only what is told to people and decides nothing may differ. A disease
whose rule is written otherwise and means the same is judged by both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rules.engine import Region, Rule
from rules.engine.comparing import RegionDiff, compare_regions
from rules.engine.comparing.model import Change, ItemPair, Kind
from rules.engine.comparing.telling import change_text

__all__ = ["DiseasePlan", "Plan", "make_plan", "provably_same"]

_WORDS_OF_RULE = frozenset(
    {"name", "number", "aliases", "category", "codes", "exclusive_with", "overlaps", "ages", "review", "provenance"}
) | {"verified", "changes", "items"}
_WORDS_OF_ITEM = frozenset({"title", "source_item", "source", "verified", "accepts", "where", "advice"})
_POLICY_WORDS = frozenset({"text", "source"})


def provably_same(old: Rule, new: Rule, before: Region, after: Region) -> bool:
    """True when no case can come out differently by ``new`` than by ``old``: statuses, reasons, list of needs."""
    return (
        before.vocabulary is after.vocabulary
        and _policies(before) == _policies(after)
        and old.readings_off == new.readings_off
        and _law(old) == _law(new)
        # The name of the disease is written into the labels of conditions and nowhere decides.
        and [item.id for item in old.items] == [item.id for item in new.items]
    )


def _policies(region: Region) -> dict[str, Any]:
    own = {name: getattr(region.policies, name) for name in region.policies.__slots__ if name != "entries"}
    # Texts are compared as well: whether a reading is one of ours is told by how its sentence begins.
    return {**own, "entries": {name: (entry.value, entry.text) for name, entry in region.policies.entries.items()}}


def _law(rule: Rule) -> list[Any]:
    file = rule.file
    fields = {name: getattr(file, name) for name in type(file).model_fields if name not in _WORDS_OF_RULE}
    items = [
        {name: getattr(item, name) for name in type(item).model_fields if name not in _WORDS_OF_ITEM}
        for item in file.items
    ]
    return [fields, items]


def _kept(old: Rule, new: Rule, before: Region, after: Region, renumbered: Mapping[str, str]) -> dict[str, str]:
    """Items that ask for the same in both versions, as they are written."""
    fields = ("concepts", "icd10", "exclude_icd10")
    alike = before.vocabulary is after.vocabulary and _policies(before) == _policies(after)
    if not alike or any(getattr(old.file, name) != getattr(new.file, name) for name in fields):
        return {}
    news = {item.id: item for item in new.items}
    kept: dict[str, str] = {}
    for item in old.items:
        name = renumbered.get(item.id, item.id)
        other = news.get(name)
        off = (item.id in old.readings_off) == (name in new.readings_off)
        if other is not None and off and (item.when, item.readings) == (other.when, other.readings):
            kept[item.id] = name
    return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class DiseasePlan:
    """What becomes of the cases of one disease."""

    id: str
    number: int
    name: str
    old: Rule | None
    new: Rule | None
    same: bool
    """Proven: its cases need not be judged."""
    changes: tuple[Change, ...] = ()
    """Of the rule, with what they mean, for causes."""
    renumbered: Mapping[str, str] = field(default_factory=dict)
    """Old item -> new item where the numbers differ; ``""``: the new version has it no more."""

    kept_items: Mapping[str, str] = field(default_factory=dict)
    """Old item -> new item where the condition is provably the same: what a person said of it holds on."""

    def told(self) -> tuple[str, ...]:
        """Changes that can touch a judgement, in words."""
        return tuple(change_text(change) for change in self.changes if change.kind is Kind.MEANING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What two versions of the rules of a region differ in, for replay."""

    old: Region
    new: Region
    diff: RegionDiff
    diseases: Mapping[str, DiseasePlan]
    region_changes: tuple[Change, ...]

    def told_of_region(self) -> tuple[str, ...]:
        return tuple(change.text for change in self.region_changes if change.kind is Kind.MEANING)


def make_plan(old: Region, new: Region) -> Plan:
    """Compare the versions, without their sample cases."""
    diff = compare_regions(old, new, cases=False)
    found = {disease.id: disease for disease in diff.diseases}
    olds, news = {rule.id: rule for rule in old.rules}, {rule.id: rule for rule in new.rules}
    plans: dict[str, DiseasePlan] = {}
    for rule_id in dict.fromkeys((*olds, *news)):
        was, now = olds.get(rule_id), news.get(rule_id)
        shown = now or was
        assert shown is not None
        told = found.get(rule_id)
        pairs: Sequence[ItemPair] = told.items if told is not None and was is not None and now is not None else ()
        plans[rule_id] = DiseasePlan(
            id=rule_id,
            number=shown.number,
            name=shown.name,
            old=was,
            new=now,
            same=was is not None and now is not None and provably_same(was, now, old, new),
            changes=told.all_changes if told is not None else (),
            renumbered=(renumbered := {p.old: p.new or "" for p in pairs if p.old is not None and p.old != p.new}),
            kept_items=_kept(was, now, old, new, renumbered) if was is not None and now is not None else {},
        )
    ordered = sorted(plans.values(), key=lambda plan: (plan.number, plan.id))
    return Plan(old=old, new=new, diff=diff, diseases={plan.id: plan for plan in ordered}, region_changes=diff.changes)
