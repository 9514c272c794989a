"""Kinds of change in words: what became of the conclusion and of each item, by which condition, by which new rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.audit.replay.parts import Group, Move, TraceMove
from rules.engine.comparing.judgements import item_name, transition
from rules.engine.comparing.model import ItemChange
from rules.engine.comparing.words import CONCLUSIONS, STATUSES, item_word
from rules.engine.judgement import Conclusion, Status

__all__ = ["conclusion_word", "condition_words", "headline", "move_words", "name_of", "status_word", "why_words"]

_MOST_CONDITIONS = 4


def conclusion_word(code: str | None) -> str:
    """``材料支持``; what a version without the disease says."""
    return CONCLUSIONS[Conclusion(code)] if code else "无此病种"


def status_word(code: str | None) -> str:
    return STATUSES[Status(code) if code else None]


def headline(group: Group) -> str:
    """``结论由“需人工”变为“材料支持”``."""
    was, now = conclusion_word(group.before), conclusion_word(group.after)
    if was != now:
        return f"结论由“{was}”变为“{now}”"
    if group.moves:
        return f"结论不变（{was}），条目有变"
    before, after = (_items(items) for items in (group.missing_before, group.missing_after))
    return f"结论不变（{was}），须补材料由{before}变为{after}"


def _items(items: Sequence[str]) -> str:
    return "、".join(item_word(item) for item in items) if items else "“无”"


def move_words(move: Move) -> str:
    """``第2项 不符合 → 符合``."""
    change = _as_change(move)
    return f"{item_name(change)} {transition(change)}"


def name_of(move: Move) -> str:
    """``第3项（原第2项）``."""
    return item_name(_as_change(move))


def _as_change(move: Move) -> ItemChange:
    return ItemChange(
        old_item=move.old_item,
        item=move.item,
        title="",
        before=Status(move.before) if move.before else None,
        after=Status(move.after) if move.after else None,
        reason_before=move.reason_before,
        reason_after=move.reason_after,
        message_before="",
        message_after="",
    )


def condition_words(move: Move) -> tuple[str, ...]:
    """Which conditions came out differently: those whose outcome differs, else those that are written otherwise."""
    weighty = [c for c in move.conditions if c.status_before != c.status_after] or list(move.conditions)
    told = [_condition(c) for c in weighty[:_MOST_CONDITIONS]]
    rest = len(weighty) - len(told)
    return (*told, f"另有 {rest} 个条件") if rest else tuple(told)


def _condition(c: TraceMove) -> str:
    if not c.label_before:
        return f"新增条件“{c.label_after}”：{status_word(c.status_after)}"
    if not c.label_after:
        return f"去掉条件“{c.label_before}”（原{status_word(c.status_before)}）"
    outcome = (status_word(c.status_before), status_word(c.status_after))
    result = f"{outcome[0]} → {outcome[1]}" if outcome[0] != outcome[1] else f"仍为{outcome[0]}"
    if c.label_before == c.label_after:
        return f"“{c.label_before}”：{result}"
    return f"“{c.label_before}”改为“{c.label_after}”：{result}"


def why_words(group: Group) -> tuple[str, ...]:
    """Changes of the rules that lie behind, each once, with their items."""
    return tuple(dict.fromkeys(_why(group)))


def _why(group: Group) -> Iterator[str]:
    for why in group.why:
        number = why.item or why.old_item
        yield f"{item_word(number)} {why.text}" if number else why.text
