"""Identity: whose paper each document says it is, on every type of document, each value with its place.

Relatives, agents, physicians and payers have labels of their own and are never taken for the patient. A label without
a readable value is UNREADABLE, no label ABSENT, two values that differ by more than a misreading CONFLICTING.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from pipeline.extracting.identity.names import has_surname, person_name
from pipeline.extracting.identity.values import read_age, read_birth, read_id, read_sex
from pipeline.fields import Candidate, Field, find_fields, fold
from pipeline.fields.geometry import rightward
from pipeline.nouns import Document, Line, ReadPage
from pipeline.persons import PersonMatch, compare_names, parse_id_number
from rules.engine.facts import DocumentType, Evidence, Maybe, PatientIdentity, Unknown

__all__ = ["extract_identity", "person_name"]

T = TypeVar("T")
_EXTRACTOR = "identity"


@dataclass(frozen=True, slots=True)
class _Reading(Generic[T]):
    value: T
    page: ReadPage
    lines: tuple[Line, ...]
    quote: str
    weight: float
    """How much the place speaks for it: label with colon, inline before boxed, no label last."""


def extract_identity(document: Document) -> tuple[PatientIdentity, ...]:
    """Return the identity printed on ``document``: always one, with ABSENT where nothing is printed."""
    fields = [(page, field) for page in document.pages for field in find_fields(page)]
    loose = [reading for page in document.pages for reading in _unlabelled(page)]
    names = _names(fields)
    names += [item for item in loose if not names and isinstance(item, _Person)]
    persons = [item for item in names if isinstance(item, _Person)]
    evidence: list[Evidence] = []

    def keep(readings: Sequence[_Reading[T]], value: Maybe[T]) -> Maybe[T]:
        for reading in readings:
            if value is Unknown.CONFLICTING or reading.value == value:
                evidence.append(
                    document.evidence(reading.page, reading.lines, quote=reading.quote, extractor=_EXTRACTOR)
                )
                if value is not Unknown.CONFLICTING:
                    break
        return value

    name_readings = [person.name for person in persons]
    name = keep(name_readings, _one_name(name_readings, _labelled(fields, "name")))
    sexes = _read(fields, "sex", read_sex) or [person.sex for person in persons if person.sex]
    sex = keep(sexes, _one(sexes, _labelled(fields, "sex")))
    ages = _read(fields, "age", read_age) or [person.age for person in persons if person.age]
    age = keep(ages, _one_age(ages, _labelled(fields, "age")))
    births: list[_Reading[dt.date]] = _read(fields, "birth_date", read_birth)
    born: Maybe[dt.date] = _one(births, _labelled(fields, "birth_date"))
    birth = keep(births, born)
    ids = _read(fields, "id_number", _id_value) or _bare_ids(document)
    id_number = keep(ids, _one(ids, _labelled(fields, "id_number")))
    return (
        PatientIdentity(
            document=document.id,
            name=name,
            sex=sex,
            age=age,
            birth_date=birth,
            id_number=id_number,
            evidence=tuple(evidence),
        ),
    )


def _id_value(text: str) -> str | None:
    value = read_id(text)
    return None if isinstance(value, Unknown) else value


def _labelled(fields: Sequence[tuple[ReadPage, Field]], key: str) -> bool:
    """True when a label of ``key`` stands as a label, not as the heading of a column of other things."""
    return any(field.key == key and (field.colon or field.candidates) for _, field in fields) or any(
        field.key == key for _, field in fields
    )


def _read(fields: Sequence[tuple[ReadPage, Field]], key: str, parse: Callable[[str], T | None]) -> list[_Reading[T]]:
    readings: list[_Reading[T]] = []
    for page, field in fields:
        if field.key != key:
            continue
        for number, candidate in enumerate(field.candidates):
            value = parse(candidate.text)
            if value is not None:
                readings.append(_reading(page, field, candidate, value, number))
                break
    return sorted(readings, key=lambda item: -item.weight)


def _reading(page: ReadPage, field: Field, candidate: Candidate, value: T, number: int) -> _Reading[T]:
    weight = 1.0 + 0.5 * field.colon - 0.1 * number - (0.2 if candidate.where == "below" else 0.0)
    weight += min(line.confidence for line in candidate.lines) - 1.0
    quote = f"{field.label}{'：' if field.colon else ' '}{candidate.raw.strip()}"
    return _Reading(value, page, (field.line, *candidate.lines), quote, weight)


def _one(readings: Sequence[_Reading[T]], labelled: bool) -> Maybe[T]:
    values = list(dict.fromkeys(reading.value for reading in readings))
    if not values:
        return Unknown.UNREADABLE if labelled else Unknown.ABSENT
    if len(values) == 1:
        return values[0]
    return _majority(readings) or Unknown.CONFLICTING


def _majority(readings: Sequence[_Reading[T]]) -> T | None:
    """A value read at least three times against one other reading is right; anything less is a conflict."""
    counts: dict[T, int] = {}
    for reading in readings:
        counts[reading.value] = counts.get(reading.value, 0) + 1
    ranked = sorted(counts.items(), key=lambda pair: -pair[1])
    return ranked[0][0] if ranked[0][1] >= 3 and ranked[1][1] == 1 else None


def _one_age(readings: Sequence[_Reading[Decimal]], labelled: bool) -> Maybe[Decimal]:
    """Ages one year apart are one person on both sides of a birthday; the first printed counts."""
    values = [reading.value for reading in readings]
    if values and max(values) - min(values) <= 1:
        return values[0]
    return _one(readings, labelled)


def _one_name(readings: Sequence[_Reading[str]], labelled: bool) -> Maybe[str]:
    if not readings:
        return Unknown.UNREADABLE if labelled else Unknown.ABSENT
    ranked = sorted(readings, key=lambda item: (-("*" not in item.value), -has_surname(item.value), -item.weight))
    best = ranked[0].value
    for other in ranked[1:]:
        if compare_names(best, other.value) is PersonMatch.OTHER:
            if has_surname(best) and not has_surname(other.value):
                continue
            return _majority(readings) or Unknown.CONFLICTING
    return best


@dataclass(frozen=True, slots=True)
class _Person:
    name: _Reading[str]
    sex: _Reading[str] | None = None
    age: _Reading[Decimal] | None = None


_AFTER_NAME = re.compile(r"^(?:\(本人\))?[,，、/(\s]*(?P<sex>男|女)性?[,，、/)\s]*(?P<age>\d{1,3}岁(?:\d{1,2}个?月)?)?")


def _names(fields: Sequence[tuple[ReadPage, Field]]) -> list[_Person]:
    people: list[_Person] = []
    for page, field in fields:
        if field.key != "name":
            continue
        for number, candidate in enumerate(field.candidates):
            text = candidate.text
            name = person_name(_until_space(candidate.raw)) or person_name(text)
            if name is None:
                continue
            reading = _reading(page, field, candidate, name, number)
            rest = text[text.find(name) + len(name) :]
            joined = next((c.text for c in field.candidates[number + 1 :] if c.text.startswith(name)), "")
            people.append(_with_sex_and_age(reading, rest or joined[len(name) :]))
            break
    return sorted(people, key=lambda person: -person.name.weight)


def _until_space(raw: str) -> str:
    """The part of a value that white space sets off as the name: ``张 三 男 58岁`` -> ``张三``, folded."""
    pieces = [fold(piece).text for piece in raw.split()]
    if len(pieces) < 2 or len(pieces[0]) > 1:
        return pieces[0] if pieces else ""
    run: list[str] = []
    for number, piece in enumerate(pieces):
        aged = number + 1 < len(pieces) and re.match(r"\d", pieces[number + 1])
        if len(piece) > 1 or (piece in "男女" and (aged or len(run) >= 3)):
            break
        run.append(piece)
    if len(run) == 1 and len(pieces[1]) <= 2:
        run.append(pieces[1])  # 张 建国
    return "".join(run)


def _with_sex_and_age(name: _Reading[str], rest: str) -> _Person:
    match = _AFTER_NAME.match(rest)
    if not match:
        return _Person(name)
    sex = _Reading(match.group("sex"), name.page, name.lines, name.quote, 0.5)
    age = read_age(match.group("age")) if match.group("age") else None
    return _Person(name, sex, _Reading(age, name.page, name.lines, name.quote, 0.5) if age is not None else None)


_PROSE_PERSON = re.compile(
    r"(?P<lead>(?:(?:兹证明|兹有|今有|[我本]院|住院|门诊|患者|病人|参保人|就诊人|就诊者|受检者|同志)[:：]?)*)"
    r"(?P<name>[\u4e00-\u9fff·]{2,4}?)(?:同志|\(本人\))?[,，、]?(?:\(|（)?(?:性别[:：]?)?(?P<sex>男|女)性?[,，、/)]?"
    r"(?:现年|年龄)?[:：]?(?P<age>\d{1,3})周?岁"
)
_INTRODUCES = re.compile(r"(?:兹证明|兹有|今有)(?:患者|病人)?[:：]?")
_SEX_AND_AGE = re.compile(r"[(]?(?P<sex>男|女)性?[,，、/]?(?P<age>\d{1,3})周?岁[)]?")


def _unlabelled(page: ReadPage) -> Iterator[_Person]:
    """``张三 男 58岁`` without labels, as on tracings, certificates and screens; and ``张三，男，58岁`` in prose."""
    for line in page.lines:
        text = fold(line.text)
        match = _PROSE_PERSON.search(text.text)
        if not match:
            yield from _in_boxes(line, text.text, page)
            continue
        start = match.start("name")
        before = text.text[: match.start()]
        # In prose only after 患者 and the like or at the start of the line; else any two characters would be a name.
        if before and not before.endswith((",", "，", "。", ":", ";", "、")) and match.start() not in text.gaps:
            continue
        name = person_name(match.group("name"))
        if name is None or not has_surname(name) or len(name) < 2:
            continue
        a, b = text.original(start, match.end())
        piece = line.part(a, b)
        reading = _Reading(name, page, (piece,), piece.text, 0.4)
        age = read_age(match.group("age") + "岁")
        yield _Person(
            reading,
            _Reading(match.group("sex"), page, (piece,), piece.text, 0.4),
            _Reading(age, page, (piece,), piece.text, 0.4) if age is not None else None,
        )


def _in_boxes(line: Line, text: str, page: ReadPage) -> Iterator[_Person]:
    """``张三 | 女 | 78岁`` in boxes of their own, and the name in the box beside 兹有."""
    if _INTRODUCES.fullmatch(text):
        for other in rightward(line, page)[:1]:
            name = person_name(fold(other.text).text)
            if name is not None and has_surname(name):
                yield _Person(_Reading(name, page, (other,), other.text, 0.4))
        return
    if person_name(text) != text or not has_surname(text):
        return
    beside = rightward(line, page)[:2]
    for count in range(1, len(beside) + 1):
        match = _SEX_AND_AGE.fullmatch("".join(fold(other.text).text for other in beside[:count]))
        if match:
            places = (line, *beside[:count])
            quote = " ".join(place.text for place in places)
            age = read_age(match.group("age") + "岁")
            yield _Person(
                _Reading(text, page, places, quote, 0.4),
                _Reading(match.group("sex"), page, places, quote, 0.4),
                _Reading(age, page, places, quote, 0.4) if age is not None else None,
            )
            return


def _bare_ids(document: Document) -> list[_Reading[str]]:
    """ID numbers without a label, only on cards and forms, where no other person's number stands unlabelled."""
    if document.type not in (DocumentType.IDENTITY_CARD, DocumentType.APPLICATION_FORM):
        return []
    readings: list[_Reading[str]] = []
    for page, line in document.lines:
        number = parse_id_number(line.text)
        if number is not None:
            readings.append(_Reading(number.text, page, (line,), line.text, 0.3))
    return readings
