"""Diagnoses of rules and page reader brought together, document by document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from models.page_reader.labels import Label
from pipeline.extracting.language.assertion import item_status
from pipeline.extracting.language.context import EXAM_TYPES
from pipeline.extracting.language.grades import grade_of
from pipeline.extracting.language.sections import rule_of
from pipeline.extracting.language.text import fold
from pipeline.extracting.learned.pieces import Piece, begins, pieces_of, sureness, whole
from pipeline.extracting.learned.places import shared
from pipeline.learned import Finders
from pipeline.nouns import Document
from rules.engine.facts import PAGE_READER, AssertionStatus, Diagnosis, DocumentType, Evidence
from rules.vocabulary.cleaning import term_key

__all__ = ["merge_diagnoses"]

_SURE = 0.6
_NONE_HERE = frozenset(
    {DocumentType.LAB_REPORT, DocumentType.RECEIPT, DocumentType.IDENTITY_CARD, DocumentType.APPLICATION_FORM}
)
"""Papers on which a printed diagnosis is the word of another paper (临床诊断 on a slip, the form's own wish)."""


def merge_diagnoses(
    documents: Sequence[Document], diagnoses: Sequence[Diagnosis], finders: Finders = Finders.BOTH
) -> tuple[Diagnosis, ...]:
    """Return ``diagnoses``, told which of them the page reader sees as well, and those that it alone sees."""
    if finders is Finders.RULES:
        return tuple(diagnoses)
    out = list(diagnoses) if finders is Finders.BOTH else []
    for document in documents:
        if document.type in _NONE_HERE:
            continue
        for candidate in _candidates(document):
            own = [k for k, known in enumerate(out) if known.document == document.id and _same(known, candidate)]
            for number in own:
                out[number] = _by_both(out[number], candidate)
            if not own:
                out.append(candidate)
    return tuple(out)


def _candidates(document: Document) -> Iterator[Diagnosis]:
    for page in document.pages:
        for piece in pieces_of(page):
            if piece.label is not Label.DIAGNOSIS or not begins(piece) or sureness(whole(piece)) < _SURE:
                continue
            parts = whole(piece)
            printed = "".join(part.text for part in parts)
            name, code = _parted(printed)
            folded = re.sub(r"\s+", "", fold(name))
            section, default = _section(document, piece)
            if len(folded) < 2 or section is None:
                continue
            evidence = document.evidence(
                page,
                tuple(part.line for part in parts),
                quote=printed,
                extractor=PAGE_READER,
                confidence=sureness(parts),
            )
            yield Diagnosis(
                document=document.id,
                name=name,
                status=item_status(folded, default),
                section=section,
                icd10=code,
                grade=grade_of(folded),
                evidence=(evidence,),
            )


def _section(document: Document, piece: Piece) -> tuple[str | None, AssertionStatus]:
    """The standard heading that it is linked to and how that asserts; None: no diagnosis of this paper.

    Under a heading that is not known nothing is confirmed, and what stands under none is a word of a sentence.
    """
    host = piece.host
    if host is None or host.label not in (Label.SECTION, Label.KEY):
        return None, AssertionStatus.SUSPECTED
    rule = rule_of(host.text)
    if rule is None:
        return "诊断", AssertionStatus.SUSPECTED
    if rule.kind != "diagnosis" and rule.name != "病理诊断":
        return None, AssertionStatus.SUSPECTED
    if document.type in EXAM_TYPES and rule.name != "病理诊断":
        return rule.name, AssertionStatus.SUSPECTED
    return rule.name, rule.status


_NUMBER = re.compile(r"^\s*(?:[(（]?\d{1,2}[)）.、．:：]|[①-⑳]|[-·●■◆*])\s*")
_CODE = re.compile(r"[\s(（\[]*(?P<code>[A-Z]\d{2}(?:\.[\dxX]{1,3})*)[+*†]?[)）\]]*\s*$")


def _parted(text: str) -> tuple[str, str | None]:
    """Name and ICD-10 code of a printed diagnosis; its running number is part of neither."""
    bare = _NUMBER.sub("", text).strip(" ;；,，。、")
    code = _CODE.search(bare)
    if code is None or code.start() == 0:
        return bare, None
    return bare[: code.start()].strip(" ;；,，。、"), code["code"]


def _same(known: Diagnosis, candidate: Diagnosis) -> bool:
    """One print, or one name of which a reader took a character more: in one section, or wherever it stands."""
    a, b = term_key(known.name), term_key(candidate.name)
    if a and b and (a in b or b in a) and known.section == candidate.section:
        return True
    theirs = candidate.evidence[0]
    return any(
        (e.file, e.page) == (theirs.file, theirs.page) and shared(e.box, theirs.box) >= 0.5
        for e in known.evidence
        if a and b and (a in b or b in a or known.section == candidate.section)
    )


def _by_both(known: Diagnosis, candidate: Diagnosis) -> Diagnosis:
    page = (candidate.evidence[0].file, candidate.evidence[0].page)
    return replace(known, evidence=tuple(_joined(e) if (e.file, e.page) == page else e for e in known.evidence))


def _joined(evidence: Evidence) -> Evidence:
    if PAGE_READER in evidence.extractor:
        return evidence
    return replace(evidence, extractor=f"{evidence.extractor}+{PAGE_READER}")
