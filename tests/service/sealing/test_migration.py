"""What the version before sealing kept in the clear is sealed when this one starts; nothing of it is left behind."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, select, text

from pipeline.service.database import Database, database_url
from pipeline.service.office import open_office, open_store
from pipeline.service.sealing import Keyring
from pipeline.service.tables import (
    Assessment,
    Correction,
    Decision,
    Identity,
    PageRow,
    QualitySample,
    Upload,
    UploadPart,
    UploadSession,
)
from pipeline.settings import ServiceSettings, Settings
from tests.service.sealing.plain import CASE, IMAGE, SENTINELS, UPLOAD, fill


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """An installation of the version before, with a case."""
    url = ""
    if request.param == "postgresql":
        server, name = request.getfixturevalue("postgres_url"), f"m{uuid.uuid4().hex}"
        engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        url = f"{server}/{name}"
    settings = Settings(service=ServiceSettings(data_dir=tmp_path / "data", database_url=url))
    database = Database(database_url(settings.service))
    fill(database, settings.service.data_dir / "blobs")
    database.close()
    return settings


def sentinels_in(folder: Path) -> list[str]:
    """Files below ``folder`` in whose bytes or name a sentinel stands."""
    words = [word.encode() for word in SENTINELS]
    return [
        str(path)
        for path in folder.rglob("*")
        if path.is_file() and any(word in path.read_bytes() or word in str(path).encode() for word in words)
    ]


def test_migration_seals_everything_and_loses_nothing(old: Settings) -> None:
    data = old.service.data_dir
    assert sentinels_in(data)
    office = open_office(old)
    try:
        with office.database.read() as session:
            who = session.get_one(Identity, CASE)
            assert (who.name, who.id_number, who.phone, who.agent_name) == (*SENTINELS[:3], "")
            assert who.id_number_index == Identity.index_of(office.keyring, SENTINELS[1])
            upload = session.scalars(select(Upload)).one()
            assert (upload.name, upload.sha256) == (f"{SENTINELS[3]}.jpg", hashlib.sha256(UPLOAD).hexdigest())
            second, third = session.scalars(select(PageRow).order_by(PageRow.position))
            assert second.reading == f"{SENTINELS[0]} {SENTINELS[4]}".encode()
            assert (third.reading, third.page) == (None, second.page)
            assessment = session.scalars(select(Assessment)).one()
            assert assessment.report["case"]["applicant"]["name"] == SENTINELS[0]
            assert assessment.feedback["at"]["image"] == second.image
            from pipeline.service.casework.stored import case_from_bytes

            (file,) = case_from_bytes(assessment.case).files
            assert (file.path.name, file.sha256) == (upload.blob, upload.sha256)
            assert session.scalars(select(Correction)).one().human == {"value": SENTINELS[4]}
            decision = session.scalars(select(Decision)).one()
            assert (decision.reasons, decision.note, decision.second_note) == (
                [{"text": SENTINELS[0]}],
                SENTINELS[0],
                "",
            )
            sample = session.scalars(select(QualitySample)).one()
            assert (sample.reasons, sample.note) == ([], SENTINELS[2])
            assert session.scalars(select(UploadSession)).one().name == f"{SENTINELS[3]}.pdf"
            part = session.scalars(select(UploadPart)).one()
        files = office.blobs.of(CASE)
        assert (files.read(upload.blob), files.read(second.image)) == (UPLOAD, IMAGE)
        assert files.has(part.blob)
        assert not files.has(third.image)
        assert set(office.blobs.digests()) == {upload.blob, second.image, part.blob}
        assert office.database.url.startswith("postgresql") or not sentinels_in(data)
        assert not plain_columns(office.database)
    finally:
        office.close()
    assert not sentinels_in(data) or old.service.database_url
    open_office(old).close()  # once more changes nothing


def plain_columns(database: Database) -> set[str]:
    """Columns with a sealed twin that are still there."""
    inspector = inspect(database.engine)
    columns = {f"{t}.{c['name']}" for t in inspector.get_table_names() for c in inspector.get_columns(t)}
    return {column for column in columns if f"{column}_sealed" in columns}


def test_migration_killed_in_the_middle_begins_again(old: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as context:

        def killed(self: Keyring, what: str, value: str) -> str:
            raise KeyboardInterrupt

        context.setattr(Keyring, "blind", killed)
        with pytest.raises(KeyboardInterrupt):
            open_office(old)
    store = open_store(old)
    assert {hashlib.sha256(data).hexdigest() for data in (UPLOAD, IMAGE)} <= set(store.digests())
    office = open_office(old)
    with office.database.read() as session:
        assert session.get_one(Identity, CASE).name == SENTINELS[0]
        upload = session.scalars(select(Upload)).one()
    assert office.blobs.of(CASE).read(upload.blob) == UPLOAD
    office.close()
    assert not database_url(old.service).startswith("sqlite") or not sentinels_in(old.service.data_dir)
