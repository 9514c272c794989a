"""What the search box looks through: names, codes, words of the items, folded as the page's script folds a query."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from pipeline.reporting.text import single_line
from rules.engine.ruleset import Rule

__all__ = ["SearchText", "fold", "search_text"]

_DROP = re.compile(r"[\s,，.。;；:：、·“”\"'‘’()（）\[\]【】《》<>〈〉/|\-–—~～]+")
_RANGE = re.compile(r"([A-Z])(\d\d)\s*[-–~至]\s*\1(\d\d)")
SPLIT = "|"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchText:
    """Three lists, parted by ``|``, which folding never leaves in a word."""

    names: str
    codes: str
    words: str


def fold(text: str) -> str:
    """Full width to half width, capitals to small, blanks and marks out. ``catalogue.js`` does the same."""
    return _DROP.sub("", unicodedata.normalize("NFKC", single_line(text)).lower())


def search_text(rule: Rule) -> SearchText:
    """Return what finds ``rule``. ICD-10 ranges are spelt out, so that E11.9 finds E10-E14."""
    file = rule.file
    codes = [code.code for code in file.codes]
    for icd10 in file.icd10:
        span = _RANGE.fullmatch(icd10.strip().upper())
        codes += [f"{span[1]}{n:02d}" for n in range(int(span[2]), int(span[3]) + 1)] if span else [icd10]
    names = [file.name, *file.aliases, file.id, *(code.name for code in file.codes)]
    words = [text for item in file.items for text in (item.title, item.advice, *item.accepts)]
    return SearchText(names=_join(names), codes=_join(codes), words=_join(words))


def _join(texts: list[str]) -> str:
    return SPLIT.join(dict.fromkeys(folded for folded in map(fold, texts) if folded))
