"""How each field of a stored fact is read back: the table of :mod:`rules.engine.stored_facts`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any

from rules.engine.facts import (
    AssertionStatus,
    Diagnosis,
    DocumentInfo,
    DocumentType,
    Evidence,
    Finding,
    Flag,
    FormEntry,
    HospitalLevel,
    LabResult,
    Owner,
    PatientIdentity,
    Treatment,
    Unknown,
    Visit,
    VisitKind,
)

__all__ = ["KINDS", "LEVEL", "StoredFactsError", "as_list", "key_shown", "read_fact"]

Read = Callable[[Any], Any]


class StoredFactsError(ValueError):
    """The text is no stored case of this version. The message names the place and never what stands there."""


def key_shown(key: object) -> str:
    """A key as a message may tell it: a stray text may be anything, a person's name among it."""
    return repr(key) if isinstance(key, str) and key.isascii() and key.isidentifier() else "(not a name)"


def read_fact(kind: type, readers: Mapping[str, Read], places: Sequence[Evidence], row: dict[str, Any]) -> Any:
    """Read one fact; ``places`` are the evidence that its row numbers mean.

    Raises:
        StoredFactsError: an unknown key.
        Exception: TypeError, ValueError, LookupError or AttributeError where a value is of another type.
    """
    values: dict[str, Any] = {}
    for key, value in row.items():
        reader = readers.get(key)
        if reader is not None:
            values[key] = reader(value)
        elif key == "evidence" and kind not in (DocumentInfo, HospitalLevel):
            values[key] = tuple([places[_count(index)] for index in as_list(value)])
        else:
            raise StoredFactsError(f"unknown key {key_shown(key)}")
    return kind(**values)


def as_list(value: Any) -> list[Any]:
    """Refuse with a TypeError what is no list: a text has parts as well."""
    if type(value) is not list:
        raise TypeError
    return value


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise TypeError
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError
    return value


def _bool(value: Any) -> bool:
    if type(value) is not bool:
        raise TypeError
    return value


def _decimal(value: Any) -> Decimal:
    try:
        return Decimal(_text(value))
    except InvalidOperation:
        raise ValueError from None


def _texts(value: Any) -> tuple[str, ...]:
    return tuple([_text(part) for part in as_list(value)])


LEVEL: Mapping[str, Read] = {"rank": _count, "grade": _text, "source": _text}


def _level(value: Any) -> HospitalLevel:
    level: HospitalLevel = read_fact(HospitalLevel, LEVEL, (), value)
    return level


def _member(kind: type[Enum]) -> Read:
    """A reader of an enumeration. A table is quicker than the call of the class."""
    members = {member.value: member for member in kind}
    return members.__getitem__


_unknown = _member(Unknown)


def _maybe(read: Read) -> Read:
    def read_maybe(value: Any) -> Any:
        # Only a HospitalLevel is an object as well; it has no key of this name.
        if type(value) is dict and "unknown" in value:
            (word,) = value.values()
            return _unknown(word)
        return read(value)

    return read_maybe


_date = dt.date.fromisoformat
_maybe_text, _maybe_date, _maybe_time = _maybe(_text), _maybe(_date), _maybe(dt.datetime.fromisoformat)
_status = _member(AssertionStatus)

KINDS: dict[str, tuple[type, Mapping[str, Read]]] = {
    "documents": (
        DocumentInfo,
        {
            "id": _text,
            "type": _member(DocumentType),
            "hospital": _maybe_text,
            "hospital_level": _maybe(_level),
            "department": _maybe_text,
            "date": _maybe_date,
            "owner": _member(Owner),
            "signers": _texts,
            "duplicate_of": _text,
            "model_only": _texts,
            "readers_disagree": _texts,
        },
    ),
    "patient": (
        PatientIdentity,
        {
            "document": _text,
            "name": _maybe_text,
            "sex": _maybe_text,
            "age": _maybe(_decimal),
            "birth_date": _maybe_date,
            "id_number": _maybe_text,
            "model_only": _texts,
            "readers_disagree": _texts,
        },
    ),
    "visits": (
        Visit,
        {
            "document": _text,
            "kind": _member(VisitKind),
            "start": _maybe_date,
            "end": _maybe_date,
            "hospital": _maybe_text,
            "department": _maybe_text,
        },
    ),
    "diagnoses": (
        Diagnosis,
        {
            **dict.fromkeys(("document", "name", "section", "concept", "icd10", "grade"), _text),
            "status": _status,
            "date": _maybe_date,
        },
    ),
    "lab_results": (
        LabResult,
        {
            **dict.fromkeys(("document", "name", "text", "abbreviation", "comparator", "unit"), _text),
            **dict.fromkeys(("reference_text", "specimen", "analyte", "canonical_unit"), _text),
            **dict.fromkeys(("value", "reference_low", "reference_high", "canonical_value"), _decimal),
            **dict.fromkeys(("sampled_at", "reported_at"), _maybe_time),
            "flag": _member(Flag),
            "polarity": _bool,
            "doubts": _texts,
        },
    ),
    "findings": (
        Finding,
        {
            **dict.fromkeys(("document", "concept", "modality", "section", "text", "comparator", "unit"), _text),
            "status": _status,
            "value": _decimal,
            "date": _maybe_date,
        },
    ),
    "treatments": (
        Treatment,
        {
            **dict.fromkeys(("document", "kind", "name", "concept", "section"), _text),
            "status": _status,
            "classes": _texts,
            "date": _maybe_date,
        },
    ),
    "form": (FormEntry, {"document": _text, "field": _text, "value": _maybe_text}),
}
"""Name in CaseFacts -> type of the facts and readers by field, ``evidence`` apart; a test compares it to the types."""
