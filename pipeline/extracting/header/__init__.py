"""Page heads: which hospital, of what level, which department, which date, signed by whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.extracting.header.dates import LabelledDate, document_date, labelled_dates
from pipeline.extracting.header.hospital import Letterhead, find_department, find_hospital, printed_level
from pipeline.fields import fold
from pipeline.nouns import Document
from rules.engine.facts import DocumentInfo, HospitalLevel, Maybe, Unknown
from rules.vocabulary.documents import load_people
from rules.vocabulary.hospitals import hospital_level

__all__ = ["LabelledDate", "Letterhead", "document_date", "extract_header", "find_hospital", "labelled_dates"]


def extract_header(document: Document) -> DocumentInfo:
    """Complete ``document.info`` with hospital, level, department, date and the signers' titles."""
    info = document.info or DocumentInfo(id=document.id, type=document.type)
    head = find_hospital(document)
    department, _, _ = find_department(document)
    date, _ = document_date(document)
    return replace(
        info,
        hospital=head.name if head is not None else info.hospital,
        hospital_level=_level(document, head),
        department=department,
        date=date,
        signers=tuple(dict.fromkeys(_signers(document))),
    )


def _level(document: Document, head: Letterhead | None) -> Maybe[HospitalLevel]:
    """Level as printed, else what the hospital's name or the catalogue says, else ABSENT."""
    printed = printed_level(document, head)
    if printed is not None:
        return printed[0]
    if head is None:
        return Unknown.ABSENT
    return hospital_level(head.name)


_SIGNED = re.compile(r"签名|签字|签章|医师:|医生:|职称|主任医师:|主治医师:|住院医师:|技师:")


def _signers(document: Document) -> Iterator[str]:
    """Professional titles printed as labels of a signature or after a signer's name, in order of the page."""
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
            answered = re.match(r"^(?:签名|签字|签章|\(签[名字章]\))?[:/]?[\u4e00-\u9fff]{2,4}(?:[/,\s\d:(]|$)", after)
            signed = re.search(r"(?:职称|签名|签字|签章)[:(]?[^:]{0,8}$", before) or re.match(
                r"^[\u4e00-\u9fff]{2,4}[,，(]?$", before
            )
            if signed or (answered and match.start() <= 30):
                yield title
