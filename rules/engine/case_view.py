"""One case as predicates look at it: documents by id, copies of one document counted once, facts by kind.

Built once per judgement; nothing in here depends on the order in which facts were given.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

from rules.engine.facts import (
    CaseFacts,
    Diagnosis,
    DocumentInfo,
    DocumentType,
    Evidence,
    Finding,
    LabResult,
    Maybe,
    Owner,
    PatientIdentity,
    Treatment,
    Unknown,
    Visit,
    VisitKind,
    seen_by_model_alone,
)

__all__ = [
    "REPORTS",
    "CaseView",
    "as_rules_read",
    "document_title",
    "in_order",
    "is_admission_section",
    "short_label",
    "view_case",
]


class _Fact(Protocol):
    @property
    def document(self) -> str: ...

    @property
    def evidence(self) -> tuple[Evidence, ...]: ...


FactT = TypeVar("FactT", bound=_Fact)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CaseView:
    """Facts without copies. ``facts`` is the case as it came."""

    facts: CaseFacts
    as_of: dt.date
    documents: dict[str, DocumentInfo]
    diagnoses: Sequence[Diagnosis]
    lab_results: Sequence[LabResult]
    lab_copies: Sequence[LabResult]
    """Results on second photographs, kept to notice that two readings of one sheet disagree."""
    findings: Sequence[Finding]
    treatments: Sequence[Treatment]
    visits: Sequence[Visit]
    stays: dict[str, tuple[Maybe[dt.date], Maybe[dt.date]]] = field(default_factory=dict)
    """Document -> first and last day of the stay it reports."""
    with_discharge: frozenset[str] = frozenset()
    """Documents of stays whose 出院诊断 is known: their 入院诊断 yields."""
    roots: dict[str, str] = field(default_factory=dict)
    """Document -> the one of its group of copies that stands for all."""


def view_case(facts: CaseFacts) -> CaseView:
    """Index ``facts``. Where a document was photographed twice, the better reading stands for both."""
    facts = _as_rules_read(facts)
    documents, roots = _settle_copies(facts.documents)
    visits = _pick(facts.visits, roots)
    diagnoses = _pick(facts.diagnoses, roots)
    labs = _pick(facts.lab_results, roots)
    stays = {v.document: (v.start, v.end) for v in visits if v.kind is VisitKind.INPATIENT}
    kept = set(map(id, labs)) if roots else set()
    return CaseView(
        facts=facts,
        as_of=facts.as_of,
        documents=documents,
        diagnoses=diagnoses,
        lab_results=labs,
        lab_copies=[r for r in facts.lab_results if id(r) not in kept] if roots else (),
        findings=_pick(facts.findings, roots),
        treatments=_pick(facts.treatments, roots),
        visits=visits,
        stays=stays,
        with_discharge=_with_discharge(diagnoses, visits),
        roots=roots,
    )


def _as_rules_read(facts: CaseFacts) -> CaseFacts:
    """The case without the fields of heads and identities that only the learned page reader found."""
    if not any(info.model_only for info in facts.documents) and not any(p.model_only for p in facts.patient):
        return facts
    return replace(
        facts,
        documents=tuple(map(as_rules_read, facts.documents)),
        patient=tuple(map(as_rules_read, facts.patient)),
    )


HeadT = TypeVar("HeadT", DocumentInfo, PatientIdentity)


def as_rules_read(head: HeadT) -> HeadT:
    """Return ``head`` as rules left it: without the fields that only the learned page reader found.

    A type always has a value and stays; admission knows that nobody confirmed it.
    """
    changes: dict[str, Any] = {}
    for name, _, left in (mark.partition(":") for mark in head.model_only):
        if name != "type":
            changes[name] = Unknown(left) if left else Unknown.ABSENT
    if changes:
        changes["model_only"] = tuple(mark for mark in head.model_only if mark == "type")
    if changes and isinstance(head, PatientIdentity):
        changes["evidence"] = tuple(e for e in head.evidence if not e.model_alone)
    return replace(head, **changes) if changes else head


def in_order(facts: Sequence[FactT]) -> Sequence[FactT]:
    """The facts in an order that does not depend on how they were given."""
    return sorted(facts, key=repr) if len(facts) > 1 else facts


def is_admission_section(section: str) -> bool:
    """True for headings of diagnoses that a later one replaces: 入院诊断, 初步诊断, 门(急)诊诊断 of a stay."""
    return "入院" in section or "初步" in section


def document_title(document: DocumentInfo | None, date: Maybe[dt.date] | None = None) -> str:
    """``2026-03-12 检验报告单``; says so where the date is not known."""
    if document is None:
        return "未能识别的材料"
    day = document.date if date is None or isinstance(date, Unknown) else date
    shown = "日期未读出的" if isinstance(day, Unknown) else f"{day.isoformat()} "
    return shown + short_label(document.type)


_SHORT = {
    DocumentType.DISCHARGE_SUMMARY: "出院小结",
    DocumentType.ECG_REPORT: "心电图报告",
    DocumentType.LUNG_FUNCTION_REPORT: "肺功能报告",
    DocumentType.EEG_EMG_REPORT: "脑电图/肌电图报告",
    DocumentType.OPERATION_RECORD: "手术（操作）记录",
    DocumentType.PRESCRIPTION: "处方",
    DocumentType.IDENTITY_CARD: "证件",
    DocumentType.OTHER: "其他材料",
    DocumentType.UNKNOWN: "未能识别的材料",
}


def short_label(kind: DocumentType) -> str:
    """Name of a kind of document inside a sentence."""
    return _SHORT.get(kind, kind.label)


def _settle_copies(infos: Iterable[DocumentInfo]) -> tuple[dict[str, DocumentInfo], dict[str, str]]:
    documents = {info.id: info for info in infos}
    groups: dict[str, list[DocumentInfo]] = defaultdict(list)
    for info in documents.values():
        if info.duplicate_of is not None:
            groups[_root(info, documents)].append(info)
    roots: dict[str, str] = {}
    for root_id, copies in groups.items():
        root = [documents[root_id]] if root_id in documents else []
        members = [*root, *sorted((c for c in copies if c.id != root_id), key=lambda d: d.id)]
        owners = {m.owner for m in members}
        # Another person's name on any copy disqualifies all; a name read on one copy serves all.
        owner = next((o for o in (Owner.OTHER, Owner.APPLICANT) if o in owners), Owner.UNKNOWN)
        level = _first_known([m.hospital_level for m in members])
        date = _first_known([m.date for m in members])
        for member in members:
            roots[member.id] = root_id
            documents[member.id] = replace(member, owner=owner, hospital_level=level, date=date)
    return documents, roots


def _first_known(values: Sequence[Maybe[T]]) -> Maybe[T]:
    return next((value for value in values if not isinstance(value, Unknown)), values[0])


def _root(info: DocumentInfo, documents: dict[str, DocumentInfo]) -> str:
    """First of a chain of copies; it need not be among the documents. A ring has none: its smallest id stands in."""
    seen = [info.id]
    while info.duplicate_of is not None:
        if info.duplicate_of in seen:
            return min(seen[seen.index(info.duplicate_of) :])
        if info.duplicate_of not in documents:
            return info.duplicate_of
        info = documents[info.duplicate_of]
        seen.append(info.id)
    return info.id


def _pick(facts: Sequence[FactT], roots: dict[str, str]) -> Sequence[FactT]:
    """Keep, for each group of copies, the facts of the copy on which most could be read."""
    if not roots:
        return facts
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for fact in facts:
        if fact.document in roots:
            counts[roots[fact.document]][fact.document] += not seen_by_model_alone(fact.evidence)
    chosen = {root: min(by, key=lambda d: (-by[d], d != root, d)) for root, by in counts.items()}
    return [f for f in facts if f.document not in roots or chosen[roots[f.document]] == f.document]


def _with_discharge(diagnoses: Sequence[Diagnosis], visits: Sequence[Visit]) -> frozenset[str]:
    told = [d for d in diagnoses if not seen_by_model_alone(d.evidence)]
    documents = {d.document for d in told if "出院" in d.section and "诊断" in d.section}
    ends = {(v.start, v.end) for v in visits if v.document in documents and not isinstance(v.start, Unknown)}
    # An 入院记录 of the same stay yields as well: same first day, last day equal or not printed.
    starts = {start for start, _ in ends}
    same = {v.document for v in visits if v.kind is VisitKind.INPATIENT and v.start in starts}
    return frozenset(documents | same)


REPORTS = frozenset(
    {
        DocumentType.LAB_REPORT,
        DocumentType.IMAGING_REPORT,
        DocumentType.PATHOLOGY_REPORT,
        DocumentType.ENDOSCOPY_REPORT,
        DocumentType.ECG_REPORT,
        DocumentType.LUNG_FUNCTION_REPORT,
        DocumentType.EEG_EMG_REPORT,
        DocumentType.OTHER,
    }
)
"""Types of document that are themselves the report of an examination; elsewhere a result is only quoted."""
