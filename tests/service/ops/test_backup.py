"""Backup and restore, on both databases: everything comes back, nothing is overwritten, damage is told."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text

from pipeline.service import applications, backup, trail
from pipeline.service.access import find
from pipeline.service.actors import SYSTEM
from pipeline.service.backup import BackupError
from pipeline.service.office import Office, open_office
from pipeline.service.people import sessions
from pipeline.service.tables import Identity, Session, User
from pipeline.settings import ServiceSettings, Settings
from tests.service.made import add_file, made_application
from tests.service.signed import make_user


@pytest.fixture
def elsewhere(office: Office, tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """Where nothing is yet, on the same kind of database."""
    url = ""
    if office.database.url.startswith("postgresql"):
        server, name = request.getfixturevalue("postgres_url"), f"r{uuid.uuid4().hex}"
        engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        url = f"{server}/{name}"
    return Settings(service=ServiceSettings(data_dir=tmp_path / "elsewhere", database_url=url))


def filled(office: Office) -> str:
    user = make_user(office)
    with office.database.write() as session:
        sessions.open_for_user(session, office, user)
    case = made_application(office, {}, submitted=False)
    for number in range(3):
        add_file(office, case, f"{number}.jpg", bytes([number]) * 1000)
    return case


def test_backup_comes_back_whole(office: Office, elsewhere: Settings, tmp_path: Path) -> None:
    case = filled(office)
    manifest = backup.save(office, tmp_path / "backup")
    restored_manifest, restored = backup.restore(elsewhere, tmp_path / "backup")
    try:
        assert restored_manifest == manifest
        assert restored.key == office.key
        with restored.database.read() as session:
            count, head, broken = trail.verify(session)
            assert (count, head, broken) == (manifest.trail_rows, manifest.trail_head, None)
            assert session.get_one(Identity, case).name == "张建国"
            assert session.scalars(select(User.login)).all() == ["shenhe1"]
            assert session.scalars(select(Session)).all() == []
            uploads = applications.uploads_of(session, find(session, SYSTEM, case))
            assert [restored.blobs.of(case).read(upload.blob)[:2] for upload in uploads] == [b"\0\0", b"\1\1", b"\2\2"]
        with restored.database.write() as session:  # and it can be worked on
            trail.append(session, SYSTEM, "case.view")
        with restored.database.read() as session:
            assert trail.verify(session)[2] is None
    finally:
        restored.close()


def test_backup_is_taken_while_others_write(office: Office, elsewhere: Settings, tmp_path: Path) -> None:
    case = filled(office)
    busy = replace(office, blobs=_WritingMeanwhile(office, case))  # type: ignore[arg-type]
    backup.save(busy, tmp_path / "backup")
    _, restored = backup.restore(elsewhere, tmp_path / "backup")
    restored.close()


class _WritingMeanwhile:
    """Blobs whose listing is slow enough for another upload to arrive."""

    def __init__(self, office: Office, case: str) -> None:
        self._office, self._case = office, case

    def digests(self) -> object:
        add_file(self._office, self._case, "late.jpg", b"late")
        return self._office.blobs.digests()

    def check(self, digest: str) -> bool:
        return self._office.blobs.check(digest)

    @property
    def store(self) -> object:
        return self._office.blobs.store


def test_restore_refuses_what_is_not_empty(office: Office, elsewhere: Settings, tmp_path: Path) -> None:
    filled(office)
    backup.save(office, tmp_path / "backup")
    with pytest.raises(BackupError, match="已有数据"):
        backup.restore(office.settings, tmp_path / "backup")
    open_office(elsewhere).close()
    with pytest.raises(BackupError, match="已有数据"):
        backup.restore(elsewhere, tmp_path / "backup")


def test_backup_refuses_a_folder_that_is_not_empty(office: Office, tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / "x").touch()
    with pytest.raises(BackupError, match="空目录"):
        backup.save(office, tmp_path / "backup")


@pytest.mark.parametrize("what", ["changed", "missing", "manifest", "no manifest", "outside"])
def test_restore_tells_a_damaged_backup(small: Office, tmp_path: Path, what: str) -> None:
    filled(small)
    folder = tmp_path / "backup"
    manifest = backup.save(small, folder)
    blob = folder / next(name for name in manifest.files if name.startswith("blobs/"))
    if what == "changed":
        blob.write_bytes(b"x" * blob.stat().st_size)
    elif what == "missing":
        blob.unlink()
    elif what == "manifest":
        (folder / "manifest.json").write_text('{"format": "yushen.backup.v2"}')
    elif what == "no manifest":
        (folder / "manifest.json").unlink()
    else:
        told = json.loads((folder / "manifest.json").read_text())
        told["files"]["../small/server.key"] = told["files"]["server.key.sealed"]
        (folder / "manifest.json").write_text(json.dumps(told))
    target = tmp_path / "elsewhere"
    with pytest.raises(BackupError):
        backup.restore(Settings(service=ServiceSettings(data_dir=target)), folder)
    assert not (target / "yushen.db").exists()


def test_backup_with_a_lost_upload_is_refused(small: Office, tmp_path: Path) -> None:
    filled(small)
    small.blobs.delete(next(iter(small.blobs.digests())))
    with pytest.raises(BackupError, match="1 份材料"):
        backup.save(small, tmp_path / "backup")
    assert not (tmp_path / "backup" / "manifest.json").exists()


def test_backup_of_a_broken_trail_is_made_and_told(small: Office, tmp_path: Path) -> None:
    filled(small)
    with small.database.write() as session:
        session.execute(text("DROP TRIGGER trail_no_update"))
        session.execute(text("UPDATE trail SET action = 'x' WHERE seq = 2"))
    assert backup.save(small, tmp_path / "backup").trail_broken_at == 2
    _, restored = backup.restore(
        Settings(service=ServiceSettings(data_dir=tmp_path / "elsewhere")), tmp_path / "backup"
    )
    restored.close()


def test_restore_refuses_another_key_and_another_database(
    small: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup.save(small, tmp_path / "backup")
    other = Settings(service=ServiceSettings(data_dir=tmp_path / "e", database_url="postgresql+psycopg://x/y"))
    with pytest.raises(BackupError, match="postgresql"):
        backup.restore(other, tmp_path / "backup")
    monkeypatch.setenv("YUSHEN_KEY", "ab" * 32)
    with pytest.raises(BackupError, match="YUSHEN_KEY"):
        backup.restore(Settings(service=ServiceSettings(data_dir=tmp_path / "e")), tmp_path / "backup")


def test_backup_is_private(small: Office, tmp_path: Path) -> None:
    filled(small)
    backup.save(small, tmp_path / "backup")
    for path in (tmp_path / "backup").rglob("*"):
        if path.name != "manifest.json":
            assert path.stat().st_mode & 0o077 == 0, path.name
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0
    assert "张建国" not in (tmp_path / "backup" / "manifest.json").read_text(encoding="utf-8")
