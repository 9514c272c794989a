"""A case as bytes: the machine's documents and facts, so that judging again reads no page and extracts nothing twice.

Compressed JSON. Facts and what is known of documents go through :mod:`rules.engine.stored_facts`, where "absent" the
word and *absent* the state stay two things; pages and lines through their types. Page images are named by the digest
under which the blob store keeps them: ``Page.image`` of a case read back is ``Path(digest)``.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import TypeAdapter

from pipeline.nouns import Alert, Document, ReadCase, SourceFile
from rules.engine.facts import CaseFacts, DocumentInfo, DocumentType
from rules.engine.stored_facts import facts_from_json, facts_to_json

__all__ = ["StoredCase", "StoredCaseError", "case_from_bytes", "case_to_bytes", "stored_from_bytes", "stored_to_bytes"]

_VERSION = 1
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
    data = {
        "version": _VERSION,
        **_case_data(stored.machine),
        "types": {key: kind.value for key, kind in stored.types.items()},
        "retyped": None if stored.retyped is None else _case_data(stored.retyped),
    }
    return zlib.compress(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def stored_from_bytes(data: bytes) -> StoredCase:
    """Read what :func:`stored_to_bytes` wrote.

    Raises:
        StoredCaseError: it is damaged or of another version.
    """
    try:
        parsed: dict[str, Any] = json.loads(zlib.decompress(data))
        if parsed["version"] != _VERSION:
            raise StoredCaseError("another version")
        again = parsed["retyped"]
        return StoredCase(
            machine=_case(parsed),
            types={key: DocumentType(kind) for key, kind in parsed["types"].items()},
            retyped=None if again is None else _case(again),
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


def _case_data(case: ReadCase) -> dict[str, Any]:
    infos = tuple(d.info for d in case.documents if d.info is not None)
    return {
        "files": _FILES.dump_python(case.files, mode="json"),
        "documents": _DOCUMENTS.dump_python(tuple(replace(d, info=None) for d in case.documents), mode="json"),
        "infos": facts_to_json(CaseFacts(as_of=case.facts.as_of, documents=infos)),
        "facts": facts_to_json(case.facts),
        "alerts": _ALERTS.dump_python(case.alerts, mode="json"),
        "seconds": dict(case.seconds),
    }


def _case(parsed: Mapping[str, Any]) -> ReadCase:
    infos: dict[str, DocumentInfo] = {info.id: info for info in facts_from_json(parsed["infos"]).documents}
    documents = _DOCUMENTS.validate_python(parsed["documents"])
    return ReadCase(
        files=_FILES.validate_python(parsed["files"]),
        documents=tuple(replace(d, info=infos.get(d.id)) for d in documents),
        facts=facts_from_json(parsed["facts"]),
        alerts=_ALERTS.validate_python(parsed["alerts"]),
        seconds=_SECONDS.validate_python(parsed["seconds"]),
    )
