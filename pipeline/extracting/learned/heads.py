"""Heads of documents and identities: what the page reader links to labels that rules could not answer.

A rule's word always stands. Only fields that rules left absent or unreadable are filled, and are named in
``model_only``: rules judge without them. Where the page reader surely reads another name, date or hospital than the
rules, the field is named in ``readers_disagree`` for a person to look at.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar

from models.page_reader.labels import Label
from pipeline.dates import parse_dates
from pipeline.extracting.header.dates import DATE_KEYS, LabelledDate, date_by_label
from pipeline.extracting.header.hospital import department_value, hospital_names
from pipeline.extracting.identity.names import person_name
from pipeline.extracting.identity.values import read_age, read_birth, read_id, read_sex
from pipeline.extracting.learned.disputes import DISPUTING, dates_differ, texts_differ
from pipeline.extracting.learned.pieces import Piece, begins, pieces_of, sureness, whole
from pipeline.fields import fold, label_key
from pipeline.learned import Finders
from pipeline.nouns import Document, ReadPage
from rules.engine.facts import PAGE_READER, DocumentInfo, DocumentType, Evidence, PatientIdentity, Unknown
from rules.vocabulary.hospitals import hospital_level

__all__ = ["fill_heads", "fill_identities"]

_SURE = 0.6
"""Below this sureness of label, value and link a field is not filled."""
_OPEN = (Unknown.ABSENT, Unknown.UNREADABLE)


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    """A label and what is filled in for it."""

    key: str
    label: str
    page: ReadPage
    values: tuple[Piece, ...]
    sure: float

    @property
    def text(self) -> str:
        return " ".join(piece.text for piece in self.values)


def fill_heads(document: Document, finders: Finders = Finders.BOTH) -> DocumentInfo:
    """Return ``document.info`` with hospital, department and date where rules found none."""
    info = document.info or DocumentInfo(id=document.id, type=document.type)
    if finders is Finders.RULES:
        return info
    if finders is Finders.MODEL:
        info = DocumentInfo(
            id=info.id, type=info.type, duplicate_of=info.duplicate_of, owner=info.owner, model_only=info.model_only
        )
    answers = list(_answers(document))
    found: dict[str, Any] = {}
    info = _disputed(info, _head_disputes(document, info, answers))
    name = _hospital(document, answers)
    if info.hospital in _OPEN and name is not None:
        found["hospital"] = name
        if info.hospital_level in _OPEN:
            found["hospital_level"] = hospital_level(name)
    department = next((d for a in answers if a.key == "department" and (d := department_value(_folded(a)))), None)
    if info.department in _OPEN and department is not None:
        found["department"] = department
    date = _date(document.type, answers) if info.date in _OPEN else None
    if date is not None:
        found["date"] = date
    return _marked(info, {name: value for name, value in found.items() if not isinstance(value, Unknown)})


def fill_identities(
    documents: Sequence[Document], identities: Sequence[PatientIdentity], finders: Finders = Finders.BOTH
) -> tuple[PatientIdentity, ...]:
    """Return ``identities`` with what the page reader alone read of them."""
    if finders is Finders.RULES:
        return tuple(identities)
    by_id = {document.id: document for document in documents}
    filled = []
    for identity in identities:
        document = by_id.get(identity.document)
        if finders is Finders.MODEL:
            identity = PatientIdentity(document=identity.document)
        filled.append(identity if document is None else _identity(document, identity))
    return tuple(filled)


_PARSERS: dict[str, Callable[[str], Any]] = {
    "name": person_name,
    "sex": read_sex,
    "age": read_age,
    "birth_date": read_birth,
    "id_number": read_id,
}


def _identity(document: Document, identity: PatientIdentity) -> PatientIdentity:
    answers = list(_answers(document))
    named = [name for a in _surely(answers) if a.key == "name" and (name := person_name(_folded(a))) is not None]
    identity = _disputed(identity, ["name"] if texts_differ(identity.name, named) else [])
    found: dict[str, str | Decimal | dt.date] = {}
    evidence: list[Evidence] = []
    for name, parse in _PARSERS.items():
        if getattr(identity, name) not in _OPEN:
            continue
        for answer in answers:
            value = parse(_folded(answer)) if answer.key == name else None
            if value is None or isinstance(value, Unknown):
                continue
            found[name] = value
            evidence.append(
                document.evidence(
                    answer.page,
                    tuple(piece.line for piece in answer.values),
                    quote=f"{answer.label}：{answer.text}",
                    extractor=PAGE_READER,
                    confidence=answer.sure,
                )
            )
            break
    filled = _marked(identity, found)
    return replace(filled, evidence=(*identity.evidence, *evidence))


def _surely(answers: Sequence[_Answer]) -> list[_Answer]:
    return [answer for answer in answers if answer.sure >= DISPUTING]


def _head_disputes(document: Document, info: DocumentInfo, answers: Sequence[_Answer]) -> list[str]:
    surely = _surely(answers)
    disputes = []
    if texts_differ(info.hospital, _hospitals(document, surely, DISPUTING)):
        disputes.append("hospital")
    if dates_differ(info.date, _date(document.type, surely)):
        disputes.append("date")
    return disputes


HeadT = TypeVar("HeadT", DocumentInfo, PatientIdentity)


def _disputed(head: HeadT, fields: Sequence[str]) -> HeadT:
    return replace(head, readers_disagree=tuple(fields)) if fields else head


def _marked(head: HeadT, found: Mapping[str, Any]) -> HeadT:
    """``head`` with the fields of ``found``, each named with what rules had left in its place."""
    marks: list[str] = [
        name if getattr(head, name) is Unknown.ABSENT else f"{name}:{getattr(head, name).value}" for name in found
    ]
    return replace(head, **found, model_only=(*head.model_only, *marks)) if found else head


def _answers(document: Document) -> Iterator[_Answer]:
    for page in document.pages:
        for piece in pieces_of(page):
            if piece.label is not Label.KEY or not begins(piece):
                continue
            keys = whole(piece)
            label = "".join(part.text for part in keys)
            values = tuple(
                part for key in keys for value in key.parts if value.label is Label.VALUE for part in whole(value)
            )
            key = label_key(label)
            if values and key is not None and (sure := sureness([*keys, *values])) >= _SURE:
                yield _Answer(key, label.strip(" :："), page, values, sure)


def _folded(answer: _Answer) -> str:
    return fold(answer.text).text.lstrip(":;_.-=|")


_PLAIN = re.compile(r"[\"'“”*#=_|]")


def _hospital(document: Document, answers: Sequence[_Answer]) -> str | None:
    """The letterhead's name, else the one at a label of its own."""
    return next(iter(_hospitals(document, answers, _SURE)), None)


def _hospitals(document: Document, answers: Sequence[_Answer], sure: float) -> list[str]:
    if document.type is DocumentType.IDENTITY_CARD:
        return []
    heads = [p for page in document.pages for p in pieces_of(page) if p.label is Label.HOSPITAL]
    texts = [_PLAIN.sub("", p.text) for p in heads if p.confidence >= sure]
    texts += [answer.text for answer in answers if answer.key == "hospital" and not answer.label.startswith("送检")]
    return [name for text in texts for name in hospital_names(fold(text).text)]


def _date(kind: DocumentType, answers: Sequence[_Answer]) -> dt.date | None:
    dates = []
    for answer in answers:
        if answer.key in DATE_KEYS:
            found = [item for item in parse_dates(answer.text) if item.date is not None]
            if found:
                lines = tuple(piece.line for piece in answer.values)
                dates.append(LabelledDate(answer.key, answer.label, found[0].value, answer.page, lines))
    settled = date_by_label(kind, dates)
    return None if settled is None or isinstance(settled[0], Unknown) else settled[0]
