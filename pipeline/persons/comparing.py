"""Compares identities across documents (hazard H15) and checks Chinese resident ID numbers.

Pure functions, tolerant of one misread glyph: a name that differs in one glyph is *unsure*, never silently another
person and never silently the same one. No function logs or raises with a name or a number in the message.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal

from pipeline.persons.id_numbers import FULL_WIDTH, IdNumber, compare_ids, parse_id_number
from pipeline.persons.match import PersonMatch
from pipeline.persons.names import clean_name, compare_names
from rules.engine.facts import Maybe, PatientIdentity, Unknown

__all__ = [
    "IdNumber",
    "PersonMatch",
    "PersonVerdict",
    "age_at",
    "clean_name",
    "compare_ids",
    "compare_names",
    "parse_age",
    "parse_id_number",
    "parse_sex",
    "same_person",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonVerdict:
    """How two identities compare and why."""

    match: PersonMatch
    reasons: tuple[str, ...]
    """Codes without identity: ``name_same``, ``name_close``, ``name_differs``, ``id_same``, ``id_close``,
    ``id_differs``, ``sex_differs``, ``age_differs``, ``age_agrees``, ``birth_same``, ``birth_differs``."""


def parse_sex(text: str) -> Maybe[str]:
    """Read 男, 女, 男性, M, F, 1.男 ... as ``男`` or ``女``."""
    male = bool(re.search(r"男|\bM\b|(?<!FE)MALE", text, re.IGNORECASE))
    female = bool(re.search(r"女|\bF\b|FEMALE", text, re.IGNORECASE))
    if male == female:
        return Unknown.CONFLICTING if male else (Unknown.UNREADABLE if text.strip() else Unknown.ABSENT)
    return "男" if male else "女"


_AGE = re.compile(
    r"(?:(?P<bare>\d{1,3})|"
    r"(?:(?P<years>\d{1,3})(?:周岁|虚岁|岁|[yY](?:ears?)?))?(?:(?P<months>\d{1,2})(?:个月|月龄|月|[mM]))?"
    r"(?:(?P<days>\d{1,3})(?:天|日|[dD]))?)$"
)


def parse_age(text: str) -> Maybe[Decimal]:
    """Read 58岁, 58 Y, 3岁2月, 5月, 12天, 058 as years; UNREADABLE outside 0 to 125 or when glyphs are left over."""
    packed = re.sub(r"\s", "", text.translate(FULL_WIDTH)).strip("：:,.，。;；()（）")
    packed = re.sub(r"^年龄[:：]?", "", packed)
    if not packed:
        return Unknown.ABSENT
    match = _AGE.match(packed)
    if not match or not any(match.groupdict().values()):
        return Unknown.UNREADABLE
    years = Decimal(match.group("years") or match.group("bare") or 0)
    if match.group("months") or match.group("days"):
        part = Decimal(match.group("months") or 0) / 12 + Decimal(match.group("days") or 0) / 365
        years += part.quantize(Decimal("0.01"))
    return years if years <= 125 else Unknown.UNREADABLE


def age_at(birth: dt.date, day: dt.date) -> int:
    """Return completed years of age on ``day`` (negative before birth)."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def same_person(
    a: PatientIdentity,
    b: PatientIdentity,
    *,
    date_a: Maybe[dt.date] = Unknown.ABSENT,
    date_b: Maybe[dt.date] = Unknown.ABSENT,
) -> PersonVerdict:
    """Compare two printed identities; ``date_a`` and ``date_b`` are the documents' dates, which ages refer to.

    A right ID number decides. Otherwise equal names with agreeing details are the same person, equal names with one
    disagreeing detail are unsure, with two another person of the same name (同名不同人). Names one glyph apart
    are unsure unless sex or age contradicts as well.
    """
    reasons: list[str] = []
    names = _maybe(compare_names, a.name, b.name)
    ids = _maybe(compare_ids, a.id_number, b.id_number)
    births = (_birth(a), _birth(b))
    birth_same = births[0] is not None and births[0] == births[1]
    against = 0
    sexes = (_sex(a), _sex(b))
    if None not in sexes and sexes[0] != sexes[1]:
        reasons.append("sex_differs")
        against += 1
    if birth_same:
        reasons.append("birth_same")
    elif None not in births:
        reasons.append("birth_differs")
        against += 1
    else:
        gap = _age_gap(a, b, births, date_a, date_b)
        if gap is not None:
            agrees = gap <= (2 if isinstance(date_a, dt.date) and isinstance(date_b, dt.date) else 12)
            reasons.append("age_agrees" if agrees else "age_differs")
            against += 0 if agrees else 1
            # An age off by a generation is no misreading of one digit and no sheet of some years ago.
            against += 1 if gap > 15 and names is not PersonMatch.SAME else 0
    words = {PersonMatch.SAME: "same", PersonMatch.UNSURE: "close", PersonMatch.OTHER: "differs"}
    if names in words:
        reasons.insert(0, f"name_{words[names]}")
    if ids in words:
        reasons.insert(0, f"id_{words[ids]}")
    return PersonVerdict(match=_decide(names, ids, against, birth_same=birth_same), reasons=tuple(reasons))


def _decide(names: PersonMatch, ids: PersonMatch, against: int, *, birth_same: bool) -> PersonMatch:
    if ids is PersonMatch.SAME:
        return PersonMatch.UNSURE if names is PersonMatch.OTHER else PersonMatch.SAME
    if ids is PersonMatch.OTHER:
        return PersonMatch.OTHER
    if names is PersonMatch.SAME:
        return (PersonMatch.SAME, PersonMatch.UNSURE)[against] if against < 2 else PersonMatch.OTHER
    if names is PersonMatch.UNSURE:
        return PersonMatch.OTHER if against else PersonMatch.UNSURE
    if names is PersonMatch.OTHER:
        return PersonMatch.UNSURE if ids is PersonMatch.UNSURE and birth_same and not against else PersonMatch.OTHER
    if ids is PersonMatch.UNSURE:
        return PersonMatch.UNSURE
    if against:
        return PersonMatch.OTHER if against > 1 else PersonMatch.UNSURE
    return PersonMatch.UNKNOWN


def _maybe(compare: object, a: Maybe[str], b: Maybe[str]) -> PersonMatch:
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return PersonMatch.UNKNOWN
    return compare_names(a, b) if compare is compare_names else compare_ids(a, b)


def _birth(person: PatientIdentity) -> dt.date | None:
    if isinstance(person.birth_date, dt.date):
        return person.birth_date
    number = None if isinstance(person.id_number, Unknown) else parse_id_number(person.id_number)
    return number.birth_date if number else None


def _sex(person: PatientIdentity) -> str | None:
    if not isinstance(person.sex, Unknown):
        return person.sex
    number = None if isinstance(person.id_number, Unknown) else parse_id_number(person.id_number)
    return number.sex if number else None


def _age_gap(
    a: PatientIdentity,
    b: PatientIdentity,
    births: tuple[dt.date | None, dt.date | None],
    date_a: Maybe[dt.date],
    date_b: Maybe[dt.date],
) -> Decimal | None:
    """Years by which the ages disagree once both are carried to one day; None when they cannot be compared."""
    born: list[Decimal] = []
    for person, birth, day in ((a, births[0], date_a), (b, births[1], date_b)):
        if birth is not None:
            born.append(Decimal(birth.year) + Decimal(birth.month - 1) / 12)
        elif isinstance(person.age, Decimal) and isinstance(day, dt.date):
            born.append(Decimal(day.year) + Decimal(day.month - 1) / 12 - person.age)
        elif isinstance(person.age, Decimal):
            other = b if person is a else a
            if isinstance(other.age, Decimal):
                return abs(person.age - other.age)
            return None
        else:
            return None
    return abs(born[0] - born[1])
