"""What a judgement comes to where the papers, as drawn, do not print the level of a hospital."""

from __future__ import annotations

from collections.abc import Callable

from data_samples.factory.clinic.expected import expected
from data_samples.factory.clinic.model import Encounter, Expected, Story

__all__ = ["with_levels_read"]


def with_levels_read(of: Story, printed: Callable[[Encounter], bool], elsewhere: Callable[[str], bool]) -> Expected:
    """Return the expectation once it is known which papers print a level.

    ``printed`` says it of an encounter's own paper, ``elsewhere`` of any paper of a hospital by its name. A level that
    stands on no paper is for a person; one that only another paper of the same hospital prints may be used or not.
    """
    statuses = {item: tuple(found) for item, found in of.expected.criteria.items()}
    for item, encounters in of.levelled.items():
        if any(printed(met) for met in encounters):
            continue
        known = any(elsewhere(met.hospital.name) for met in encounters)
        kept = statuses[item] if known or "unmet" in statuses[item] else ()
        statuses[item] = tuple(dict.fromkeys((*kept, "manual")))
    return expected(of.formula, statuses)
