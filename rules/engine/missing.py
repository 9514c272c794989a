"""What could still turn the conclusion: the cheapest way through the formula, and what would do instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from rules.engine.formula import AtLeast, Formula, Item, Truth
from rules.engine.judgement import CriterionResult, Need, Status
from rules.engine.schema import ItemFile

__all__ = ["needs"]

Way = tuple[str, ...]
"""Items to hand in, sorted as in the rule."""


@dataclass(frozen=True, slots=True)
class _Case:
    """What the search for ways looks at."""

    values: Mapping[str, Truth]
    results: Mapping[str, CriterionResult]
    items: Mapping[str, ItemFile]
    catch_all: frozenset[str]
    """Items that material alone never satisfies."""

    def cost(self, way: Way) -> int:
        return sum([self.cost_of(k) for k in way])

    def cost_of(self, key: str) -> int:
        if key in self.catch_all:
            return self.items[key].cost + DEAR
        return self.items[key].cost - (NEARER if self.results[key].reason in NEAR else 0)


DEAR = 100
"""A catch-all comes after everything that a machine could accept."""
NEAR = frozenset({"outside_window", "hospital_below_level", "too_few", "future_date", "quoted_only"})
"""Reasons of items for which evidence was there and only its date, its source or its number did not do."""
NEARER = 4
"""To renew what one has had is likelier to help than another examination, even a cheaper one."""


def needs(
    formula: Formula,
    results: Mapping[str, CriterionResult],
    items: Mapping[str, ItemFile],
    catch_all: frozenset[str] = frozenset(),
) -> tuple[Need, ...]:
    """List what is missing on the cheapest way to a true formula.

    Empty when the formula is already decided, or when only a person can decide it. Items that are for a person are
    taken as if they turned out well, except among alternatives, where material would do without the person.
    """
    values: dict[str, Truth] = {
        key: True if r.status is Status.MET else False if r.status is Status.UNMET else None
        for key, r in results.items()
    }
    if formula.value(values) is not None:
        return ()
    order = {key: index for index, key in enumerate(items)}
    case = _Case(values, results, items, catch_all)
    ways = _ways(formula, case)
    if not ways or not ways[0]:
        return ()
    best = ways[0]
    chosen: list[Need] = []
    for key in sorted(best, key=lambda k: (case.cost_of(k), order[k])):
        instead = _instead(key, best, ways[1:], items, order, first=not chosen)
        item, result = items[key], results[key]
        chosen.append(
            Need(
                criterion=key,
                need=item.advice,
                accepts=item.accepts,
                why=_why(result),
                alternatives=tuple(instead),
                alternative_criteria=tuple(instead.values()),
                where=item.where,
            )
        )
    return tuple(chosen)


def _ways(formula: Formula, case: _Case) -> list[Way]:
    """Minimal sets of missing items that would make ``formula`` true, cheapest first; empty: there is none.

    The empty way means that nothing need be handed in here: it is true already, or a person decides it.
    """
    value = formula.value(case.values)
    if value is True:
        return [()]
    if value is False:
        return []
    if isinstance(formula, Item):
        return [(formula.id,)] if case.results[formula.id].status is Status.MISSING else [()]
    return _ways_of_group(formula, case)


MOST_WAYS = 64
"""Standards have a handful of branches; this bounds what a nested formula could blow up to."""


def _ways_of_group(group: AtLeast, case: _Case) -> list[Way]:
    open_parts = [p for p in group.parts if p.value(case.values) is None]
    needed = group.k - sum(1 for p in group.parts if p.value(case.values) is True)
    per_part = [_ways(p, case) for p in open_parts]
    if needed < len(open_parts):
        # Among alternatives, one that waits for a person is no way to hand something in, as long as material that a
        # machine accepts would do without the person.
        material = [ways for ways in per_part if any(way and not case.catch_all & set(way) for way in ways)]
        if len(material) >= needed:
            per_part = [ways for ways in per_part if ways and ways != [()]]
    found: list[Way] = []
    for chosen in combinations(per_part, needed):
        merged: list[Way] = [()]
        for ways in chosen:
            merged = [tuple(sorted({*one, *two})) for one in merged for two in ways][:MOST_WAYS]
        found.extend(merged)
    unique = sorted(set(found), key=lambda way: (case.cost(way), len(way), way))
    if len(unique) < 2:
        return unique
    sets = [frozenset(way) for way in unique]
    minimal = [way for way, items in zip(unique, sets, strict=True) if not any(other < items for other in sets)]
    return minimal[:MOST_WAYS]


def _instead(
    key: str, best: Way, others: Sequence[Way], items: Mapping[str, ItemFile], order: Mapping[str, int], *, first: bool
) -> dict[str, Way]:
    """What would do instead of ``key`` with the rest of the list kept; a wholly other way is told at the first need."""
    rest = set(best) - {key}
    found: dict[str, Way] = {}
    for way in others:
        extra = sorted(set(way) - set(best), key=lambda k: order[k])
        if key in way or not extra:
            continue
        text = "；并且".join(items[k].advice.rstrip("。") for k in extra)
        if rest <= set(way):
            found.setdefault(text, tuple(extra))
        elif first:
            found.setdefault(f"{text}（代替这里所列的其他材料）", tuple(extra))
    return found


_WHY = {
    "no_evidence": "上传的材料里没有找到这一项。",
    "outside_window": "已有的材料时间太早，需要近期的。",
    "hospital_below_level": "已有的材料不是本项要求级别的医院出具的。",
    "other_person": "上传的这类材料上不是申请人本人的姓名。",
    "future_date": "已有的材料日期晚于申请日期，请核对。",
    "wrong_document": "内容见于别的材料，本项要专门的材料。",
    "not_confirmed": "已有的材料没有写成确定的结论。",
    "diagnosis_not_stated": "已有的材料没有写明所申请的病种。",
    "grade_not_stated": "已有的材料没有写明分级或分期。",
    "too_few": "已有的次数还不够。",
    "not_related": "已有的记录看不出与所申请的病种有关。",
    "alternatives_not_examined": "已有的检查还不足以说明，可再补充其他检查报告。",
    "hospital_level_unknown": "已有的材料看不出医院级别。",
    "course_too_short": "已有的材料还不能说明病程长短。",
}


def _why(result: CriterionResult) -> str:
    """Reason for the applicant: about the papers, never about the illness."""
    return _WHY.get(result.reason, "已有的材料还不足以说明这一项。")
