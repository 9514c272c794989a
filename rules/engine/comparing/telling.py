"""The comparison as text for people: first what can change a judgement, then cases, then the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rules.engine.comparing.judgements import item_name, transition
from rules.engine.comparing.model import (
    CaseChange,
    CaseFailure,
    Change,
    DiseaseDiff,
    ItemChange,
    Kind,
    RegionDiff,
    State,
    Version,
)
from rules.engine.comparing.words import CONCLUSIONS, item_word, period_of
from rules.engine.judgement import Status

__all__ = ["change_text", "in_words"]

HEADINGS = {
    Kind.MEANING: "影响判定",
    Kind.NOTICE: "登记和提示（不影响判定）",
    Kind.READING: "读法",
    Kind.SOURCE: "出处",
    Kind.WORDING: "只是文字",
}


GROUPS = 5
"""Groups of cases of one disease that are told in full; a disease that was rewritten has dozens."""


def in_words(diff: RegionDiff) -> str:
    """The whole comparison in Chinese, several lines."""
    return "\n".join(_lines(diff))


def change_text(change: Change) -> str:
    """One change with its item and its days: ``第2项 窗口由近2年改为近1年（自 2027-01-01 起）``."""
    number = change.item or change.old_item
    # The new version may have another item of the number that is gone.
    gone = "原" if change.item is None else ""
    head = "" if number is None else f"{gone}{item_word(number)} "
    if change.item is not None and change.old_item not in (None, change.item):
        head = f"{item_word(change.item)}（原{item_word(change.old_item or '')}）"
        head += " "
    days = period_of(change.since, change.until)
    return f"{head}{change.text}{f'（{days}）' if days else ''}"


def _lines(diff: RegionDiff) -> Iterator[str]:
    yield f"旧：{_version(diff.old)}"
    yield f"新：{_version(diff.new)}"
    if diff.same:
        yield "两版没有不同。"
        return
    yield _summary(diff)
    if diff.old.region == diff.new.region and diff.old.version == diff.new.version and not diff.same_meaning:
        yield "两版的版本号相同，正式使用前请更改。"
    if diff.changes:
        yield ""
        yield "全地区"
        yield from _by_kind(diff.changes)
    for disease in diff.diseases:
        yield ""
        yield from _disease(disease)


def _version(version: Version) -> str:
    return f"{version.name} {version.version}，{version.diseases} 个病种，摘要 {version.sha256[:12]}"


def _summary(diff: RegionDiff) -> str:
    changed = [d for d in diff.diseases if d.state is State.CHANGED]
    meaning = [d for d in changed if d.touches(Kind.MEANING)]
    moved = [d for d in changed if d.cases and d not in meaning]
    counts = [
        (sum(d.state is State.ADDED for d in diff.diseases), "新增"),
        (sum(d.state is State.REMOVED for d in diff.diseases), "删去"),
        (len(meaning), "标准有改动的"),
        (len(moved), "标准未改而因口径结果不同的"),
        (len(changed) - len(meaning) - len(moved), "只改文字、出处等的"),
    ]
    told = "，".join(f"{word}病种 {count} 个" for count, word in counts if count) or "各病种无改动"
    cases = sum(len(d.cases) for d in changed)
    judged = diff.cases_judged
    if not judged:
        return f"{told}。"
    result = f"其中 {cases} 例结果不同" if cases else "结果都相同"
    return f"{told}；用两版分别判了 {judged} 例样例，{result}。"


def _disease(disease: DiseaseDiff) -> Iterator[str]:
    if disease.state is not State.CHANGED:
        added = disease.state is State.ADDED
        number, name = (disease.number, disease.name) if added else (disease.old_number, disease.old_name)
        yield f"{number}. {name}：{'新增' if added else '删去'}病种"
        for item in disease.items:
            yield f"    {item_word(item.new or item.old or '')} {item.title}"
        return
    yield f"{disease.number}. {disease.name}{_formerly(disease)}"
    changes = [*disease.changes, *(change for item in disease.items for change in item.changes)]
    yield from _by_kind(changes)
    yield from _cases(disease)


def _formerly(disease: DiseaseDiff) -> str:
    parts = [f"原序号 {disease.old_number}" if disease.old_number != disease.number else ""]
    parts.append(f"原名“{disease.old_name}”" if disease.old_name != disease.name else "")
    told = "，".join(part for part in parts if part)
    return f"（{told}）" if told else ""


def _not_reached(disease: DiseaseDiff) -> str:
    """No case lies in the days of a change: equal outcomes say nothing about it."""
    days = [c.since for c in disease.all_changes if c.kind is Kind.MEANING and c.since is not None]
    if not days or disease.last_case is None or disease.last_case >= min(days):
        return ""
    return f"（申请日期都早于 {min(days).isoformat()}，没有用到改后的标准）"


def _by_kind(changes: Sequence[Change]) -> Iterator[str]:
    for kind, heading in HEADINGS.items():
        found = [change for change in changes if change.kind is kind]
        if found:
            yield f"  {heading}"
            yield from (f"    · {change_text(change)}" for change in found)


def _cases(disease: DiseaseDiff) -> Iterator[str]:
    if disease.cases:
        yield f"  样例结果不同：{disease.cases_judged} 例中 {len(disease.cases)} 例"
        groups: dict[object, list[CaseChange]] = {}
        for case in disease.cases:
            moves = tuple((item_name(i), transition(i)) for i in _worth(case))
            groups.setdefault((case.change.before, case.change.after, moves, case.causes), []).append(case)
        shown, rest = list(groups.values())[:GROUPS], list(groups.values())[GROUPS:]
        for group in shown:
            yield from _group(group)
        if rest:
            yield f"    ▸ 另有 {len(rest)} 种不同，共 {sum(map(len, rest))} 例（全部见 --json）"
    elif disease.cases_judged:
        yield f"  样例：{disease.cases_judged} 例结果都相同{_not_reached(disease)}"
    told = frozenset(case.title for case in disease.cases)
    yield from _failures("新版的样例按旧版判", disease.fails_on_old, told)
    yield from _failures("旧版的样例按新版判", disease.fails_on_new, told)


def _worth(case: CaseChange) -> list[ItemChange]:
    """Items to tell: not those of one version only for which nothing was found."""
    idle = {Status.MISSING, Status.MANUAL}
    return [i for i in case.change.items if None not in (i.before, i.after) or (i.before or i.after) not in idle]


def _group(group: Sequence[CaseChange]) -> Iterator[str]:
    """Cases that changed alike, told once: their titles, what changed, why, and the messages of the first."""
    first = group[0]
    was, now = CONCLUSIONS[first.change.before], CONCLUSIONS[first.change.after]
    yield f"    ▸ 结论由“{was}”变为“{now}”" if was != now else f"    ▸ 结论不变（{was}）"
    for case in group:
        side = {"old": "（只在旧版）", "new": "（只在新版）"}.get(case.listed, "")
        yield f"      例：{case.title}{side}"
    for item in _worth(first):
        yield f"      {item_name(item)} {transition(item)}"
        why = [c.text for c in first.causes if (c.old_item, c.item) == (item.old_item, item.item)]
        if why:
            yield f"        {_because(why)}"
        which = "（首例）" if len(group) > 1 else ""
        if item.message_before:
            yield f"        旧{which}：{item.message_before}"
        if item.message_after:
            yield f"        新{which}：{item.message_after}"
    whole = [c.text for c in first.causes if c.item is None and c.old_item is None]
    if whole:
        yield f"      结论{_because(whole)}"


def _because(why: Sequence[str]) -> str:
    return f"因为：{why[0]}" if len(why) == 1 else f"因为下列一项或几项：{'；'.join(why)}"


def _failures(heading: str, failures: Sequence[CaseFailure], told: frozenset[str]) -> Iterator[str]:
    """Those whose change was told, or counted, above are counted only."""
    if not failures:
        return
    rest = [failure for failure in failures if failure.title not in told]
    above = len(failures) - len(rest)
    seen = f"，其中 {above} 例已算在上面" if rest and above else "，均已算在上面" if above else ""
    yield f"  {heading}，{len(failures)} 例与样例所写的期望不符{seen}"
    for failure in rest[:GROUPS]:
        yield f"    · {failure.title}"
        yield from (f"        {problem}" for problem in failure.problems)
    if len(rest) > GROUPS:
        yield f"    · 另有 {len(rest) - GROUPS} 例（全部见 --json）"
