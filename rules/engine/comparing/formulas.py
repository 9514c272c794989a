"""Formulas compared by what they say, and told in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations, product

from rules.engine.comparing.words import item_word
from rules.engine.formula import AtLeast, Formula, Item

__all__ = ["formula_key", "formula_words"]

MOST_WAYS = 4000
"""Beyond so many ways to be true two formulas are compared as they are written."""

Way = frozenset[str]


def formula_key(formula: Formula, names: Mapping[str, str]) -> object:
    """Equal for formulas that always come out alike; ``names`` maps items to the ids by which to compare.

    The formulas have no "not", so the least sets of items that make one true say all about it, in three values too.
    """
    try:
        return frozenset(_ways(formula, names))
    except OverflowError:
        return formula.text()


def _ways(formula: Formula, names: Mapping[str, str]) -> set[Way]:
    if isinstance(formula, Item):
        return {frozenset({names.get(formula.id, formula.id)})}
    parts = [_ways(part, names) for part in formula.parts]
    found: set[Way] = set()
    for chosen in combinations(parts, formula.k):
        for ways in product(*chosen):
            found.add(frozenset().union(*ways))
            if len(found) > MOST_WAYS:
                raise OverflowError
    return _least(found)


def _least(ways: Iterable[Way]) -> set[Way]:
    kept: list[Way] = []
    for way in sorted(ways, key=len):
        if not any(other <= way for other in kept):
            kept.append(way)
    return set(kept)


def formula_words(formula: Formula) -> str:
    """``第1项，并且第2、3、4项中至少1项``."""
    return _words(formula, top=True)


def _words(formula: Formula, *, top: bool = False) -> str:
    if isinstance(formula, Item):
        return item_word(formula.id)
    items = [part.id for part in formula.parts if isinstance(part, Item)]
    size = len(formula.parts)
    if len(items) == size:
        all_of = formula.k == size
        if all_of:
            return f"{_items(items)}{'都' if size == 2 else '全部'}具备" if top else f"{_items(items)}全部"
        return f"{_items(items)}中至少{formula.k}项"
    if formula.k in (1, size):
        groups = [_items(items)] if items and formula.k == size else [item_word(i) for i in items]
        inner = [_words(p) for p in formula.parts if isinstance(p, AtLeast)]
        sign = "，并且" if formula.k == size else "，或者"
        joined = sign.join((*groups, *inner))
        return joined if top else f"（{joined}）"
    return f"以下 {size} 种情形中至少 {formula.k} 种：{'；'.join(_words(part) for part in formula.parts)}"


def _items(ids: list[str]) -> str:
    return f"第{'、'.join(ids)}项" if all(i[:1].isdigit() for i in ids) else "、".join(item_word(i) for i in ids)
