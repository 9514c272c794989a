"""What a reviewer can correct: kinds, which fields they change, and what a person's value has to look like.

=============== ================================ ============================ ====================================
kind            target                           field                        human
=============== ================================ ============================ ====================================
value           key of a fact                    see :data:`FIELDS`           ``{"value": ...}``
assertion       diagnosis, finding or treatment  ``status``                   ``{"value": "confirmed"}``
date            fact, document                   ``date``, ``sampled_at`` ..  ``{"value": "2026-01-20"}``
document_type   document                         ``type``                     ``{"value": "lab_report"}``
owner           document                         ``owner``                    ``{"value": "applicant"}``
hospital        document                         ``hospital``                 ``{"value": "江州市第一人民医院"}``
hospital        document                         ``hospital_level``           ``{"value": {"rank": 3, "grade": "甲"}}``
evidence        fact                             criterion id, or empty: all  ``{"accepted": false}``
criterion       :func:`criterion` of its id      ``status``                   ``{"value": "met", "evidence": [key]}``
add             empty (the key is made)          kind of fact                 see :mod:`.adding`
remove          fact                             empty                        ``{}``
=============== ================================ ============================ ====================================

A value that is not known is ``{"value": {"unknown": "unreadable"}}``. Numbers are given as text (``"812.4"``), so that
what was printed stays. A laboratory result is corrected as it is printed: field ``text``; its number and sign follow.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rules.engine.stored_fields import KINDS

__all__ = ["FIELDS", "Change", "ChangeError", "Kind", "criterion", "kind_of_key", "latest", "parsed"]


class Kind(StrEnum):
    VALUE = "value"
    ASSERTION = "assertion"
    DATE = "date"
    DOCUMENT_TYPE = "document_type"
    OWNER = "owner"
    HOSPITAL = "hospital"
    EVIDENCE = "evidence"
    CRITERION = "criterion"
    ADD = "add"
    REMOVE = "remove"
    UNKNOWN = "unknown"
    """Of another version of the program; never laid over a case."""


_VALUE, _DATE = Kind.VALUE, Kind.DATE
FIELDS: Mapping[str, Mapping[str, Kind]] = {
    "lab_results": {
        **dict.fromkeys(("text", "unit", "name", "abbreviation", "specimen", "flag"), _VALUE),
        **dict.fromkeys(("reference_low", "reference_high", "reference_text"), _VALUE),
        **dict.fromkeys(("sampled_at", "reported_at"), _DATE),
    },
    "diagnoses": {
        **dict.fromkeys(("name", "icd10", "grade", "section"), _VALUE),
        "status": Kind.ASSERTION,
        "date": _DATE,
    },
    "findings": {
        **dict.fromkeys(("concept", "value", "unit", "comparator"), _VALUE),
        "status": Kind.ASSERTION,
        "date": _DATE,
    },
    "treatments": {"name": _VALUE, "status": Kind.ASSERTION, "date": _DATE},
    "visits": {"kind": _VALUE, "start": _DATE, "end": _DATE},
    "form": {"value": _VALUE},
    "document": {
        "type": Kind.DOCUMENT_TYPE,
        "owner": Kind.OWNER,
        "hospital": Kind.HOSPITAL,
        "hospital_level": Kind.HOSPITAL,
        "department": Kind.HOSPITAL,
        "date": _DATE,
    },
}
"""Fields that a person may change, by kind of fact (``document`` for documents), and the kind of such a correction."""

_OPTIONAL = frozenset(
    {"unit", "abbreviation", "specimen", "flag", "reference_low", "reference_high", "reference_text"}
    | {"icd10", "grade", "value", "comparator"}
)
"""May be emptied with ``null``."""
_STORED = {"document": "documents"}


class ChangeError(ValueError):
    """A correction that makes no sense. The message is for operators and quotes nothing of the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One correction in force, apart from its row."""

    id: str
    kind: Kind
    target: str
    field: str
    human: Mapping[str, Any]
    made_at: dt.datetime


def criterion(id: str) -> str:
    """Return the target of a correction of criterion ``id``."""
    return f"criterion-{id}"


def kind_of_key(key: str) -> str:
    """Return ``lab_results``, ``document`` ... of a key; ``added`` facts carry the kind of fact like all others."""
    return key.rpartition("-")[0] if not key.startswith("criterion-") else "criterion"


def parsed(key: str, name: str, human: Mapping[str, Any]) -> Any:
    """Return the value that ``human`` gives to field ``name`` of what ``key`` names.

    Raises:
        ChangeError: the field cannot be corrected, or the value is not of its form.
    """
    kind = kind_of_key(key)
    if name not in FIELDS.get(kind, {}):
        raise ChangeError(f"no field {name!r} to correct")
    if "value" not in human:
        raise ChangeError("no value")
    value = human["value"]
    if value is None:
        if name in _OPTIONAL:
            return None
        raise ChangeError(f"{name} cannot be empty")
    if isinstance(value, str) and not value.strip():
        raise ChangeError(f"{name} cannot be blank")
    if name == "hospital_level" and isinstance(value, dict) and "unknown" not in value:
        value = {**value, "source": "person"}
    if name in ("sampled_at", "reported_at") and isinstance(value, str) and len(value) == 10:
        value = f"{value}T00:00:00"
    try:
        return KINDS[_STORED.get(kind, kind)][1][name](value)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise ChangeError(f"{name}: {type(error).__name__}") from None


def latest(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Keep the newest change of each target and field, oldest first: what was corrected twice counts once."""
    newest: dict[tuple[str, str, str], Change] = {}
    for change in sorted(changes, key=lambda c: (c.made_at, c.id)):
        kind = change.kind if change.kind in (Kind.EVIDENCE, Kind.REMOVE, Kind.ADD) else "field"
        newest[(kind, change.target, change.field)] = change
    return tuple(sorted(newest.values(), key=lambda c: (c.made_at, c.id)))
