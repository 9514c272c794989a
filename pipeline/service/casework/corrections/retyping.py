"""Documents whose type a person corrected are extracted again as that type; nothing is read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from pipeline.calibrating import calibrate
from pipeline.extracting.again import extract_as, owned_anew
from pipeline.keys import FACT_KINDS, keys_of
from pipeline.normalising import normalise
from pipeline.nouns import Alert, Document, ReadCase, ReadPage
from pipeline.service.blobs import BlobMissingError, Pictures
from pipeline.service.casework.corrections.changes import Change, ChangeError, Kind, latest, parsed
from pipeline.service.casework.corrections.overlay import Note
from rules.engine.facts import CaseFacts, DocumentInfo, DocumentType, PatientIdentity
from rules.vocabulary import load_vocabulary

__all__ = ["retyped", "types_given"]

_OWNER_CODES = frozenset({"other_person", "owner_unsure", "owner_unreadable"})


def types_given(
    case: ReadCase, changes: Sequence[Change]
) -> tuple[dict[str, DocumentType], tuple[Note, ...], frozenset[str]]:
    """Return the types that people gave to documents, by key; what is not there any more; and the keys touched."""
    keys = set(keys_of(case.facts, case.documents).documents.values())
    types: dict[str, DocumentType] = {}
    notes: list[Note] = []
    for change in latest(tuple(changes)):
        if change.kind is not Kind.DOCUMENT_TYPE:
            continue
        try:
            given = parsed(change.target, change.field, change.human)
        except ChangeError:
            notes.append(Note(correction=change.id, code="not_possible"))
            continue
        if change.target in keys:
            types[change.target] = given
        else:
            notes.append(Note(correction=change.id, code="target_lost"))
    return types, tuple(notes), frozenset(types)


def retyped(
    case: ReadCase, types: Mapping[str, DocumentType], blobs: Pictures, applicant: PatientIdentity | None
) -> ReadCase:
    """Return ``case`` with the documents of ``types`` (by key) extracted as what people say they are."""
    by_id = {id: types[key] for id, key in keys_of(case.facts, case.documents).documents.items() if key in types}
    if not by_id:
        return case
    images = {page.page.id: page.page.image for document in case.documents for page in document.pages}
    with ExitStack() as files:
        opened = [_with_images(document, blobs, files) for document in case.documents if document.id in by_id]
        documents, raw, alerts = extract_as(opened, by_id, as_of=case.facts.as_of)
    part, more_alerts = normalise(raw, vocabulary=load_vocabulary())
    part = calibrate(part, [page for document in opened for page in document.pages])
    anew = {document.id: _named(document, images) for document in documents}
    merged = tuple(anew.get(document.id, document) for document in case.documents)
    facts = _merged(case.facts, part, set(by_id), [document.id for document in merged])
    known = {info.id: info for info in facts.documents}
    owned, owner_alerts = owned_anew([replace(d, info=known.get(d.id, d.info)) for d in merged], facts, applicant)
    infos = {document.id: document.info for document in owned if document.info is not None}
    return replace(
        case,
        documents=owned,
        facts=replace(facts, documents=tuple(infos.get(info.id, info) for info in facts.documents)),
        alerts=(
            *(alert for alert in case.alerts if not _replaced(alert, case, set(by_id))),
            *owner_alerts,
            *(alert for alert in (*alerts, *more_alerts) if alert.code not in _OWNER_CODES),
        ),
    )


def _merged(facts: CaseFacts, part: CaseFacts, changed: set[str], order: Sequence[str]) -> CaseFacts:
    """The facts of all other documents and those of ``part``, in the documents' order."""
    place = {id: number for number, id in enumerate(order)}

    def both(kind: str) -> tuple[Any, ...]:
        kept = [fact for fact in getattr(facts, kind) if fact.document not in changed]
        return tuple(sorted((*kept, *getattr(part, kind)), key=lambda fact: place.get(fact.document, len(place))))

    anew: dict[str, DocumentInfo] = {info.id: info for info in part.documents}
    merged: dict[str, Any] = {kind: both(kind) for kind in FACT_KINDS}
    return replace(facts, documents=tuple(anew.get(info.id, info) for info in facts.documents), **merged)


def _replaced(alert: Alert, case: ReadCase, changed: set[str]) -> bool:
    """True for alerts of extracting the old type, and for all of whose the documents are."""
    if alert.code in _OWNER_CODES:
        return True
    if alert.evidence:
        return alert.evidence[0].document in changed
    pages = {(p.page.file, p.page.number) for d in case.documents if d.id in changed for p in d.pages}
    return alert.code == "extraction_failed" and (alert.file, alert.page) in pages


def _with_images(document: Document, blobs: Pictures, files: ExitStack) -> Document:
    def opened(read: ReadPage) -> ReadPage:
        try:
            image = files.enter_context(blobs.as_file(read.page.image.name))
        except BlobMissingError:
            return read
        return replace(read, page=replace(read.page, image=image))

    return replace(document, pages=tuple(opened(page) for page in document.pages))


def _named(document: Document, images: Mapping[str, Any]) -> Document:
    return replace(
        document,
        pages=tuple(replace(p, page=replace(p.page, image=images[p.page.id])) for p in document.pages),
    )
