"""One fact as a person corrected it. What the machine derived from the old words is derived anew from the new ones."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from pipeline.keys import Fact
from pipeline.normalising import normalise
from rules.engine.facts import CaseFacts, Diagnosis, DocumentInfo, Evidence, LabResult, Treatment
from rules.vocabulary import load_vocabulary

__all__ = ["PERSON", "corrected", "renormalised", "vouched"]

F = TypeVar("F", bound=Fact)

PERSON = "person"
"""Extractor of evidence that a person corrected, confirmed or added."""

_READER = frozenset(
    {"low_confidence", "value_unreadable", "row_mismatch", "flag_range_disagree", "model_only", "readers_disagree"}
)
"""Doubts of the reader, settled by a person who read the row. What normalising doubts of the corrected row stands: a
slip of the pen may be implausible as well, and is confirmed by accepting the row (:func:`vouched`)."""
_SETTLED = _READER | {"implausible", "unit_repaired", "reference_unreadable", "reference_model_only"}
"""What a person settles who accepts a row as it stands; what its name means or whose sheet it is, they do not."""
_NUMBER = re.compile(r"\s*(<=|>=|[<>≤≥＜＞])?\s*(\d+(?:\.\d+)?)\s*")
_SIGNS = {"<": "<", "＜": "<", ">": ">", "＞": ">", "≤": "<=", "<=": "<=", "≥": ">=", ">=": ">="}
_BETWEEN = re.compile(r"\s*[\[(（]?\s*(\d+(?:\.\d+)?)\s*(?:-{1,2}|~|～|—{1,2}|–|至)\s*(\d+(?:\.\d+)?)\s*[\])）]?\s*")


def corrected(fact: F, changes: Mapping[str, Any]) -> F:
    """Return ``fact`` with the fields of ``changes``, and the fields that only repeat them."""
    if isinstance(fact, LabResult):
        changes = _lab_changes(fact, changes)
    elif isinstance(fact, Diagnosis):
        changes = _diagnosis_changes(fact, changes)
    elif isinstance(fact, Treatment) and "name" in changes and fact.kind == "drug":
        changes = {**changes, "concept": None, "classes": ()}
    return replace(fact, **changes, evidence=_certain(fact.evidence))


def vouched(fact: F) -> F:
    """Return ``fact`` as a person confirmed it: as read, and certain."""
    sure = replace(fact, evidence=_certain(fact.evidence))
    if isinstance(sure, LabResult):
        return replace(sure, doubts=tuple(d for d in sure.doubts if d not in _SETTLED))
    return sure


def renormalised(
    fact: Fact, changes: Mapping[str, Any], documents: Sequence[DocumentInfo], around: Sequence[LabResult]
) -> tuple[Fact, ...]:
    """Bring a corrected fact to the vocabulary's terms.

    Args:
        fact: as :func:`corrected` returns it.
        changes: the fields that the person gave.
        around: results of the same sheet, which tell what an ambiguous name means.

    Returns:
        One fact; several where a diagnosis names several diseases.
    """
    vocabulary = load_vocabulary()
    facts = CaseFacts(as_of=dt.date.max, documents=tuple(documents))
    if isinstance(fact, Diagnosis):
        done, _ = normalise(replace(facts, diagnoses=(fact,)), vocabulary=vocabulary)
        return done.diagnoses
    if isinstance(fact, Treatment):
        done, _ = normalise(replace(facts, treatments=(fact,)), vocabulary=vocabulary)
        return done.treatments
    if not isinstance(fact, LabResult):
        return (fact,)
    raw = replace(fact, analyte=None, canonical_value=None, canonical_unit=None, polarity=None)
    done, _ = normalise(replace(facts, lab_results=(raw, *around)), vocabulary=vocabulary)
    result = done.lab_results[0]
    return (replace(result, flag=fact.flag) if "flag" in changes else result,)


def _certain(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    return tuple(
        replace(e, confidence=1.0, extractor=PERSON, generative=False, share=None, for_human=False) for e in evidence
    )


def _lab_changes(fact: LabResult, changes: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(changes)
    if "text" in changes:
        match = _NUMBER.fullmatch(changes["text"])
        made["value"] = Decimal(match[2]) if match else None
        made["comparator"] = _SIGNS[match[1]] if match and match[1] else None
    if "reference_text" in changes:
        between = _BETWEEN.fullmatch(changes["reference_text"] or "")
        bound = _NUMBER.fullmatch(changes["reference_text"] or "")
        low, high = (Decimal(between[1]), Decimal(between[2])) if between else (None, None)
        if bound and bound[1]:
            below = _SIGNS[bound[1]].startswith("<")
            low, high = (None, Decimal(bound[2])) if below else (Decimal(bound[2]), None)
        made.setdefault("reference_low", low)
        made.setdefault("reference_high", high)
    elif {"reference_low", "reference_high"} & changes.keys():
        made["reference_text"] = None
    derived = {"implausible", "unit_repaired", "unit_unknown", "ambiguous_name"}
    derived |= {"reference_unreadable", "reference_model_only"}
    made["doubts"] = tuple(d for d in fact.doubts if d not in _READER and d not in derived)
    return made


def _diagnosis_changes(fact: Diagnosis, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Concept, code and grade follow a new name; a new code leaves the name."""
    made = dict(changes)
    if "name" in changes:
        made = {"concept": None, "icd10": None, "grade": None, **made}
    elif "icd10" in changes:
        made = {"concept": None, **made}
    return made
