"""A smallest change of the evidence: what it is, what it asks, and the facts with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import NamedTuple

from rules.engine.facts import CaseFacts
from rules.engine.judgement import CriterionResult, Status

__all__ = ["BURDENS", "Burden", "Cost", "Edit", "applied", "cost_of", "settled"]


class Burden(IntEnum):
    """What a change asks, lightest first."""

    PERSON = 0
    """A person looks at what is there and finds that it holds."""
    READING = 1
    """What is there must be read well: another photograph."""
    PAPER = 2
    """The same thing on another paper: a newer one, of a hospital of the level, with the name on it."""
    MATERIAL = 3
    """Something of the kind must be handed in."""
    EVIDENCE = 4
    """The evidence would have to say something else: another value, a positive examination."""


BURDENS = {
    Burden.PERSON: "人工核实",
    Burden.READING: "看清",
    Burden.PAPER: "换一份",
    Burden.MATERIAL: "补交",
    Burden.EVIDENCE: "证据本身不同",
}


class Cost(NamedTuple):
    """How small a set of changes is; compared in this order. Adds up over changes."""

    evidence: int = 0
    """Changes by which the evidence would say something else: the illness would have to be another."""
    dear: int = 0
    """Catch-alls (其他相关材料), which no machine accepts."""
    papers: int = 0
    """Things to hand in, to replace or to photograph again."""
    persons: int = 0
    distance: float = 0.0
    """Sum of the relative distances of values from what is asked."""
    trouble: int = 0
    """Sum of the costs of the items (1 a copy at the window .. 9 an operation)."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change. Equal keys are the same change, whichever item asked for it."""

    key: tuple[str, ...]
    burden: Burden = field(compare=False)
    text: str = field(compare=False)
    """Chinese: what is there, and what it would have to be."""
    change: Callable[[CaseFacts], CaseFacts] | None = field(default=None, compare=False)
    """None: an item is settled as a whole."""
    item: str = field(default="", compare=False)
    """Item that is settled."""
    distance: float = field(default=0.0, compare=False)
    trouble: int = field(default=0, compare=False)
    dear: bool = field(default=False, compare=False)

    @property
    def cost(self) -> Cost:
        return Cost(
            evidence=int(self.burden is Burden.EVIDENCE),
            dear=int(self.dear),
            papers=int(Burden.PERSON < self.burden < Burden.EVIDENCE),
            persons=int(self.burden is Burden.PERSON),
            distance=self.distance,
            trouble=self.trouble,
        )


def cost_of(edits: Iterable[Edit]) -> Cost:
    """The sum over ``edits``, each of which counts once."""
    costs = [edit.cost for edit in edits]
    return Cost(
        evidence=sum(c.evidence for c in costs),
        dear=sum(c.dear for c in costs),
        papers=sum(c.papers for c in costs),
        persons=sum(c.persons for c in costs),
        # Sums of fractions in another order differ in their last digits.
        distance=round(sum(c.distance for c in costs), 9),
        trouble=sum(c.trouble for c in costs),
    )


def applied(facts: CaseFacts, edits: Iterable[Edit]) -> CaseFacts:
    """The facts with ``edits``, in the order of their keys."""
    for edit in sorted(edits, key=lambda e: e.key):
        if edit.change is not None:
            facts = edit.change(facts)
    return facts


def settled(edits: Iterable[Edit]) -> Callable[[CriterionResult], CriterionResult]:
    """For :func:`rules.engine.judge`: items that ``edits`` settle are met."""
    items = frozenset(edit.item for edit in edits if edit.item)

    def settle(result: CriterionResult) -> CriterionResult:
        return replace(result, status=Status.MET, reason="evidence_found") if result.id in items else result

    return settle
