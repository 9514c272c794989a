"""What a rule claims and its sources or the vocabulary do not bear out."""

from __future__ import annotations

from collections.abc import Iterator

from rules.engine.facts import AssertionStatus, Diagnosis
from rules.engine.ruleset import Region, Rule
from rules.vocabulary.term_names import lookup_diagnosis

__all__ = ["claims"]

OFFICIAL = "A"
"""Grade of the official text: only a comparison with that is one."""


def claims(rule: Rule, region: Region) -> Iterator[str]:
    """Yield what is claimed in vain: checked against no official text, a source not listed, a name nobody can read."""
    yield from _verified(rule, region)
    yield from _unlisted(rule)
    yield from _unreadable(rule, region)


def _verified(rule: Rule, region: Region) -> Iterator[str]:
    sources, file = region.file.sources, rule.file
    told = "，verified: true 只在与正式文本（A）核对过时写，请改为 false 或改出处的 grade"
    if file.verified:
        low = [f"出处 {key} 的可信度是 {sources[key].grade}" for key in file.provenance.sources]
        low = [text for text, key in zip(low, file.provenance.sources, strict=True) if sources[key].grade != OFFICIAL]
        low += [f"provenance.grade 是 {file.provenance.grade}"] if file.provenance.grade != OFFICIAL else []
        if low:
            yield f"{rule.folder / 'rule.yaml'}: {'、'.join(low)}{told}"
    for item in rule.items:
        grade = sources[item.source].grade
        if item.verified and grade != OFFICIAL:
            yield f"{_place(rule, item.id)}: 条目 {item.id} 的出处 {item.source} 可信度是 {grade}{told}"


def _unlisted(rule: Rule) -> Iterator[str]:
    listed = {*rule.file.provenance.sources, *(v.source for a in rule.amendments for v in a.values)}
    for item in rule.items:
        if item.source not in listed:
            yield (
                f"{_place(rule, item.id)}: 条目 {item.id} 的出处 {item.source} 不在 provenance.sources"
                f"（{'、'.join(rule.file.provenance.sources)}）里，请补上或改出处"
            )


def _unreadable(rule: Rule, region: Region) -> Iterator[str]:
    """A name that the vocabulary does not know has no concept, and a code only where one is printed beside it."""
    if rule.target.concepts:
        return
    for name in (rule.name, *rule.file.aliases):
        found = lookup_diagnosis(name, vocabulary=region.vocabulary)
        for concept in found.concepts if found else ():
            known = Diagnosis(
                document="",
                name=name,
                status=AssertionStatus.CONFIRMED,
                section="",
                concept=concept,
                icd10=found.icd10 if found else None,
            )
            if rule.target.match(known) is not None:
                return
    yield (
        f"{rule.folder / 'rule.yaml'}: 诊断词表里没有名称能认出本病种，只写“{rule.name}”而没有印编码的诊断认不出。"
        "请在程序的 rules/vocabulary/diagnoses/ 加词条，并把它的 id 写进 concepts"
    )


def _place(rule: Rule, item: str) -> str:
    file, line = rule.item_places.get(item, (rule.folder / "rule.yaml", 1))
    return f"{file}:{line}"
