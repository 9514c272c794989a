"""Page heads: which hospital, of what level, which department, which date, signed by whom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import zip_longest

from pipeline.extracting.header.dates import LabelledDate, document_date, labelled_dates
from pipeline.extracting.header.hospital import Letterhead, find_department, find_hospital, printed_level
from pipeline.extracting.header.seals import Sealed, issuer, seal_alerts, seals_of
from pipeline.fields import fold
from pipeline.nouns import Document
from rules.engine.facts import DocumentInfo, HospitalLevel, Maybe, Unknown
from rules.vocabulary.documents import load_people
from rules.vocabulary.hospitals import hospital_level

__all__ = [
    "LabelledDate",
    "Letterhead",
    "Sealed",
    "document_date",
    "extract_header",
    "find_hospital",
    "issuer",
    "labelled_dates",
    "seal_alerts",
    "seals_of",
]


def extract_header(document: Document) -> DocumentInfo:
    """Complete ``document.info`` with hospital, level, department, date and the signers' titles."""
    info = document.info or DocumentInfo(id=document.id, type=document.type)
    head = issuer(document)
    department, _, _ = find_department(document)
    date, _ = document_date(document)
    return replace(
        info,
        hospital=head.name if head is not None else info.hospital,
        hospital_level=_level(document, head),
        department=department,
        date=date,
        signers=_persons(_signers(document)),
    )


def _level(document: Document, head: Letterhead | None) -> Maybe[HospitalLevel]:
    """Level as printed, else what the hospital's name or the catalogue says, else ABSENT."""
    printed = printed_level(document, None if head is not None and head.by_seal else head)
    if printed is not None:
        return printed[0]
    if head is None:
        return Unknown.ABSENT
    return hospital_level(head.name)


_SIGNED = re.compile(r"签名|签字|签章|医师:|医生:|职称|主任医师:|主治医师:|住院医师:|技师:")


def _signers(document: Document) -> Iterator[tuple[str, str | None]]:
    """Titles printed as labels of a signature or after a signer's name, in order of the page, each with that name."""
    titles = sorted(load_people().titles, key=len, reverse=True)
    pattern = re.compile("|".join(re.escape(title) for title in titles))
    for _, line in document.lines:
        text = fold(line.text).text
        if len(text) > 60 and not _SIGNED.search(text):
            continue
        for match in pattern.finditer(text):
            title = match.group()
            before, after = text[: match.start()], text[match.end() :]
            if (
                re.search(r"(?:查房|指示|会诊|同意|请示|指导|建议)", after[:8])
                or title == "医师"
                or before.endswith(("□", "口", "☐"))
            ):
                continue
            answered = re.match(
                r"^(?:签名|签字|签章|\(签[名字章]\))?[:/]?([\u4e00-\u9fff]{2,4})(?:[/,\s\d:(]|$)", after
            )
            named = re.match(r"^([\u4e00-\u9fff]{2,4})[,，(]?$", before)
            signed = named or re.search(r"(?:职称|签名|签字|签章)[:(]?[^:]{0,8}$", before)
            if signed or (answered and match.start() <= 30):
                name = named or answered
                yield title, name.group(1) if name else None


def _persons(signed: Iterable[tuple[str, str | None]]) -> tuple[str, ...]:
    """One title for each person: two 副主任医师 of different names are two, one name read twice is one.

    Where a name was not read, a second signature under the same title may be the first one printed again.
    """
    kept: list[tuple[str, str | None]] = []
    for title, name in signed:
        again = any((t == title) if n is None or name is None else not _differ(n, name) for t, n in kept)
        if not again:
            kept.append((title, name))
    return tuple(title for title, _ in kept)


def _differ(one: str, other: str) -> bool:
    """True for names of two people for certain: a single differing character may be a misreading."""
    return sum(1 for a, b in zip_longest(one, other) if a != b) >= 2
