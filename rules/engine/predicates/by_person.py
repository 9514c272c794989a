"""What only a person may decide: ``catch_all`` (其他相关材料) and ``needs_person``."""

from __future__ import annotations

from pydantic import Field

from rules.engine.admission import Conditions, admit
from rules.engine.case_view import CaseView, document_title
from rules.engine.judgement import Status, TraceNode
from rules.engine.outcome import Candidate, Outcome, Weight
from rules.engine.predicates.base import DocumentNames, Environment, Leaf, Params, document_types, predicate
from rules.engine.weighing import weigh

__all__: list[str] = []


class CatchAllParams(Params):
    """其他相关材料: never met by machine."""

    documents: DocumentNames = Field(min_length=1)


@predicate("catch_all", CatchAllParams)
def build_catch_all(params: CatchAllParams, environment: Environment) -> Leaf:
    kinds = document_types(params.documents)
    label = f"其他相关材料（{'、'.join(params.documents)}），由人工裁量"

    def run(case: CaseView) -> Outcome:
        found = []
        for document in case.documents.values():
            if document.type not in kinds or case.roots.get(document.id, document.id) != document.id:
                continue
            admission = admit(case, environment.policies, Conditions(), document.id, document.date, ())
            weight = Weight.REJECTED if admission.weight is Weight.REJECTED else Weight.UNSURE
            reason = admission.reason if weight is Weight.REJECTED else "catch_all"
            told = (
                f"{document_title(document)}（{admission.text}）"
                if weight is Weight.REJECTED
                else document_title(document)
            )
            reading = environment.policies.reading("catch_all")
            found.append(Candidate(weight, reason, told, reading=reading))
        absent = f"未见其他相关材料（{'、'.join(params.documents)}）"
        outcome = weigh(label, found, absent=absent, own_readings=environment.own_readings)
        if outcome.status is not Status.MANUAL:
            return outcome
        message = "已见 " + outcome.message.rstrip("。") + "，是否足以证明由人工裁量。"
        return Outcome(Status.MANUAL, outcome.reason, message, outcome.trace, readings=outcome.readings)

    return Leaf(label=label, run=run, can_be_unmet=False, can_be_met=False)


class NeedsPersonParams(Params):
    """What no paper that a machine reads can settle: 非工伤, 传统治疗无效."""

    text: str


@predicate("needs_person", NeedsPersonParams)
def build_needs_person(params: NeedsPersonParams, environment: Environment) -> Leaf:
    del environment
    message = f"{params.text}：须由人工确认。"
    label = f"{params.text}（由人工判断）"
    trace = TraceNode(label=label, value=None, status=Status.MANUAL, note=message)
    outcome = Outcome(Status.MANUAL, "needs_person", message, trace)

    def run(case: CaseView) -> Outcome:
        del case
        return outcome

    return Leaf(label=label, run=run, can_be_unmet=False, can_be_met=False, can_be_missing=False)
