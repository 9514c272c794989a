"""Changes of papers: whose they are, of which hospital, of which day, how well they can be read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from pipeline.audit.counterfactual.asked import Asked
from pipeline.audit.counterfactual.edits import Burden, Edit
from rules.engine.case_view import document_title
from rules.engine.facts import CaseFacts, DocumentInfo, Evidence, HospitalLevel, LabResult, Owner, Unknown
from rules.engine.predicates.base import HOSPITAL_LEVELS

__all__ = ["papers"]

FACTS = ("visits", "diagnoses", "lab_results", "findings", "treatments", "form")
_SURE = "checked"


def papers(asked: Asked) -> Iterator[Edit]:
    looked_at = {e.document for e in asked.looked_at}
    for document in asked.facts.documents:
        if document.id in looked_at:
            yield from _paper(asked, document)


def _paper(asked: Asked, document: DocumentInfo) -> Iterator[Edit]:
    facts, title, key = asked.facts, document_title(document), document.id
    if document.owner is not Owner.APPLICANT:
        unknown = document.owner is Owner.UNKNOWN
        text = f"{title}须{'能看出是申请人本人的' if unknown else '换成申请人本人的'}"
        new = replace(document, owner=Owner.APPLICANT)
        yield Edit((key, "owner"), Burden.READING if unknown else Burden.PAPER, text, _document(new, "owner"))
    for leaf in asked.leaves:
        named = getattr(leaf.params, "hospital_level", None)
        if named:
            yield from _level(document, title, str(named).removesuffix("及以上"))
        period = leaf.params.period() if hasattr(leaf.params, "period") else None
        yield from _day(facts, document, title, None if period is None else period.before(facts.as_of))
    unsure = any(_unsure(e) for name in FACTS for f in getattr(facts, name) if f.document == key for e in f.evidence)
    if unsure or any(r.doubts for r in facts.lab_results if r.document == key):
        yield Edit((key, "sure"), Burden.READING, f"{title}须看得清、读得准", _made_sure(key))


def _unsure(evidence: Evidence) -> bool:
    return evidence.confidence < 1 or evidence.generative or evidence.model_alone


def _level(document: DocumentInfo, title: str, named: str) -> Iterator[Edit]:
    rank, grade = HOSPITAL_LEVELS[named]
    level = document.hospital_level
    known = isinstance(level, HospitalLevel)
    if isinstance(level, HospitalLevel) and (
        level.rank > rank or (level.rank == rank and grade in (None, level.grade))
    ):
        return
    now = f"现为{level.label}" if isinstance(level, HospitalLevel) else "现看不出级别"
    text = f"{title}须由{named}及以上医疗机构出具（{now}）"
    new = replace(document, hospital_level=HospitalLevel(rank=rank, grade=grade))
    burden = Burden.PAPER if known else Burden.READING
    yield Edit((document.id, "level", named), burden, text, _document(new, "hospital_level"))


def _reaches(level: HospitalLevel, rank: int, grade: str | None) -> bool:
    return level.rank > rank or (level.rank == rank and grade in (None, level.grade))


def _day(facts: CaseFacts, document: DocumentInfo, title: str, first: dt.date | None) -> Iterator[Edit]:
    day = document.date
    if isinstance(day, Unknown):
        text = f"{title}须印有看得清的日期{f'（{first.isoformat()} 起）' if first else ''}"
        yield Edit((document.id, "day"), Burden.READING, text, _dated(document.id, facts.as_of))
    elif day > facts.as_of:
        text = f"{title}日期须不晚于申请日期 {facts.as_of.isoformat()}"
        yield Edit((document.id, "day"), Burden.READING, text, _moved(document.id, facts.as_of - day))
    elif first is not None and day < first:
        text = f"{title}须换成 {first.isoformat()} 及以后的（早了 {(first - day).days} 天）"
        yield Edit((document.id, "day", first.isoformat()), Burden.PAPER, text, _moved(document.id, first - day))


def _document(new: DocumentInfo, name: str) -> Callable[[CaseFacts], CaseFacts]:
    def change(facts: CaseFacts) -> CaseFacts:
        value: dict[str, Any] = {name: getattr(new, name)}
        return replace(facts, documents=tuple(replace(d, **value) if d.id == new.id else d for d in facts.documents))

    return change


_DAYS = ("date", "start", "end", "sampled_at", "reported_at")


def _of_paper(facts: CaseFacts, document: str, new: Callable[[Any], Any]) -> CaseFacts:
    changes: dict[str, Any] = {
        name: tuple(new(f) if f.document == document else f for f in getattr(facts, name)) for name in FACTS
    }
    return replace(facts, documents=tuple(new(d) if d.id == document else d for d in facts.documents), **changes)


def _moved(document: str, by: dt.timedelta) -> Callable[[CaseFacts], CaseFacts]:
    def move(fact: Any) -> Any:
        days = {name: getattr(fact, name, None) for name in _DAYS}
        return replace(fact, **{name: day + by for name, day in days.items() if isinstance(day, dt.date)})

    return lambda facts: _of_paper(facts, document, move)


def _dated(document: str, day: dt.date) -> Callable[[CaseFacts], CaseFacts]:
    def give(fact: Any) -> Any:
        days = {name: getattr(fact, name, None) for name in ("date", "start", "end")}
        return replace(fact, **{name: day for name, value in days.items() if isinstance(value, Unknown)})

    return lambda facts: _of_paper(facts, document, give)


def _made_sure(document: str) -> Callable[[CaseFacts], CaseFacts]:
    def sure(fact: Any) -> Any:
        if isinstance(fact, DocumentInfo):
            return replace(fact, model_only=())
        evidence = tuple(
            replace(e, confidence=1.0, generative=False, extractor=_SURE if e.model_alone else e.extractor)
            for e in fact.evidence
        )
        return replace(fact, evidence=evidence, **({"doubts": ()} if isinstance(fact, LabResult) else {}))

    return lambda facts: _of_paper(facts, document, sure)
