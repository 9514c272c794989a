"""The diseases that the applicant's page offers, in their classes, with what a search looks through."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from pypinyin import Style, lazy_pinyin

from pipeline.catalogue.search_text import SPLIT, fold
from pipeline.service.casework.judging import open_region
from pipeline.service.office import Office
from rules.engine import Region, Rule

__all__ = ["Entry", "Group", "entry_of", "find_groups", "groups_of", "the_region"]

_CLASSES = {"Ⅰ": "一类病种", "Ⅱ": "二类病种", "Ⅲ": "三类病种"}
_SHOWN_ALIASES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One disease of the list."""

    id: str
    name: str
    also: tuple[str, ...]
    """Names that people use for it."""
    search: str
    """Names, their pinyin and its initials, folded, parted by ``|``. ``applicant.js`` looks for a part of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    title: str
    entries: tuple[Entry, ...]


def the_region(office: Office) -> Region:
    """Return the rules of the region that this service is for."""
    return open_region(office.settings.rules_dir, office.settings.service.region)


def groups_of(region: Region) -> tuple[Group, ...]:
    """Return all diseases of ``region`` by class, in the order of the official list."""
    return _groups(_Held(region))


def find_groups(region: Region, query: str) -> tuple[Group, ...]:
    """Return what ``query`` finds, for browsers without scripts; an empty query finds everything."""
    wanted = fold(query)
    found = (
        Group(title=group.title, entries=tuple(e for e in group.entries if wanted in e.search))
        for group in groups_of(region)
    )
    return tuple(group for group in found if group.entries)


def entry_of(region: Region, disease: str) -> Rule | None:
    """Return the rule with exactly this id."""
    return next((rule for rule in region.rules if rule.id == disease), None)


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """A region as a key: two with the same content are one."""

    region: Region

    def __hash__(self) -> int:
        return hash(self.region.sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.region.sha256 == self.region.sha256


@lru_cache(maxsize=4)
def _groups(held: _Held) -> tuple[Group, ...]:
    rules = sorted(held.region.rules, key=lambda rule: (_class_of(rule), rule.number))
    return tuple(
        Group(title=title, entries=tuple(map(_entry, rules))) for title, rules in groupby(rules, key=_class_of)
    )


def _class_of(rule: Rule) -> str:
    """``Ⅱ基本`` and ``Ⅱ拓展`` are both 二类: what differs between them is no matter of the applicant's."""
    return next((word for sign, word in _CLASSES.items() if str(rule.file.category or "").startswith(sign)), "病种")


def _entry(rule: Rule) -> Entry:
    names = tuple(dict.fromkeys((rule.name, *rule.file.aliases, *(code.name for code in rule.file.codes))))
    also = tuple(name for name in rule.file.aliases if name != rule.name)[:_SHOWN_ALIASES]
    folded = [fold(form) for name in names for form in (name, *_spoken(name))]
    return Entry(id=rule.id, name=rule.name, also=also, search=SPLIT.join(dict.fromkeys(f for f in folded if f)))


def _spoken(name: str) -> tuple[str, str]:
    """``高血压`` -> ``gaoxueya``, ``gxy``."""
    full = lazy_pinyin(name)
    return "".join(full), "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))
