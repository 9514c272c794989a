"""A person's word on an item that the machine leaves to a person: other material, unsure or conflicting evidence.

Only such items can be settled. Where the machine found an item met, not met or missing, the person corrects what it
read, or adds what it overlooked, and the rules judge again. A settled item names the evidence on the page that
settles it; without it the word does not count.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pipeline.keys import FACT_KINDS, Fact
from pipeline.service.casework.corrections.changes import Change
from pipeline.service.casework.corrections.overlay import Note, Overlaid
from rules.engine.facts import Evidence, Owner
from rules.engine.judgement import CriterionResult, Status

__all__ = ["SETTLED_REASON", "Settler"]

SETTLED_REASON = "settled_by_person"
_OPEN = frozenset({Status.MANUAL, Status.CONFLICTING})
_WORDS = {Status.MET: "符合", Status.UNMET: "不符合"}


@dataclass
class Settler:
    """Puts what people settled beside what the machine made of the items, and notes what no longer can be."""

    overlaid: Overlaid
    notes: list[Note] = field(default_factory=list)

    def __call__(self, result: CriterionResult) -> CriterionResult:
        change = self.overlaid.settled.get(result.id)
        if change is None:
            return result
        if result.status not in _OPEN:
            return self._refuse(change, "item_settled", result)
        status = next((s for s in _WORDS if s.value == change.human.get("value")), None)
        evidence = self._evidence(change)
        if status is None or not evidence:
            return self._refuse(change, "target_lost", result)
        return replace(
            result,
            status=status,
            reason=SETTLED_REASON,
            message=f"审核人员核对原件后认为{_WORDS[status]}。机器原判：{result.message}",
            evidence=evidence,
        )

    def _refuse(self, change: Change, code: str, result: CriterionResult) -> CriterionResult:
        self.notes.append(Note(correction=change.id, code=code))
        return result

    def _evidence(self, change: Change) -> tuple[Evidence, ...]:
        """Places of all facts that the person names; none where one of them is gone or is another person's."""
        named = change.human.get("evidence")
        facts = _by_key(self.overlaid)
        owners = {info.id: info.owner for info in self.overlaid.facts.documents}
        found: list[Evidence] = []
        for key in named if isinstance(named, list) else ():
            fact = facts.get(key)
            if fact is None or not fact.evidence or owners.get(fact.document) is Owner.OTHER:
                return ()
            found += fact.evidence
        return tuple(dict.fromkeys(found))


def _by_key(overlaid: Overlaid) -> dict[str, Fact]:
    return {
        key: fact
        for kind in FACT_KINDS
        for key, fact in zip(overlaid.keys.facts[kind], getattr(overlaid.facts, kind), strict=True)
    }
