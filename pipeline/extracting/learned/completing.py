"""A row that both readers see, with the cells that the rules left empty or cut badly taken from the page reader.

What an item may hang on is doubted with it. A cell is exchanged only where the vocabulary knows the page reader's and
not the rules', and one contains the other: where cells end is what two readers see differently, not what is printed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipeline.extracting.lab.names import known_name
from pipeline.extracting.lab.text import squeeze
from rules.engine.facts import MODEL_ONLY, LabResult
from rules.vocabulary.lookup import read_unit

__all__ = ["completed"]

_RANGE = "reference_model_only"


def completed(rules: LabResult, model: LabResult) -> LabResult:
    """Return the rules' row of an item, completed from the page reader's row of the same item."""
    changes: dict[str, Any] = {}
    doubts: set[str] = set()
    cleaner = _unit_known(model.unit) and not _unit_known(rules.unit) and _within(model.unit, rules.unit)
    # 阴性 has no unit: where the page reader links one to it, it is the next row's.
    if cleaner or (rules.unit is None and rules.value is not None and _unit_known(model.unit)):
        changes["unit"] = model.unit
        doubts.add(MODEL_ONLY)
    if rules.value is None and model.value is not None and _within(model.text, rules.text):
        changes |= {"text": model.text, "value": model.value, "comparator": model.comparator}
        doubts.add(MODEL_ONLY)
    if known_name(model.name) and not known_name(rules.name) and _within(model.name, rules.name):
        changes |= {"name": model.name, "abbreviation": model.abbreviation or rules.abbreviation}
        doubts.add(MODEL_ONLY)
    limits = (rules.reference_low, rules.reference_high)
    theirs = (model.reference_low, model.reference_high)
    if limits == (None, None) and (theirs != (None, None) or (rules.reference_text is None and model.reference_text)):
        changes |= {"reference_text": model.reference_text, "reference_low": theirs[0], "reference_high": theirs[1]}
        doubts.add(_RANGE)
    if not changes:
        return rules
    return replace(rules, **changes, doubts=tuple(sorted({*rules.doubts, *doubts})))


def _unit_known(unit: str | None) -> bool:
    return unit is not None and read_unit(unit, None) is not None


def _within(part: str | None, text: str | None) -> bool:
    return part is not None and text is not None and squeeze(part).lower() in squeeze(text).lower()
