"""Names of facts and documents that stay the same when a case is read again: made from what the page says and where.

A document's key is made from the upload's SHA-256 and the number of its first page, a fact's from kind, upload, page,
box, quote and from what tells two facts of one quote apart. Ids like ``d3`` and ``p7`` shift when something is added or
reordered; keys do not. What is read otherwise by another reader has another key: a correction made for it is then
reported as lost, never put on something else.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.nouns import Document
from rules.engine.facts import (
    CaseFacts,
    Diagnosis,
    Evidence,
    Finding,
    FormEntry,
    LabResult,
    PatientIdentity,
    Treatment,
    Visit,
)

__all__ = ["FACT_KINDS", "Fact", "Keys", "keys_of"]

Fact = PatientIdentity | Visit | Diagnosis | LabResult | Finding | Treatment | FormEntry

FACT_KINDS = ("patient", "visits", "diagnoses", "lab_results", "findings", "treatments", "form")
"""Fields of :class:`~rules.engine.facts.CaseFacts` that hold facts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Keys of documents by id, and of facts by kind in the order of the facts."""

    documents: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def keys_of(facts: CaseFacts, documents: Sequence[Document]) -> Keys:
    """Name every fact and document. No two have the same name; equal ones are counted (``~2``)."""
    uploads = {(p.page.file, p.page.number): p.page.file_sha256 for d in documents for p in d.pages}
    seen: Counter[str] = Counter()

    def once(key: str) -> str:
        seen[key] += 1
        return key if seen[key] == 1 else f"{key}~{seen[key]}"

    homes = {d.id: once(_document(d)) for d in documents}
    return Keys(
        documents=homes,
        facts={kind: tuple(once(_fact(kind, f, uploads, homes)) for f in getattr(facts, kind)) for kind in FACT_KINDS},
    )


def _document(document: Document) -> str:
    first = document.pages[0].page
    return f"document-{_digest(first.file_sha256, first.number)}"


def _fact(kind: str, fact: Fact, uploads: Mapping[tuple[str, int], str], homes: Mapping[str, str]) -> str:
    home = (homes.get(fact.document, fact.document),)
    place = _place(fact.evidence[0], uploads) if fact.evidence else home
    return f"{kind}-{_digest(*place, *_own(fact))}"


def _place(evidence: Evidence, uploads: Mapping[tuple[str, int], str]) -> tuple[object, ...]:
    upload = uploads.get((evidence.file, evidence.page), evidence.file)
    return (upload, evidence.page, *(round(side) for side in evidence.box), evidence.quote)


def _own(fact: Fact) -> tuple[object, ...]:
    """What tells facts of one quote apart. Names as printed: concepts change with the vocabulary."""
    match fact:
        case Diagnosis():
            return (fact.name, fact.section)
        case LabResult():
            return (fact.name, fact.text)
        case Finding():
            return (fact.concept, fact.text)
        case Treatment():
            return (fact.kind, fact.name)
        case FormEntry():
            return (fact.field,)
        case Visit():
            return (fact.kind.value,)
    return ()


def _digest(*parts: object) -> str:
    return hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:24]
