"""One item with the facts that stand where its evidence stands, and all others that a person may name for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.service.access import NotFoundError
from pipeline.service.web.review.facts import FactRow
from pipeline.service.web.review.view import CaseView

__all__ = ["Candidate", "evidence_of_item"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fact that may count for the item. ``near``: it stands where the item's evidence stands."""

    title: str
    row: FactRow
    near: bool
    counted: bool


def evidence_of_item(view: CaseView, id: str) -> tuple[Mapping[str, Any], tuple[Candidate, ...]]:
    """Return the item and the facts, those nearest to it first.

    Raises:
        NotFoundError: there is no such item.
    """
    items = [item for review in view.reviews[:1] for item in review["criteria"] if item["id"] == id]
    if not items:
        raise NotFoundError("item")
    item = items[0]
    counted = set(view.places.many(item["evidence"], "item"))
    seen = counted | set(view.places.many(item["against"], "against"))
    found = [
        Candidate(table.title, row, bool(seen.intersection(row.places)), bool(counted.intersection(row.places)))
        for table in view.tables
        if table.kind != "patient"
        for row in table.rows
        if row.key and row.places
    ]
    return item, tuple(sorted(found, key=lambda each: (not each.counted, not each.near)))
