"""Why a case comes out differently: which changes of the rules lie behind a change of its judgement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from rules.engine.comparing.model import Cause, Change, ItemChange, JudgementChange, Kind
from rules.engine.judgement import CriterionResult, Judgement, TraceNode

__all__ = ["causes_of"]


def causes_of(
    change: JudgementChange,
    changes: Sequence[Change],
    region_changes: Sequence[Change],
    before: Judgement,
    after: Judgement,
    as_of: dt.date,
) -> tuple[Cause, ...]:
    """Name the changes that lie behind ``change``: of each item first, then of the formula.

    ``changes`` are those of the disease and its items, ``region_changes`` those of the region. Of several changes of
    one item, those count whose condition came out differently in the traces.
    """
    weighty = [c for c in changes if c.kind is Kind.MEANING and _holds(c, as_of)]
    return tuple(dict.fromkeys(_causes(change, weighty, region_changes, before, after)))


def _causes(
    change: JudgementChange,
    weighty: Sequence[Change],
    region_changes: Sequence[Change],
    before: Judgement,
    after: Judgement,
) -> Iterator[Cause]:
    old = {c.id: c for c in before.criteria}
    new = {c.id: c for c in after.criteria}
    whole = [c for c in weighty if c.item is None and c.old_item is None]
    of_rule = [c for c in whole if not c.text.startswith("公式")]
    of_region = [c for c in region_changes if c.kind is Kind.MEANING]
    for item in change.items:
        own = [c for c in weighty if (c.old_item, c.item) == (item.old_item, item.item)]
        one, other = old.get(item.old_item or ""), new.get(item.item or "")
        touched = [c for c in own if _touched(c, one, other)] or own
        # A change of the whole disease (what counts as it, its days) reaches every item.
        found = touched or of_rule or _policies(of_region, item, one, other)
        for each in found:
            yield Cause(old_item=item.old_item, item=item.item, text=each.text)
    if change.before is not change.after:
        for each in whole:
            if each not in of_rule or not change.items:
                yield Cause(text=each.text)


def _holds(change: Change, day: dt.date) -> bool:
    return (change.since is None or change.since <= day) and (change.until is None or day <= change.until)


def _policies(
    changes: Sequence[Change], item: ItemChange, one: CriterionResult | None, other: CriterionResult | None
) -> list[Change]:
    """Of several changed policies those that either judgement says it rests on."""
    said = {r for c in (one, other) if c is not None for r in c.readings}
    named = [c for c in changes if said & set(c.labels)]
    del item
    return named or list(changes)


def _touched(change: Change, one: CriterionResult | None, other: CriterionResult | None) -> bool:
    """True unless the condition that changed came out alike in both traces."""
    if not any(change.labels):
        return True
    was = _outcome(change.labels[0], one)
    now = _outcome(change.labels[1], other)
    return was is None or now is None or was != now


def _outcome(label: str, result: CriterionResult | None) -> tuple[object, ...] | None:
    found = None if result is None else _find(label, result.trace)
    return None if found is None else (found.value, found.status, found.note)


def _find(label: str, nodes: Sequence[TraceNode]) -> TraceNode | None:
    for node in nodes:
        if node.label == label:
            return node
        below = _find(label, node.children)
        if below is not None:
            return below
    return None
