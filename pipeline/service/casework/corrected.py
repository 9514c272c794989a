"""A case judged with what people corrected, beside the same case judged without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.keys import FACT_KINDS, keys_of
from pipeline.nouns import Alert, ReadCase, Review, Severity
from pipeline.service.blobs import Pictures
from pipeline.service.casework.corrections.changes import Change, kind_of_key
from pipeline.service.casework.corrections.criteria import Settler
from pipeline.service.casework.corrections.overlay import Note, Overlaid, apply
from pipeline.service.casework.corrections.retyping import retyped, types_given
from pipeline.service.casework.judging import judge_case, log_failure
from pipeline.service.casework.stored import StoredCase
from pipeline.settings import Settings
from rules.engine.facts import Evidence, PatientIdentity

__all__ = ["Judged", "judge_corrected"]

_OWNER_CODES = frozenset({"other_person", "owner_unsure", "owner_unreadable"})
_FAILED = "人工更正没有能够计入，请人工对照标准审核，并联系技术人员。"
_ROW_CODES = frozenset({"flag_range_disagree", "arrow_or_digit", "words_number_disagree", "implausible"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Both reviews of one case. Without corrections they are the same."""

    stored: StoredCase
    machine: Review
    review: Review
    overlaid: Overlaid
    notes: tuple[Note, ...]
    """Corrections that could not be laid over the case."""


def judge_corrected(
    stored: StoredCase,
    changes: Sequence[Change],
    *,
    region: str,
    disease: str | None,
    applicant: PatientIdentity | None,
    settings: Settings,
    blobs: Pictures,
) -> Judged:
    """Judge a case with ``changes``; a document is extracted again only where a type was corrected since.

    A defect in laying them over leaves the case to a person: neither the machine's conclusion stands then, nor theirs.
    """
    machine = judge_case(stored.machine, region=region, disease=disease, settings=settings)
    if not changes and not stored.types:
        return _as_read(stored, machine)
    try:
        return _judge(stored, machine, changes, region, disease, applicant, settings, blobs)
    except Exception as error:
        log_failure(error, "corrections")
        told = Alert(code="corrections_failed", severity=Severity.ERROR, message=_FAILED)
        return _as_read(stored, replace(machine, judgements=(), alerts=(*machine.alerts, told)), machine)


def _as_read(stored: StoredCase, review: Review, machine: Review | None = None) -> Judged:
    case = stored.machine
    keys = keys_of(case.facts, case.documents)
    return Judged(
        stored=stored,
        machine=machine or review,
        review=review,
        overlaid=Overlaid(facts=case.facts, keys=keys),
        notes=(),
    )


def _judge(
    stored: StoredCase,
    machine: Review,
    changes: Sequence[Change],
    region: str,
    disease: str | None,
    applicant: PatientIdentity | None,
    settings: Settings,
    blobs: Pictures,
) -> Judged:
    types, notes, retouched = types_given(stored.machine, changes)
    if types != stored.types:
        again = retyped(stored.machine, types, blobs, applicant) if types else None
        stored = StoredCase(machine=stored.machine, types=types, retyped=again)
    base = stored.retyped or stored.machine
    overlaid = apply(base.facts, base.documents, changes, disease)
    settler = Settler(overlaid)
    overlaid = replace(overlaid, touched=overlaid.touched | retouched)
    corrected = replace(base, facts=overlaid.facts, alerts=_alerts(base, overlaid))
    review = judge_case(
        corrected, region=region, disease=disease, settings=settings, views=overlaid.views, settle=settler
    )
    told = tuple(dict.fromkeys((*notes, *overlaid.notes, *settler.notes)))
    lost = tuple(_lost(note) for note in told)
    review = replace(review, read=replace(corrected, alerts=(*corrected.alerts, *lost)), alerts=(*review.alerts, *lost))
    return Judged(stored=stored, machine=machine, review=review, overlaid=overlaid, notes=told)


def _alerts(base: ReadCase, overlaid: Overlaid) -> tuple[Alert, ...]:
    """The alerts without those that a person has settled: whose a document is, what a row says."""
    keys = keys_of(base.facts, base.documents)
    settled = _settled_places(base, overlaid, keys.facts)
    owned = {id for id, key in keys.documents.items() if key in overlaid.owned}
    pages = {(p.page.file, p.page.number) for d in base.documents if d.id in owned for p in d.pages}

    def stands(alert: Alert) -> bool:
        if alert.code in _OWNER_CODES:
            if alert.evidence:
                return alert.evidence[0].document not in owned
            return (alert.file, alert.page) not in pages
        if alert.code in _ROW_CODES:
            return not (alert.evidence and alert.evidence[0] in settled)
        return True

    return tuple(alert for alert in base.alerts if stands(alert))


def _settled_places(base: ReadCase, overlaid: Overlaid, keys: Mapping[str, Sequence[str]]) -> frozenset[Evidence]:
    """Where the machine read rows that a person touched and that leave no doubt now."""
    doubtful = {
        key
        for key, fact in zip(overlaid.keys.facts["lab_results"], overlaid.facts.lab_results, strict=True)
        if fact.doubts
    }
    touched = {key for key in overlaid.touched if kind_of_key(key) in FACT_KINDS} - doubtful
    rows = zip(keys["lab_results"], base.facts.lab_results, strict=True)
    return frozenset(fact.evidence[0] for key, fact in rows if key in touched and fact.evidence)


_WHY = {
    "target_lost": "更正的内容在重新识别后已不存在",
    "page_lost": "手工补录所在的页面已不在材料中",
    "not_possible": "更正的内容已不适用",
    "other_disease": "更正针对的是另一个病种的条目",
    "item_settled": "人工判断的条目现在不再需要人工判断",
}


def _lost(note: Note) -> Alert:
    message = f"有一处人工更正没有生效：{_WHY.get(note.code, '原因不明')}，请重新核对。"
    return Alert(code="correction_not_applied", severity=Severity.WARNING, message=message)
