"""The quality gate: does it stop pages that nobody could read, and let every other pass?

Stopped is a page that has to be taken again. A word on a part of a page that can be used is no refusal.
"""

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
    """Unusable pages that were refused."""
    cause: Ratio = NO_RATIO
    """Unusable pages refused with one of the codes that their truth names."""
    refused: Ratio = NO_RATIO
    """Usable pages that were refused: false alarms."""
    refused_well_read: Ratio = NO_RATIO
    """Refused although read well, of the pages that were read well. Should be none."""
    warned: Ratio = NO_RATIO
    """Usable pages that were taken with a word on a part of them."""
    codes: Mapping[str, int] = field(default_factory=dict)
    """Codes for which usable pages were refused."""
    words: Mapping[str, int] = field(default_factory=dict)
    """Codes of words on usable pages that were taken."""


def score_gate(page: TruthPage, kept: KeptPage | None, text: TextScore) -> GateScore:
    """Score one page. A page that is not there at all was refused at the door."""
    codes = kept.refused if kept else ("not_there",)
    words = kept.quality if kept and not codes else ()
    refused = bool(codes)
    if page.unusable:
        return GateScore(caught=Ratio(int(refused), 1), cause=Ratio(int(bool(set(codes) & set(page.unusable))), 1))
    rate = text.error_rate.value
    well = rate is not None and rate < _WELL
    return GateScore(
        refused=Ratio(int(refused), 1),
        refused_well_read=Ratio(int(refused), 1) if well else Ratio(),
        warned=Ratio(int(bool(words)), 1),
        codes=dict(Counter(codes)),
        words=dict(Counter(words)),
    )
