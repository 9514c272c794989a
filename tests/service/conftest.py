"""An office on SQLite and on PostgreSQL: every test of use cases runs on both."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from pipeline.service.actors import Actor, ActorKind, Role
from pipeline.service.database import Database
from pipeline.service.office import Office, open_office
from pipeline.settings import ServiceSettings, Settings
from tests.service import postgres

# One key for all offices, also for those in processes of their own; tests of key files take it away.
os.environ["YUSHEN_MASTER_KEYS"] = f"tests1 {'7a' * 32}"

NOW = dt.datetime(2026, 3, 16, 2, 0, tzinfo=dt.UTC)
"""A Monday, ten in the morning in China."""


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the schema and nothing else: copied, tests need not migrate one each."""
    path = tmp_path_factory.mktemp("empty") / "yushen.db"
    database = Database(f"sqlite:///{path}")
    database.upgrade()
    database.close()
    return path


@pytest.fixture(scope="session")
def empty_postgres(postgres_url: str) -> str:
    """Name of such a database on the server, for the same reason."""
    _run(postgres_url, "CREATE DATABASE empty")
    database = Database(f"{postgres_url}/empty")
    database.upgrade()
    database.close()
    return "empty"


def _run(url: str, statement: str) -> None:
    engine = create_engine(f"{url}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a database of the test's own; empty for SQLite in the data folder."""
    if request.param == "sqlite":
        (tmp_path / "data").mkdir(mode=0o700)
        shutil.copyfile(request.getfixturevalue("empty_sqlite"), tmp_path / "data" / "yushen.db")
        return ""
    url, name = request.getfixturevalue("postgres_url"), f"t{uuid.uuid4().hex}"
    _run(url, f"CREATE DATABASE {name} TEMPLATE {request.getfixturevalue('empty_postgres')}")
    return f"{url}/{name}"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(service=ServiceSettings(data_dir=tmp_path / "data", database_url=database_url))


@pytest.fixture
def office(settings: Settings) -> Iterator[Office]:
    """An office at a fixed moment; see :func:`at` for another."""
    opened = replace(open_office(settings), now=lambda: NOW)
    yield opened
    opened.close()


def at(office: Office, moment: dt.datetime) -> Office:
    return replace(office, now=lambda: moment)


@pytest.fixture
def reviewer(office: Office) -> Actor:
    """A reviewer of 江西 with an account."""
    from pipeline.service.tables import User

    with office.database.write() as session:
        user = User(
            login="shenhe1",
            name="审核甲",
            password="",
            roles=[Role.REVIEWER.value],
            regions=["jiangxi"],
            created_at=office.now(),
        )
        session.add(user)
        session.flush()
        return Actor(
            kind=ActorKind.USER,
            id=user.id,
            roles=frozenset({Role.REVIEWER}),
            regions=frozenset({"jiangxi"}),
        )
