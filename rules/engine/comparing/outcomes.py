"""Which sample cases come out differently, and which cases of one version fail on the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rules.engine.cases import Case, load_cases
from rules.engine.comparing.causes import causes_of
from rules.engine.comparing.judgements import explain_change
from rules.engine.comparing.model import CaseChange, CaseFailure, Cause, Change, JudgementChange
from rules.engine.comparing.versions import Side
from rules.engine.comparing.words import CONCLUSIONS, STATUSES, item_word
from rules.engine.judge import judge
from rules.engine.judgement import Conclusion, Judgement, Status

__all__ = ["Outcomes", "compare_cases"]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of the cases of both versions, each set of facts once."""

    judged: int = 0
    last: dt.date | None = None
    """Latest day of application."""
    changed: tuple[CaseChange, ...] = ()
    fails_on_old: tuple[CaseFailure, ...] = ()
    fails_on_new: tuple[CaseFailure, ...] = ()


@dataclass(frozen=True, slots=True)
class _Both:
    """One set of facts, as either version lists it."""

    old: Case | None
    new: Case | None

    @property
    def shown(self) -> Case:
        case = self.new or self.old
        assert case is not None
        return case


def compare_cases(
    old: Side, new: Side, renumbered: Mapping[str, str], changes: Sequence[Change], region_changes: Sequence[Change]
) -> Outcomes:
    """Judge the cases of both versions by both.

    ``renumbered`` maps every old item to its new id, ``""`` where it has none.

    Raises:
        RuleError: a ``cases.yaml`` is malformed, with file and line.
    """
    changed: list[CaseChange] = []
    on_old: list[CaseFailure] = []
    on_new: list[CaseFailure] = []
    both = _union(load_cases(old.rule, old.region), load_cases(new.rule, new.region))
    back = {name: item for item, name in renumbered.items() if name}
    back |= {item.id: "" for item in new.rule.items if item.id not in back}
    moved = {item: name for item, name in renumbered.items() if item != name}
    for each in both:
        facts = each.shown.facts
        before, after = judge(facts, old.rule, old.region), judge(facts, new.rule, new.region)
        change = explain_change(before, after, renumbered=moved)
        if change is not None and change.decisive and _matters(change):
            causes = causes_of(change, changes, region_changes, before, after, facts.as_of)
            changed.append(_changed(each, change, causes))
        if each.new is not None:
            on_old += _failure(each.new, before, back)
        if each.old is not None:
            on_new += _failure(each.old, after, renumbered)
    last = max((each.shown.facts.as_of for each in both), default=None)
    return Outcomes(len(both), last, tuple(changed), tuple(on_old), tuple(on_new))


def _matters(change: JudgementChange) -> bool:
    """False where all that differs is an item that only one version has, and nothing was found for it."""
    idle = {Status.MISSING, Status.MANUAL}
    only = all((i.before or i.after) in idle and None in (i.before, i.after) for i in change.items)
    return change.before is not change.after or not only


def _union(old: Sequence[Case], new: Sequence[Case]) -> list[_Both]:
    known: dict[str, _Both] = {}
    for case in new:
        known.setdefault(repr(case.facts), _Both(None, case))
    for case in old:
        key = repr(case.facts)
        found = known.get(key)
        known[key] = _Both(case if found is None or found.old is None else found.old, found.new if found else None)
    return list(known.values())


def _changed(each: _Both, change: JudgementChange, causes: tuple[Cause, ...]) -> CaseChange:
    listed = "both" if each.old and each.new else "new" if each.new else "old"
    case = each.shown
    return CaseChange(
        title=case.title, file=str(case.file), line=case.line, listed=listed, change=change, causes=causes
    )


def _failure(case: Case, judgement: Judgement, names: Mapping[str, str]) -> Iterator[CaseFailure]:
    problems = tuple(_problems(case, judgement, names))
    if problems:
        yield CaseFailure(title=case.title, file=str(case.file), line=case.line, problems=problems)


def _problems(case: Case, judgement: Judgement, names: Mapping[str, str]) -> Iterator[str]:
    got = {c.id: c for c in judgement.criteria}
    for key, expected in case.expect.items():
        status, _, reason = expected.partition(" ")
        if key == "conclusion":
            if judgement.conclusion.value != status:
                wanted, found = CONCLUSIONS[Conclusion(status)], CONCLUSIONS[judgement.conclusion]
                yield f"结论应为“{wanted}”，判为“{found}”"
            continue
        result = got.get(names.get(key, key))
        wanted = STATUSES[Status(status)]
        if result is None:
            yield f"{item_word(key)}应为“{wanted}”，那一版没有这一项"
        elif result.status.value != status:
            yield f"{item_word(key)}应为“{wanted}”，判为“{STATUSES[result.status]}”：{result.message}"
        elif reason and result.reason != reason:
            yield f"{item_word(key)}同为“{wanted}”而理由不同：{result.message}"
    for key, words in case.says.items():
        result = got.get(names.get(key, key))
        if result is not None and words not in result.message:
            yield f"{item_word(key)}的说明未提到“{words}”"
