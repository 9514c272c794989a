"""Who applies: name, sex, age and ID number agreed over the documents of the case."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from pipeline.reporting.text import known, mask_id_number, mask_name, single_line
from rules.engine.case_view import as_rules_read
from rules.engine.facts import CaseFacts, DocumentType, Maybe, Owner, PatientIdentity, Unknown

__all__ = ["Applicant", "applicant_of"]

T = TypeVar("T")
_FORMS = (DocumentType.APPLICATION_FORM, DocumentType.IDENTITY_CARD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Identity for the head of a report; a field on which documents disagree is ``Unknown.CONFLICTING``."""

    name: Maybe[str] = Unknown.ABSENT
    sex: Maybe[str] = Unknown.ABSENT
    age: Maybe[Decimal] = Unknown.ABSENT
    id_number: Maybe[str] = Unknown.ABSENT
    """Already masked."""

    @property
    def masked_name(self) -> str:
        """``张**``, or 姓名未见 where no name is known."""
        return mask_name(self.name) if not isinstance(self.name, Unknown) and self.name.strip() else "姓名未见"


def applicant_of(facts: CaseFacts) -> Applicant:
    """Return the identity that the documents agree on.

    Documents of another person do not vote; 申请表 and 身份证 count three times, documents known to be the
    applicant's twice, others once. The age is counted at the application date where a birth date is known.
    """
    info = {document.id: document for document in facts.documents}
    votes: list[tuple[int, dt.date, PatientIdentity]] = []
    for identity in map(as_rules_read, facts.patient):
        document = info.get(identity.document)
        owner = document.owner if document else Owner.UNKNOWN
        if owner is Owner.OTHER:
            continue
        weight = 2 if owner is Owner.APPLICANT else 1
        if document and document.type in _FORMS:
            weight = 3
        date = document.date if document and isinstance(document.date, dt.date) else dt.date.min
        votes.append((weight, date, identity))

    id_number = _agree((w, _compact(i.id_number)) for w, _, i in votes)
    birth = _agree((w, i.birth_date) for w, _, i in votes)
    born = birth if isinstance(birth, dt.date) else _birth_of(id_number)
    age: Maybe[Decimal]
    if born is not None and born <= facts.as_of:
        age = Decimal(facts.as_of.year - born.year - ((facts.as_of.month, facts.as_of.day) < (born.month, born.day)))
    else:
        latest = sorted((v for v in votes if known(v[2].age)), key=lambda v: (v[0] == 3, v[1]))
        age = latest[-1][2].age if latest else Unknown.ABSENT
    return Applicant(
        name=_agree((w, _compact(i.name)) for w, _, i in votes),
        sex=_agree((w, i.sex) for w, _, i in votes),
        age=age,
        id_number=id_number if isinstance(id_number, Unknown) else mask_id_number(id_number),
    )


def _compact(value: Maybe[str]) -> Maybe[str]:
    if isinstance(value, Unknown):
        return value
    return re.sub(r"\s+", "", single_line(value)) or Unknown.ABSENT


def _agree(votes: Iterable[tuple[int, Maybe[T]]]) -> Maybe[T]:
    counts: Counter[T] = Counter()
    unreadable = False
    for weight, value in votes:
        if isinstance(value, Unknown):
            unreadable = unreadable or value is Unknown.UNREADABLE
        else:
            counts[value] += weight
    ranked = counts.most_common(2)
    if not ranked:
        return Unknown.UNREADABLE if unreadable else Unknown.ABSENT
    if len(ranked) == 2 and ranked[0][1] == ranked[1][1]:
        return Unknown.CONFLICTING
    return ranked[0][0]


def _birth_of(id_number: Maybe[str]) -> dt.date | None:
    if isinstance(id_number, Unknown) or not re.fullmatch(r"\d{17}[\dXx]", id_number):
        return None
    try:
        return dt.date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))
    except ValueError:
        return None
