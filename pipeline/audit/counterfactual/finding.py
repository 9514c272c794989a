"""One stored case by its id."""

from __future__ import annotations

from pipeline.audit.replay.opening import Stored, opened
from pipeline.audit.replay.records import FactsSource
from rules.engine.stored_facts import StoredFactsError

__all__ = ["find_case"]


def find_case(source: FactsSource, application: str) -> Stored | None:
    """Return the case, or None where there is none of that id or it cannot be read.

    Raises:
        SourceError: the source cannot be read.
    """
    for record in source.records():
        try:
            stored = opened(record)
            if stored.application == application:
                stored.facts()
                return stored
        except StoredFactsError:
            continue
    return None
