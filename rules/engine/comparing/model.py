"""What a comparison of two rule versions says. Frozen; texts are Chinese and stand on their own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum, StrEnum
from typing import Any

from rules.engine.judgement import Conclusion, Status

__all__ = [
    "CaseChange",
    "CaseFailure",
    "Cause",
    "Change",
    "DiseaseDiff",
    "ItemChange",
    "ItemPair",
    "JudgementChange",
    "Kind",
    "RegionDiff",
    "State",
    "Version",
    "as_data",
]


class Kind(StrEnum):
    """What a change touches."""

    MEANING = "meaning"
    """It can change what becomes of an application."""
    NOTICE = "notice"
    """What people are told or keep on file: class, codes, exclusions, review, order of the material asked for."""
    READING = "reading"
    """Sentences of ours (经验口径) and the policies that an item names."""
    SOURCE = "source"
    """Sources, numbers in the source, whether checked, history."""
    WORDING = "wording"
    """Titles, advice, numbering, ways to write the same condition."""


class State(StrEnum):
    """What became of a disease."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference, in one sentence."""

    kind: Kind
    text: str
    """Without the number of the item: ``肌酐界限由 ≥ 707 μmol/L 改为 ≥ 442 μmol/L``."""
    before: str = ""
    after: str = ""
    old_item: str | None = None
    """Item of the old version, None where the change is not about one."""
    item: str | None = None
    """Item of the new version."""
    since: dt.date | None = None
    """First day (of application) on which the two differ so; None: on all days that both versions judge."""
    until: dt.date | None = None
    """Last such day; None: open."""
    labels: tuple[str, str] = ("", "")
    """How traces call the condition in the old and the new version; empty: not about one condition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPair:
    """An item and what became of it; None on the side where it is not."""

    old: str | None
    new: str | None
    title: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChange:
    """How one item of one case came out differently. None: the item is not in that version."""

    old_item: str | None
    item: str | None
    title: str
    before: Status | None
    after: Status | None
    reason_before: str
    """Reason code of the engine."""
    reason_after: str
    message_before: str
    message_after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementChange:
    """The difference of two judgements of one case."""

    before: Conclusion
    after: Conclusion
    items: tuple[ItemChange, ...]
    """Items whose status or reason differs."""
    missing_before: tuple[str, ...] = ()
    missing_after: tuple[str, ...] = ()
    """Items of the missing list, in order, where the lists differ; else both empty."""

    @property
    def decisive(self) -> bool:
        """False where only the list of material to hand in differs."""
        return self.before is not self.after or bool(self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why an item came out differently; both items None: why the conclusion did."""

    old_item: str | None = None
    item: str | None = None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChange:
    """One sample case that comes out differently."""

    title: str
    file: str
    line: int
    listed: str
    """Whose ``cases.yaml`` holds it: old, new or both."""
    change: JudgementChange
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFailure:
    """A case of one version whose expectations the other version does not fulfil."""

    title: str
    file: str
    line: int
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiseaseDiff:
    """What differs for one disease."""

    id: str
    state: State
    old_number: int | None
    old_name: str | None
    number: int | None
    name: str | None
    changes: tuple[Change, ...] = ()
    """Of the disease as a whole."""
    items: tuple[ItemPair, ...] = ()
    """Items added, removed, renumbered or changed."""
    cases_judged: int = 0
    last_case: dt.date | None = None
    """Latest day of application among the cases."""
    cases: tuple[CaseChange, ...] = ()
    fails_on_old: tuple[CaseFailure, ...] = ()
    """Cases of the new version, judged by the old one."""
    fails_on_new: tuple[CaseFailure, ...] = ()
    """Cases of the old version, judged by the new one."""

    @property
    def all_changes(self) -> tuple[Change, ...]:
        return (*self.changes, *(change for item in self.items for change in item.changes))

    def touches(self, kind: Kind) -> bool:
        return self.state is not State.CHANGED or any(change.kind is kind for change in self.all_changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """Which rules were compared."""

    region: str
    name: str
    version: str
    sha256: str
    diseases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionDiff:
    """Everything that differs between two versions."""

    old: Version
    new: Version
    changes: tuple[Change, ...]
    """Of the region: policies, notices, sources."""
    diseases: tuple[DiseaseDiff, ...]
    """Those that differ, by number."""
    cases_judged: int = 0
    """Of all diseases for which cases could come out differently, those that turned out alike included."""

    @property
    def same(self) -> bool:
        return not self.changes and not self.diseases

    @property
    def same_meaning(self) -> bool:
        """True when nothing differs that can change a judgement."""
        of_region = any(change.kind is Kind.MEANING for change in self.changes)
        return not of_region and not any(d.touches(Kind.MEANING) or d.cases for d in self.diseases)


_HIDDEN = frozenset({"labels"})


def as_data(value: Any) -> Any:
    """The comparison as plain dicts and lists, for JSON: field names as in the classes here, dates in ISO form.

    The labels by which causes are found are left out.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: as_data(getattr(value, f.name)) for f in fields(value) if f.name not in _HIDDEN}
    if isinstance(value, tuple | list):
        return [as_data(entry) for entry in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, dt.date) else value
