"""Whose document it is (hazard H15): identities compared over the case, so that a relative's sheet supports nothing.

The person of the case is whoever the service was told applies; else the applicant on the form, the holder of the
identity card, or the person whom most documents name. A document of another person becomes OTHER with an alert; where
the comparison is unsure (one glyph differs, the name is unreadable) it stays UNKNOWN with an alert, never silently the
applicant's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.nouns import Alert, Document, Severity
from pipeline.persons import PersonMatch, clean_name, compare_names, parse_id_number, same_person
from rules.engine.case_view import as_rules_read
from rules.engine.facts import (
    DocumentInfo,
    DocumentType,
    Evidence,
    FormEntry,
    Maybe,
    Owner,
    PatientIdentity,
    Unknown,
)

__all__ = ["assign_owners"]


@dataclass(frozen=True, slots=True)
class _Reference:
    """The person of the case, and the day to which the age refers."""

    identity: PatientIdentity
    date: Maybe[dt.date]
    source: str


_REASONS = {
    "id_differs": "身份证号不同",
    "name_differs": "姓名不同",
    "sex_differs": "性别不同",
    "birth_differs": "出生日期不同",
    "age_differs": "年龄不符",
    "name_close": "姓名有一个字不同",
    "id_close": "身份证号有个别数字不同",
}


def assign_owners(
    documents: Sequence[Document],
    identities: Sequence[PatientIdentity],
    form: Sequence[FormEntry],
    applicant: PatientIdentity | None = None,
) -> tuple[tuple[Document, ...], tuple[Alert, ...]]:
    """Set ``info.owner`` of every document and report what belongs to someone else or cannot be told.

    Args:
        applicant: who applies, where that is known from elsewhere than the documents: papers that all name somebody
            else are then nobody's evidence, however well they agree with each other.

    Alerts: ``other_person`` (warning), ``owner_unsure`` (warning), ``owner_unreadable`` (info).
    """
    by_document = {identity.document: as_rules_read(identity) for identity in identities}
    if applicant is not None and _named(applicant):
        reference: _Reference | None = _Reference(applicant, Unknown.ABSENT, "申请信息")
    else:
        reference = _reference(documents, by_document, form)
    owned: list[Document] = []
    alerts: list[Alert] = []
    for document in documents:
        info = document.info or DocumentInfo(id=document.id, type=document.type)
        identity = by_document.get(document.id)
        owner, alert = _owner(document, info, identity, reference)
        if alert is not None:
            alerts.append(alert)
        owned.append(replace(document, info=replace(info, owner=owner)))
    return tuple(owned), tuple(alerts)


def _date(document: Document) -> Maybe[dt.date]:
    return as_rules_read(document.info).date if document.info is not None else Unknown.ABSENT


def _named(identity: PatientIdentity | None) -> bool:
    return identity is not None and not isinstance(identity.name, Unknown)


def _reference(
    documents: Sequence[Document], by_document: dict[str, PatientIdentity], form: Sequence[FormEntry]
) -> _Reference | None:
    for kind, source in ((DocumentType.APPLICATION_FORM, "申请表"), (DocumentType.IDENTITY_CARD, "身份证或医保卡")):
        people = [(document, by_document.get(document.id)) for document in documents if document.type is kind]
        for document, identity in people:
            if identity is None:
                continue
            if not _named(identity):
                identity = _from_form(document, identity, form)
            if _named(identity):
                return _Reference(_enriched(identity, document, documents, by_document), _date(document), source)
    return _majority(documents, by_document)


def _from_form(document: Document, identity: PatientIdentity, form: Sequence[FormEntry]) -> PatientIdentity:
    for entry in form:
        if entry.document == document.id and entry.field == "applicant_name" and not isinstance(entry.value, Unknown):
            return replace(identity, name=entry.value)
    return identity


def _enriched(
    identity: PatientIdentity,
    home: Document,
    documents: Sequence[Document],
    by_document: dict[str, PatientIdentity],
) -> PatientIdentity:
    """The form's identity completed from the identity card where both name the same person."""
    for document in documents:
        card = by_document.get(document.id)
        if document.type is not DocumentType.IDENTITY_CARD or document is home or card is None:
            continue
        if same_person(identity, card).match is not PersonMatch.SAME:
            continue
        for name in ("sex", "birth_date", "id_number"):
            if isinstance(getattr(identity, name), Unknown):
                identity = replace(identity, **{name: getattr(card, name)})
    return identity


def _majority(documents: Sequence[Document], by_document: dict[str, PatientIdentity]) -> _Reference | None:
    """The person named by most documents; a tie of two different names is no one."""
    votes: list[tuple[int, Document, PatientIdentity]] = []
    named: list[tuple[Document, PatientIdentity]] = []
    for document in documents:
        identity = by_document.get(document.id)
        if identity is not None and _named(identity) and not _copy(document):
            named.append((document, identity))
    for document, identity in named:
        same = sum(
            same_person(identity, other, date_a=_date(document), date_b=_date(home)).match is PersonMatch.SAME
            for home, other in named
        )
        votes.append((same, document, identity))
    if not votes:
        return None
    best = max(votes, key=lambda vote: (vote[0], _details(vote[2])))
    rivals = [
        vote
        for vote in votes
        if vote[0] >= best[0]
        and same_person(best[2], vote[2], date_a=_date(best[1]), date_b=_date(vote[1])).match is PersonMatch.OTHER
    ]
    if rivals:
        return None
    return _Reference(best[2], _date(best[1]), "多数材料")


def _copy(document: Document) -> bool:
    return document.info is not None and document.info.duplicate_of is not None


def _details(identity: PatientIdentity) -> int:
    return sum(
        not isinstance(value, Unknown)
        for value in (identity.sex, identity.age, identity.birth_date, identity.id_number)
    )


def _owner(
    document: Document, info: DocumentInfo, identity: PatientIdentity | None, reference: _Reference | None
) -> tuple[Owner, Alert | None]:
    if identity is None or (document.type is DocumentType.UNKNOWN and not _named(identity)):
        return Owner.UNKNOWN, None
    evidence = identity.evidence
    if reference is None:
        if not _named(identity):
            return Owner.UNKNOWN, None
        return Owner.UNKNOWN, _alert(
            "owner_unsure",
            Severity.WARNING,
            document,
            "材料上的姓名不止一个，无法确定申请人是谁，请人工核对。",
            evidence,
        )
    if identity.name is Unknown.CONFLICTING:
        return Owner.UNKNOWN, _alert(
            "owner_unsure",
            Severity.WARNING,
            document,
            f"这份{info.type.label}上有不同的姓名，请人工核对是谁的材料。",
            evidence,
        )
    verdict = same_person(identity, reference.identity, date_a=_date(document), date_b=reference.date)
    against = [_REASONS[code] for code in verdict.reasons if code in _REASONS]
    told = "、".join(against) or "信息不一致"
    if verdict.match is PersonMatch.OTHER:
        return Owner.OTHER, _alert(
            "other_person",
            Severity.WARNING,
            document,
            f"这份{info.type.label}与{reference.source}上的人{told}，可能是他人的材料，不作为本次申请的依据，请人工核对。",
            evidence,
        )
    if verdict.match is PersonMatch.SAME:
        return Owner.APPLICANT, None
    if verdict.match is PersonMatch.UNSURE:
        if _misread_only(identity, reference.identity, verdict.reasons):
            return Owner.APPLICANT, None
        return Owner.UNKNOWN, _alert(
            "owner_unsure",
            Severity.WARNING,
            document,
            f"这份{info.type.label}与{reference.source}上的人{told}，无法确定是否本人，请人工核对。",
            evidence,
        )
    if identity.name is Unknown.UNREADABLE:
        return Owner.UNKNOWN, _alert(
            "owner_unreadable",
            Severity.INFO,
            document,
            f"这份{info.type.label}上的姓名看不清，无法确认是否本人。",
            evidence,
        )
    return Owner.UNKNOWN, None


def _misread_only(one: PatientIdentity, other: PatientIdentity, reasons: Sequence[str]) -> bool:
    """One glyph of the name was misread and everything else that both print agrees.

    Brothers share all but one glyph of their names, sex and nearly age: without an agreeing birth date or ID number
    the two glyphs must be a known confusion, or the reader must have been unsure of the name.
    """
    if any(code.endswith("differs") for code in reasons) or "name_close" not in reasons:
        return False
    if isinstance(one.name, Unknown) or isinstance(other.name, Unknown):
        return False
    if "birth_same" in reasons or "id_same" in reasons:
        return True
    if isinstance(one.sex, Unknown) or _sex(one) != _sex(other) or "age_agrees" not in reasons:
        return False
    left, right = clean_name(one.name), clean_name(other.name)
    if len(left) != len(right) or "*" in left + right:
        return False
    # For names of two glyphs the comparison calls only known confusions close.
    known = all(
        compare_names(f"王{x}", f"王{y}") is not PersonMatch.OTHER for x, y in zip(left, right, strict=True) if x != y
    )
    return known or any(item.confidence < 0.9 and one.name in item.quote for item in one.evidence)


def _sex(identity: PatientIdentity) -> str | None:
    if not isinstance(identity.sex, Unknown):
        return identity.sex
    number = None if isinstance(identity.id_number, Unknown) else parse_id_number(identity.id_number)
    return number.sex if number is not None else None


def _alert(code: str, severity: Severity, document: Document, message: str, evidence: tuple[Evidence, ...]) -> Alert:
    page = document.pages[0].page
    return Alert(code=code, severity=severity, message=message, file=page.file, page=page.number, evidence=evidence)
