"""What the page of a disease holds, drawn from its rule. Nothing here judges."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pipeline.catalogue.conditions import Ask, ask_of
from pipeline.catalogue.formula_words import ItemGroup, formula_groups, formula_words
from pipeline.catalogue.spans import Span, days_words, spans_of
from pipeline.catalogue.words import category_words, cost_words
from rules.engine.by_date import resolve
from rules.engine.marked_yaml import Marked
from rules.engine.policies import OWN_READING
from rules.engine.ruleset import Regime, Region, Rule
from rules.engine.schema import ItemFile, SourceFile

__all__ = ["DiseasePage", "ItemView", "Neighbour", "Reading", "disease_page", "file_name", "is_own"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How an item is read."""

    text: str
    own: bool
    """True for a reading of ours (经验口径), False for one that a policy document settles."""
    policy: str = ""
    """Name of the policy it belongs to, empty for a sentence of the item."""
    followed: bool = True
    """False where the region does not follow it: what rests on it is for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalChange:
    """What a region changes in a standard that it takes from another."""

    region: str
    old: str
    new: str
    reason: str
    source: str
    item: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    file: ItemFile
    asks: tuple[Span[Ask], ...]
    readings: tuple[Reading, ...]
    """Those of this item alone."""
    policies: tuple[Reading, ...]
    """Those that the region settles for all items."""
    changes: tuple[LocalChange, ...]
    source: SourceFile
    cost: str

    @property
    def papers(self) -> bool:
        """False where no span asks for a paper with a date and a hospital."""
        return any(span.value.papers for span in self.asks if span.value)

    @property
    def anchor(self) -> str:
        return f"item-{self.file.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Another disease that this one points to."""

    number: int
    name: str
    href: str
    """Empty where the region does not hold it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiseasePage:
    rule: Rule
    category: str
    days: str
    wanted: tuple[Span[str], ...]
    """The formula in words."""
    formulas: tuple[Span[str], ...]
    """The formula as the rule file writes it."""
    groups: tuple[ItemGroup, ...]
    items: tuple[ItemView, ...]
    exclusive: tuple[Neighbour, ...]
    overlaps: tuple[Neighbour, ...]
    sources: tuple[SourceFile, ...]
    changes: tuple[LocalChange, ...]
    """Local changes that are about no item that stands here."""
    coming: dt.date | None = None
    """First day, where it lies after the day of writing: applications before it are not judged by this."""
    ended: dt.date | None = None
    """Last day, where it lies before the day of writing."""

    @property
    def policies(self) -> tuple[tuple[Reading, tuple[str, ...]], ...]:
        """The region's readings that the items name, each with the items."""
        found = dict.fromkeys(policy for item in self.items for policy in item.policies)
        return tuple((p, tuple(item.file.id for item in self.items if p in item.policies)) for p in found)

    @property
    def href(self) -> str:
        return file_name(self.rule)

    def item(self, item_id: str) -> ItemView:
        return next(item for item in self.items if item.file.id == item_id)


def file_name(rule: Rule) -> str:
    """Name of the disease's page; the id of a rule is ASCII."""
    return f"{rule.number:02d}-{rule.id}.html"


def disease_page(rule: Rule, region: Region, today: dt.date) -> DiseasePage:
    """Collect what the page of ``rule`` shows on ``today``."""
    wanted = spans_of(rule, lambda regime, _: formula_words(regime.formula))
    groups = spans_of(rule, lambda regime, _: formula_groups(regime.formula))
    together = ItemGroup(words="", items=tuple(item.id for item in rule.items))
    only = groups[0].value if len(groups) == 1 else None
    sources = region.file.sources
    ids = {item.id for item in rule.items}
    changes = _changes(rule, region)
    return DiseasePage(
        rule=rule,
        category=category_words(str(rule.file.category or "")),
        days=days_words(rule.file.effective.from_, rule.file.effective.to),
        wanted=wanted,
        formulas=spans_of(rule, lambda regime, _: regime.formula_text),
        groups=only or (together,),
        items=tuple(_item(item, rule, region, changes) for item in rule.items),
        exclusive=tuple(_neighbour(number, region) for number in rule.file.exclusive_with),
        overlaps=tuple(_neighbour(number, region) for number in rule.file.overlaps),
        sources=tuple(sources[key] for key in rule.file.provenance.sources),
        changes=tuple(change for change in changes if change.item not in ids),
        coming=rule.file.effective.from_ if today < rule.file.effective.from_ else None,
        ended=rule.file.effective.to if rule.file.effective.to and rule.file.effective.to < today else None,
    )


def _neighbour(number: int, region: Region) -> Neighbour:
    other = next((rule for rule in region.rules if rule.number == number), None)
    return Neighbour(number=number, name=other.name if other else "", href=file_name(other) if other else "")


def _changes(rule: Rule, region: Region) -> tuple[LocalChange, ...]:
    sources = region.file.sources
    return tuple(
        LocalChange(
            region=amendment.region,
            old=value.old,
            new=value.new,
            reason=value.reason,
            source=sources[value.source].title,
            item=value.item,
        )
        for amendment in rule.amendments
        for value in amendment.values
    )


def _item(item: ItemFile, rule: Rule, region: Region, changes: tuple[LocalChange, ...]) -> ItemView:
    marked = Marked(rule.folder / "rule.yaml", item.when)

    def ask(regime: Regime, day: dt.date) -> Ask:
        return ask_of(regime.tests[item.id], resolve(item.when, day, marked, ()))

    asks = spans_of(rule, ask)
    inside = [text for span in asks if span.value for text in span.value.readings]
    followed = item.id not in rule.readings_off
    readings = [_reading(text, region, followed) for text in dict.fromkeys((*item.readings, *inside))]
    return ItemView(
        file=item,
        asks=asks,
        readings=tuple(one for one in readings if not one.policy),
        policies=tuple(one for one in readings if one.policy),
        changes=tuple(change for change in changes if change.item == item.id),
        source=region.file.sources[item.source],
        cost=cost_words(item.cost),
    )


def _reading(text: str, region: Region, followed: bool) -> Reading:
    entry = region.policies.entries.get(text)
    if entry is None:
        return Reading(text=text, own=True, followed=followed)
    return Reading(text=entry.text, own=is_own(entry.source, region), policy=entry.name)


def is_own(source: str, region: Region) -> bool:
    """True where a policy rests on no document: its source is our own reading, or none that the region lists."""
    file = region.file.sources.get(source)
    return file is None or file.grade.startswith("G") or OWN_READING in file.title
