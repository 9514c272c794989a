"""Kinds of facts that are calibrated apart: what it is, who found it, who read it, and whether it carries a doubt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rules.engine.facts import PAGE_READER, AssertionStatus, Diagnosis, Evidence

__all__ = ["CALIBRATED", "confidence_of", "finder_of", "kind_of", "wider"]

CALIBRATED = ("lab_results", "diagnoses")
"""Kinds of facts of which a truth lists every one that counts. Of findings and treatments it lists those that were
meant to be found, so that a share of right ones would be a share of listed ones."""


def finder_of(evidence: Sequence[Evidence]) -> str | None:
    """``rules``, ``model`` or ``both``; None where there is no evidence, or a person vouches for it."""
    extractors = {piece.extractor for piece in evidence}
    if not extractors or "person" in extractors:
        return None
    if extractors == {PAGE_READER}:
        return "model"
    return "both" if any(PAGE_READER in extractor.split("+") for extractor in extractors) else "rules"


def kind_of(name: str, fact: Any, reader_of: Callable[[Evidence], str]) -> str | None:
    """Return the kind of a fact of ``name`` (a field of ``CaseFacts``), as ``lab_results.rules.ppocr``.

    A doubted result ends with ``.doubted``: it is wrong more often whatever its confidence. None: not calibrated.
    """
    finder = finder_of(fact.evidence)
    if finder is None or name not in CALIBRATED:
        return None
    if isinstance(fact, Diagnosis) and fact.status is not AssertionStatus.CONFIRMED:
        return None  # supports nothing, and a truth does not list every 否认 and every 临床诊断
    parts = [name, finder, reader_of(fact.evidence[0])]
    return ".".join([*parts, "doubted"] if getattr(fact, "doubts", ()) else parts)


def wider(kind: str) -> str:
    """The kind without its reader, for kinds that were seen too seldom: ``lab_results.rules``."""
    name, finder, *more = kind.split(".")
    return ".".join([name, finder, *(part for part in more if part == "doubted")])


def confidence_of(fact: Any) -> float:
    """The least of its evidence: a fact is as sure as its least sure part."""
    return min((piece.confidence for piece in fact.evidence), default=0.0)
