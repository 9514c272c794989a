"""How two versions of one disease differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from rules.engine.comparing.condition_changes import Told, condition_changes
from rules.engine.comparing.facets import Many, One, Said
from rules.engine.comparing.fields import ITEM_FIELDS, RULE_FIELDS, field_changes, list_changes
from rules.engine.comparing.formulas import formula_key, formula_words
from rules.engine.comparing.matching import match_items
from rules.engine.comparing.model import Change, ItemPair, Kind
from rules.engine.comparing.versions import Side, Stretch, stretches
from rules.engine.comparing.words import item_word
from rules.engine.schema import ItemFile, RuleFile

__all__ = ["compare_rules"]

_NO_VALUE = "没有取值，由人工处理"


def compare_rules(old: Side, new: Side) -> tuple[tuple[Change, ...], tuple[ItemPair, ...]]:
    """Changes of the disease as a whole, and of its items (only those that differ)."""
    matched = match_items(old, new)
    spans = stretches(old.rule, new.rule)
    pairs = [pair for pair in (_item(old, new, one, other, spans) for one, other in matched) if pair is not None]
    # A removed item keeps no number that another may have now.
    renumbered = {one.id: other.id if other is not None else f"-{one.id}" for one, other in matched if one is not None}
    return tuple(_rule_changes(old, new, renumbered, spans)), tuple(pairs)


def _rule_changes(old: Side, new: Side, renumbered: Mapping[str, str], spans: tuple[Stretch, ...]) -> Iterator[Change]:
    one, other = old.rule.file, new.rule.file
    told = [(index, span, list(_formula(span, renumbered))) for index, span in enumerate(spans)]
    yield from _dated([(index, span, [Told(said) for said in found]) for index, span, found in told], spans)
    for said in (*_effective(one, other), *_target(old, new)):
        yield _change(said)
    skip = frozenset({"id", "concepts", "icd10", "exclude_icd10", "effective", "provenance", "formula", "items"})
    for said in field_changes(one, other, RULE_FIELDS, skip):
        yield _change(said)
    for said in _provenance(old, new):
        yield _change(said)


def _formula(span: Stretch, renumbered: Mapping[str, str]) -> Iterator[Said]:
    if (span.old is None) != (span.new is None):
        was, now = (_NO_VALUE if regime is None else "有取值" for regime in (span.old, span.new))
        yield Said(Kind.MEANING, f"标准由{was}改为{now}", was, now)
    if span.old is None or span.new is None:
        return
    if formula_key(span.old.formula, renumbered) != formula_key(span.new.formula, {}):
        was, now = formula_words(span.old.formula), formula_words(span.new.formula)
        yield Said(Kind.MEANING, f"公式由“{was}”改为“{now}”", was, now)
    elif "".join(span.old.formula_text.split()) != "".join(span.new.formula_text.split()) and not any(
        before != after for before, after in renumbered.items()
    ):
        was, now = span.old.formula_text, span.new.formula_text
        yield Said(Kind.WORDING, f"公式的写法由 {was} 改为 {now}，含义相同", was, now)


def _effective(old: RuleFile, new: RuleFile) -> Iterator[Said]:
    was, now = (
        f"{e.from_.isoformat()} {'至 ' + e.to.isoformat() if e.to else '起'}" for e in (old.effective, new.effective)
    )
    if was != now:
        yield Said(Kind.MEANING, f"有效期由 {was}改为 {now}", was, now)


def _target(old: Side, new: Side) -> Iterator[Said]:
    one, other = old.scene.target, new.scene.target
    terms = {**old.region.vocabulary.diagnoses, **new.region.vocabulary.diagnoses}

    def names(concepts: frozenset[str]) -> dict[object, str]:
        return {c: terms[c].name for c in sorted(concepts)}

    def general(members: Mapping[object, str]) -> str:
        return "、".join(name for c, name in members.items() if not members.keys() & set(terms[str(c)].broader))

    word = "本病种所指的诊断"
    yield from Many(word, names(one.concepts), join=general).changes(Many(word, names(other.concepts), join=general))
    for word, was, now in (
        ("本病种所指的诊断编码", old.rule.file.icd10, new.rule.file.icd10),
        ("本病种排除的诊断编码", old.rule.file.exclude_icd10, new.rule.file.exclude_icd10),
    ):
        yield from Many(word, {c: c for c in was}, whole=True).changes(Many(word, {c: c for c in now}, whole=True))


def _provenance(old: Side, new: Side) -> Iterator[Said]:
    one, other = old.rule.file.provenance, new.rule.file.provenance
    if one.sources != other.sources:
        was = [_source_title(old, key) for key in one.sources]
        now = [_source_title(new, key) for key in other.sources]
        yield from list_changes(Kind.SOURCE, "依据", was, now)
    if one.grade != other.grade:
        yield Said(Kind.SOURCE, f"可信度由 {one.grade} 改为 {other.grade}", one.grade, other.grade)
    yield from One("依据的说明", one.note, f"“{one.note or '（空）'}”", Kind.SOURCE).changes(
        One("依据的说明", other.note, f"“{other.note or '（空）'}”", Kind.SOURCE)
    )


def _source_title(side: Side, key: str) -> str:
    source = side.region.file.sources.get(key)
    return f"《{source.title}》" if source is not None else key


def _item(
    old: Side, new: Side, one: ItemFile | None, other: ItemFile | None, spans: tuple[Stretch, ...]
) -> ItemPair | None:
    if one is None or other is None:
        side, item = (new, other) if one is None else (old, one)
        assert item is not None
        verb = "新增" if one is None else "删去"
        label = side.latest(item).label
        change = Change(
            kind=Kind.MEANING,
            text=f"{verb}条目：{item.title}",
            before="" if one is None else label,
            after=label if one is None else "",
            old_item=None if one is None else item.id,
            item=item.id if one is None else None,
        )
        return ItemPair(old=change.old_item, new=change.item, title=item.title, changes=(change,))
    changes = [replace(c, old_item=one.id, item=other.id) for c in _item_changes(old, new, one, other, spans)]
    if not changes:
        return None
    return ItemPair(old=one.id, new=other.id, title=other.title, changes=tuple(changes))


def _item_changes(old: Side, new: Side, one: ItemFile, other: ItemFile, spans: tuple[Stretch, ...]) -> Iterator[Change]:
    told: list[tuple[int, Stretch, list[Told]]] = []
    for index, span in enumerate(spans):
        if span.old is not None and span.new is not None:
            was, now = old.node(one, span.old), new.node(other, span.new)
            told.append((index, span, list(condition_changes(was, now))))
    yield from _dated(told, spans)
    if one.when != other.when and not any(found for _, _, found in told):
        yield _change(Said(Kind.WORDING, "条件的写法或次序有改动，含义不变"))
    if one.id != other.id:
        text = f"由原{item_word(one.id)}改编为{item_word(other.id)}"
        yield _change(Said(Kind.WORDING, text, one.id, other.id))
    skip = frozenset({"id", "when", "readings", "source"})
    for said in field_changes(one, other, ITEM_FIELDS, skip):
        yield _change(said)
    was_source, now_source = _source_title(old, one.source), _source_title(new, other.source)
    # What a key of the region stands for is told once, for the region.
    if one.source != other.source and was_source != now_source:
        yield _change(Said(Kind.SOURCE, f"出处由{was_source}改为{now_source}", was_source, now_source))
    if one.readings != other.readings:
        was_told, now_told = ([_reading(side, r) for r in i.readings] for side, i in ((old, one), (new, other)))
        for said in list_changes(Kind.READING, "读法", was_told, now_told):
            yield _change(said)


def _reading(side: Side, reading: str) -> str:
    entry = side.region.policies.entries.get(reading)
    return f"“{entry.text if entry else reading}”"


def _dated(told: list[tuple[int, Stretch, list[Told]]], spans: tuple[Stretch, ...]) -> Iterator[Change]:
    """Merge what is said of several stretches of days; what holds on all days has no dates."""
    places: dict[Told, list[int]] = {}
    for index, _, found in told:
        for each in found:
            places.setdefault(each, []).append(index)
    for each, indexes in places.items():
        for run in _runs(indexes):
            whole = len(run) == len(spans)
            since = None if whole or run[0] == 0 else spans[run[0]].first
            until = None if whole else spans[run[-1]].last
            yield replace(_change(each.said), since=since, until=until, labels=each.labels)


def _runs(indexes: list[int]) -> Iterator[list[int]]:
    run: list[int] = []
    for index in indexes:
        if run and index != run[-1] + 1:
            yield run
            run = []
        run.append(index)
    if run:
        yield run


def _change(said: Said) -> Change:
    return Change(kind=said.kind, text=said.text, before=said.before, after=said.after)
