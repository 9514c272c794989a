"""Loads the rule packs of a region and refuses what cannot be judged safely, naming file and line."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rules.engine.by_date import NoValueError, change_days, resolve
from rules.engine.compiling import compile_test
from rules.engine.errors import RuleError
from rules.engine.formula import FormulaError, parse_formula
from rules.engine.judgement import RulesetInfo
from rules.engine.levels import merged_file, merged_policies, read_levels, same_settings
from rules.engine.marked_yaml import Marked, check_model
from rules.engine.own_readings import Off, readings_off
from rules.engine.packs import Pack, collect
from rules.engine.policies import Policies
from rules.engine.predicates import Environment
from rules.engine.primes import never_deciding
from rules.engine.references import check_references
from rules.engine.ruleset import CaseSource, Regime, Region, Rule
from rules.engine.schema import RegionFile, RuleFile
from rules.engine.targets import make_target
from rules.vocabulary import Vocabulary, load_vocabulary

__all__ = ["load_region"]


def load_region(
    rules_dir: Path, region: str, extra: Path | None = None, *, vocabulary: Vocabulary | None = None
) -> Region:
    """Load the region's packs from ``rules_dir``, then those of ``extra``, which add to or replace them by rule id.

    A region that inherits has its parent's packs, as it amends them, beside its own. ``extra`` holds packs (folders
    with ``rule.yaml`` or ``amend.yaml``) directly or below a folder named like the region; a ``region.yaml`` there
    adds to the region's, or is that of a region that inherits from it (:mod:`rules.engine.outside`).

    Raises:
        RuleError: a file is missing, malformed, or says what the engine must not judge by.
    """
    words = vocabulary or load_vocabulary()
    levels = read_levels(rules_dir, region, extra)
    policies = merged_policies(levels)
    file = merged_file(levels)
    digested = [level.marked.data for level in levels]
    region_data = digested[0] if len(digested) == 1 else digested
    off = readings_off(levels)
    rules: list[Rule] = []
    packs = collect(levels)
    for pack in packs:
        own = off.of(pack.id, len(levels))
        rule = _rule(pack, file, policies[-1], own, words, region_data)
        homes = [
            CaseSource(
                folder=source.folder,
                superseded=source.superseded,
                same_settings=same_settings(policies[source.level], policies[-1])
                and off.of(pack.id, source.level + 1) == own,
            )
            for source in pack.cases
        ]
        rules.append(replace(rule, case_sources=tuple(homes)))
    off.check(rules)
    ordered = tuple(sorted(rules, key=lambda r: (r.number, r.id)))
    if not ordered:
        raise RuleError("没有任何病种的规则包（<编号-名称>/rule.yaml）", file=levels[-1].folders[0])
    _check_numbers(packs, rules)
    digest = _digest([region_data, [rule.info.sha256 for rule in ordered]])
    return Region(file=file, policies=policies[-1], rules=ordered, sha256=digest, vocabulary=words)


def _check_numbers(packs: Sequence[Pack], rules: Sequence[Rule]) -> None:
    """Refuse a number of two diseases; the one that came later is told, for the earlier may be a shipped one."""
    numbers: dict[int, Pack] = {}
    for pack, rule in sorted(zip(packs, rules, strict=True), key=lambda pair: pair[0].layer):
        other = numbers.setdefault(rule.number, pack)
        if other is not pack:
            problem = f"序号 {rule.number} 已由 {other.id} 使用，请改序号；要替换它请用相同的 id"
            raise pack.marked.error(problem, ("number",))


def _digest(content: Any) -> str:
    """Hash of the content, not of the layout: key order, comments and quoting do not matter."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _rule(pack: Pack, region: RegionFile, policies: Policies, own: Off, words: Vocabulary, region_data: Any) -> Rule:
    marked = pack.marked
    file = check_model(RuleFile, marked.data, marked)
    off = frozenset(item.id for item in file.items if item.id in own)
    check_references(file, pack.sources, policies, marked)
    try:
        target = make_target(
            file.name, concepts=file.concepts, icd10=file.icd10, exclude_icd10=file.exclude_icd10, vocabulary=words
        )
    except ValueError as error:
        key = "concepts" if "词表" in str(error) else "icd10"
        raise marked.error(str(error), (key,)) from error
    environment = Environment(vocabulary=words, policies=policies, target=target)
    regimes = _regimes(file, environment, off, marked)
    verified = file.verified and all(item.verified for item in file.items)
    named = "、".join(region.sources[key].title for key in file.provenance.sources)
    info = RulesetInfo(
        version=region.version,
        sha256=_digest([region_data, pack.content]),
        verified=verified,
        source=f"{named}（可信度 {file.provenance.grade}）{'' if verified else '，未核对原文'}",
    )
    return Rule(
        file=file,
        folder=marked.file.parent,
        target=target,
        regimes=regimes,
        info=info,
        item_places={item.id: marked.place(("items", index)) for index, item in enumerate(file.items)},
        amendments=pack.amendments,
        readings_off=off,
    )


Regimes = tuple[tuple[dt.date, Regime | None], ...]


def _regimes(file: RuleFile, environment: Environment, off: frozenset[str], marked: Marked) -> Regimes:
    data: Mapping[str, Any] = marked.data
    days = {file.effective.from_}
    days.update(change_days(data["formula"], marked, ("formula",)))
    for index, item in enumerate(data["items"]):
        days.update(change_days(item["when"], marked, ("items", index, "when")))
    last = file.effective.to or dt.date.max
    starts = sorted({max(day, file.effective.from_) for day in days if day <= last})
    regimes = tuple((day, _regime(file, day, environment, off, marked)) for day in starts)
    known = [regime for _, regime in regimes if regime is not None]
    if not known:
        raise marked.error("没有任何一天同时有公式和全部条件的取值", ("formula",))
    used = {key for regime in known for key in regime.formula.items()}
    for index, item in enumerate(file.items):
        if item.id not in used:
            texts = "、".join(dict.fromkeys(f"“{regime.formula_text}”" for regime in known))
            raise marked.error(f"公式{texts}用不到条目 {item.id}，请写进公式或删去", ("items", index))
    return regimes


def _regime(
    file: RuleFile, day: dt.date, environment: Environment, off: frozenset[str], marked: Marked
) -> Regime | None:
    try:
        text = resolve(marked.data["formula"], day, marked, ("formula",))
        whens = [
            resolve(item["when"], day, marked, ("items", index, "when"))
            for index, item in enumerate(marked.data["items"])
        ]
    except NoValueError:
        return None
    if isinstance(text, int) and not isinstance(text, bool):
        text = str(text)
    if not isinstance(text, str):
        raise marked.error("公式应写文字，如 1 & 2 & any(1: 3, 4)", ("formula",))
    try:
        formula = parse_formula(text)
        problem = never_deciding(formula)
    except FormulaError as error:
        raise marked.error(str(error), ("formula",)) from error
    if problem:
        raise marked.error(f"公式“{text}”{problem}", ("formula",))
    used = set(formula.items())
    ids = [item.id for item in file.items]
    unknown = sorted(used - set(ids))
    if unknown:
        raise marked.error(f"公式用到的条目 {'、'.join(unknown)} 不存在；现有条目：{'、'.join(ids)}", ("formula",))
    quiet = replace(environment, own_readings=False) if off else environment
    tests = {
        item.id: compile_test(whens[index], quiet if item.id in off else environment, marked, ("items", index, "when"))
        for index, item in enumerate(file.items)
    }
    return Regime(start=day, formula=formula, formula_text=text, tests=tests, in_force=frozenset(used))
