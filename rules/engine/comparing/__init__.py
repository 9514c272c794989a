"""What two versions of the rules differ in, in words: standards, and the sample cases that come out differently."""

from rules.engine.comparing.judgements import change_in_words, explain_change
from rules.engine.comparing.model import JudgementChange, RegionDiff, as_data
from rules.engine.comparing.regions import compare_regions
from rules.engine.comparing.telling import in_words

__all__ = [
    "JudgementChange",
    "RegionDiff",
    "as_data",
    "change_in_words",
    "compare_regions",
    "explain_change",
    "in_words",
]
