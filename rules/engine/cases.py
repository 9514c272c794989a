"""``cases.yaml`` beside a rule: what should come of which uploads, in sentences.

    shared:                       # documents used by several cases, by name
      证明: {type: 疾病诊断证明书, date: 2026-01-10, diagnoses: [慢阻肺]}
    cases:
      - title: 诊断证明书确诊慢阻肺，近2年肺功能示阻塞性通气功能障碍，建议符合。
        as_of: 2026-03-15
        given: [证明, {type: 肺功能, date: 2025-06-01, modality: lung_function, findings: [阻塞性通气功能障碍]}]
        expect: {conclusion: meets, "1": met, "2": met, "3": missing no_evidence}
        missing: []               # optional: criteria of the missing list, in order
        says: {"2": 阻塞性}        # optional: words that the message of an item must hold

``given`` takes names, documents, or ``{like: name, ...}`` to change some keys of a shared one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from rules.engine.case_facts import CaseDocument, build_facts
from rules.engine.errors import RuleError
from rules.engine.facts import CaseFacts
from rules.engine.judge import judge
from rules.engine.judgement import Conclusion, Judgement, Status
from rules.engine.marked_yaml import Marked, Trail, check_model, load_marked
from rules.engine.nearest import nearest
from rules.engine.reasons import REASONS
from rules.engine.ruleset import CaseSource, Region, Rule

__all__ = ["Case", "load_cases", "run_case", "run_cases"]


class CaseFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=8)
    as_of: dt.date | None = None
    given: tuple[Any, ...] = ()
    expect: dict[str, str] = Field(min_length=1)
    missing: tuple[str, ...] | None = None
    says: dict[str, str] = {}


class CasesFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: dt.date = dt.date(2026, 3, 15)
    shared: dict[str, Any] = {}
    cases: tuple[CaseFile, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case, ready to judge."""

    file: Path
    line: int
    title: str
    facts: CaseFacts
    expect: dict[str, str]
    missing: tuple[str, ...] | None
    says: dict[str, str]


def load_cases(rule: Rule, region: Region) -> tuple[Case, ...]:
    """Load the cases of ``rule``: those beside it, then those beside each amendment; none where there are no files.

    Cases that an amendment supersedes are left out, and so are those of a region above whose policies or readings this
    region does not share: they tell nothing of it.

    Raises:
        RuleError: malformed, or an amendment supersedes a case that is not there; with file and line.
    """
    cases: list[Case] = []
    unseen: dict[str, tuple[Path, int]] = {}
    for source in reversed(rule.case_sources or (CaseSource(folder=rule.folder),)):
        unseen |= source.superseded
        if not source.same_settings:
            unseen = {}
            continue
        found = _load(source.folder / "cases.yaml", rule, region, source.superseded)
        for title in found.keys() & source.superseded.keys():
            unseen.pop(title, None)
        cases[:0] = [case for title, case in found.items() if case is not None and title not in source.superseded]
    for title, (file, line) in unseen.items():
        raise RuleError(f"supersedes 里的“{title}”不是上级地区案例的标题，请照抄标题", file=file, line=line)
    return tuple(cases)


def _load(path: Path, rule: Rule, region: Region, superseded: Mapping[str, object]) -> dict[str, Case | None]:
    """Cases by title; those superseded are not built: they may speak of items that are no longer there."""
    if not path.is_file():
        return {}
    marked = load_marked(path)
    file = check_model(CasesFile, marked.data, marked)
    cases: dict[str, Case | None] = {}
    for index, entry in enumerate(file.cases):
        if entry.title in cases:
            raise marked.error("两个案例的标题一样，请改一个", ("cases", index, "title"))
        known = entry.title in superseded
        cases[entry.title] = None if known else _case(file, index, entry, rule, region, marked)
    return cases


def _case(file: CasesFile, index: int, entry: CaseFile, rule: Rule, region: Region, marked: Marked) -> Case:
    at: Trail = ("cases", index)
    allowed = {"conclusion", *(item.id for item in rule.items)}
    for key, value in entry.expect.items():
        if key not in allowed:
            raise marked.error(f"没有条目“{key}”，可写：{'、'.join(sorted(allowed))}", (*at, "expect", key))
        kinds = [c.value for c in Conclusion] if key == "conclusion" else [s.value for s in Status]
        if value.partition(" ")[0] not in kinds:
            raise marked.error(f"“{key}”不能写 {value}，可写：{'、'.join(kinds)}", (*at, "expect", key))
        reason = value.partition(" ")[2].strip()
        if reason and (key == "conclusion" or reason not in REASONS):
            told = "结论后面不写理由" if key == "conclusion" else f"没有“{reason}”这个理由。{nearest(reason, REASONS)}"
            known = "" if key == "conclusion" else f"可写：{'、'.join(sorted(REASONS))}"
            raise marked.error(f"{told}{known}", (*at, "expect", key))
    documents = [_document(given, file, marked, (*at, "given", number)) for number, given in enumerate(entry.given)]
    try:
        facts = build_facts(documents, entry.as_of or file.as_of, region.vocabulary)
    except ValueError as error:
        raise marked.error(str(error), (*at, "given")) from error
    return Case(
        file=marked.file,
        line=marked.line(at),
        title=entry.title,
        facts=facts,
        expect=dict(entry.expect),
        missing=entry.missing,
        says=dict(entry.says),
    )


def _document(given: Any, file: CasesFile, marked: Marked, trail: Trail) -> CaseDocument:
    if isinstance(given, str):
        if given not in file.shared:
            raise marked.error(_no_shared(given, file), trail)
        given = file.shared[given]
    elif isinstance(given, dict) and "like" in given:
        if given["like"] not in file.shared:
            raise marked.error(_no_shared(str(given["like"]), file), trail)
        given = {**file.shared[given["like"]], **{k: v for k, v in given.items() if k != "like"}}
    return check_model(CaseDocument, given, marked, trail)


def _no_shared(name: str, file: CasesFile) -> str:
    return f"shared 里没有“{name}”。{nearest(name, file.shared)}现有：{'、'.join(file.shared) or '无'}"


def run_case(case: Case, rule: Rule, region: Region) -> list[str]:
    """Judge one case; return what differs from what it expects, in Chinese."""
    return list(_differences(case, judge(case.facts, rule, region)))


def _differences(case: Case, judgement: Judgement) -> Iterator[str]:
    got = {c.id: c for c in judgement.criteria}
    for key, expected in case.expect.items():
        status, _, reason = expected.partition(" ")
        if key == "conclusion":
            if judgement.conclusion.value != status:
                yield f"结论应为 {status}，实为 {judgement.conclusion.value}"
            continue
        result = got[key]
        if result.status.value != status or (reason and result.reason != reason):
            yield f"条目 {key} 应为 {expected}，实为 {result.status.value} {result.reason}：{result.message}"
    for key, words in case.says.items():
        if words not in got[key].message:
            yield f"条目 {key} 的说明应提到“{words}”，实为：{got[key].message}"
    if case.missing is not None:
        missing = tuple(need.criterion for need in judgement.missing)
        if missing != case.missing:
            wanted, found = ("、".join(keys) or "无" for keys in (case.missing, missing))
            yield f"所缺应为 {wanted}，实为 {found}"


def run_cases(region: Region) -> list[str]:
    """Run every case of the region; return the failures, each naming file and line. Empty: all passed."""
    failures: list[str] = []
    for rule in region.rules:
        try:
            cases = load_cases(rule, region)
        except RuleError as error:
            failures.append(str(error))
            continue
        if not cases and all(source.same_settings for source in rule.case_sources):
            failures.append(f"{rule.case_folder / 'cases.yaml'}: 没有案例，每个病种都要有")
        for case in cases:
            for problem in run_case(case, rule, region):
                failures.append(f"{case.file}:{case.line}: {case.title} {problem}{_amended(rule, case)}")
    return failures


def _amended(rule: Rule, case: Case) -> str:
    """What to do about a parent's case that an amendment changes."""
    if not rule.amendments or case.file.parent == rule.case_folder:
        return ""
    return f"（已由 {rule.amendments[-1].file} 修改；若本该如此，请把标题写进那里的 supersedes）"
