"""What a condition asks for, one facet at a time: comparable values, and sentences for how two of them differ.

A facet's ``key`` is equal for two ways to write the same demand: units are converted, periods counted in months, sets
have no order.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass

from rules.engine.comparing.model import Kind
from rules.engine.comparing.words import listed

__all__ = ["Entries", "Entry", "Facet", "Many", "One", "Said", "spaced"]


@dataclass(frozen=True, slots=True)
class Said:
    """One difference in words."""

    kind: Kind
    text: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class One:
    """A single demand: a window, a number of times. ``value`` None: not demanded."""

    word: str
    value: Hashable
    shown: str
    kind: Kind = Kind.MEANING
    written: str = ""
    """As the rule writes it, where that may differ though the value is the same."""
    free: str = ""
    """How it is called that nothing is demanded: ``不限时间``."""

    @property
    def key(self) -> Hashable:
        return self.value if self.kind is Kind.MEANING else None

    def tokens(self) -> Iterator[Hashable]:
        if self.value is not None:
            yield (self.word, self.value)

    def changes(self, new: One) -> Iterator[Said]:
        if self.value == new.value:
            if self.written != new.written:
                text = f"{self.word}的写法由 {self.written} 改为 {new.written}，含义相同"
                yield Said(Kind.WORDING, text, self.written, new.written)
        elif self.value is None and not self.free:
            yield Said(self.kind, f"增加要求：{self.word} {new.shown}", "", new.shown)
        elif new.value is None and not self.free:
            yield Said(self.kind, f"取消要求：{self.word} {self.shown}", self.shown, "")
        else:
            was, now = (facet.free if facet.value is None else facet.shown for facet in (self, new))
            yield Said(self.kind, f"{self.word}由{spaced(was)}改为{spaced(now, last=True)}", was, now)


def spaced(text: str, *, last: bool = False) -> str:
    """Set off what begins or ends with a sign or a Latin letter."""
    before = " " if text[:1].isascii() or text[:1] in "≥≤" else ""
    after = " " if text[-1:].isascii() and not last else ""
    return f"{before}{text}{after}"


@dataclass(frozen=True, slots=True)
class Many:
    """A set: documents that count, diagnoses meant. ``own``: not written, it follows the disease of the rule."""

    word: str
    members: Mapping[Hashable, str]
    kind: Kind = Kind.MEANING
    free: str = ""
    """Where an empty set means no limit: how that is called."""
    own: bool = False
    whole: bool = False
    """True: the sets are told whole, because their members overlap (codes and ranges of codes)."""
    join: Callable[[Mapping[Hashable, str]], str] = lambda members: listed(dict.fromkeys(members.values()))

    @property
    def key(self) -> Hashable:
        return frozenset(self.members) if self.kind is Kind.MEANING else None

    def tokens(self) -> Iterator[Hashable]:
        yield from ((self.word, member) for member in self.members)

    def changes(self, new: Many) -> Iterator[Said]:
        if self.members.keys() == new.members.keys() or (self.own and new.own):
            return
        before = self.join(self.members) or self.free
        after = self.join(new.members) or self.free
        if self.free and not self.members:
            yield Said(self.kind, f"{self.word}原{self.free}，改为只限{after}", before, after)
        elif self.free and not new.members:
            yield Said(self.kind, f"{self.word}原限{before}，改为{self.free}", before, after)
        elif self.whole and before and after:
            yield Said(self.kind, f"{self.word}由{spaced(before)}改为{spaced(after, last=True)}", before, after)
        else:
            more = self.join({k: v for k, v in new.members.items() if k not in self.members})
            less = self.join({k: v for k, v in self.members.items() if k not in new.members})
            parts = [f"多了{more}" if more else "", f"少了{less}" if less else ""]
            yield Said(self.kind, f"{self.word}{'，'.join(part for part in parts if part)}", before, after)


@dataclass(frozen=True, slots=True)
class Entry:
    """One comparison with a bound: ``肌酐``, ``≥ 707 μmol/L`` and its value in the canonical unit."""

    subject: str
    value: Hashable
    shown: str
    converted: str = ""
    """The bound in the canonical unit, where the rule writes another."""

    @property
    def full(self) -> str:
        return f"{self.shown}（合 {self.converted}）" if self.converted else self.shown


@dataclass(frozen=True, slots=True)
class Entries:
    """Comparisons of which any suffices, by what they compare."""

    word: str
    entries: tuple[Entry, ...]
    what: str = ""
    """What a bound is called after its subject; default: 界限, and 判法 where it is none."""

    @property
    def key(self) -> Hashable:
        return frozenset((entry.subject, entry.value) for entry in self.entries)

    def tokens(self) -> Iterator[Hashable]:
        for entry in self.entries:
            yield (self.word, entry.subject)
            yield (self.word, entry.subject, entry.value)

    def changes(self, new: Entries) -> Iterator[Said]:
        for subject in dict.fromkeys(entry.subject for entry in (*self.entries, *new.entries)):
            old_ones = {entry.value: entry for entry in self.entries if entry.subject == subject}
            new_ones = {entry.value: entry for entry in new.entries if entry.subject == subject}
            yield from (
                Said(
                    Kind.WORDING,
                    f"{subject}界限的写法由 {old_ones[value].shown} 改为 {new_ones[value].shown}，换算后相等",
                    old_ones[value].shown,
                    new_ones[value].shown,
                )
                for value in old_ones.keys() & new_ones.keys()
                if old_ones[value].shown != new_ones[value].shown
            )
            gone = [entry for value, entry in old_ones.items() if value not in new_ones]
            come = [entry for value, entry in new_ones.items() if value not in old_ones]
            if len(gone) == len(come) == 1:
                was, now = (
                    entry.full if gone[0].converted or come[0].converted else entry.shown for entry in (*gone, *come)
                )
                text = f"{subject}{self._bound(gone[0], come[0])}由{spaced(was)}改为{spaced(now, last=True)}"
                yield Said(Kind.MEANING, text, was, now)
                continue
            for entry in come:
                yield Said(Kind.MEANING, f"{self.word}多了{subject} {entry.full}", "", f"{subject} {entry.full}")
            for entry in gone:
                yield Said(Kind.MEANING, f"{self.word}少了{subject} {entry.full}", f"{subject} {entry.full}", "")

    def _bound(self, one: Entry, other: Entry) -> str:
        signs = one.shown[:1] in "≥≤<>" and other.shown[:1] in "≥≤<>"
        return self.what or ("界限" if signs else "判法")


Facet = One | Many | Entries
