"""Fields that papers share: who the patient is, what truth says of it, who signs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from data_samples.factory.clinic.people import Patient
from data_samples.factory.clinic.words import Rng, between, load, pick
from data_samples.factory.paper import Field, Section, Signature
from data_samples.factory.papers.marks import Facts

__all__ = ["doctor", "fields", "identity", "numbered", "person", "prose", "signed"]


def identity(owner: Patient, on: dt.date, *keys: str) -> dict[str, Any]:
    """Truth of the patient as printed: name, sex and age, and what ``keys`` name."""
    person = owner.person
    values: dict[str, Any] = {"name": person.name, "sex": person.sex, "age": person.age(on)}
    known = {"birth_date": person.birth, "id_number": person.id_number}
    return values | {key: known[key] for key in keys}


def person(owner: Patient, on: dt.date) -> list[Field]:
    """Name, sex and age as on nearly every paper; the name carries the mark ``name``."""
    return [
        Field("name", owner.name, "name"),
        Field("sex", owner.sex, "sex"),
        Field("age", f"{owner.person.age(on)}岁", "age"),
    ]


def fields(*groups: Iterable[Field]) -> dict[str, Field]:
    """Return the fields by key; empty ones are left out."""
    return {field.key: field for group in groups for field in group if field.value not in ("", None)}


def prose(facts: Facts, key: str, title: str, text: str, section: str, date: dt.date) -> Section:
    return Section(key=key, title=title, text=facts.prose(text, section=section, date=date))


def numbered(
    facts: Facts, key: str, title: str, lines: Iterable[str], section: str, date: dt.date, modality: str | None = None
) -> Section:
    """A section whose lines the family numbers."""
    items = tuple(facts.prose(line, section=section, date=date, modality=modality) for line in lines)
    return Section(key=key, title=title, items=items)


def doctor(rng: Rng) -> str:
    found: str = pick(load("people")["doctors"], rng)
    return found


def signed(role: str, name: str, rng: Rng, *, share: float = 0.6, title: str = "") -> Signature:
    """A signature, by hand in ``share`` of all papers and printed otherwise."""
    return Signature(role=role, name=name, title=title, handwritten=bool(rng.random() < share))


def number(rng: Rng, digits: int = 8, prefix: str = "") -> str:
    return prefix + str(between(10 ** (digits - 1), 10**digits - 1, rng))
