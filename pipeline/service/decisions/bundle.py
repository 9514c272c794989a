"""A whole case as ZIP: what was uploaded, the sheet, report.json, the decisions, and a manifest with every digest.

材料/001.jpg ...   the uploads as they came, in the applicant's order; the manifest has the names they came with
认定表.pdf         with names and numbers in full: the uploads show them anyhow
report.json        of the assessment that the sheet tells of
decisions.json     every decision with its reasons
manifest.json      path, size and SHA-256 of everything else

A bundle for somebody outside the bureau (a court, the applicant) holds no note that people of the bureau wrote for each
other, no account, and no decision that never took effect.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.service import trail
from pipeline.service.access import find
from pipeline.service.actors import Actor, Role
from pipeline.service.applications import uploads_of
from pipeline.service.blobs import BlobMissingError
from pipeline.service.casework.outside import report_for_outside
from pipeline.service.decisions.quality import hide_blind
from pipeline.service.decisions.sheet import assessment_shown, decision_sheet
from pipeline.service.office import LOCAL, Office
from pipeline.service.tables import Application, Decision, Upload, User

__all__ = ["SCHEMA", "write_bundle"]

SCHEMA = "yushen.bundle.v1"
_CHUNK = 1024 * 1024


class _Writer:
    """A ZIP that notes what it holds."""

    def __init__(self, out: BinaryIO, when: tuple[int, int, int, int, int, int]) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self._when = when
        self.files: list[dict[str, Any]] = []

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def add(self, path: str, data: bytes, **more: Any) -> None:
        self._zip.writestr(self._entry(path), data)
        self.files.append({"path": path, "size": len(data), "sha256": hashlib.sha256(data).hexdigest(), **more})

    def add_stream(self, path: str, source: BinaryIO, **more: Any) -> None:
        digest, size = hashlib.sha256(), 0
        entry = self._entry(path)
        entry.compress_type = zipfile.ZIP_STORED  # photographs and PDF do not get smaller
        with self._zip.open(entry, "w", force_zip64=True) as target:
            while chunk := source.read(_CHUNK):
                target.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.files.append({"path": path, "size": size, "sha256": digest.hexdigest(), **more})

    def _entry(self, path: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(path, self._when)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o600 << 16
        return entry


def write_bundle(office: Office, actor: Actor, application: str, out: BinaryIO, *, outside: bool = False) -> None:
    """Write the bundle of a case to ``out`` and tell the trail.

    Args:
        outside: it leaves the bureau; see above.

    A file whose bytes are gone or damaged is named in the manifest under ``missing``, so that nobody takes the bundle
    for whole.

    Raises:
        NotAllowedError: no reviewer or second reader.
        NotFoundError: the actor may not see the case.
        LimitError: ``not_assessed``.
    """
    actor.require_role(Role.REVIEWER, Role.SECOND_READER)
    with office.database.read() as session:
        case = find(session, actor, application)
        hide_blind(session, actor, application)
        uploads = uploads_of(session, case)
        assessment = assessment_shown(session, case)
        decisions = _decisions(session, case, outside=outside)
    sheet = decision_sheet(office, actor, application, full=True, outside=outside)
    report = report_for_outside(assessment.report) if outside else assessment.report
    now = office.now().astimezone(LOCAL)
    with _Writer(out, (now.year, now.month, now.day, now.hour, now.minute, now.second)) as writer:
        missing = _add_uploads(office, writer, uploads)
        writer.add("认定表.pdf", sheet)
        writer.add("report.json", _json(report))
        writer.add("decisions.json", _json(decisions))
        manifest = {
            "schema": SCHEMA,
            "outside": outside,
            "serial": case.serial,
            "state": case.state.value,
            "round": case.round,
            "revision": case.revision,
            "made_at": now.isoformat(timespec="seconds"),
            "versions": assessment.versions,
            "files": list(writer.files),
            "missing": missing,
        }
        writer.add("manifest.json", _json(manifest))
    with office.database.write() as session:
        detail = {"files": len(uploads), "missing": len(missing), "outside": outside, "revision": case.revision}
        trail.append(session, actor, "bundle.make", application=application, detail=detail, at=office.now())


def _add_uploads(office: Office, writer: _Writer, uploads: Sequence[Upload]) -> list[dict[str, Any]]:
    missing = []
    for number, upload in enumerate(uploads, start=1):
        path = f"材料/{number:03d}{_suffix(upload.name)}"
        told = {"name": upload.name, "round": upload.round}
        try:
            with office.blobs.of(upload.application_id).as_file(upload.blob) as place, place.open("rb") as source:
                writer.add_stream(path, source, **told)
        except (BlobMissingError, OSError):
            missing.append({"path": path, "size": upload.size, "sha256": upload.sha256, **told})
            continue
        if writer.files[-1]["sha256"] != upload.sha256:
            missing.append({"path": path, "size": upload.size, "sha256": upload.sha256, **told})
    return missing


def _decisions(session: Session, case: Application, *, outside: bool) -> list[dict[str, Any]]:
    query = select(Decision).where(Decision.application_id == case.id).order_by(Decision.made_at, Decision.id)
    rows = [row for row in session.scalars(query) if row.final or not outside]
    ids = {person for row in rows for person in (row.made_by, row.second_by) if person}
    names = {user.id: user.name for user in session.scalars(select(User).where(User.id.in_(sorted(ids))))}
    return [
        {
            "id": row.id,
            "round": row.round,
            "assessment": row.assessment_id,
            "outcome": row.outcome.value,
            "reasons": row.reasons,
            "note": "" if outside else row.note,
            "made_by": names.get(row.made_by, ""),
            "made_at": row.made_at.isoformat(),
            "second_by": names.get(row.second_by or "", ""),
            "second_at": row.second_at.isoformat() if row.second_at else None,
            "second_agrees": row.second_agrees,
            "second_note": "" if outside else row.second_note,
            "final": row.final,
        }
        for row in rows
    ]


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _suffix(name: str) -> str:
    suffix = PurePosixPath(name).suffix.lower()
    return suffix if suffix[1:].isascii() and suffix[1:].isalnum() and len(suffix) <= 9 else ""
