"""How well records hang together by what laboratories print: known names, their units, values near their ranges.

Two readings of one page (as a table, as items around their names) are compared by it; it never changes a value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from pipeline.extracting.lab.kinds import Kind, unit_after_number
from pipeline.extracting.lab.names import analytes_of, known_name
from pipeline.extracting.lab.records import Record
from pipeline.extracting.lab.text import squeeze
from pipeline.extracting.lab.values import read_range, read_value
from rules.vocabulary import load_vocabulary

__all__ = ["ids_of", "soundness", "unit_suits"]

_FAR = 25
"""A value this many times off its limits is another row's, or not a result."""


def ids_of(text: str) -> frozenset[str]:
    """Analytes that ``text`` names, also without its running number and brackets."""
    plain = re.sub(r"^[*★☆#●]?\d{1,3}[.,、)]?(?=\D)", "", squeeze(text).rstrip(":"))
    return analytes_of(squeeze(text)) or analytes_of(plain) or analytes_of(re.sub(r"\(.*?\)", "", plain))


def unit_suits(ids: frozenset[str], unit: str) -> bool | None:
    """Whether one of the analytes is printed in ``unit``; None when the vocabulary knows no unit of theirs."""
    analytes = load_vocabulary().analytes
    known = {_plain(u) for i in ids for u in (analytes[i].unit, *analytes[i].units) if u}
    return _plain(unit) in known if known else None


def _plain(text: str) -> str:
    return re.sub(r"[\^*x·.]", "", squeeze(text).replace("μ", "u")).lower()


def soundness(records: Sequence[Record]) -> float:
    """Sum over ``records``: about 3 for a whole item of a known name, below 0 for what cannot be an item."""
    return sum(map(_one, records))


def _one(record: Record) -> float:
    if not (record.has_name and record.has_result):
        return -0.5
    cells = (*record.of("name"), *record.of("code"))
    ids = frozenset[str]().union(*(ids_of(c.text) for c in cells))
    known = bool(ids) or any(known_name(c.text) for c in cells)
    units = [c.text for c in record.of("unit") if c.is_a(Kind.UNIT, 0.6)]
    units += [unit for c in record.of("range") if (unit := unit_after_number(c.text))]
    span = read_range(record.of("range"), record.of("low"), record.of("high"))
    if not known and not units and span.text is None:
        return -1.0
    score = 1.0 if known else 0.0
    suits = unit_suits(ids, units[0]) if units else None
    score += {True: 1.0, False: -0.5, None: 0.5 if units else 0.0}[suits]
    value = read_value(record.of("result"))
    limits = [x for x in (span.low, span.high) if x is not None and x > 0]
    if value.value is not None and limits:
        score += 0.5 if min(limits) / _FAR <= max(value.value, Decimal("0.001")) <= max(limits) * _FAR else -0.5
    if span.text is not None:
        score += 0.5 if limits or any(c.is_a(Kind.QUAL) for c in record.of("range")) else 0.0
    if value.value is None and not any(c.is_a(Kind.QUAL, 0.4) for c in record.of("result")):
        score -= 1.0
    return score - (0.75 if record.joined else 0.0)
