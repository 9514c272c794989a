"""A region and its rules, ready to judge. Built by the loader; everything is frozen and compiled once."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rules.engine.amending import Amendment
from rules.engine.formula import Formula
from rules.engine.judgement import DiseaseInfo, RulesetInfo
from rules.engine.policies import Policies
from rules.engine.predicates import Test
from rules.engine.schema import ItemFile, RegionFile, RuleFile
from rules.engine.targets import Target
from rules.vocabulary import Vocabulary

__all__ = ["CaseSource", "Regime", "Region", "Rule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """What a rule says on every day from ``start`` until the next regime."""

    start: dt.date
    formula: Formula
    formula_text: str
    tests: Mapping[str, Test]
    """Item id -> condition."""
    in_force: frozenset[str]
    """Items that the formula names; others are not asked for in this time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSource:
    """A folder with cases of a rule."""

    folder: Path
    superseded: Mapping[str, tuple[Path, int]] = field(default_factory=dict)
    """Titles of its cases that no longer hold after a later amendment -> where that is said."""
    same_settings: bool = True
    """False where the region whose folder it is settles policies or readings otherwise: its cases say nothing here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The standard of one disease."""

    file: RuleFile
    folder: Path
    """Folder of ``rule.yaml``, which may be that of a region above."""
    target: Target
    regimes: tuple[tuple[dt.date, Regime | None], ...]
    """Sorted by first day; None where a value is not given for that time."""
    info: RulesetInfo
    item_places: Mapping[str, tuple[Path, int]] = field(default_factory=dict)
    """Item id -> file and line: in an ``amend.yaml`` where a region changed or added it."""
    amendments: tuple[Amendment, ...] = ()
    """What the regions below the one that wrote the rule change in it, in order."""
    case_sources: tuple[CaseSource, ...] = ()
    """Where its cases stand: beside ``rule.yaml``, then beside each ``amend.yaml``."""
    readings_off: frozenset[str] = frozenset()
    """Items of which readings of ours (经验口径) are not followed."""

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
    def case_folder(self) -> Path:
        """Where further cases belong: beside the last amendment, else beside the rule."""
        return self.case_sources[-1].folder if self.case_sources else self.folder

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
