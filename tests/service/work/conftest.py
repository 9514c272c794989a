"""Offices for tests that need one certain database, and real time: the queue compares its clock with theirs."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from pipeline.service.office import Office, open_office
from pipeline.settings import ServiceSettings, Settings


@pytest.fixture
def postgres_office(postgres_url: str, tmp_path: Path) -> Iterator[Office]:
    name = f"t{uuid.uuid4().hex}"
    engine = create_engine(f"{postgres_url}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    service = ServiceSettings(data_dir=tmp_path / "data", database_url=f"{postgres_url}/{name}")
    office = open_office(Settings(service=service))
    yield office
    office.close()
