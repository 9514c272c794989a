"""Words of an item that still tell what an amendment has changed: a title that says 近1年 where two years hold now."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rules.engine.amending import AmendedValue
from rules.engine.ruleset import Rule
from rules.engine.schema import ItemFile

__all__ = ["stale_wording"]

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def stale_wording(rule: Rule) -> Iterator[str]:
    """Yield texts of amended items that name a number of the parent's and not the one that replaced it."""
    items = {item.id: item for item in rule.items}
    for amendment in rule.amendments:
        for value in amendment.values:
            item = items.get(value.item or "")
            if item is None or ".when." not in value.at:
                continue
            changed = {v.at for a in rule.amendments for v in a.values}
            for name, text in _texts(item):
                if f"items.{item.id}.{name}" not in changed and _tells_old(value, text):
                    yield (
                        f"{amendment.file}: 条目 {item.id} 的条件由“{value.old}”改为“{value.new}”，"
                        f"而 {name} 仍写“{text}”，请一并修改"
                    )


def _texts(item: ItemFile) -> Iterator[tuple[str, str]]:
    yield "title", item.title
    yield "advice", item.advice
    for index, text in enumerate(item.accepts):
        yield f"accepts.{index}", text


def _tells_old(value: AmendedValue, text: str) -> bool:
    if len(value.old) > 20:
        return False
    old, new = set(_NUMBER.findall(value.old)), set(_NUMBER.findall(value.new))
    numbers = set(_NUMBER.findall(text))
    return bool((old - new) & numbers) and not (new - old) & numbers
