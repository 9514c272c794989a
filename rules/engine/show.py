"""Rules as a person reads them: the catalogue, and one disease with its conditions and the checklist."""

from __future__ import annotations

from collections.abc import Iterator

from rules.engine.predicates import Group, Test
from rules.engine.ruleset import Region, Rule
from rules.engine.schema import Code

__all__ = ["list_rules", "show_rule"]


def list_rules(region: Region) -> str:
    """One line per disease."""
    lines = [
        f"{region.name}（{region.id} {region.version}，共 {len(region.rules)} 个病种，规则摘要 {region.sha256[:12]}）"
    ]
    for rule in region.rules:
        checked = "已核对原文" if rule.info.verified else "未核对原文"
        codes = rule.file.codes
        code = f"{codes[0].code}{_candidate(codes[0])}" if codes else "无国家码"
        lines.append(f"{rule.number:>3}  {rule.name}  [{rule.id}]  {_class(rule)}  {code}  {checked}")
    return "\n".join(lines)


def _candidate(code: Code) -> str:
    return "（候选）" if code.status == "candidate" else ""


def _class(rule: Rule) -> str:
    return f"{rule.file.category}类" if rule.file.category else "未分类"


def show_rule(rule: Rule, region: Region) -> str:
    """The standard of one disease in plain words, then what to bring."""
    return "\n".join(_lines(rule, region))


def _lines(rule: Rule, region: Region) -> Iterator[str]:
    file = rule.file
    yield f"{rule.number}. {rule.name}（{_class(rule)}，{rule.id}）"
    if file.aliases:
        yield f"又称：{'、'.join(file.aliases)}"
    if file.codes:
        shown = "、".join(f"{c.code} {c.name}{_candidate(c)}" for c in file.codes)
        yield f"国家病种代码：{shown}"
    yield f"诊断编码（ICD-10）：{'、'.join(file.icd10) or '未给出'}"
    to = file.effective.to.isoformat() if file.effective.to else "至今"
    yield f"有效期：{file.effective.from_.isoformat()} {to}"
    yield f"出处：{rule.info.source}"
    if file.provenance.note:
        yield f"说明：{file.provenance.note}"
    for amendment in rule.amendments:
        yield f"{amendment.region}的修改（{len(amendment.values)} 处）："
        for value in amendment.values:
            title = region.file.sources[value.source].title
            yield f"    {value.at}：{value.old} → {value.new}（{title}；{value.reason.rstrip('。')}）"
    regime = rule.latest
    if regime is not None:
        yield ""
        yield f"公式：{regime.formula_text}"
    for item in file.items:
        yield ""
        yield f"({item.id}) {item.title}"
        if regime is not None:
            yield from _condition(regime.tests[item.id], 1)
        for reading in item.readings:
            entry = region.policies.entries.get(reading)
            yield f"    读法：{entry.text if entry else reading}"
        if item.id in rule.readings_off:
            yield "    本地区不采用我方读法（经验口径），凡靠它判定的交人工"
        source = region.file.sources[item.source].title
        yield f"    出处：{source} {item.source_item}{'' if item.verified else '，未核对原文'}"
    for number in file.exclusive_with:
        yield f"与 {number} 号病种不能同时享受"
    for number in file.overlaps:
        yield f"与 {number} 号病种范围有重叠，请留意"
    if file.ages is not None:
        yield file.ages.text
    if file.review is not None:
        yield file.review.text
    yield ""
    yield "材料清单"
    for item in file.items:
        yield f"  □ ({item.id}) {item.advice}"
        yield f"      可用：{'；'.join(item.accepts)}"
        yield f"      在哪里取得：{item.where}"


def _condition(test: Test, depth: int) -> Iterator[str]:
    yield f"{'    ' * depth}· {test.label}"
    if isinstance(test, Group):
        for part in test.parts:
            yield from _condition(part, depth + 1)
