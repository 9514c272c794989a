"""Formulas by their smallest ways to be true: what can never decide is found and refused."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

from rules.engine.formula import AtLeast, Formula, Item

__all__ = ["TooManyWaysError", "never_deciding", "ways"]

Way = frozenset[str]
MOST = 4096
"""Standards have a few hundred ways at most; a formula beyond this is not looked into."""


class TooManyWaysError(Exception):
    """The formula has more ways than anyone looks into."""


def never_deciding(formula: Formula) -> str | None:
    """Tell in Chinese which item or alternative of ``formula`` can never decide; None when each can."""
    for group in _groups(formula):
        ids = [part.id for part in group.parts if isinstance(part, Item)]
        twice = sorted({key for key in ids if ids.count(key) > 1})
        if twice:
            return f"的同一组里条目 {'、'.join(twice)} 写了两次，只写一次"
    try:
        all_ways = ways(formula)
        idle = sorted(set(formula.items()) - {key for way in all_ways for key in way})
        if idle:
            return f"的结果与条目 {'、'.join(idle)} 无关：没有它也一样，请改公式"
        for group, part in _alternatives(formula):
            if ways(formula, without=part) == all_ways:
                return f"的“{group.text()}”里，“{part.text()}”这一支从不起作用：别的支已包含它，请删去或改写"
    except TooManyWaysError:
        return None
    return None


def ways(formula: Formula, *, without: Formula | None = None) -> frozenset[Way]:
    """Smallest sets of items that make ``formula`` true; ``without`` is a part (by identity) taken as false.

    Raises:
        TooManyWaysError: there are more than :data:`MOST`.
    """
    if formula is without:
        return frozenset()
    if isinstance(formula, Item):
        return frozenset({frozenset({formula.id})})
    parts = [ways(part, without=without) for part in formula.parts]
    found: set[Way] = set()
    for chosen in combinations(parts, formula.k):
        for one in product(*chosen):
            found.add(frozenset().union(*one))
            if len(found) > MOST:
                raise TooManyWaysError
    return frozenset(way for way in found if not any(other < way for other in found))


def _groups(formula: Formula) -> Iterator[AtLeast]:
    if isinstance(formula, AtLeast):
        yield formula
        for part in formula.parts:
            yield from _groups(part)


def _alternatives(formula: Formula) -> Iterator[tuple[AtLeast, Formula]]:
    for group in _groups(formula):
        if group.k < len(group.parts):
            yield from ((group, part) for part in group.parts)
