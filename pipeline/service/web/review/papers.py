"""Papers of a case to take along: the decision sheet, the whole case as a ZIP, the filing data; the ledger."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO, Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response, StreamingResponse

from pipeline.service.access import NotFoundError, find
from pipeline.service.actors import Role
from pipeline.service.decisions import quality
from pipeline.service.decisions.bundle import write_bundle
from pipeline.service.decisions.filing import filing
from pipeline.service.decisions.sheet import decision_sheet
from pipeline.service.office import Office
from pipeline.service.people.current import SignedIn, TheOffice, UserSignedIn

__all__ = ["router"]

router = APIRouter()
_CHUNK = 1024 * 1024
_IN_MEMORY = 8 * _CHUNK


@router.get("/{application}/sheet.pdf")
def sheet(
    application: str, office: TheOffice, signed: UserSignedIn, full: Annotated[bool, Query()] = False
) -> Response:
    """The decision sheet; identity masked unless ``full`` is asked for, which the trail tells."""
    serial = _allowed(office, signed, application)
    data = decision_sheet(office, signed.actor, application, full=full)
    return Response(data, media_type="application/pdf", headers=_headers(f"{serial}.pdf"))


@router.get("/{application}/case.zip")
def bundle(application: str, office: TheOffice, signed: UserSignedIn) -> StreamingResponse:
    """Everything of the case."""
    serial = _allowed(office, signed, application)
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed when it has been sent
    try:
        write_bundle(office, signed.actor, application, file)  # type: ignore[arg-type]
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return StreamingResponse(_chunks(file), media_type="application/zip", headers=_headers(f"{serial}.zip"))


@router.get("/{application}/filing.json")
def filing_data(application: str, office: TheOffice, signed: UserSignedIn) -> JSONResponse:
    """The fields of the 备案."""
    serial = _allowed(office, signed, application)
    return JSONResponse(filing(office, signed.actor, application), headers=_headers(f"{serial}.json"))


def _allowed(office: Office, signed: SignedIn, application: str) -> str:
    """The serial number of a case that the person may see, unless its decision is hidden from the person meanwhile."""
    signed.actor.require_role(Role.REVIEWER, Role.SECOND_READER)
    with office.database.read() as session:
        case = find(session, signed.actor, application)
        if quality.is_blind_for(session, signed.actor, application):
            raise NotFoundError("paper")
        return case.serial


def _headers(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk
