"""Loads the rule packs of a region and refuses what cannot be judged safely, naming file and line."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rules.engine.by_date import NoValueError, change_days, resolve
from rules.engine.compiling import compile_test
from rules.engine.errors import RuleError
from rules.engine.formula import FormulaError, parse_formula
from rules.engine.judgement import RulesetInfo
from rules.engine.marked_yaml import Marked, check_model, load_marked
from rules.engine.policies import CHOICES, Policies, Policy
from rules.engine.predicates import Environment
from rules.engine.ruleset import Regime, Region, Rule
from rules.engine.schema import RegionFile, RuleFile
from rules.engine.targets import make_target
from rules.vocabulary import Vocabulary, load_vocabulary

__all__ = ["load_region"]


def load_region(
    rules_dir: Path, region: str, extra: Path | None = None, *, vocabulary: Vocabulary | None = None
) -> Region:
    """Load the region's packs from ``rules_dir``, then those of ``extra``, which add to or replace them by rule id.

    ``extra`` holds packs (folders with ``rule.yaml``) directly or below a folder named like the region; a
    ``region.yaml`` there replaces the region's.

    Raises:
        RuleError: a file is missing, malformed, or says what the engine must not judge by.
    """
    words = vocabulary or load_vocabulary()
    base = rules_dir / region
    region_path = base / "region.yaml"
    packs: list[Path] = _packs(base)
    if extra is not None:
        folder = extra / region if (extra / region).is_dir() else extra
        if not folder.is_dir():
            raise RuleError("没有这个文件夹", file=folder)
        added = _packs(folder)
        if not added and not (folder / "region.yaml").is_file():
            raise RuleError("文件夹里没有规则包；应有 <编号-名称>/rule.yaml 或 region.yaml", file=folder)
        if (folder / "region.yaml").is_file():
            region_path = folder / "region.yaml"
        packs += added
    if not region_path.is_file():
        known = sorted(p.parent.name for p in rules_dir.glob("*/region.yaml"))
        raise RuleError(f"没有“{region}”这个地区；现有：{'、'.join(known) or '无'}", file=region_path)
    marked_region = load_marked(region_path)
    region_file = check_model(RegionFile, marked_region.data, marked_region)
    policies = _policies(region_file, marked_region)
    rules: dict[str, Rule] = {}
    for path in packs:
        rule = _rule(path, region_file, policies, words, marked_region.data)
        known_rule = rules.get(rule.id)
        if known_rule is not None and known_rule.folder.parent == rule.folder.parent:
            raise RuleError(f"病种编号 id“{rule.id}”在 {known_rule.folder.name} 已用过，请换一个", file=path, line=1)
        rules[rule.id] = rule
    ordered = tuple(sorted(rules.values(), key=lambda r: (r.number, r.id)))
    if not ordered:
        raise RuleError("没有任何病种的规则包（<编号-名称>/rule.yaml）", file=base)
    numbers: dict[int, Rule] = {}
    for rule in ordered:
        other = numbers.setdefault(rule.number, rule)
        if other is not rule:
            path = rule.folder / "rule.yaml"
            raise RuleError(f"序号 {rule.number} 已由 {other.id} 使用，请改序号或用相同的 id 替换它", file=path)
    digest = _digest([marked_region.data, [rule.info.sha256 for rule in ordered]])
    return Region(file=region_file, policies=policies, rules=ordered, sha256=digest, vocabulary=words)


def _packs(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/rule.yaml"))


def _digest(content: Any) -> str:
    """Hash of the content, not of the layout: key order, comments and quoting do not matter."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _policies(file: RegionFile, marked: Marked) -> Policies:
    for name in file.policies:
        if name not in CHOICES:
            raise marked.error(f"没有“{name}”这个口径；可用：{'、'.join(CHOICES)}", ("policies", name))
    values: dict[str, Any] = {}
    entries: dict[str, Policy] = {}
    for name, allowed in CHOICES.items():
        entry = file.policies.get(name)
        if entry is None:
            raise marked.error(f"缺少口径“{name}”，请补上 value、text、source", ("policies",))
        trail = ("policies", name, "value")
        if allowed and entry.value not in allowed:
            raise marked.error(f"“{name}”不能写 {entry.value}，可写：{'、'.join(allowed)}", trail)
        if not allowed and not (isinstance(entry.value, float) and 0 <= entry.value <= 1):
            raise marked.error(f"“{name}”应写 0 到 1 之间的小数，如 0.6", trail)
        values[name] = entry.value
        entries[name] = Policy(name=name, value=entry.value, text=entry.text, source=entry.source)
    return Policies(entries=entries, **values)


def _rule(path: Path, region: RegionFile, policies: Policies, words: Vocabulary, region_data: Any) -> Rule:
    marked = load_marked(path)
    file = check_model(RuleFile, marked.data, marked)
    _check_references(file, region, policies, marked)
    try:
        target = make_target(
            file.name, concepts=file.concepts, icd10=file.icd10, exclude_icd10=file.exclude_icd10, vocabulary=words
        )
    except ValueError as error:
        key = "concepts" if "词表" in str(error) else "icd10"
        raise marked.error(str(error), (key,)) from error
    environment = Environment(vocabulary=words, policies=policies, target=target)
    regimes = _regimes(file, environment, marked)
    verified = file.verified and all(item.verified for item in file.items)
    named = "、".join(region.sources[key].title for key in file.provenance.sources)
    info = RulesetInfo(
        version=region.version,
        sha256=_digest([region_data, marked.data]),
        verified=verified,
        source=f"{named}（可信度 {file.provenance.grade}）{'' if verified else '，未核对原文'}",
    )
    lines = {item.id: marked.line(("items", index)) for index, item in enumerate(file.items)}
    return Rule(file=file, folder=path.parent, target=target, regimes=regimes, info=info, item_lines=lines)


def _check_references(file: RuleFile, region: RegionFile, policies: Policies, marked: Marked) -> None:
    for index, key in enumerate(file.provenance.sources):
        if key not in region.sources:
            raise marked.error(_no_source(key, region), ("provenance", "sources", index))
    seen: set[str] = set()
    for index, item in enumerate(file.items):
        at = ("items", index)
        if item.id in seen:
            raise marked.error(f"条目 {item.id} 写了两次", (*at, "id"))
        seen.add(item.id)
        if item.source not in region.sources:
            raise marked.error(_no_source(item.source, region), (*at, "source"))
        for number, reading in enumerate(item.readings):
            if reading not in policies.entries and not reading.startswith("经验口径"):
                problem = f"“{reading}”不是口径名称；口径：{'、'.join(CHOICES)}，自己的读法以“经验口径：”开头"
                raise marked.error(problem, (*at, "readings", number))


def _no_source(key: str, region: RegionFile) -> str:
    return f"region.yaml 的 sources 里没有“{key}”；现有：{'、'.join(region.sources)}"


def _regimes(file: RuleFile, environment: Environment, marked: Marked) -> tuple[tuple[dt.date, Regime | None], ...]:
    data: Mapping[str, Any] = marked.data
    days = {file.effective.from_}
    days.update(change_days(data["formula"], marked, ("formula",)))
    for index, item in enumerate(data["items"]):
        days.update(change_days(item["when"], marked, ("items", index, "when")))
    last = file.effective.to or dt.date.max
    starts = sorted({max(day, file.effective.from_) for day in days if day <= last})
    regimes = tuple((day, _regime(file, day, environment, marked)) for day in starts)
    if all(regime is None for _, regime in regimes):
        raise marked.error("没有任何一天同时有公式和全部条件的取值", ("formula",))
    return regimes


def _regime(file: RuleFile, day: dt.date, environment: Environment, marked: Marked) -> Regime | None:
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
    except FormulaError as error:
        raise marked.error(str(error), ("formula",)) from error
    used = set(formula.items())
    ids = [item.id for item in file.items]
    unknown = sorted(used - set(ids))
    if unknown:
        raise marked.error(f"公式用到的条目 {'、'.join(unknown)} 不存在；现有条目：{'、'.join(ids)}", ("formula",))
    for index, item in enumerate(file.items):
        if item.id not in used:
            raise marked.error(f"公式“{text}”用不到条目 {item.id}，请写进公式或删去", ("items", index))
    tests = {
        item.id: compile_test(whens[index], environment, marked, ("items", index, "when"))
        for index, item in enumerate(file.items)
    }
    return Regime(start=day, formula=formula, formula_text=text, tests=tests)
