"""What a record holds, read where it is judged."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pipeline.audit.replay.records import Record
from rules.engine.facts import CaseFacts
from rules.engine.stored_facts import StoredFactsError, facts_from_data, facts_from_json

__all__ = ["Stored", "opened"]


@dataclass(frozen=True, slots=True)
class Stored:
    """A record with its diseases; the facts are read when they are asked for."""

    application: str
    diseases: tuple[str, ...]
    _told: str | bytes
    _data: Any = None

    def facts(self) -> CaseFacts:
        """Raises StoredFactsError."""
        return facts_from_data(self._data) if self._data is not None else facts_from_json(self._told)


def opened(record: Record) -> Stored:
    """Open ``record``.

    Raises:
        StoredFactsError: it is a line that says neither its disease nor its facts.
    """
    if record.diseases:
        return Stored(record.application, record.diseases, record.facts)
    data = _parsed(record.facts)
    if not isinstance(data, dict):
        raise StoredFactsError("no JSON object")
    diseases = data.get("diseases", [data.get("disease")])
    if isinstance(diseases, str):
        diseases = [name for name in diseases.split(",") if name]
    named = isinstance(diseases, list) and diseases and all(isinstance(d, str) and d for d in diseases)
    facts = data.get("facts")
    if not named or not isinstance(facts, dict | str):
        raise StoredFactsError("neither disease nor facts")
    application = data.get("application", data.get("application_id", record.application))
    return Stored(str(application), tuple(diseases), "", _parsed(facts) if isinstance(facts, str) else facts)


def _parsed(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        # Without the cause: its message quotes the text.
        raise StoredFactsError("no JSON") from None
