"""What the page reader says of a document's type, where titles and headings do not tell.

A title decides. Without one the page reader speaks where rules know nothing, or where headings say one thing weakly and
it another for certain; it then says so in the reasons, and nothing on the document decides an item alone. Pages are
joined before by what is printed on them, never by what the page reader says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.learned import Finders
from pipeline.nouns import ReadPage
from rules.engine.facts import DocumentType

__all__ = ["Kind", "model_kind", "settle_kind"]

_KNOWS = 0.9
"""Share from which it is believed where rules know nothing ..."""
_AGAINST = 0.97
"""... and from which it is believed against headings that say little."""
_LITTLE = 0.7
"""Confidence of the rules below which headings say little."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Type of a document, with the reasons in Chinese. ``decided``: a title of its own says it."""

    type: DocumentType
    confidence: float
    why: tuple[str, ...]
    decided: bool = False
    by_model: bool = False


def model_kind(pages: Sequence[ReadPage]) -> tuple[DocumentType, float] | None:
    """Return the type that the page reader gives the pages together, and its share; None where it was not asked."""
    sums: dict[DocumentType, float] = {}
    known = {kind.value: kind for kind in DocumentType}
    readings = [page.learned.reading for page in pages if page.learned is not None]
    for reading in readings:
        for name, share in reading.types.items():
            if name in known:
                sums[known[name]] = sums.get(known[name], 0.0) + share / len(readings)
    if not sums:
        return None
    best = max(sums, key=lambda kind: (sums[kind], kind.value))
    return best, round(min(sums[best], 1.0), 3)


def settle_kind(by_rules: Kind, pages: Sequence[ReadPage], finders: Finders = Finders.BOTH) -> Kind:
    """Weigh what rules say of a document against what the page reader says of its pages."""
    told = model_kind(pages) if finders is not Finders.RULES else None
    if finders is Finders.MODEL:
        kind, share = told or (DocumentType.UNKNOWN, 0.0)
        return Kind(kind, share, (f"版面模型判断为“{kind.label}”",), by_model=True)
    if told is None or told[0] is DocumentType.UNKNOWN:
        return by_rules
    kind, share = told
    if kind is by_rules.type:
        if share < _KNOWS or by_rules.decided:
            return by_rules
        sure = round(max(by_rules.confidence, 1 - (1 - by_rules.confidence) * (1 - share)), 2)
        return replace(by_rules, confidence=min(sure, 0.99), why=(*by_rules.why, "版面模型的判断相同"))
    said = f"版面模型判断为“{kind.label}”（把握{share:.0%}）"
    if by_rules.type is DocumentType.UNKNOWN and share >= _KNOWS:
        return Kind(kind, share, (*by_rules.why, f"{said}，请人工核对"), by_model=True)
    if not by_rules.decided and by_rules.confidence < _LITTLE and share >= _AGAINST:
        against = f"小标题更像“{by_rules.type.label}”，但不足以判断"
        return Kind(kind, share, (against, f"{said}，请人工核对"), by_model=True)
    return by_rules
