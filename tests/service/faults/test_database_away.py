"""The database locked, gone and back: who asks meanwhile is asked to come again, and work goes on where it was."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text

from pipeline.service import database
from pipeline.service.app import create_app
from pipeline.service.office import Office, open_office
from pipeline.service.work.client import DurableQueue
from pipeline.service.work.system import prepare_system
from pipeline.settings import ServiceSettings, Settings
from tests.service import postgres
from tests.service.api.conftest import Asked, create, make_key
from tests.service.work.processes import workers
from tests.service.work.test_kills import check, make_cases, wait_for

V1 = "/api/v1"
AWAY = float(os.environ.get("YUSHEN_AWAY_SECONDS", "4"))
"""Seconds for which PostgreSQL is gone, twice."""
BODY = {"disease": "hypertension", "person": {"name": "测试一"}}


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Another program holds the database's write lock."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


def test_locked_database_refuses_for_a_while_and_loses_nothing(
    tmp_path: Path, empty_sqlite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_BUSY_MS", 300)
    service = ServiceSettings(data_dir=tmp_path / "data")
    office = open_office(Settings(service=service))
    try:
        with TestClient(create_app(office, Asked()), raise_server_exceptions=False) as client:
            client.headers["Authorization"] = f"Bearer {make_key(office)}"
            create(client)
            with held(service.data_dir / "yushen.db"):
                began = time.monotonic()
                answer = client.post(f"{V1}/applications", json=BODY)
                assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
                assert int(answer.headers["Retry-After"]) > 0
                assert time.monotonic() - began >= 0.3
                assert client.get("/", headers={"accept": "text/html"}).status_code == 200
            assert client.post(f"{V1}/applications", json=BODY).status_code == 201
    finally:
        office.close()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[tuple[postgres.Server, Office]]:
    with postgres.restartable() as server:
        engine = create_engine(f"{server.url}/postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("CREATE DATABASE yushen"))
        engine.dispose()
        settings = ServiceSettings(data_dir=tmp_path / "data", database_url=f"{server.url}/yushen")
        office = open_office(Settings(service=settings))
        yield server, office
        office.close()


@pytest.mark.slow
def test_postgresql_crashes_while_work_is_under_way_and_comes_back(
    own_server: tuple[postgres.Server, Office], tmp_path: Path
) -> None:
    server, office = own_server
    prepare_system(office.settings)
    with (
        closing(DurableQueue(office)) as queue,
        TestClient(create_app(office, queue), raise_server_exceptions=False) as client,
        workers(office, tmp_path, 2, seconds=0.3) as running,
    ):
        client.headers["Authorization"] = f"Bearer {make_key(office)}"
        create(client)
        for worker in running:
            worker.wait()
        cases = make_cases(office, queue, 6)
        for _ in range(2):
            time.sleep(1.0)
            server.stop()
            answer = client.post(f"{V1}/applications", json=BODY)
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
            assert client.get("/readyz").status_code == 503
            assert client.get("/healthz").status_code == 200
            time.sleep(AWAY)
            assert [worker.process.poll() for worker in running] == [None, None]
            server.start()
        assert client.get("/readyz").status_code == 200
        wait_for(office, len(cases), 240)
        check(office, cases)
        assert client.post(f"{V1}/applications", json=BODY).status_code == 201
