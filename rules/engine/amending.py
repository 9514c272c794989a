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

from rules.engine.amend_schema import AmendFile, ChangedFormula, ChangedValue
from rules.engine.levels import no_source
from rules.engine.marked_yaml import Marked, Trail
from rules.engine.paths import ABSENT, PathError, follow, hint, value_at
from rules.engine.schema import SourceFile

__all__ = ["AmendedValue", "Amendment", "amend", "shown_value"]

FIXED = ("id", "items", "formula", "provenance", "verified", "changes")
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


@dataclass(slots=True)
class _Draft:
    """The rule while it is being changed. Trails always are those of the parent until items are put together."""

    data: Any
    lines: dict[Trail, int]
    elsewhere: dict[Trail, Path]
    amend: Marked

    def put(self, trail: Trail, value: Any, origin: Trail) -> None:
        """Set what stands at ``trail`` to ``value``, which stands at ``origin`` of the amendment; ABSENT removes it."""
        self.forget(trail)
        node = value_at(self.data, trail[:-1])
        last: Any = trail[-1]
        if value is ABSENT:
            if isinstance(node, list):
                # Places of a list keep their number until all changes are made.
                node[last] = ABSENT
            else:
                del node[last]
            return
        value = copy.deepcopy(value)
        if isinstance(node, list) and last == len(node):
            node.append(value)
        else:
            node[last] = value
        for known, line in self.amend.lines.items():
            if known[: len(origin)] == origin:
                here = (*trail, *known[len(origin) :])
                self.lines[here] = line
                self.elsewhere[here] = self.amend.file

    def forget(self, trail: Trail) -> None:
        for known in [k for k in self.lines if k[: len(trail)] == trail]:
            del self.lines[known]
            self.elsewhere.pop(known, None)


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
    draft = _Draft(copy.deepcopy(parent.data), dict(parent.lines), dict(parent.elsewhere), marked)
    told: list[AmendedValue] = []
    grounds: dict[str, list[tuple[str, str | None, bool]]] = {}
    done: dict[Trail, int] = {}
    ids = [item["id"] for item in parent.data["items"]]
    all_sources: list[str] = []

    def claim(trail: Trail, at: Trail) -> None:
        for known, line in done.items():
            short = min(len(known), len(trail))
            if known[:short] == trail[:short]:
                raise marked.error(f"这一处与第 {line} 行改的是同一处，请合并成一条", at)
        done[trail] = marked.line(at)

    def sourced(key: str, at: Trail) -> None:
        if key not in sources:
            raise marked.error(no_source(key, sources), (*at, "source"))
        all_sources.append(key)

    def check_old(change: ChangedValue | ChangedFormula, trail: Trail, at: Trail, where: str) -> Any:
        old = value_at(parent.data, trail)
        if "from_" not in change.model_fields_set:
            if old is not ABSENT:
                raise marked.error(f"“{where}”上级地区已有值 {shown_value(old)}，请在 from 写上它", at)
        elif old is ABSENT:
            raise marked.error(f"“{where}”上级地区没有这个值。{hint(parent.data, trail)}；要增加请去掉 from", at)
        elif not _same(old, change.from_):
            raise marked.error(
                f"“{where}”上级地区写的是 {shown_value(old)}，与 from 的 {shown_value(change.from_)} 不符；"
                "上级可能已经改了，请核对本处修改是否仍然要，再改写 from",
                (*at, "from"),
            )
        return old

    for index, change in enumerate(file.changes):
        at: Trail = ("changes", index)
        try:
            trail = follow(parent.data, change.at)
        except PathError as error:
            raise marked.error(str(error), (*at, "at")) from error
        if (trail[0] in FIXED and len(trail) == 1) or (trail[0] == "items" and (len(trail) == 2 or trail[2] == "id")):
            better = (
                "用 formula 键" if trail[0] == "formula" else "条目用 added、removed" if trail[0] == "items" else ""
            )
            raise marked.error(f"“{change.at}”不能这样改。{better}", (*at, "at"))
        claim(trail, at)
        sourced(change.source, at)
        old = check_old(change, trail, at, change.at)
        new = change.to if "to" in change.model_fields_set else ABSENT
        if "from_" in change.model_fields_set and new is not ABSENT and _same(old, new):
            raise marked.error(f"“{change.at}”的 from 和 to 一样，没有修改", at)
        draft.put(trail, new, (*at, "to"))
        item = ids[trail[1]] if trail[0] == "items" and isinstance(trail[1], int) else None
        if item is not None:
            grounds.setdefault(item, []).append((change.source, change.source_item, change.verified))
        told.append(_told(change.at, old, new, change, item))
    if file.formula is not None:
        claim(("formula",), ("formula",))
        sourced(file.formula.source, ("formula",))
        old = check_old(file.formula, ("formula",), ("formula",), "formula")
        draft.put(("formula",), file.formula.to, ("formula", "to"))
        told.append(_told("formula", old, file.formula.to, file.formula, None))
    gone: list[int] = []
    for index, removed in enumerate(file.removed):
        at = ("removed", index)
        if removed.item not in ids:
            raise marked.error(f"没有条目 {removed.item}；现有条目：{'、'.join(ids)}", (*at, "item"))
        place = ids.index(removed.item)
        claim(("items", place), at)
        sourced(removed.source, at)
        gone.append(place)
        title = parent.data["items"][place].get("title", "")
        told.append(
            AmendedValue(
                at=f"items.{removed.item}",
                old=title,
                new=repr(ABSENT),
                source=removed.source,
                reason=removed.reason,
                item=removed.item,
            )
        )
    for index, added in enumerate(file.added):
        told.append(
            AmendedValue(
                at=f"items.{added.item.id}",
                old=repr(ABSENT),
                new=added.item.title,
                source=added.item.source,
                reason=added.reason,
                item=added.item.id,
            )
        )
        sourced(added.item.source, ("added", index, "item"))
    _drop_absent(draft)
    for item, found in grounds.items():
        _resource(draft, ids.index(item), found, sources)
    _items(draft, file, ids, gone)
    _provenance(draft, all_sources, file, region)
    result = Marked(parent.file, draft.data, draft.lines, draft.elsewhere)
    lines = {title: marked.line(("supersedes", index)) for index, title in enumerate(file.supersedes)}
    return result, Amendment(region=region, file=marked.file, values=tuple(told), supersedes=lines)


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _told(at: str, old: Any, new: Any, change: ChangedValue | ChangedFormula, item: str | None) -> AmendedValue:
    return AmendedValue(
        at=at, old=shown_value(old), new=shown_value(new), source=change.source, reason=change.reason, item=item
    )


def _drop_absent(draft: _Draft) -> None:
    """Take removed places out of lists and let what follows move up."""

    def clean(node: Any, trail: Trail) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                clean(value, (*trail, key))
        elif isinstance(node, list):
            kept = [index for index, value in enumerate(node) if value is not ABSENT]
            if len(kept) < len(node):
                _renumber(draft, trail, kept)
                node[:] = [node[index] for index in kept]
            for index, value in enumerate(node):
                clean(value, (*trail, index))

    clean(draft.data, ())


def _renumber(draft: _Draft, trail: Trail, order: list[int]) -> None:
    """Bring the lines of a list's members into ``order``, a list of their present places."""
    size = len(trail)
    inside = {k: v for k, v in draft.lines.items() if len(k) > size and k[:size] == trail}
    files = {k: draft.elsewhere.pop(k) for k in inside if k in draft.elsewhere}
    for known in inside:
        del draft.lines[known]
    new: dict[str | int, int] = {old: place for place, old in enumerate(order)}
    for known, line in inside.items():
        place = new.get(known[size])
        if place is None:
            continue
        here = (*trail, place, *known[size + 1 :])
        draft.lines[here] = line
        if known in files:
            draft.elsewhere[here] = files[known]


def _resource(
    draft: _Draft, place: int, grounds: list[tuple[str, str | None, bool]], sources: Mapping[str, SourceFile]
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


def _items(draft: _Draft, file: AmendFile, ids: list[str], gone: list[int]) -> None:
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
    _renumber(draft, ("items",), order)
    draft.data["items"] = [items[place] for place in order]


def _provenance(draft: _Draft, sources: list[str], file: AmendFile, region: str) -> None:
    provenance = draft.data["provenance"]
    provenance["sources"] = list(dict.fromkeys([*provenance["sources"], *sources]))
    reasons = [*(c.reason for c in file.changes), *((file.formula.reason,) if file.formula else ())]
    reasons += [*(r.reason for r in file.removed), *(a.reason for a in file.added)]
    told = f"{region}修改：{'；'.join(dict.fromkeys(r.rstrip('。') for r in reasons))}。"
    provenance["note"] = f"{provenance.get('note', '')}{told}"
    grounds = [*file.changes, *file.removed, *((file.formula,) if file.formula else ())]
    checked = all(g.verified for g in grounds) and all(a.item.verified for a in file.added)
    draft.data["verified"] = bool(draft.data.get("verified")) and checked
