"""The seals of a document as reports show them: what each says, and whether it agrees with the letterhead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pipeline.extracting.header import Letterhead, Sealed, find_hospital, issuer, seal_alerts, seals_of
from pipeline.nouns import Document, Review
from rules.engine.facts import DocumentType, Evidence
from rules.vocabulary.hospitals.matching import same_hospital

__all__ = ["Agreement", "SealCheck", "all_seal_evidence", "checked_seals", "seals_shown"]

Agreement = Literal["same", "other", "only_seal", "unread", "not_compared"]
"""With the letterhead: ``same`` hospital; certainly an ``other`` one (there is an alert then); ``only_seal``: the
hospital of the document is known by this seal alone; ``unread``: its words could not be read; else ``not_compared``."""


@dataclass(frozen=True, slots=True)
class SealCheck:
    sealed: Sealed
    agreement: Agreement


def seals_shown(document: Document) -> tuple[Sealed, ...]:
    """Seals of a document that are pressed on it; emblems printed on a card are none."""
    return () if document.type is DocumentType.IDENTITY_CARD else seals_of(document)


def checked_seals(document: Document) -> tuple[SealCheck, ...]:
    """Compare every seal of a document with its letterhead, by the rules that raise alerts."""
    seals = seals_shown(document)
    if not seals:
        return ()
    head, source = find_hospital(document), issuer(document)
    differ = {evidence for alert in seal_alerts(document) for evidence in alert.evidence}
    return tuple(SealCheck(sealed, _agreement(sealed, head, source, differ)) for sealed in seals)


def all_seal_evidence(review: Review) -> Iterator[Evidence]:
    """Where the seals of a case are, so that every page can light them."""
    for document in review.read.documents:
        for sealed in seals_shown(document):
            yield sealed.evidence


def _agreement(sealed: Sealed, head: Letterhead | None, source: Letterhead | None, differ: set[Evidence]) -> Agreement:
    if sealed.evidence in differ:
        return "other"
    if not sealed.evidence.quote:
        return "unread"
    if sealed.hospital is None:
        return "not_compared"
    if source is not None and source.by_seal:
        return "only_seal" if same_hospital(source.name, sealed.hospital) else "not_compared"
    if head is not None and same_hospital(head.name, sealed.hospital):
        return "same"
    return "not_compared"
