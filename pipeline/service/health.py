"""Whether the process lives, whether it can work, and its figures. For machines; none of it names a person."""

from __future__ import annotations

import logging

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from pipeline.service import database as database_module
from pipeline.service.logs import event
from pipeline.service.metrics import CONTENT_TYPE, RequestTimes, exposition
from pipeline.service.office import Office
from pipeline.service.people.addresses import exact_address, is_trusted
from pipeline.service.people.current import TheOffice
from pipeline.service.sealing.opening import state_of_keys

__all__ = ["Readiness", "newest_schema", "readiness", "router", "schema_of"]

_LOG = logging.getLogger("yushen.health")
_LOOPBACK = ("127.0.0.0/8", "::1/128")
router = APIRouter()

Readiness = dict[str, str]
"""What was looked at, and ``ok`` or the kind of error."""


@router.get("/healthz")
def alive() -> PlainTextResponse:
    """Tell that the process answers."""
    return PlainTextResponse("ok\n")


@router.get("/readyz")
def ready(office: TheOffice) -> JSONResponse:
    """Tell whether database, schema, keys and blobs can be worked with; 503 when not."""
    found = readiness(office)
    good = all(state == "ok" for state in found.values())
    return JSONResponse({"ready": good, "checks": found}, 200 if good else 503)


@router.get("/metrics")
def metrics(request: Request, office: TheOffice) -> Response:
    """Tell the figures, to this machine and the trusted addresses only."""
    address = exact_address(request, office)
    if not is_trusted(address, (*_LOOPBACK, *office.settings.service.trusted_proxies)):
        return PlainTextResponse("forbidden\n", 403)
    times: RequestTimes = request.app.state.request_times
    return Response(exposition(office, times), media_type=CONTENT_TYPE)


def readiness(office: Office) -> Readiness:
    """Look at everything that the service needs."""
    found: Readiness = {}
    for name, check in (("database", _database), ("schema", _schema), ("keys", _keys), ("blobs", _blobs)):
        try:
            found[name] = check(office)
        except Exception as error:
            found[name] = type(error).__name__
            event(_LOG, "not_ready", level=logging.WARNING, check=name, error=type(error).__name__)
    return found


def schema_of(office: Office) -> str | None:
    """Return the schema's revision in the database."""
    with office.database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_schema() -> str | None:
    """Return the revision that this version of the program works with."""
    config = Config()
    config.set_main_option("script_location", str(database_module.MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head()


def _database(office: Office) -> str:
    with office.database.read() as session:
        session.connection().exec_driver_sql("SELECT 1")
    return "ok"


def _schema(office: Office) -> str:
    return "ok" if schema_of(office) == newest_schema() else "other_revision"


def _blobs(office: Office) -> str:
    return "ok" if office.blobs.probe() else "damaged"


def _keys(office: Office) -> str:
    return state_of_keys(office.database, office.settings.service)
