"""``/desk/<id>/...``: the papers of one case. Use cases check the right to them and tell the trail."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from typing import BinaryIO

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse

from pipeline.service.access import find
from pipeline.service.actors import Actor
from pipeline.service.decisions.bundle import write_bundle
from pipeline.service.decisions.filing import filing
from pipeline.service.decisions.sheet import decision_sheet
from pipeline.service.office import Office
from pipeline.service.people.current import TheOffice, UserSignedIn

__all__ = ["download", "router"]

router = APIRouter()
_CHUNK = 256 * 1024


@router.get("/{application}/sheet.pdf")
def sheet(application: str, office: TheOffice, signed: UserSignedIn, full: bool = False) -> Response:
    """The decision sheet; ``full=1`` is the bureau's file copy with names and numbers."""
    made = decision_sheet(office, signed.actor, application, full=full)
    name = f"{_serial(office, signed.actor, application)}.pdf"
    return Response(made, media_type="application/pdf", headers=download(name, inline=True))


@router.get("/{application}/bundle.zip")
def bundle(application: str, office: TheOffice, signed: UserSignedIn, outside: bool = False) -> StreamingResponse:
    """The whole case; ``outside=1`` is a copy for somebody outside the bureau, without internal notes."""
    # Without a name in any folder: it is gone when it is closed, however this ends.
    out = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the last byte is sent
    try:
        write_bundle(office, signed.actor, application, out, outside=outside)
        size = out.tell()
        name = f"{_serial(office, signed.actor, application)}{'-copy' if outside else ''}.zip"
    except BaseException:
        out.close()
        raise
    headers = {**download(name), "Content-Length": str(size)}
    return StreamingResponse(_sent(out), media_type="application/zip", headers=headers)


@router.get("/{application}/filing.json")
def filing_json(application: str, office: TheOffice, signed: UserSignedIn) -> Response:
    """Fields of transaction 2503 of the national platform."""
    told = filing(office, signed.actor, application)
    text = json.dumps(told, ensure_ascii=False, indent=2)
    return Response(text, media_type="application/json", headers=download(f"{told['serial']}-2503.json"))


def download(name: str, *, inline: bool = False) -> dict[str, str]:
    """Return the headers of a paper: its ASCII name, and that nobody keeps it on the way."""
    kind = "inline" if inline else "attachment"
    return {"Content-Disposition": f'{kind}; filename="{name}"', "Cache-Control": "no-store"}


def _serial(office: Office, actor: Actor, application: str) -> str:
    with office.database.read() as session:
        return find(session, actor, application).serial


def _sent(out: BinaryIO) -> Iterator[bytes]:
    with out:
        out.seek(0)
        while chunk := out.read(_CHUNK):
            yield chunk
