"""Forms of corrections: which fields a fact shows, what they hold now, and what was typed as casework takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.reporting import wording
from pipeline.service.casework import FIELDS, Kind
from pipeline.service.words import FIELD_WORDS
from rules.engine.facts import AssertionStatus, DocumentType, Flag, InkState, Owner, VisitKind
from rules.vocabulary import load_vocabulary

__all__ = ["Change", "FormField", "changes_in", "fields_of", "fields_to_add", "human_value"]

Choices = tuple[tuple[str, str], ...]

_STATUSES: Choices = tuple((s.value, wording.ASSERTIONS[s]) for s in AssertionStatus)
_FLAGS: Choices = (("", "无"), *((f.value, wording.FLAGS[f]) for f in Flag))
_VISITS: Choices = tuple((v.value, wording.VISITS[v]) for v in VisitKind)
_TYPES: Choices = tuple((t.value, t.label) for t in DocumentType)
_OWNERS: Choices = tuple((o.value, wording.OWNERS[o]) for o in Owner)
_INK: Choices = tuple((s.value, wording.INK[s.value]) for s in InkState)
_SIGNS: Choices = (("", "="), ("<", "<"), ("<=", "≤"), (">", ">"), (">=", "≥"))
_LEVELS: Choices = (
    ("", "未见"),
    *(
        (f"{rank}{grade}", f"{word}{grade}{'等' if grade else ''}")
        for rank, word in ((3, "三级"), (2, "二级"), (1, "一级"))
        for grade in ("甲", "乙", "丙", "")
    ),
    ("0", "未定级（诊所等）"),
)
_SHOWN: Mapping[str, tuple[str, ...]] = {
    "lab_results": ("text", "unit", "reference_text", "flag", "sampled_at", "name"),
    "diagnoses": ("name", "status", "grade", "date", "section", "icd10"),
    "findings": ("concept", "status", "comparator", "value", "unit", "date"),
    "treatments": ("name", "status", "date"),
    "visits": ("kind", "start", "end"),
    "form": ("value",),
    "document": ("type", "owner", "date", "hospital", "hospital_level"),
}
_ADDED: Mapping[str, tuple[str, ...]] = {
    "lab_results": ("name", "text", "unit", "reference_text", "sampled_at"),
    "diagnoses": ("name", "status", "grade", "date"),
    "findings": ("concept", "status", "value", "unit", "date"),
    "treatments": ("kind", "name", "status", "date"),
    "visits": ("kind", "start", "end"),
    "form": ("field", "value"),
}
_DATES = frozenset({"date", "sampled_at", "reported_at", "start", "end"})
_UNKNOWN_WHEN_EMPTY = _DATES | {"hospital", "hospital_level", "department"}
_INK_FIELDS = frozenset({"physician_signature", "hospital_seal", "applicant_signature"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """``choices``: a list to choose from; none: typed, as ``type`` says."""

    name: str
    label: str
    value: str
    type: str = "text"
    choices: Choices = ()


@dataclass(frozen=True, slots=True)
class Change:
    kind: Kind
    field: str
    human: dict[str, Any]


def fields_of(kind: str, fact: Mapping[str, Any]) -> tuple[FormField, ...]:
    """Return the fields of a fact or document of report.json with what they hold now."""
    return tuple(_field(kind, name, _now(kind, name, fact), fact) for name in _SHOWN.get(kind, ()))


def fields_to_add(kind: str, quote: str) -> tuple[FormField, ...]:
    """Return the fields of a fact to be added; what stands on the page begins its first words."""
    begun = {"diagnoses": "name", "treatments": "name", "form": "value"}.get(kind)
    told = {"status": AssertionStatus.CONFIRMED.value, **({begun: quote} if begun else {})}
    if kind == "lab_results":
        words = quote.split()
        told |= dict(zip(("name", "text", "unit"), words, strict=False))
    return tuple(_field(kind, name, told.get(name, ""), {}, adding=True) for name in _ADDED[kind])


def changes_in(kind: str, fact: Mapping[str, Any], form: Mapping[str, str]) -> tuple[Change, ...]:
    """Return what a sent form changes of ``fact``; a field left as it was changes nothing."""
    made = []
    for each in fields_of(kind, fact):
        given = form.get(f"field.{each.name}")
        if given is None or given.strip() == each.value.strip():
            continue
        made.append(Change(FIELDS[kind][each.name], each.name, {"value": human_value(each.name, given)}))
    return tuple(made)


def human_value(name: str, given: str) -> Any:
    """Return what was typed into field ``name`` in the form that casework takes."""
    given = given.strip()
    if not given:
        return {"unknown": "absent"} if name in _UNKNOWN_WHEN_EMPTY else None
    if name == "hospital_level":
        return {"rank": int(given[0]), "grade": given[1:] or None} if given[0].isdecimal() else {"unknown": "absent"}
    return given


def _now(kind: str, name: str, fact: Mapping[str, Any]) -> str:
    if name == "hospital_level":
        label = fact.get("hospital_level") or ""
        return next((code for code, word in _LEVELS if word == label), "")
    value = fact.get(name)
    if value is None:
        return ""
    return str(value)[:10] if name in _DATES else str(value)


def _field(kind: str, name: str, value: str, fact: Mapping[str, Any], *, adding: bool = False) -> FormField:
    label = "结果" if (kind, name) == ("form", "value") else FIELD_WORDS.get(name, name)
    if name in _DATES:
        return FormField(name=name, label=label, value=value, type="date")
    choices = _choices(kind, name, fact)
    if choices and not adding and value not in {code for code, _ in choices}:
        choices = ((value, value or "未见"), *choices)
    return FormField(name=name, label=label, value=value, choices=choices)


def _choices(kind: str, name: str, fact: Mapping[str, Any]) -> Choices:
    match kind, name:
        case _, "status":
            return _STATUSES
        case _, "flag":
            return _FLAGS
        case _, "comparator":
            return _SIGNS
        case "visits", "kind":
            return _VISITS
        case "treatments", "kind":
            return tuple(wording.KINDS.items())
        case "document", "type":
            return _TYPES
        case _, "owner":
            return _OWNERS
        case _, "hospital_level":
            return _LEVELS
        case _, "concept":
            return _concepts()
        case "form", "field":
            return tuple(wording.FORM_FIELDS.items())
        case "form", "value" if fact.get("field") in _INK_FIELDS:
            return _INK
    return ()


def _concepts() -> Choices:
    vocabulary = load_vocabulary()
    terms: Sequence[Any] = (*vocabulary.findings.values(), *vocabulary.measurements.values())
    return tuple((term.id, term.name) for term in terms)
