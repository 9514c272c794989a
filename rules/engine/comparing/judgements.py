"""The difference of two judgements of one case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rules.engine.comparing.model import ItemChange, JudgementChange
from rules.engine.comparing.words import CONCLUSIONS, STATUSES, item_word
from rules.engine.judgement import CriterionResult, Judgement

__all__ = ["change_in_words", "explain_change"]

_SAME: Mapping[str, str] = {}


def explain_change(
    before: Judgement, after: Judgement, *, renumbered: Mapping[str, str] = _SAME
) -> JudgementChange | None:
    """What differs between two judgements of one case; None when nothing does. Cheap: it compares codes, no texts.

    ``renumbered`` maps items of the old version to those of the new one where the numbers differ; an old item that it
    maps to ``""`` is not in the new version.
    """
    if not renumbered and _same(before, after):
        return None
    old = {c.id: c for c in before.criteria}
    items: list[ItemChange] = []
    met: set[str] = set()
    for c in before.criteria:
        name = renumbered.get(c.id, c.id)
        other = next((n for n in after.criteria if n.id == name), None) if name else None
        if other is not None:
            met.add(other.id)
        if other is None or other.status is not c.status or other.reason != c.reason:
            items.append(_item(c, other))
    items += [_item(None, c) for c in after.criteria if c.id not in met]
    missing = tuple(n.criterion for n in before.missing), tuple(n.criterion for n in after.missing)
    same_missing = tuple(renumbered.get(i, i) for i in missing[0]) == missing[1]
    if not items and same_missing and before.conclusion is after.conclusion:
        return None
    order = {c.id: index for index, c in enumerate(after.criteria)}
    items.sort(key=lambda i: order.get(i.item or "", len(order) + list(old).index(i.old_item or next(iter(old)))))
    return JudgementChange(
        before=before.conclusion,
        after=after.conclusion,
        items=tuple(items),
        missing_before=() if same_missing else missing[0],
        missing_after=() if same_missing else missing[1],
    )


def _same(before: Judgement, after: Judgement) -> bool:
    if before.conclusion is not after.conclusion or len(before.criteria) != len(after.criteria):
        return False
    for one, other in zip(before.criteria, after.criteria, strict=True):
        if one.id != other.id or one.status is not other.status or one.reason != other.reason:
            return False
    return [n.criterion for n in before.missing] == [n.criterion for n in after.missing]


def _item(old: CriterionResult | None, new: CriterionResult | None) -> ItemChange:
    shown = new or old
    assert shown is not None
    return ItemChange(
        old_item=old.id if old else None,
        item=new.id if new else None,
        title=shown.title,
        before=old.status if old else None,
        after=new.status if new else None,
        reason_before=old.reason if old else "",
        reason_after=new.reason if new else "",
        message_before=old.message if old else "",
        message_after=new.message if new else "",
    )


def change_in_words(change: JudgementChange) -> tuple[str, ...]:
    """``结论由“待补材料”变为“材料支持”``, then a line for each item, then the missing list."""
    return tuple(_lines(change))


def _lines(change: JudgementChange) -> Iterator[str]:
    was, now = CONCLUSIONS[change.before], CONCLUSIONS[change.after]
    yield f"结论由“{was}”变为“{now}”" if was != now else f"结论不变（{was}）"
    for item in change.items:
        yield f"{item_name(item)} {transition(item)}"
    if change.missing_before or change.missing_after:
        yield f"须补材料由{_missing(change.missing_before)}变为{_missing(change.missing_after)}"


def item_name(item: ItemChange) -> str:
    """``第3项（原第2项）``."""
    if item.item is None:
        return f"原{item_word(item.old_item or '')}"
    moved = item.old_item is not None and item.old_item != item.item
    return f"{item_word(item.item)}（原{item_word(item.old_item or '')}）" if moved else item_word(item.item)


def transition(item: ItemChange) -> str:
    was, now = STATUSES[item.before], STATUSES[item.after]
    if item.before is None:
        return f"新版才有，{now}"
    if item.after is None:
        return f"新版没有，原为{was}"
    return f"{was} → {now}" if was != now else f"仍为{now}，理由不同"


def _missing(items: tuple[str, ...]) -> str:
    return "、".join(item_word(i) for i in items) if items else "“无”"
