"""Shape of the rule files: ``region.yaml`` of a region and ``rule.yaml`` of a disease. Unknown keys are refused."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from rules.engine.dates import parse_period

__all__ = [
    "AdditionFile",
    "Change",
    "Code",
    "ItemFile",
    "PolicyFile",
    "Provenance",
    "RegionFile",
    "RegionPart",
    "ReviewPeriod",
    "RuleFile",
    "SourceFile",
]


Grade = Literal["A", "A-", "B", "B-", "C", "G", "M"]
"""How far a source bears: A official text, B second-hand, C unreliable, G our reading, M from memory; ``-`` less."""


class RegionPart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class SourceFile(RegionPart):
    """One source document."""

    title: str
    grade: Grade
    note: str = ""


class PolicyFile(RegionPart):
    """One settled reading."""

    value: str | float
    text: str = Field(min_length=1)
    source: str = Field(min_length=1)


class RegionFile(RegionPart):
    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str
    version: str
    """Changes with every change of what the packs of the region say."""
    inherits: str | None = None
    """Id of the region whose packs, sources, policies, notices and form title this one has; it adds and overrides."""
    sources: dict[str, SourceFile] = {}
    policies: dict[str, PolicyFile] = {}
    """Of an inheriting region: those that differ."""
    readings_off: tuple[str, ...] = ()
    """Rules (``diabetes``) and items (``diabetes.3``) whose readings of ours (经验口径) this region does not follow."""
    form_title: str = ""
    notices: tuple[str, ...] = ()


class AdditionFile(RegionPart):
    """``region.yaml`` of a folder outside the rule base that adds to a shipped region."""

    extends: str
    """Id of that region."""
    version: str | None = None
    """Of the region with the additions; left out: the shipped one."""
    sources: dict[str, SourceFile] = {}
    policies: dict[str, PolicyFile] = {}
    readings_off: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


class Code(RegionPart):
    """A national code of the 门诊慢特病病种目录."""

    code: str = Field(pattern=r"^M\d{5}$")
    name: str
    source: str
    status: Literal["candidate", "confirmed"] = "candidate"


class Provenance(RegionPart):
    """Where the rule comes from."""

    sources: tuple[str, ...] = Field(min_length=1)
    """Keys of the region's sources."""
    grade: Grade
    note: str = ""


class ReviewPeriod(RegionPart):
    every: str | None = None
    """``5年``; none: no review."""
    text: str
    source: str

    @field_validator("every")
    @classmethod
    def _period(cls, value: str | None) -> str | None:
        if value is not None:
            parse_period(value)
        return value


class Effective(RegionPart):
    from_: dt.date = Field(alias="from")
    to: dt.date | None = None


class Ages(RegionPart):
    at_least: int | None = None
    at_most: int | None = None
    text: str
    source: str


class Change(RegionPart):
    """One change of what a rule says, for people: the catalogue shows the last."""

    date: dt.date
    what: str = Field(min_length=1)
    """Chinese, one sentence: which item, what was and what is."""


class ItemFile(RegionPart):
    """One item of the standard."""

    id: str = Field(pattern=r"^[A-Za-z0-9_.]+$")
    title: str = Field(min_length=1)
    """In our own words."""
    source_item: str = Field(min_length=1)
    """Number of the item in the source."""
    source: str = Field(min_length=1)
    """Key of the region's sources."""
    verified: bool = False
    when: Any
    """Condition tree."""
    readings: tuple[str, ...] = ()
    """Names of policies, or sentences that begin with 经验口径, on which the encoding rests."""
    accepts: tuple[str, ...] = Field(min_length=1)
    """What counts, Chinese."""
    where: str = Field(min_length=1)
    """Where to get it."""
    cost: int = Field(ge=1, le=9)
    """Rank of trouble and expense for the applicant: 1 a copy at the window .. 9 an operation."""
    advice: str = Field(min_length=1)
    """What to hand in, one sentence for the applicant."""


class RuleFile(RegionPart):
    """One disease."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    number: int = Field(ge=1)
    name: str
    aliases: tuple[str, ...] = ()
    category: str | None = Field(default=None, alias="class", min_length=1)
    """Class in the region's catalogue (江西: Ⅰ, Ⅱ基本, Ⅱ拓展); none where the region has none or it is not known."""
    codes: tuple[Code, ...] = ()
    concepts: tuple[str, ...] = ()
    icd10: tuple[str, ...] = ()
    exclude_icd10: tuple[str, ...] = ()
    exclusive_with: tuple[int, ...] = ()
    """Numbers of diseases that cannot be held together."""
    overlaps: tuple[int, ...] = ()
    """Numbers of diseases that a person should think of."""
    ages: Ages | None = None
    review: ReviewPeriod | None = None
    effective: Effective
    provenance: Provenance
    verified: bool = False
    changes: tuple[Change, ...] = ()
    """History of the rule, oldest first."""
    formula: Any
    items: tuple[ItemFile, ...] = Field(min_length=1)
