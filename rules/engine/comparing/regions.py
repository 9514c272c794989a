"""Compares two versions of the rules of a region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rules.engine.comparing.diseases import compare_rules
from rules.engine.comparing.facets import Said
from rules.engine.comparing.fields import list_changes
from rules.engine.comparing.model import Change, DiseaseDiff, ItemPair, Kind, RegionDiff, State, Version
from rules.engine.comparing.outcomes import Outcomes, compare_cases
from rules.engine.comparing.policy_words import policy_title, policy_value
from rules.engine.comparing.versions import Side
from rules.engine.policies import Policy
from rules.engine.ruleset import Region, Rule
from rules.engine.schema import SourceFile

__all__ = ["compare_regions"]


def compare_regions(old: Region, new: Region, *, cases: bool = True) -> RegionDiff:
    """Say what differs between two versions, and which sample cases come out differently.

    Diseases belong together by ``id``, items by what they ask for. ``cases`` False leaves the sample cases out.

    Raises:
        RuleError: a ``cases.yaml`` beside a rule that differs is malformed, with file and line.
    """
    changes = tuple(_region_changes(old, new))
    weighty = any(c.kind is Kind.MEANING for c in changes)
    olds, news = {rule.id: rule for rule in old.rules}, {rule.id: rule for rule in new.rules}
    diseases: list[DiseaseDiff] = []
    judged = 0
    for rule_id in dict.fromkeys((*olds, *news)):
        was, now = olds.get(rule_id), news.get(rule_id)
        if was is None or now is None:
            diseases.append(_alone(was, now))
        else:
            found = _disease(Side(was, old), Side(now, new), changes, weighty=weighty, cases=cases)
            judged += found.cases_judged
            if found.all_changes or found.cases:
                diseases.append(found)
    diseases.sort(key=lambda d: (d.number or d.old_number or 0, d.id))
    return RegionDiff(
        old=_version(old), new=_version(new), changes=changes, diseases=tuple(diseases), cases_judged=judged
    )


def _version(region: Region) -> Version:
    return Version(
        region=region.id,
        name=region.name,
        version=region.version,
        sha256=region.sha256,
        diseases=len(region.rules),
    )


def _alone(old: Rule | None, new: Rule | None) -> DiseaseDiff:
    rule = new or old
    assert rule is not None
    items = tuple(
        ItemPair(old=item.id if old else None, new=item.id if new else None, title=item.title) for item in rule.items
    )
    return DiseaseDiff(
        id=rule.id,
        state=State.ADDED if old is None else State.REMOVED,
        old_number=old.number if old else None,
        old_name=old.name if old else None,
        number=new.number if new else None,
        name=new.name if new else None,
        items=items,
    )


def _disease(old: Side, new: Side, region_changes: Sequence[Change], *, weighty: bool, cases: bool) -> DiseaseDiff:
    same = old.rule.file == new.rule.file
    changes, items = ((), ()) if same and old.region.file == new.region.file else compare_rules(old, new)
    if _strict(old.region, old.rule) or _strict(new.region, new.rule):
        changes, items = tuple(map(_upgraded, changes)), tuple(_upgraded_item(item) for item in items)
    changes, items = _with_readings(changes, items, old, new)
    outcomes = Outcomes()
    if cases and (weighty or not same or changes or items):
        outcomes = compare_cases(old, new, _renumbered(old, new, items), _all(changes, items), region_changes)
    return DiseaseDiff(
        id=new.rule.id,
        state=State.CHANGED,
        old_number=old.rule.number,
        old_name=old.rule.name,
        number=new.rule.number,
        name=new.rule.name,
        changes=changes,
        items=items,
        cases_judged=outcomes.judged,
        last_case=outcomes.last,
        cases=outcomes.changed,
        fails_on_old=outcomes.fails_on_old,
        fails_on_new=outcomes.fails_on_new,
    )


def _all(changes: Sequence[Change], items: Sequence[ItemPair]) -> tuple[Change, ...]:
    return (*changes, *(change for item in items for change in item.changes))


def _renumbered(old: Side, new: Side, items: Sequence[ItemPair]) -> Mapping[str, str]:
    names = {item.id: item.id for item in old.rule.items}
    return names | {pair.old: pair.new or "" for pair in items if pair.old is not None}


def _with_readings(
    changes: tuple[Change, ...], items: tuple[ItemPair, ...], old: Side, new: Side
) -> tuple[tuple[Change, ...], tuple[ItemPair, ...]]:
    """Add where a region has stopped, or begun, to follow readings of ours: for the disease, or for single items."""
    was, now = _off(old), _off(new)
    for entry in sorted(was ^ now):
        word = "改为不采用本系统读法（经验口径）" if entry in now else "改为采用本系统读法（经验口径）"
        change = Change(kind=Kind.MEANING, text=word)
        if not entry:
            changes = (*changes, change)
            continue
        title = next((item.title for side in (new, old) for item in side.rule.items if item.id == entry), "")
        item = entry if entry in now else _renumbered(old, new, items).get(entry, entry)
        change = replace(change, old_item=entry, item=item)
        known = next((pair for pair in items if pair.new == item), None)
        if known is None:
            items = (*items, ItemPair(old=entry, new=item, title=title, changes=(change,)))
        else:
            grown = replace(known, changes=(*known.changes, replace(change, old_item=known.old)))
            items = tuple(grown if pair is known else pair for pair in items)
    return changes, items


def _off(side: Side) -> frozenset[str]:
    """Items whose readings of ours are not followed; ``""`` stands for the whole disease."""
    parts = (str(entry).partition(".") for entry in getattr(side.region.file, "readings_off", ()))
    return frozenset(item for rule, _, item in parts if rule == side.rule.id)


def _strict(region: Region, rule: Rule) -> bool:
    """True where readings of ours are not followed, so that it matters what is marked as one."""
    return bool(_off(Side(rule, region))) or getattr(region.policies, "own_readings", "use") != "use"


def _upgraded(change: Change) -> Change:
    return replace(change, kind=Kind.MEANING) if change.kind is Kind.READING else change


def _upgraded_item(item: ItemPair) -> ItemPair:
    return replace(item, changes=tuple(map(_upgraded, item.changes)))


def _region_changes(old: Region, new: Region) -> Iterator[Change]:
    for said, labels in (*_policy_changes(old, new), *((said, ("", "")) for said in _file_changes(old, new))):
        yield Change(kind=said.kind, text=said.text, before=said.before, after=said.after, labels=labels)


def _policy_changes(old: Region, new: Region) -> Iterator[tuple[Said, tuple[str, str]]]:
    one, other = old.policies.entries, new.policies.entries
    for name in dict.fromkeys((*one, *other)):
        was, now = one.get(name), other.get(name)
        before, after = _value(old, name, was), _value(new, name, now)
        title = policy_title(name)
        labels = (was.text if was else "", now.text if now else "")
        if before != after:
            shown = policy_value(name, before), policy_value(name, after)
            yield Said(Kind.MEANING, f"口径“{title}”由“{shown[0]}”改为“{shown[1]}”", *shown), labels
        if was is not None and now is not None and was.text != now.text:
            kind = Kind.WORDING
            yield Said(kind, f"口径“{title}”的说明由“{was.text}”改为“{now.text}”", was.text, now.text), labels
        if was is not None and now is not None and _title(old, was) != _title(new, now):
            titles = _title(old, was), _title(new, now)
            yield Said(Kind.SOURCE, f"口径“{title}”的出处由{titles[0]}改为{titles[1]}", *titles), labels


def _value(region: Region, name: str, policy: Policy | None) -> Any:
    return policy.value if policy is not None else getattr(region.policies, name, None)


def _title(region: Region, policy: Policy) -> str:
    source = region.file.sources.get(policy.source)
    return f"《{source.title}》" if source is not None else policy.source


def _file_changes(old: Region, new: Region) -> Iterator[Said]:
    one, other = old.file, new.file
    if one.name != other.name:
        yield Said(Kind.NOTICE, f"地区由“{one.name}”改为“{other.name}”", one.name, other.name)
    if one.form_title != other.form_title:
        words = one.form_title or "（未写）", other.form_title or "（未写）"
        yield Said(Kind.NOTICE, f"申请表名称由“{words[0]}”改为“{words[1]}”", *words)
    if one.notices != other.notices:
        was, now = ([f"“{n}”" for n in file.notices] for file in (one, other))
        yield from list_changes(Kind.NOTICE, "报告里的提示", was, now)
    for key in dict.fromkeys((*one.sources, *other.sources)):
        a, b = one.sources.get(key), other.sources.get(key)
        if a is None or b is None:
            present = a or b
            assert present is not None
            yield Said(Kind.SOURCE, f"{'新增' if a is None else '删去'}文件{_source_shown(present)}")
        elif a != b:
            before, after = _source_shown(a), _source_shown(b)
            text = f"由{before}改为{after}" if before != after else f"{before}的说明由“{a.note}”改为“{b.note}”"
            yield Said(Kind.SOURCE, f"文件{text}", before, after)


def _source_shown(source: SourceFile) -> str:
    return f"《{source.title}》（可信度 {source.grade}）"
