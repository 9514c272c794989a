"""A region's changes of an inherited rule: single values, items and the formula, each with its source and reason.

The result is one document whose every node still knows its file and line: what was changed leads to ``amend.yaml``,
all else to the parent's ``rule.yaml``.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rules.engine.amend_schema import AddedItem, AmendFile, ChangedFormula, ChangedValue, RemovedItem
from rules.engine.draft import Draft, drop_absent, renumber
from rules.engine.levels import no_source
from rules.engine.marked_yaml import Marked, Trail
from rules.engine.paths import ABSENT, PathError, follow, hint, value_at
from rules.engine.schema import SourceFile

__all__ = ["AmendedValue", "Amendment", "amend", "shown_value"]

FIXED = ("id", "provenance", "verified", "changes")
"""Keys at the top of a rule that are not changed by a path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendedValue:
    """One difference from the parent's rule, for people."""

    at: str
    old: str
    """Chinese or the value as written; （无） where the parent has none."""
    new: str
    source: str
    """Key of the region's sources."""
    reason: str
    item: str | None
    """Id of the item that it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """All that one region changes in one rule."""

    region: str
    """Name of the region that changes the rule: 上饶市."""
    file: Path
    values: tuple[AmendedValue, ...]
    supersedes: Mapping[str, int] = field(default_factory=dict)
    """Titles of cases that no longer hold -> line."""


def shown_value(value: Any) -> str:
    """A value of a rule as one line of text."""
    if value is ABSENT:
        return repr(ABSENT)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def amend(
    parent: Marked, file: AmendFile, marked: Marked, region: str, sources: Mapping[str, SourceFile]
) -> tuple[Marked, Amendment]:
    """Apply ``file`` (as it stands in ``marked``) to the rule ``parent``.

    Raises:
        RuleError: a path that leads nowhere, a value that is not the parent's, an unknown source, two changes of one
            place; with file, line and what to write instead.
    """
    work = _Work(parent, file, marked, sources)
    for index, change in enumerate(file.changes):
        work.change(change, ("changes", index))
    if file.formula is not None:
        work.change_formula(file.formula)
    gone = [work.remove(removed, ("removed", index)) for index, removed in enumerate(file.removed)]
    for index, added in enumerate(file.added):
        work.add(added, ("added", index))
    draft = work.draft
    drop_absent(draft)
    for item, found in work.grounds.items():
        _resource(draft, work.ids.index(item), found, sources)
    _items(draft, file, gone)
    _provenance(draft, work.used, file, region)
    result = Marked(parent.file, draft.data, draft.lines, draft.elsewhere)
    lines = {title: marked.line(("supersedes", index)) for index, title in enumerate(file.supersedes)}
    return result, Amendment(region=region, file=marked.file, values=tuple(work.told), supersedes=lines)


class _Work:
    """One amendment, change by change; every path is one of the parent's rule."""

    def __init__(self, parent: Marked, file: AmendFile, marked: Marked, sources: Mapping[str, SourceFile]) -> None:
        self.parent = parent
        self.marked = marked
        self.sources = sources
        self.draft = Draft(copy.deepcopy(parent.data), dict(parent.lines), dict(parent.elsewhere), marked)
        self.ids: list[str] = [item["id"] for item in parent.data["items"]]
        self.told: list[AmendedValue] = []
        self.grounds: dict[str, list[tuple[str, str | None, bool]]] = {}
        """Item -> source, number there and whether checked, of each of its changes."""
        self.used: list[str] = []
        self.done: dict[Trail, int] = {}

    def change(self, change: ChangedValue, at: Trail) -> None:
        try:
            trail = follow(self.parent.data, change.at)
        except PathError as error:
            raise self.marked.error(str(error), (*at, "at")) from error
        better = _not_by_path(trail)
        if better is not None:
            raise self.marked.error(f"“{change.at}”不能这样改。{better}", (*at, "at"))
        self._claim(trail, change.source, at)
        old = self._old(change, trail, at, change.at)
        new = change.to if "to" in change.model_fields_set else ABSENT
        if _same(old, new):
            raise self.marked.error(f"“{change.at}”的 from 和 to 一样，没有修改", at)
        self.draft.put(trail, new, (*at, "to"))
        item = self.ids[trail[1]] if trail[0] == "items" and isinstance(trail[1], int) else None
        if item is not None:
            self.grounds.setdefault(item, []).append((change.source, change.source_item, change.verified))
        self._tell(change.at, shown_value(old), shown_value(new), change.source, change.reason, item)

    def change_formula(self, change: ChangedFormula) -> None:
        at: Trail = ("formula",)
        self._claim(at, change.source, at)
        old = self._old(change, at, at, "formula")
        self.draft.put(at, change.to, (*at, "to"))
        self._tell("formula", shown_value(old), shown_value(change.to), change.source, change.reason, None)

    def remove(self, removed: RemovedItem, at: Trail) -> int:
        if removed.item not in self.ids:
            raise self.marked.error(f"没有条目 {removed.item}；现有条目：{'、'.join(self.ids)}", (*at, "item"))
        place = self.ids.index(removed.item)
        self._claim(("items", place), removed.source, at)
        title = self.parent.data["items"][place]["title"]
        self._tell(f"items.{removed.item}", title, repr(ABSENT), removed.source, removed.reason, removed.item)
        return place

    def add(self, added: AddedItem, at: Trail) -> None:
        self._claim((*at, "item"), added.item.source, (*at, "item"))
        item = added.item
        self._tell(f"items.{item.id}", repr(ABSENT), item.title, item.source, added.reason, item.id)

    def _tell(self, at: str, old: str, new: str, source: str, reason: str, item: str | None) -> None:
        self.told.append(AmendedValue(at=at, old=old, new=new, source=source, reason=reason, item=item))

    def _claim(self, trail: Trail, source: str, at: Trail) -> None:
        """One place is changed once, and by a source that the region has."""
        for known, line in self.done.items():
            short = min(len(known), len(trail))
            if known[:short] == trail[:short]:
                raise self.marked.error(f"这一处与第 {line} 行改的是同一处，请合并成一条", at)
        self.done[trail] = self.marked.line(at)
        if source not in self.sources:
            raise self.marked.error(no_source(source, self.sources), (*at, "source"))
        self.used.append(source)

    def _old(self, change: ChangedValue | ChangedFormula, trail: Trail, at: Trail, where: str) -> Any:
        """The parent's value, which must be the one that the amendment was written for."""
        old = value_at(self.parent.data, trail)
        if "from_" not in change.model_fields_set:
            if old is not ABSENT:
                raise self.marked.error(f"“{where}”上级地区已有值 {shown_value(old)}，请在 from 写上它", at)
        elif old is ABSENT:
            found = hint(self.parent.data, trail)
            raise self.marked.error(f"“{where}”上级地区没有这个值。{found}；要增加请去掉 from", at)
        elif not _same(old, change.from_):
            raise self.marked.error(
                f"“{where}”上级地区写的是 {shown_value(old)}，与 from 的 {shown_value(change.from_)} 不符；"
                "上级可能已经改了，请核对本处修改是否仍然要，再改写 from",
                (*at, "from"),
            )
        return old


def _not_by_path(trail: Trail) -> str | None:
    """What to write instead of a path to what is not a single value; None where the path may be used."""
    if trail[0] == "items" and (len(trail) < 3 or trail[2] == "id"):
        return "整条增减用 added、removed"
    if trail[0] == "items" and len(trail) == 3 and trail[2] in ("source", "source_item", "verified"):
        return "出处随修改走，写在那一条修改的 source、source_item、verified"
    if trail == ("formula",):
        return "用 formula 键"
    return "" if len(trail) == 1 and trail[0] in FIXED else None


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _resource(
    draft: Draft, place: int, grounds: list[tuple[str, str | None, bool]], sources: Mapping[str, SourceFile]
) -> None:
    """An item of which something was changed rests on the new source and says what it was before."""
    item = draft.data["items"][place]
    keys = list(dict.fromkeys(source for source, _, _ in grounds))
    number = next((own for _, own, _ in grounds if own), "")
    before = sources.get(item.get("source", ""))
    was = f"{before.title} {item.get('source_item', '')}".strip() if before else str(item.get("source_item", ""))
    also = "".join(f"；并据{sources[key].title}" for key in keys[1:])
    item["source_item"] = f"{number}（修改：{was}）{also}"
    item["source"] = keys[0]
    item["verified"] = all(checked for _, _, checked in grounds)


def _items(draft: Draft, file: AmendFile, gone: list[int]) -> None:
    """Leave out the removed items and put the added ones in their places."""
    items = draft.data["items"]
    order = [index for index in range(len(items)) if index not in gone]
    for index, added in enumerate(file.added):
        at: Trail = ("added", index)
        known = [items[place]["id"] for place in order]
        if added.item.id in known:
            raise draft.amend.error(f"条目 {added.item.id} 已有，请换一个编号或改用 changes", (*at, "item", "id"))
        if added.after is not None and added.after not in known:
            raise draft.amend.error(f"没有条目 {added.after}；现有条目：{'、'.join(known)}", (*at, "after"))
        place = len(items)
        draft.put(("items", place), draft.amend.data["added"][index]["item"], (*at, "item"))
        order.insert(len(order) if added.after is None else known.index(added.after) + 1, place)
    renumber(draft, ("items",), order)
    draft.data["items"] = [items[place] for place in order]


def _provenance(draft: Draft, sources: list[str], file: AmendFile, region: str) -> None:
    provenance = draft.data["provenance"]
    provenance["sources"] = list(dict.fromkeys([*provenance["sources"], *sources]))
    reasons = [*(c.reason for c in file.changes), *((file.formula.reason,) if file.formula else ())]
    reasons += [*(r.reason for r in file.removed), *(a.reason for a in file.added)]
    told = f"{region}修改：{'；'.join(dict.fromkeys(r.rstrip('。') for r in reasons))}。"
    provenance["note"] = f"{provenance.get('note', '')}{told}"
    grounds = [*file.changes, *file.removed, *((file.formula,) if file.formula else ())]
    checked = all(g.verified for g in grounds) and all(a.item.verified for a in file.added)
    draft.data["verified"] = bool(draft.data.get("verified")) and checked
