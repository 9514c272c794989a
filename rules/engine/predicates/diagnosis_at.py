"""``diagnosis_at``: a confirmed diagnosis made at a hospital of a kind that its name tells: 精神专科医院.

A level says nothing of it: a 二级 psychiatric hospital may certify what a 二级 general hospital may not. A name that
leaves the kind open (第三人民医院) is for a person; a plain general name is not enough.
"""

from __future__ import annotations

from dataclasses import replace

from rules.engine.case_view import CaseView
from rules.engine.facts import Maybe, Unknown
from rules.engine.judgement import Status, TraceNode
from rules.engine.outcome import Outcome, truth
from rules.engine.predicates import diagnosis
from rules.engine.predicates.base import Environment, Leaf, compiled, predicate

__all__ = ["DiagnosisAtParams"]


class DiagnosisAtParams(diagnosis.DiagnosisParams):
    hospital_kind: str
    """What the hospital must be, for labels: 精神专科医院."""
    hospital_words: str
    """Regular expression that the hospital's name must hold."""
    open_words: str | None = None
    """Regular expression of names that leave the kind open: for a person. A name that was not read is open too."""


@predicate("diagnosis_at", DiagnosisAtParams)
def build(params: DiagnosisAtParams, environment: Environment) -> Leaf:
    words = compiled("hospital_words", params.hospital_words)
    open_words = compiled("open_words", params.open_words)
    inner = diagnosis.build(params, environment)
    label = f"{params.hospital_kind} {inner.label}"

    def is_kind(hospital: Maybe[str]) -> bool:
        return not isinstance(hospital, Unknown) and words is not None and words.search(hospital) is not None

    def is_open(hospital: Maybe[str]) -> bool:
        if isinstance(hospital, Unknown):
            return True
        return not is_kind(hospital) and open_words is not None and open_words.search(hospital) is not None

    def run(case: CaseView) -> Outcome:
        certain = inner.run(_only(case, {d.id for d in case.documents.values() if is_kind(d.hospital)}))
        if certain.status is not Status.MISSING:
            return _outcome(label, certain.status, certain.reason, certain.message, certain)
        unclear = inner.run(_only(case, {d.id for d in case.documents.values() if is_open(d.hospital)}))
        if unclear.status in (Status.MET, Status.MANUAL, Status.CONFLICTING):
            told = f"{unclear.message.rstrip('。')}，出具医院是否为{params.hospital_kind}须人工确认。"
            return _outcome(label, Status.MANUAL, "hospital_kind_unknown", told, unclear)
        if certain.reason != "no_evidence":
            return _outcome(label, Status.MISSING, certain.reason, certain.message, certain)
        anywhere = inner.run(case)
        if anywhere.status is Status.MET:
            told = f"{anywhere.message.rstrip('。')}，出具医院不是{params.hospital_kind}。"
            return _outcome(label, Status.MISSING, "wrong_hospital", told, anywhere)
        return _outcome(label, Status.MISSING, "no_evidence", f"未见{label}。", certain)

    return Leaf(label=label, run=run, can_be_unmet=True)


def _only(case: CaseView, kept: set[str]) -> CaseView:
    """The case as if only these documents had been handed in."""
    return replace(
        case,
        documents={key: document for key, document in case.documents.items() if key in kept},
        diagnoses=tuple(d for d in case.diagnoses if d.document in kept),
    )


def _outcome(label: str, status: Status, reason: str, message: str, shown: Outcome) -> Outcome:
    """The outcome of ``shown`` under another verdict; what was seen and does not suffice is told as against it."""
    decides = status is not Status.MISSING
    return Outcome(
        status,
        reason,
        message,
        TraceNode(label=label, value=truth(status), status=status, note=message, children=shown.trace.children),
        shown.evidence if decides else (),
        shown.against if decides else (*shown.against, *shown.evidence),
        shown.readings,
    )
