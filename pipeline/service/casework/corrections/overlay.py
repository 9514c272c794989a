"""Corrections laid over what the machine read: a pure function, the same for every revision and every machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.keys import FACT_KINDS, Fact, Keys, keys_of
from pipeline.nouns import Document
from pipeline.service.casework.corrections.adding import added_fact, added_key
from pipeline.service.casework.corrections.changes import (
    Change,
    ChangeError,
    Kind,
    kind_of_key,
    latest,
    parsed,
)
from pipeline.service.casework.corrections.documents import corrected_info, redated
from pipeline.service.casework.corrections.facts import corrected, renormalised, vouched
from rules.engine.facts import CaseFacts, DocumentInfo, LabResult

__all__ = ["Note", "Overlaid", "apply"]

Facts = dict[str, Fact]
"""Facts of one kind by key, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A correction that could not be laid over the case as it is now."""

    correction: str
    code: str
    """``target_lost``: what it corrected is not there any more; ``page_lost``: what it was drawn on; ``not_possible``:
    its value makes no sense any more; ``other_disease``: it is of a criterion of another disease; ``item_settled``:
    the criterion is none any more that a person has to settle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlaid:
    """A case with corrections."""

    facts: CaseFacts
    keys: Keys
    views: Mapping[str, CaseFacts] = field(default_factory=dict)
    """Facts that count for single criteria, where a person accepted or rejected evidence for that criterion alone."""
    settled: Mapping[str, Change] = field(default_factory=dict)
    """A person's word on single criteria."""
    notes: tuple[Note, ...] = ()
    touched: frozenset[str] = frozenset()
    """Keys of facts and documents that a person changed, confirmed, added or took out."""
    owned: frozenset[str] = frozenset()
    """Keys of documents of which a person said whose they are."""


def apply(
    facts: CaseFacts, documents: Sequence[Document], changes: Sequence[Change], disease: str | None = None
) -> Overlaid:
    """Lay ``changes`` over what the machine read.

    Args:
        facts: of the machine, normalised.
        documents: of the machine; those whose type a person corrected are extracted again already.
        disease: rule id applied for; corrections of criteria of another disease are left out.
    """
    layer = _Layer(facts, documents)
    todo = layer.possible(latest(tuple(changes)), disease)
    for change in todo:
        layer.attempt(change, layer.add, Kind.ADD)
    for change in todo:
        if change.kind in _FIELD_KINDS:
            layer.attempt(change, layer.collect, change.kind)
    layer.write_fields()
    for change in todo:
        layer.attempt(change, layer.judge_evidence, Kind.EVIDENCE)
    for change in todo:
        layer.attempt(change, layer.remove, Kind.REMOVE)
    for change in todo:
        if change.kind is Kind.CRITERION:
            layer.settled[change.target.removeprefix("criterion-")] = change
    return layer.done()


_FIELD_KINDS = frozenset({Kind.VALUE, Kind.ASSERTION, Kind.DATE, Kind.OWNER, Kind.HOSPITAL})


class _Layer:
    """The case while corrections are laid over it."""

    def __init__(self, facts: CaseFacts, documents: Sequence[Document]) -> None:
        keys = keys_of(facts, documents)
        self._facts = facts
        self._documents = documents
        self._homes = dict(keys.documents)
        self._ids = {key: id for id, key in keys.documents.items()}
        self._infos = {info.id: info for info in facts.documents}
        self._by_kind: dict[str, Facts] = {
            kind: dict(zip(keys.facts[kind], getattr(facts, kind), strict=True)) for kind in FACT_KINDS
        }
        self._fields: dict[str, dict[str, Any]] = {}
        self._changed_at: dict[str, Change] = {}
        self._rejected: dict[str, set[str]] = {}
        self._accepted: dict[str, set[str]] = {}
        self.settled: dict[str, Change] = {}
        self._notes: list[Note] = []
        self._touched: set[str] = set()

    def attempt(self, change: Change, step: Callable[[Change], None], kind: Kind) -> None:
        """Take one step for a change of ``kind``; where it cannot be taken a note says so."""
        if change.kind is not kind:
            return
        try:
            step(change)
        except ChangeError as error:
            code = "page_lost" if type(error).__name__ == "PageGoneError" else "not_possible"
            self._notes.append(Note(correction=change.id, code=code))
        except KeyError:
            self._notes.append(Note(correction=change.id, code="target_lost"))
        else:
            self._touched.add(change.target if kind is not Kind.ADD else added_key(change.field, change.id))

    def possible(self, changes: Sequence[Change], disease: str | None) -> list[Change]:
        """Leave out what was said of a criterion of another disease: its number means something else here.

        And what another version of the program wrote that this one does not know.
        """
        kept = []
        for change in changes:
            of_criterion = change.kind is Kind.CRITERION or (change.kind is Kind.EVIDENCE and change.field)
            if change.kind is Kind.UNKNOWN:
                self._notes.append(Note(correction=change.id, code="not_possible"))
            elif of_criterion and change.human.get("disease") != disease:
                self._notes.append(Note(correction=change.id, code="other_disease"))
            else:
                kept.append(change)
        return kept

    def add(self, change: Change) -> None:
        key = added_key(change.field, change.id)
        made = added_fact(change.field, change.human, self._documents, self._infos)
        made = replace(made, document=self._counted(change.field, made.document))
        for number, fact in enumerate(self._normal(key, made, {}), start=1):
            self._by_kind[change.field][key if number == 1 else f"{key}~{number}"] = fact

    def _counted(self, kind: str, document: str) -> str:
        """Of copies of one paper the one whose facts of ``kind`` the rules count: the one with most of them.

        What a person adds on the second photograph of a paper would be lost with that photograph otherwise.
        """

        def root(id: str) -> str:
            seen = {id}
            while (twin := self._infos[id].duplicate_of) in self._infos and twin not in seen:
                id = twin
                seen.add(id)
            return id

        own = root(document)
        copies = [id for id in self._infos if root(id) == own]
        counts = {id: sum(f.document == id for f in self._by_kind[kind].values()) for id in copies}
        return min(copies, key=lambda id: (-counts[id], id != own, id)) if any(counts.values()) else document

    def collect(self, change: Change) -> None:
        """Gather all fields of one target: a row is normalised once, with all that was corrected in it."""
        kind = kind_of_key(change.target)
        if change.target not in (self._ids if kind == "document" else self._by_kind[kind]):
            raise KeyError(change.target)
        self._fields.setdefault(change.target, {})[change.field] = parsed(change.target, change.field, change.human)
        self._changed_at[change.target] = change

    def write_fields(self) -> None:
        # Documents first: what a person says of a single fact goes before what follows from its document.
        for target, fields in sorted(self._fields.items(), key=lambda item: kind_of_key(item[0]) != "document"):
            if kind_of_key(target) == "document":
                self._write_document(self._ids[target], fields)
            else:
                self._write_fact(target, fields)

    def judge_evidence(self, change: Change) -> None:
        facts = self._by_kind[kind_of_key(change.target)]
        fact = facts[change.target]
        accepted = change.human.get("accepted") is True
        if change.field:
            by = self._accepted if accepted else self._rejected
            by.setdefault(change.field, set()).add(change.target)
        elif accepted:
            later = self._changed_at.get(change.target)
            if later is None or later.made_at <= change.made_at:
                facts[change.target] = vouched(fact)
        else:
            del facts[change.target]

    def remove(self, change: Change) -> None:
        if change.target in self._touched and change.target not in self._by_kind[kind_of_key(change.target)]:
            return  # rejected before
        del self._by_kind[kind_of_key(change.target)][change.target]

    def done(self) -> Overlaid:
        whole = self._case(self._by_kind)
        return Overlaid(
            facts=whole,
            keys=Keys(documents=self._homes, facts={kind: tuple(facts) for kind, facts in self._by_kind.items()}),
            views={id: self._view(id) for id in sorted(self._rejected.keys() | self._accepted.keys())},
            settled=self.settled,
            notes=tuple(self._notes),
            touched=frozenset(self._touched),
            owned=frozenset(key for key, fields in self._fields.items() if "owner" in fields),
        )

    def _view(self, criterion: str) -> CaseFacts:
        rejected, accepted = self._rejected.get(criterion, set()), self._accepted.get(criterion, set())
        return self._case(
            {
                kind: {k: vouched(f) if k in accepted else f for k, f in facts.items() if k not in rejected}
                for kind, facts in self._by_kind.items()
            }
        )

    def _case(self, by_kind: Mapping[str, Facts]) -> CaseFacts:
        made: dict[str, Any] = {kind: tuple(facts.values()) for kind, facts in by_kind.items()}
        infos = tuple(self._infos[info.id] for info in self._facts.documents)
        return replace(self._facts, documents=infos, **made)

    def _write_document(self, id: str, fields: Mapping[str, Any]) -> None:
        before = self._infos.get(id)
        if before is None:
            before = next(DocumentInfo(id=d.id, type=d.type) for d in self._documents if d.id == id)
        self._infos[id] = corrected_info(before, fields)
        date = fields.get("date")
        if date is None:
            return
        for facts in self._by_kind.values():
            for key, fact in facts.items():
                if fact.document == id:
                    facts[key] = redated(fact, before, date)

    def _write_fact(self, key: str, fields: Mapping[str, Any]) -> None:
        kind = kind_of_key(key)
        facts = self._by_kind[kind]
        made = self._normal(key, corrected(facts[key], fields), fields)
        rebuilt: Facts = {}
        for other, fact in facts.items():
            if other != key:
                rebuilt[other] = fact
                continue
            for number, one in enumerate(made, start=1):
                rebuilt[key if number == 1 else f"{key}~{number}"] = one
        self._by_kind[kind] = rebuilt

    def _normal(self, key: str, fact: Fact, fields: Mapping[str, Any]) -> tuple[Fact, ...]:
        if set(fields) <= {"status", "date", "sampled_at", "reported_at"} and fields:
            return (fact,)
        around: list[LabResult] = []
        if isinstance(fact, LabResult):
            rows = self._by_kind["lab_results"].items()
            around = [r for k, r in rows if k != key and isinstance(r, LabResult) and _same_page(r, fact)]
        infos = [info for info in self._infos.values() if info.id == fact.document]
        return renormalised(fact, fields, infos, around)


def _same_page(one: LabResult, other: LabResult) -> bool:
    return one.document == other.document and [e.page for e in one.evidence[:1]] == [e.page for e in other.evidence[:1]]
