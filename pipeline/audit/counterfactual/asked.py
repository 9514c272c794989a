"""An item that is not met, and all that a change of it may look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.audit.counterfactual.conditions import Leaf
from rules.engine.case_view import document_title
from rules.engine.facts import CaseFacts, Evidence
from rules.engine.judgement import CriterionResult
from rules.engine.schema import ItemFile
from rules.vocabulary import Vocabulary

__all__ = ["Asked", "title_of"]


@dataclass(frozen=True, slots=True)
class Asked:
    """An item that is not met, and all that a change of it may look at."""

    item: ItemFile
    result: CriterionResult
    leaves: Sequence[Leaf]
    catch_all: bool
    facts: CaseFacts
    vocabulary: Vocabulary

    @property
    def looked_at(self) -> frozenset[Evidence]:
        """Evidence that the judgement weighed for the item, on either side."""
        return frozenset((*self.result.evidence, *self.result.against))


def title_of(facts: CaseFacts, document: str, date: Any) -> str:
    """``2026-03-12 检验报告单``, by the day of the fact itself where it has one."""
    found = next((d for d in facts.documents if d.id == document), None)
    day = date.date() if isinstance(date, dt.datetime) else date
    return document_title(found, day)
