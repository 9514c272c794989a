"""The quality gate: does it stop pages that nobody could read, and let every other pass?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.evaluating.counting import NO_RATIO, Ratio
from pipeline.evaluating.kept import KeptPage
from pipeline.evaluating.text import TextScore
from pipeline.evaluating.truth import TruthPage

__all__ = ["GateScore", "score_gate"]

_WELL = 0.03
"""Character error rate below which a page was read well."""


@dataclass(frozen=True, slots=True)
class GateScore:
    caught: Ratio = NO_RATIO
    """Unusable pages that were flagged."""
    cause: Ratio = NO_RATIO
    """Unusable pages flagged with one of the codes that their truth names."""
    refused: Ratio = NO_RATIO
    """Usable pages that were flagged: false alarms."""
    refused_well_read: Ratio = NO_RATIO
    """Flagged although read well, of the pages that were read well. Should be none."""
    codes: Mapping[str, int] = field(default_factory=dict)
    """Codes raised on usable pages."""


def score_gate(page: TruthPage, kept: KeptPage | None, text: TextScore) -> GateScore:
    """Score one page. A page that is not there at all was refused at the door and counts as flagged."""
    codes = kept.quality if kept else ("not_there",)
    flagged = bool(codes)
    if page.unusable:
        return GateScore(caught=Ratio(int(flagged), 1), cause=Ratio(int(bool(set(codes) & set(page.unusable))), 1))
    rate = text.error_rate.value
    well = rate is not None and rate < _WELL
    return GateScore(
        refused=Ratio(int(flagged), 1),
        refused_well_read=Ratio(int(flagged), 1) if well else Ratio(),
        codes=dict(Counter(codes)),
    )
