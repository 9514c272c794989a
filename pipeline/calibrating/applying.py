"""Facts of a case with the share at which facts like them are right, and the mark of those that are for a human."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pipeline.calibrating.kinds import CALIBRATED, confidence_of, kind_of
from pipeline.calibrating.table import Calibration, load_calibration
from pipeline.nouns import ReadPage
from rules.engine.facts import CaseFacts, Evidence

__all__ = ["calibrate"]


def calibrate(facts: CaseFacts, pages: Sequence[ReadPage], table: Calibration | None = None) -> CaseFacts:
    """Return ``facts`` whose evidence carries its share, and is marked where it lies below its kind's threshold.

    Kinds that were never measured, and facts that a person vouches for, stay as they are.

    Args:
        pages: of the case; they tell who read what.
        table: default: that shipped.
    """
    table = table or load_calibration()
    if table is None:
        return facts
    readers = {(page.page.file, page.page.number): page.reader.value for page in pages}

    def reader_of(evidence: Evidence) -> str:
        return readers.get((evidence.file, evidence.page), "none")

    def done(name: str, fact: Any) -> Any:
        kind = kind_of(name, fact, reader_of)
        curve = table.curve(kind) if kind is not None else None
        if kind is None or curve is None:
            return fact
        confidence, threshold = confidence_of(fact), table.threshold(kind)
        human = threshold is not None and confidence < threshold
        share = round(curve.at(confidence), 4)
        return replace(fact, evidence=tuple(replace(piece, share=share, for_human=human) for piece in fact.evidence))

    marked: dict[str, Any] = {name: tuple(done(name, fact) for fact in getattr(facts, name)) for name in CALIBRATED}
    return replace(facts, **marked)
