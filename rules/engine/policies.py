"""Named readings of the standard that a region settles: what the clause leaves open, decided once and shown.

Each is a setting in ``region.yaml`` with a value, a sentence for the report, and a source. The engine knows the names
and the values each can take; a region that leaves one out, or writes another value, is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["CHOICES", "OPTIONAL", "OWN_READING", "Policies", "Policy", "is_own"]

OWN_READING = "经验口径"
"""A sentence that begins so is a reading of ours, not of the standard."""


def is_own(reading: str | None) -> bool:
    """True for a reading of ours."""
    return reading is not None and reading.startswith(OWN_READING)


CHOICES: Mapping[str, tuple[str, ...]] = {
    "min_confidence": (),
    "unknown_owner": ("manual", "accept"),
    "unknown_hospital_level": ("manual", "missing"),
    "undated_evidence": ("accept", "manual"),
    "quoted_examination": ("manual", "accept"),
    "number_alone": ("met", "manual"),
    "alternatives": ("all_examined", "any_negative"),
    "unconfirmed_diagnosis": ("never_supports",),
    "unclear_list": ("some_is_manual", "any_is_met"),
    "distinct_results": ("by_day",),
    "visit_span": ("first_to_last",),
    "window_bounds": ("inclusive",),
    "catch_all": ("never_by_machine",),
    "complication_certificate": ("disease_itself",),
    "admission_diagnosis": ("yields_to_discharge",),
    "own_readings": ("use", "manual"),
}
"""Name -> values it can take; empty: a fraction between 0 and 1. The first value is the default of the contract."""
OPTIONAL = frozenset({"own_readings"})
"""Policies that a region may leave out; the first value holds then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One settled reading."""

    name: str
    value: str | float
    text: str
    """Chinese, one sentence, as the report shows it where it decided."""
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """All settings of a region; attributes are read in the inner loop, so they are plain."""

    min_confidence: float
    unknown_owner: str
    unknown_hospital_level: str
    undated_evidence: str
    quoted_examination: str
    number_alone: str
    alternatives: str
    unconfirmed_diagnosis: str
    unclear_list: str
    distinct_results: str
    visit_span: str
    window_bounds: str
    catch_all: str
    complication_certificate: str
    admission_diagnosis: str
    entries: Mapping[str, Policy]
    own_readings: str = "use"
    """``manual``: what rests on a reading of ours (经验口径) is for a person."""

    def reading(self, name: str) -> str:
        """Return the sentence that the report shows where ``name`` decided."""
        return self.entries[name].text
