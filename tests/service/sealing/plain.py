"""A database and a folder of files as the version before sealing left them, with an invented case in them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from pipeline.nouns import ReadCase, SourceFile
from pipeline.service.casework.stored import case_to_bytes
from pipeline.service.database import MIGRATIONS, Database
from rules.engine.facts import CaseFacts
from tests.service.conftest import NOW

__all__ = ["CASE", "IMAGE", "SENTINELS", "UPLOAD", "fill"]

SENTINELS = ("欧阳哨兵", "999999196803120010", "13900009999", "哨兵出院小结", "哨兵诊断")
UPLOAD, IMAGE, PART = "哨兵出院小结 原件".encode() * 50, "哨兵诊断 图".encode() * 50, "哨兵诊断 段".encode() * 50
CASE = "c" * 32
_NAME, _NUMBER, _PHONE, _FILE, _FINDING = SENTINELS


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def fill(database: Database, blobs: Path) -> None:
    """Make the first schema in an empty database, and fill tables and folder."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.engine.execution_options(yushen_write=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        metadata = sa.MetaData()
        metadata.reflect(connection)
        for table, values in _rows():
            connection.execute(metadata.tables[table].insert().values(**values))
    for data in (UPLOAD, IMAGE, PART):
        path = blobs / _sha(data)[:2] / _sha(data)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _rows() -> list[tuple[str, dict[str, Any]]]:
    source = SourceFile(name=f"{_FILE}.jpg", path=Path(_sha(UPLOAD)), sha256=_sha(UPLOAD), media_type="", size=7)
    empty = CaseFacts(as_of=NOW.date(), documents=())
    case = case_to_bytes(ReadCase(files=(source,), documents=(), facts=empty, alerts=(), seconds={}))
    person = {"id": "u" * 32, "login": "a", "name": "审核甲", "password": "", "roles": [], "regions": []}
    at = {"application_id": CASE}
    return [
        ("users", {**person, "active": True, "must_change": False, "created_at": NOW}),
        (
            "applications",
            {
                "id": CASE,
                "serial": "YS20260316-0000197",
                "code_digest": "0" * 64,
                "channel": "web",
                "region": "jiangxi",
                "state": "decided",
                "created_at": NOW,
                "due_provisional": False,
                "round": 1,
                "revision": 1,
                "alert_count": 0,
            },
        ),
        (
            "identities",
            {
                **at,
                "name": _NAME,
                "id_number": _NUMBER,
                "phone": _PHONE,
                **dict.fromkeys(("agent_name", "agent_id_number", "agent_phone", "agent_relation"), ""),
            },
        ),
        (
            "uploads",
            {
                **at,
                "id": "1" * 32,
                "name": f"{_FILE}.jpg",
                "sha256": _sha(UPLOAD),
                "size": len(UPLOAD),
                "position": 0,
                "batch": "",
                "round": 1,
                "uploaded_at": NOW,
                "uploaded_by": "applicant",
                "state": "done",
                "why": "",
                "code": "",
            },
        ),
        *[
            (
                "pages",
                {
                    "id": str(number) * 32,
                    "upload_id": "1" * 32,
                    "position": number,
                    "member": f"{_FILE}.jpg",
                    "number": number,
                    "width": 10,
                    "height": 10,
                    # The picture of the second is lost.
                    "image": _sha(IMAGE) if number == 2 else "d" * 64,
                    "page": f'{{"text": "{_FINDING}"}}'.encode(),
                    "state": "done",
                    "why": "",
                    "code": "",
                    "retake": False,
                    "attempts": 1,
                    "reading": f"{_NAME} {_FINDING}".encode() if number == 2 else None,
                    "reader": "r",
                },
            )
            for number in (2, 3)
        ],
        (
            "upload_sessions",
            {
                **at,
                "id": "4" * 32,
                "name": f"{_FILE}.pdf",
                "size": 9,
                "sha256": "e" * 64,
                "batch": "",
                "received": 1,
                "created_at": NOW,
                "expires_at": NOW,
            },
        ),
        (
            "upload_parts",
            {"id": "5" * 32, "session_id": "4" * 32, "start": 0, "size": 1, "blob": _sha(PART)},
        ),
        (
            "assessments",
            {
                **at,
                "id": "6" * 32,
                "revision": 1,
                "made_at": NOW,
                "as_of": NOW.date(),
                "versions": {},
                "conclusion": "meets",
                "machine_conclusion": "meets",
                "report": {"case": {"applicant": {"name": _NAME}}},
                "feedback": {"at": {"file": f"{_FILE}.jpg", "page": 1, "image": _sha(IMAGE)}},
                "facts": json.dumps({"diagnoses": [_FINDING]}, ensure_ascii=False),
                "case": case,
                "seconds": 1.0,
            },
        ),
        (
            "corrections",
            {
                **at,
                "id": "7" * 32,
                "made_at": NOW,
                "made_by": "u" * 32,
                "kind": "value",
                "target": "t",
                "field": "",
                "machine": {"value": _FINDING},
                "human": {"value": _FINDING},
                "note": _NAME,
            },
        ),
        (
            "decisions",
            {
                **at,
                "id": "8" * 32,
                "round": 1,
                "assessment_id": "6" * 32,
                "outcome": "approve",
                "reasons": [{"text": _NAME}],
                "note": _NAME,
                "made_by": "u" * 32,
                "made_at": NOW,
                "needs_second": False,
                "second_note": "",
                "final": True,
            },
        ),
        (
            "quality_samples",
            {**at, "id": "9" * 32, "decision_id": "8" * 32, "drawn_at": NOW, "reasons": [], "note": _PHONE},
        ),
    ]
