"""Words and signs that answer a test: 阴性, 阳性(++), -, 2+, ±. Results and limits print the same ones.

Where two of them stand with one item, the place has to tell which is the result; where one was lost, the other must
never step in for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.extracting.lab.cells import Cell
from pipeline.extracting.lab.records import Record
from pipeline.extracting.lab.soundness import ids_of
from pipeline.extracting.lab.text import has_cjk, squeeze

__all__ = ["all_negative", "doubt_left_over", "is_verdict"]

_SIGN = r"(?:[-+]{1,4}|±|\+-|\d\+|\+\d)"
_VERDICT = re.compile(
    rf"[(\[]?(?:{_SIGN}|[极弱强]?[阴阳]性?|未检出|检出|可疑|(?:无|非|有)?反应性?|neg(?:ative)?|pos(?:itive)?)[)\]]?"
    rf"(?:[(\[]?(?:{_SIGN}|[阴阳]性?)[)\]]?)?",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(r"[(\[]?(?:-{1,2}|阴性?|未检出|neg(?:ative)?)[)\]]?(?:[(\[]?(?:-|阴性?)[)\]]?)?", re.IGNORECASE)


_COMMENTS = frozenset({"正常", "异常", "偏高", "偏低", "升高", "降低"})


def is_verdict(text: str) -> bool:
    """True for a word or sign that answers a test."""
    return _VERDICT.fullmatch(squeeze(text)) is not None


def all_negative(cells: Sequence[Cell]) -> bool:
    """True when all of ``cells`` say no: whichever of them is the result, it is the same."""
    return all(_NEGATIVE.fullmatch(squeeze(cell.text)) for cell in cells)


def doubt_left_over(records: Sequence[Record]) -> None:
    """Doubt words taken for results in a table whose header does not name their column, where another could be meant.

    A word that stands in the name, or a result left without a name between the items, means that the words beside the
    names may be their limits.
    """
    whole = [r for r in records if r.has_name and r.has_result]
    if not whole:
        return
    spare = any(is_verdict(c.text) for r in records for role in ("name", "other") for c in r.of(role))
    bare = spare or any(r.has_result and not r.has_name and whole[0].v < r.v <= whole[-1].v + 3 * r.h for r in records)
    for record in whole:
        strays = [c for role in ("name", "code", "other") for c in record.of(role) if is_verdict(c.text)]
        for cell in strays:
            for role in ("name", "code"):
                if cell in record.of(role) and len(record.of(role)) > 1:
                    record.cells[role].remove(cell)
                    record.cells.setdefault("other", []).append(cell)
        words = [c for c in record.of("result") if is_verdict(c.text) or squeeze(c.text) in _COMMENTS]
        rival = bool(strays) and not all_negative([*strays, *words])
        if words and (rival or (bare and not record.of("range"))):
            record.joined = True
    for one, two in pairwise(whole):
        # HBsAg ... 阳性 above 乙肝表面抗原 ... 阴性: one item in two lines, and the second word is its limit.
        same = _ids(one) & _ids(two) and _in_words(one) != _in_words(two)
        if same and not all_negative([*one.of("result"), *two.of("result")]):
            one.joined = two.joined = True


def _in_words(record: Record) -> bool:
    return any(has_cjk(c.text) for c in record.of("name"))


def _ids(record: Record) -> frozenset[str]:
    return frozenset[str]().union(*(ids_of(c.text) for c in (*record.of("name"), *record.of("code"))))
