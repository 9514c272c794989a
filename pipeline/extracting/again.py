"""A document extracted once more as another type, because a person said what it is; all other facts stay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.extracting import extract
from pipeline.extracting.owner import assign_owners
from pipeline.nouns import Alert, Document
from rules.engine.case_view import as_rules_read
from rules.engine.facts import CaseFacts, DocumentInfo, DocumentType, PatientIdentity

__all__ = ["as_types", "extract_as", "owned_anew"]


def as_types(documents: Sequence[Document], types: Mapping[str, DocumentType]) -> tuple[Document, ...]:
    """Return those of ``documents`` whose id is in ``types``, as documents of that type.

    A copy stays a copy: a person said what it is, not that it is another paper.
    """
    return tuple(
        replace(
            document,
            type=types[document.id],
            confidence=1.0,
            why=(*document.why, f"人工更正为“{types[document.id].label}”"),
            info=replace(
                as_rules_read(document.info or DocumentInfo(id=document.id, type=document.type)),
                type=types[document.id],
                model_only=(),
                readers_disagree=(),
            ),
        )
        for document in documents
        if document.id in types
    )


def extract_as(
    documents: Sequence[Document], types: Mapping[str, DocumentType], *, as_of: dt.date
) -> tuple[tuple[Document, ...], CaseFacts, tuple[Alert, ...]]:
    """Extract the documents that ``types`` names as what it says they are; their owners are not decided here.

    Returns:
        As :func:`pipeline.extracting.extract`, of these documents alone.
    """
    return extract(as_types(documents, types), as_of=as_of)


def owned_anew(
    documents: Sequence[Document], facts: CaseFacts, applicant: PatientIdentity | None = None
) -> tuple[tuple[Document, ...], tuple[Alert, ...]]:
    """Decide whose the documents are, from identities extracted before: a form among them changes who applies."""
    return assign_owners(documents, facts.patient, facts.form, applicant)
