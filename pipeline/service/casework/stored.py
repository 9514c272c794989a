"""A case as bytes: the machine's documents and facts, so that judging again reads no page and extracts nothing twice.

Compressed JSON. Facts and what is known of documents go through :mod:`rules.engine.stored_facts`, where "absent" the
word and *absent* the state stay two things; pages and lines through their types. Page images are named by the digest
under which the blob store keeps them: ``Page.image`` of a case read back is ``Path(digest)``.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter

from pipeline.nouns import Alert, Document, ReadCase, SourceFile
from rules.engine.facts import CaseFacts, DocumentInfo
from rules.engine.stored_facts import facts_from_json, facts_to_json

__all__ = ["StoredCaseError", "case_from_bytes", "case_to_bytes"]

_VERSION = 1
_DOCUMENTS = TypeAdapter(tuple[Document, ...])
_ALERTS = TypeAdapter(tuple[Alert, ...])
_FILES = TypeAdapter(tuple[SourceFile, ...])
_SECONDS: TypeAdapter[Mapping[str, float]] = TypeAdapter(Mapping[str, float])


class StoredCaseError(ValueError):
    """The bytes are damaged or of another version. The message quotes nothing of them."""


def case_to_bytes(case: ReadCase) -> bytes:
    """Write ``case``. Lossless, apart from bytes of images, which are not in a case."""
    infos = tuple(d.info for d in case.documents if d.info is not None)
    data = {
        "version": _VERSION,
        "files": _FILES.dump_python(case.files, mode="json"),
        "documents": _DOCUMENTS.dump_python(tuple(replace(d, info=None) for d in case.documents), mode="json"),
        "infos": facts_to_json(CaseFacts(as_of=case.facts.as_of, documents=infos)),
        "facts": facts_to_json(case.facts),
        "alerts": _ALERTS.dump_python(case.alerts, mode="json"),
        "seconds": dict(case.seconds),
    }
    return zlib.compress(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def case_from_bytes(data: bytes) -> ReadCase:
    """Read what :func:`case_to_bytes` wrote.

    Raises:
        StoredCaseError: it is damaged or of another version.
    """
    try:
        parsed: dict[str, Any] = json.loads(zlib.decompress(data))
        if parsed["version"] != _VERSION:
            raise StoredCaseError("another version")
        infos: dict[str, DocumentInfo] = {info.id: info for info in facts_from_json(parsed["infos"]).documents}
        documents = _DOCUMENTS.validate_python(parsed["documents"])
        return ReadCase(
            files=_FILES.validate_python(parsed["files"]),
            documents=tuple(replace(d, info=infos.get(d.id)) for d in documents),
            facts=facts_from_json(parsed["facts"]),
            alerts=_ALERTS.validate_python(parsed["alerts"]),
            seconds=_SECONDS.validate_python(parsed["seconds"]),
        )
    except (KeyError, TypeError, ValueError, zlib.error) as error:
        # Without the cause: messages of validation quote what they refuse.
        raise StoredCaseError(type(error).__name__) from None
