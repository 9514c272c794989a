"""``document``: a paper of a kind is there; ``form``: an entry, signature or seal on the 申请表."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import model_validator

from rules.engine.admission import Conditions, admit
from rules.engine.case_view import CaseView, document_title
from rules.engine.facts import Evidence, InkState, Unknown
from rules.engine.outcome import Candidate, Outcome, Weight
from rules.engine.predicates.base import Environment, Leaf, Params, Sourced, predicate, settle
from rules.engine.weighing import weigh

__all__: list[str] = []


class DocumentParams(Sourced):
    name: str


@predicate("document", DocumentParams)
def build_document(params: DocumentParams, environment: Environment) -> Leaf:
    if not params.documents:
        raise ValueError("缺少 documents，请写材料种类")
    conditions = params.conditions()
    label = f"{params.prefix()} {params.name}".strip()

    def run(case: CaseView) -> Outcome:
        places: dict[str, list[Evidence]] = {}
        for evidence in _all_evidence(case):
            places.setdefault(evidence.document, []).append(evidence)
        found = []
        for document in case.documents.values():
            if document.type not in conditions.documents:
                continue
            # The surest place on the document shows it; one without any readable place is for a person.
            shown = sorted(places.get(document.id, ()), key=lambda e: (-e.confidence, e.page, e.box))[:1]
            admission = admit(case, environment.policies, conditions, document.id, document.date, shown)
            weight, reason, text = settle(admission, Weight.SUPPORT, "evidence_found", document_title(document))
            found.append(Candidate(weight, reason, text, tuple(shown), reading=admission.reading))
        return weigh(label, found, absent=f"未见{label}", own_readings=environment.own_readings)

    return Leaf(label=label, run=run, can_be_unmet=False)


def _all_evidence(case: CaseView) -> Iterator[Evidence]:
    for facts in (
        case.facts.patient,
        case.facts.visits,
        case.diagnoses,
        case.lab_results,
        case.findings,
        case.treatments,
    ):
        for fact in facts:
            yield from (evidence for evidence in fact.evidence if not evidence.model_alone)


class FormParams(Params):
    field: str
    ink: bool = False
    """True: a signature or seal must be there."""
    any_of: tuple[str, ...] = ()
    """The field must contain one of these."""

    @model_validator(mode="after")
    def _one_way(self) -> FormParams:
        if self.ink == bool(self.any_of):
            raise ValueError("签名印章写 ink: true，文字栏写 any_of，二者写一个")
        return self


@predicate("form", FormParams)
def build_form(params: FormParams, environment: Environment) -> Leaf:
    label = f"申请表 {params.field}" + (" 有签名或印章" if params.ink else " 为 " + "或".join(params.any_of))

    def run(case: CaseView) -> Outcome:
        found = []
        for entry in case.facts.form:
            if entry.field != params.field or entry.value is Unknown.ABSENT:
                continue
            weight, told = Weight.UNSURE, "不清"
            if params.ink and entry.value in (InkState.PRESENT, InkState.EMPTY):
                weight = Weight.SUPPORT if entry.value == InkState.PRESENT else Weight.CONTRARY
                told = "已签章" if weight is Weight.SUPPORT else "空白"
            elif not params.ink and not isinstance(entry.value, Unknown):
                weight = Weight.SUPPORT if any(word in entry.value for word in params.any_of) else Weight.CONTRARY
                told = entry.value
            admission = admit(case, environment.policies, Conditions(), entry.document, Unknown.ABSENT, entry.evidence)
            weight, reason, text = settle(admission, weight, "form_entry", f"申请表 {told}")
            found.append(Candidate(weight, reason, text, entry.evidence, reading=admission.reading))
        if {Weight.SUPPORT, Weight.CONTRARY} <= {c.weight for c in found}:
            found = [Candidate(Weight.CONFLICT, "contradiction", c.text, c.evidence) for c in found]
        return weigh(label, found, absent=f"未见{label}", own_readings=environment.own_readings)

    return Leaf(label=label, run=run, can_be_unmet=True)
