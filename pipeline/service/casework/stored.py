"""A case as bytes: the machine's documents and facts, so that judging again reads no page and extracts nothing twice.

Compressed lines of JSON. Facts and what is known of documents go through :mod:`rules.engine.stored_facts`, where
"absent" the word and *absent* the state stay two things; pages and lines through their types. Page images are named by
the digest under which the blob store keeps them: ``Page.image`` of a case read back is ``Path(digest)``.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import TypeAdapter

from pipeline.nouns import Alert, Document, ReadCase, SourceFile
from rules.engine.facts import CaseFacts, DocumentInfo, DocumentType
from rules.engine.stored_facts import facts_from_json, facts_to_json

__all__ = [
    "StoredCase",
    "StoredCaseError",
    "case_from_bytes",
    "case_to_bytes",
    "facts_from_bytes",
    "stored_from_bytes",
    "stored_to_bytes",
]

_VERSION = 1
_PARTS = 6
_FACTS = 3
"""Which part the facts are."""
_DOCUMENTS = TypeAdapter(tuple[Document, ...])
_ALERTS = TypeAdapter(tuple[Alert, ...])
_FILES = TypeAdapter(tuple[SourceFile, ...])
_SECONDS: TypeAdapter[Mapping[str, float]] = TypeAdapter(Mapping[str, float])


class StoredCaseError(ValueError):
    """The bytes are damaged or of another version. The message quotes nothing of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCase:
    """What the machine made of a case, and what it made of it once people had said what some documents are."""

    machine: ReadCase
    types: Mapping[str, DocumentType] = field(default_factory=dict)
    """Types that people gave, by key of the document."""
    retyped: ReadCase | None = None
    """With ``types``; None where there are none."""


def stored_to_bytes(stored: StoredCase) -> bytes:
    """Write ``stored``. Lossless, apart from bytes of images, which are not in a case."""
    head = {
        "version": _VERSION,
        "types": {key: kind.value for key, kind in stored.types.items()},
        "retyped": stored.retyped is not None,
    }
    parts = [json.dumps(head).encode(), *_parts(stored.machine)]
    if stored.retyped is not None:
        parts += _parts(stored.retyped)
    return zlib.compress(b"\n".join(parts), 6)


def stored_from_bytes(data: bytes) -> StoredCase:
    """Read what :func:`stored_to_bytes` wrote.

    Raises:
        StoredCaseError: it is damaged or of another version.
    """
    try:
        head, *parts = zlib.decompress(data).split(b"\n")
        told: dict[str, Any] = json.loads(head)
        if told["version"] != _VERSION:
            raise StoredCaseError("another version")
        if len(parts) != _PARTS * (2 if told["retyped"] else 1):
            raise StoredCaseError("parts missing")
        return StoredCase(
            machine=_case(parts[:_PARTS]),
            types={key: DocumentType(kind) for key, kind in told["types"].items()},
            retyped=_case(parts[_PARTS:]) if told["retyped"] else None,
        )
    except (KeyError, TypeError, ValueError, AttributeError, zlib.error) as error:
        # Without the cause: messages of validation quote what they refuse.
        raise StoredCaseError(type(error).__name__) from None


def case_to_bytes(case: ReadCase) -> bytes:
    """Write a case that nobody has corrected."""
    return stored_to_bytes(StoredCase(machine=case))


def case_from_bytes(data: bytes) -> ReadCase:
    """Return what the machine made of the case.

    Raises:
        StoredCaseError: it is damaged or of another version.
    """
    return stored_from_bytes(data).machine


def facts_from_bytes(data: bytes) -> CaseFacts:
    """Return the machine's facts alone, several times faster than the whole case.

    Raises:
        StoredCaseError: it is damaged or of another version.
    """
    try:
        head, *parts = zlib.decompress(data).split(b"\n")
        if json.loads(head)["version"] != _VERSION:
            raise StoredCaseError("another version")
        return facts_from_json(parts[_FACTS])
    except (KeyError, IndexError, TypeError, ValueError, zlib.error) as error:
        raise StoredCaseError(type(error).__name__) from None


def _parts(case: ReadCase) -> list[bytes]:
    """JSON of one line each: a part is read by its own type at once, which is several times faster than one tree."""
    infos = tuple(d.info for d in case.documents if d.info is not None)
    return [
        _FILES.dump_json(case.files),
        _DOCUMENTS.dump_json(tuple(replace(d, info=None) for d in case.documents)),
        facts_to_json(CaseFacts(as_of=case.facts.as_of, documents=infos)).encode(),
        facts_to_json(case.facts).encode(),
        _ALERTS.dump_json(case.alerts),
        _SECONDS.dump_json(case.seconds),
    ]


def _case(parts: Sequence[bytes]) -> ReadCase:
    files, documents, infos, facts, alerts, seconds = parts
    known: dict[str, DocumentInfo] = {info.id: info for info in facts_from_json(infos).documents}
    return ReadCase(
        files=_FILES.validate_json(files),
        documents=tuple(replace(d, info=known.get(d.id)) for d in _DOCUMENTS.validate_json(documents)),
        facts=facts_from_json(facts),
        alerts=_ALERTS.validate_json(alerts),
        seconds=_SECONDS.validate_json(seconds),
    )
