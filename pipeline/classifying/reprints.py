"""Second prints and second photographs of one paper that the perceptual hash of the image did not show.

Counting one result twice could turn a case, and calling two results one could lose it: only certain twins are marked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from pipeline.classifying.sight import Sight
from pipeline.fields import fold
from pipeline.persons import PersonMatch, compare_names
from rules.engine.facts import DocumentType

__all__ = ["is_reprint", "other_moment"]

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_MIN_NUMBERS = 6


def _text(pages: Sequence[Sight]) -> str:
    return "\n".join(fold(line.text).text for sight in pages for line in sight.page.lines)


def _numbers(pages: Sequence[Sight]) -> Counter[str]:
    return Counter(_NUMBER.findall(_text(pages)))


def _overlap(a: Counter[str], b: Counter[str]) -> float:
    union = sum((a | b).values())
    return sum((a & b).values()) / union if union else 0.0


def _grams(text: str) -> Counter[str]:
    han = re.sub(r"[^\u4e00-\u9fff]", "", text)
    return Counter(han[i : i + 2] for i in range(len(han) - 1))


def other_moment(a: Sight, b: Sight) -> bool:
    """True when both pages print a date of the same kind (sampling, visit, stay ...) and the dates differ.

    Pages that share not one of the days they print are of different days as well, labelled or not.
    """
    if a.days and b.days and not a.days & b.days:
        return True
    for key in ("sampled", "examined", "admitted", "discharged", "visited"):
        mine, theirs = ({item for item in sight.moments if item.startswith(key)} for sight in (a, b))
        if mine and theirs and not mine & theirs:
            return True
    return False


def is_reprint(earlier: Sequence[Sight], later: Sequence[Sight]) -> bool:
    """True when ``later`` is certainly the same paper as ``earlier``.

    Same type, no contradicting name; then either one number of the report or the same dated moment together with
    nearly all figures equal, or nearly all words and figures equal.
    """
    kind = earlier[0].type
    if later[0].type is not kind or kind in (DocumentType.UNKNOWN, DocumentType.OTHER):
        return False
    names = [sight.name for sight in earlier if sight.name], [sight.name for sight in later if sight.name]
    if names[0] and names[1] and compare_names(names[0][0], names[1][0]) is PersonMatch.OTHER:
        return False
    a, b = _numbers(earlier), _numbers(later)
    if min(sum(a.values()), sum(b.values())) < _MIN_NUMBERS:
        return False
    if any(other_moment(mine, theirs) for mine in earlier for theirs in later):
        return False
    figures = _overlap(a, b)
    words = _overlap(_grams(_text(earlier)), _grams(_text(later)))
    numbers = [
        {(k, v) for s in pages for k, v in s.numbers.items() if k.startswith("report")} for pages in (earlier, later)
    ]
    same_number = bool(numbers[0] & numbers[1])
    same_moment = bool(
        {m for s in earlier for m in s.moments if not m.startswith("reported")}
        & {m for s in later for m in s.moments if not m.startswith("reported")}
    )
    if same_number and figures >= 0.75 and words >= 0.75:
        return True
    if same_moment and figures >= 0.85 and words >= 0.8:
        return True
    same_days = {day for sight in earlier for day in sight.days} == {day for sight in later for day in sight.days}
    return same_days and figures >= 0.93 and words >= 0.93
