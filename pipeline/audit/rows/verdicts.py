"""What the deciding person took each item to be, worked out in one way for every source of rows.

A person seldom writes a word on each item. What counts, strongest first: an item that the person settled or that came
out otherwise after corrections (``correction``); an item named in the reasons of a decision to refuse or return
(``reason``); an item that the machine had decided, left as it was in a decision (``standing``), which is consent
given in silence and can be told from the others by its basis.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

__all__ = ["Verdict", "person_verdict"]

_DECIDED = frozenset({"met", "unmet"})


@dataclass(frozen=True, slots=True)
class Verdict:
    verdict: str | None
    """``established`` or ``not_established``; None where the person said nothing."""
    basis: str | None


def person_verdict(
    criterion: str,
    *,
    status: str,
    machine_status: str | None,
    outcome: str | None,
    named: Collection[str],
    settled: str | None = None,
) -> Verdict:
    """Return the person's verdict on one item.

    Args:
        status: with corrections applied.
        machine_status: without; None where that is not known.
        outcome: of the decision on this judgement; None where there is none yet.
        named: items in the reasons of a decision to refuse or return.
        settled: status that the person gave the item by hand.
    """
    if settled in _DECIDED:
        return Verdict(_word(settled == "met"), "correction")
    if outcome in ("refuse", "return") and criterion in named:
        return Verdict("not_established", "reason")
    if outcome is None:
        return Verdict(None, None)
    if machine_status is not None and status != machine_status and status in _DECIDED:
        return Verdict(_word(status == "met"), "correction")
    if status in _DECIDED and (machine_status is None or machine_status == status):
        return Verdict(_word(status == "met"), "standing")
    return Verdict(None, None)


def _word(established: bool) -> str:
    return "established" if established else "not_established"
