"""The machine's value of what a person corrects, as it is kept beside the person's."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from decimal import Decimal
from enum import Enum
from typing import Any

from pipeline.keys import Keys
from pipeline.nouns import ReadCase
from pipeline.service.casework.corrections.changes import kind_of_key
from rules.engine.facts import DocumentInfo, HospitalLevel, Unknown

__all__ = ["machine_value"]

_SHOWN = {"lab_results": "text", "diagnoses": "name", "findings": "text", "treatments": "name", "form": "value"}


def machine_value(target: str, field: str, base: ReadCase, keys: Keys) -> dict[str, Any]:
    """Return ``{"value": ...}`` in the form of a person's value, with what names the fact; empty for added facts."""
    kind = kind_of_key(target)
    if kind == "document":
        ids = {key: id for id, key in keys.documents.items()}
        infos = {info.id: info for info in base.facts.documents}
        info: DocumentInfo | None = infos.get(ids.get(target, ""))
        return {} if info is None or not field else {"value": _plain(getattr(info, field))}
    facts = dict(zip(keys.facts.get(kind, ()), getattr(base.facts, kind, ()), strict=False))
    fact = facts.get(target)
    if fact is None:
        return {}
    shown = _SHOWN.get(kind)
    name = {"shown": _plain(getattr(fact, shown))} if shown else {}
    if kind == "lab_results":
        name = {"shown": f"{fact.name} {fact.text} {fact.unit or ''}".strip()}
    value = getattr(fact, field, None) if field else None
    return {**name, **({"value": _plain(value)} if field and hasattr(fact, field) else {})}


def _plain(value: Any) -> Any:
    if isinstance(value, Unknown):
        return {"unknown": value.value}
    if isinstance(value, HospitalLevel):
        return asdict(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
