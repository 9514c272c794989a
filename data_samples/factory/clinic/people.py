"""Invented people and hospitals."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from data_samples.factory.clinic.words import Rng, between, chance, load, pick
from data_samples.factory.paper import Hospital
from data_samples.generator.people import Person

__all__ = ["Patient", "hospital", "patient", "relative"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """A person with what papers ask for besides."""

    person: Person
    address: str
    phone: str
    occupation: str
    marriage: str
    insurance: str

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def sex(self) -> str:
        return self.person.sex


def patient(rng: Rng, *, sex: str | None, ages: tuple[int, int], on: dt.date) -> Patient:
    """Return somebody of ``sex`` (None: either) whose age on the day ``on`` lies in ``ages`` (years, both included)."""
    words = load("people")
    sex = sex or pick(["男", "女"], rng)
    years = between(*ages, rng)
    birth = dt.date(on.year - years, 1, 1) - dt.timedelta(days=between(1, 350, rng))
    if years < ages[1]:
        birth = dt.date(on.year - years - 1, on.month, min(on.day, 28)) + dt.timedelta(days=between(1, 360, rng))
    name = pick(words["surnames"], rng) + pick(words["given"][sex], rng)
    person = Person(name=name, sex=sex, birth=birth, serial=between(0, 498, rng) * 2 + (sex == "男"))
    return Patient(
        person=person,
        address=_address(rng),
        phone=f"100{between(1000, 9999, rng)}{between(1000, 9999, rng)}",
        occupation=pick(words["occupations"], rng),
        marriage="已婚" if years > 24 else "未婚",
        insurance=pick(["城乡居民医保", "城镇职工医保"], rng),
    )


def _address(rng: Rng) -> str:
    words = load("people")
    place = pick(words["places"], rng)
    if chance(0.6, rng):
        return f"江西省云栖县{place}镇{pick(words['villages'], rng)}{between(1, 140, rng)}号"
    street = f"{pick(words['streets'], rng)}{between(1, 399, rng)}号{between(1, 20, rng)}栋"
    return f"江西省云栖市{place}区{street}{between(101, 1804, rng)}室"


def relative(of: Patient, rng: Rng, *, on: dt.date) -> Patient:
    """Return somebody of the same family name or household, easily mistaken for ``of``."""
    age = of.person.age(on)
    other = "女" if of.sex == "男" else "男"
    child = chance(0.4, rng) and age > 45
    ages = (age - 28, age - 22) if child else (max(20, age - 3), age + 3)
    found = patient(rng, sex=of.sex if child else other, ages=ages, on=on)
    if child:
        words = load("people")
        given = pick([name for name in words["given"][of.sex] if not of.name.endswith(name)], rng)
        name = of.name[: 2 if of.name[:2] in words["surnames"] else 1] + given
        person = Person(name=name, sex=of.sex, birth=found.person.birth, serial=found.person.serial)
        return Patient(
            person=person,
            address=of.address,
            phone=found.phone,
            occupation=found.occupation,
            marriage=found.marriage,
            insurance=found.insurance,
        )
    if found.name == of.name:
        return relative(of, rng, on=on)
    return found


def hospital(rng: Rng, *, ranks: tuple[int, ...] = (2, 3), kind: str = "kinds") -> Hospital:
    """Return a hospital whose level is one of ``ranks`` (``kind``: ``below`` level 2, or level ``unknown``)."""
    words = load("hospitals")
    entries = [entry for entry in words[kind] if kind != "kinds" or entry["rank"] in ranks]
    entry = pick(entries, rng)
    place = pick(list(words["pinyin"]), rng)
    level = pick(entry["levels"], rng)
    if kind == "kinds" and level is not None and ranks == (2,):
        level = pick([one for one in entry["levels"] if one.startswith("二级")] or ["二级甲等"], rng)
    name = entry["name"].format(p=place)
    return Hospital(
        name=name,
        level=None if level is None else pick(words["level_styles"][:2], rng).format(level),
        short=name.replace("市", "").replace("人民医院", "医院"),
        english=entry["english"].format(e=words["pinyin"][place]),
        address=f"云栖市{place}{pick(load('people')['streets'], rng)}{between(1, 600, rng)}号",
        phone=f"0999-{between(2000000, 8999999, rng)}",
    )
