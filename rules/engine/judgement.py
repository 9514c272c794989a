"""What judging yields: a status per criterion, a conclusion, a trace, and the material that could still turn it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rules.engine.facts import Evidence

__all__ = [
    "Conclusion",
    "CriterionResult",
    "DiseaseInfo",
    "Judgement",
    "Need",
    "RulesetInfo",
    "Status",
    "TraceNode",
]


class Status(StrEnum):
    """Status of one criterion (contract: What the statuses mean)."""

    MET = "met"
    UNMET = "unmet"
    MISSING = "missing"
    CONFLICTING = "conflicting"
    MANUAL = "manual"
    NOT_APPLICABLE = "not_applicable"


class Conclusion(StrEnum):
    """A recommendation for the whole disease; people decide."""

    MEETS = "meets"
    NOT_MET = "not_met"
    INSUFFICIENT = "insufficient"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceNode:
    """One step of how a formula or a predicate came out."""

    label: str
    """In Chinese, as a person reads it: ``肌酐 ≥ 707 μmol/L，2次``."""
    value: bool | None
    """True, False, or None for unknown."""
    status: Status | None = None
    note: str = ""
    children: tuple[TraceNode, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DiseaseInfo:
    id: str
    name: str
    code: str | None
    """National code candidate (门诊慢特病病种目录), None where unknown."""
    number: int | None = None
    category: str | None = None
    """Ⅰ, Ⅱ基本 or Ⅱ拓展."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesetInfo:
    version: str
    sha256: str
    verified: bool
    """True only when checked against the official text."""
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionResult:
    id: str
    title: str
    """The item in our words, Chinese."""
    status: Status
    reason: str
    """Reason code: ``evidence_found``, ``below_threshold``, ``outside_window``, ``hospital_below_level``,
    ``hospital_level_unknown``, ``other_person``, ``no_evidence``, ``catch_all``, ``low_confidence``, ``error`` ..."""
    message: str
    """One or two Chinese sentences for the reviewer."""
    evidence: tuple[Evidence, ...] = ()
    against: tuple[Evidence, ...] = ()
    """Evidence that was looked at and does not support the item (too old, negative, other person)."""
    trace: tuple[TraceNode, ...] = ()
    readings: tuple[str, ...] = ()
    """Policy settings and readings of ours (经验口径) that decided here, in Chinese."""
    verified: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing that could still turn the conclusion."""

    criterion: str
    need: str
    """What to hand in, plain Chinese."""
    accepts: tuple[str, ...]
    """What counts."""
    why: str
    alternatives: tuple[str, ...] = ()
    """What would do instead."""
    alternative_criteria: tuple[tuple[str, ...], ...] = ()
    """Criteria of each alternative, in the same order."""
    where: str = ""
    """Where to get it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The pre-review of one disease."""

    disease: DiseaseInfo
    ruleset: RulesetInfo
    conclusion: Conclusion
    formula_text: str
    formula_trace: TraceNode
    criteria: tuple[CriterionResult, ...]
    missing: tuple[Need, ...] = ()
    notices: tuple[str, ...] = ()
    """Overlaps, exclusions, review periods and the like, Chinese."""
