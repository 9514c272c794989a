"""A region and its rules, ready to judge. Built by the loader; everything is frozen and compiled once."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rules.engine.formula import Formula
from rules.engine.judgement import DiseaseInfo, RulesetInfo
from rules.engine.policies import Policies
from rules.engine.predicates import Test
from rules.engine.schema import ItemFile, RegionFile, RuleFile
from rules.engine.targets import Target
from rules.vocabulary import Vocabulary

__all__ = ["Regime", "Region", "Rule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """What a rule says on every day from ``start`` until the next regime."""

    start: dt.date
    formula: Formula
    formula_text: str
    tests: Mapping[str, Test]
    """Item id -> condition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The standard of one disease."""

    file: RuleFile
    folder: Path
    target: Target
    regimes: tuple[tuple[dt.date, Regime | None], ...]
    """Sorted by first day; None where a value is not given for that time."""
    info: RulesetInfo
    item_lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.file.id

    @property
    def number(self) -> int:
        return self.file.number

    @property
    def name(self) -> str:
        return self.file.name

    @property
    def code(self) -> str | None:
        """First candidate of the national code; the region's own table decides."""
        return self.file.codes[0].code if self.file.codes else None

    @property
    def items(self) -> tuple[ItemFile, ...]:
        return self.file.items

    @property
    def disease(self) -> DiseaseInfo:
        return DiseaseInfo(id=self.id, name=self.name, code=self.code, number=self.number, category=self.file.category)

    def regime(self, day: dt.date) -> Regime | None:
        """What the rule says on ``day``; None outside its time."""
        effective = self.file.effective
        if day < effective.from_ or (effective.to is not None and day > effective.to):
            return None
        index = bisect_right([start for start, _ in self.regimes], day) - 1
        return self.regimes[index][1] if index >= 0 else None

    @property
    def latest(self) -> Regime | None:
        """The regime of the last days, to show."""
        return next((regime for _, regime in reversed(self.regimes) if regime is not None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """All rules of a region."""

    file: RegionFile
    policies: Policies
    rules: tuple[Rule, ...]
    """Sorted by number."""
    sha256: str
    """Over everything the packs of the region say, independent of how the YAML is laid out."""
    vocabulary: Vocabulary

    @property
    def id(self) -> str:
        return self.file.id

    @property
    def name(self) -> str:
        return self.file.name

    @property
    def version(self) -> str:
        return self.file.version
