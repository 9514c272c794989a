"""Facts without the person: what may be kept to judge a case again.

Names, numbers and file names go; whatever a rule looks at stays, so that a replay says the same. The birth date becomes
a birthday that gives the same age in years on the application date. Words on a page are kept, because rules read them
(``doubt_words``), with the person's names and all numbers of persons and telephones taken out; still they are the one
sensitive part of a store.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

from pipeline.audit.identity import OLDEST
from rules.engine.facts import CaseFacts, Evidence, FormEntry, PatientIdentity, Unknown

__all__ = ["SOMEBODY", "without_identity"]

SOMEBODY = "某某"
_NUMBERS = re.compile(
    r"(?<!\d)\d{17}[\dXx](?!\d)|(?<!\d)\d{15}(?!\d)"  # resident ID number
    r"|(?<!\d)\d{1,6}\*{4,}[\dXx]{0,6}"  # and masked
    r"|(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"  # mobile telephone
    r"|(?<!\d)0\d{2,3}[- ]\d{7,8}(?!\d)"  # telephone with area code
)
_LABELLED = re.compile(r"((?:姓\s*名|患者|病人|联系人|家属)\s*[:：]\s*)[\u4e00-\u9fff·]{2,4}")
_FORM_KEPT = frozenset(
    {
        "disease_applied",
        "physician_title",
        "physician_signature",
        "hospital_seal",
        "applied_on",
        "hospital",
        "applicant_signature",
    }
)
_FORM_NAMES = frozenset({"applicant_name", "agent", "physician_name"})


def without_identity(facts: CaseFacts, *, names: Collection[str] = ()) -> CaseFacts:
    """Return ``facts`` with everything taken out that names a person.

    Args:
        names: of the person, where somebody knows them who kept them apart from the facts.
    """
    redact = _redactor(facts, names)
    changed: dict[str, Any] = {
        "patient": tuple(_person(p, facts.as_of) for p in facts.patient),
        "form": tuple(_entry(e, redact) for e in facts.form),
    }
    for kind in ("visits", "diagnoses", "lab_results", "findings", "treatments"):
        changed[kind] = tuple(_fact(fact, redact) for fact in getattr(facts, kind))
    return replace(facts, **changed)


def _redactor(facts: CaseFacts, further: Collection[str]) -> Callable[[str], str]:
    names = {*further} | {p.name for p in facts.patient if not isinstance(p.name, Unknown)}
    names |= {e.value for e in facts.form if e.field in _FORM_NAMES and not isinstance(e.value, Unknown)}
    known = sorted((n.strip() for n in names if len(n.strip()) >= 2), key=len, reverse=True)
    # Letters of a name may stand apart on a form.
    pattern = "|".join(r"\s*".join(map(re.escape, name)) for name in known)
    spoken = re.compile(pattern) if pattern else None

    def redact(text: str) -> str:
        text = spoken.sub(SOMEBODY, text) if spoken else text
        text = _LABELLED.sub(lambda match: match[1] + SOMEBODY, text)
        return _NUMBERS.sub("***", text)

    return redact


def _place(evidence: Evidence, quote: str) -> Evidence:
    return replace(evidence, file=evidence.document, quote=quote)


def _person(person: PatientIdentity, as_of: dt.date) -> PatientIdentity:
    born, age = person.birth_date, person.age
    if not isinstance(born, Unknown):
        years = as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day))
        born = _years_before(as_of, min(max(years, 0), OLDEST))
    if not isinstance(age, Unknown):
        age = min(age, Decimal(OLDEST))
    return replace(
        person,
        name=Unknown.ABSENT,
        id_number=Unknown.ABSENT,
        birth_date=born,
        age=age,
        evidence=tuple(_place(e, "") for e in person.evidence),
    )


def _years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _entry(entry: FormEntry, redact: Callable[[str], str]) -> FormEntry:
    if entry.field not in _FORM_KEPT:
        value = entry.value if isinstance(entry.value, Unknown) else Unknown.ABSENT
        return replace(entry, value=value, evidence=tuple(_place(e, "") for e in entry.evidence))
    kept: FormEntry = _fact(entry, redact)
    return kept


def _fact(fact: Any, redact: Callable[[str], str]) -> Any:
    """Redact every text of a fact; codes and dates hold no person and pass unchanged."""
    changed: dict[str, Any] = {"evidence": tuple(_place(e, redact(e.quote)) for e in fact.evidence)}
    for field in fields(fact):
        value = getattr(fact, field.name)
        if type(value) is str and field.name != "document":
            changed[field.name] = redact(value)
    return replace(fact, **changed)
