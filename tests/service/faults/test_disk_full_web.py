"""A full disk while somebody uploads: told to come again, nothing half kept, and all well once there is space."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event, func, select

from pipeline.service import trail
from pipeline.service.office import Office
from pipeline.service.tables import Application, Upload
from tests.service.api.conftest import create
from tests.service.applicant.conftest import Visitor
from tests.service.faults.conftest import FullDisk

V1 = "/api/v1"


@pytest.fixture
def database_url() -> str:
    return ""


def uploads(office: Office) -> int:
    with office.database.read() as session:
        return session.scalar(select(func.count()).select_from(Upload)) or 0


def test_upload_to_a_full_disk_is_asked_for_again(client: TestClient, office: Office, full_disk: FullDisk) -> None:
    case = f"{V1}/applications/{create(client)['id']}"
    files = [("files", ("一.jpg", b"1" * 5000))]
    with full_disk.now():
        answer = client.post(f"{case}/uploads", files=files)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert uploads(office) == 0
    folder = office.settings.service.data_dir / "blobs"
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    assert client.post(f"{case}/uploads", files=files).status_code == 201
    assert uploads(office) == 1


def test_applicants_page_of_a_full_disk_says_that_nothing_is_lost(
    visitor: Visitor, office: Office, full_disk: FullDisk
) -> None:
    visitor.apply()
    visitor.upload(("一.jpg", b"1"))
    with full_disk.now():
        visitor.upload(("二.jpg", b"2"))
    assert visitor.status == 503
    assert "不会丢失" in visitor.page
    assert "过几分钟再试" in visitor.page
    assert uploads(office) == 1
    visitor.upload(("二.jpg", b"2"))
    assert visitor.status == 200
    assert uploads(office) == 2


@contextmanager
def no_more_pages(office: Office) -> Iterator[None]:
    """SQLite's own word for a full disk: the database file may not grow."""
    engine = office.database.engine

    def stop(connection: sqlite3.Connection, record: Any) -> None:
        del record
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages}")

    engine.dispose()
    event.listen(engine, "connect", stop)
    try:
        yield
    finally:
        event.remove(engine, "connect", stop)
        engine.dispose()


def test_database_that_cannot_grow_refuses_and_keeps_what_it_has(client: TestClient, office: Office) -> None:
    before = str(create(client)["id"])
    body = {"disease": "hypertension", "person": {"name": "测试" * 20}}
    with no_more_pages(office):
        statuses = [client.post(f"{V1}/applications", json=body).status_code for _ in range(60)]
        assert set(statuses) <= {201, 503}
        assert statuses[-1] == 503
        # A look at a case is written into the trail: what cannot be written there is not shown either.
        assert client.get(f"{V1}/applications/{before}").status_code == 503
        assert client.get(f"{V1}/diseases").status_code == 200
    assert client.get(f"{V1}/applications/{before}").status_code == 200
    assert client.post(f"{V1}/applications", json=body).status_code == 201
    with office.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Application)) == statuses.count(201) + 2
        assert trail.verify(session)[2] is None
    path = Path(str(office.database.url).removeprefix("sqlite:///"))
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
