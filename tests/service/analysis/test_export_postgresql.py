"""The same export from PostgreSQL: JSON columns, moments and one snapshot work there too."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from pipeline.audit.store import open_store
from pipeline.service.actors import Actor
from pipeline.service.analysis.exporting import export_service
from pipeline.service.decisions import Reason
from pipeline.service.office import Office
from pipeline.service.tables import Outcome
from tests.service.analysis.conftest import decided
from tests.service.conftest import _run
from tests.service.made import made_application


@pytest.fixture
def database_url(postgres_url: str, empty_postgres: str) -> str:
    name = f"t{uuid.uuid4().hex}"
    _run(postgres_url, f"CREATE DATABASE {name} TEMPLATE {empty_postgres}")
    return f"{postgres_url}/{name}"


def test_export_from_postgresql(office: Office, reviewer: Actor, tmp_path: Path) -> None:
    decided(office, reviewer, made_application(office), Outcome.RETURN, Reason(code="missing", criterion="1"))
    export_service(office, tmp_path / "store")
    with open_store(tmp_path / "store") as store:
        assert store.value("SELECT outcome FROM decisions") == "return"
        assert store.value("SELECT rounds FROM applications") == 1
        assert store.value("SELECT count(*) FROM timings WHERE step = 'round'") == 1
