"""The bureau's keys: made once, beside the data; missing, wrong or readable by others, and nothing starts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import select

from pipeline.cli import main
from pipeline.doctor import Check
from pipeline.service.blobs import BlobMissingError
from pipeline.service.office import Office, OfficeError, open_office
from pipeline.service.sealing import SERVICE, KeyFileError, KeyGoneError, KeyMissingError
from pipeline.service.sealing.checking import check_keys
from pipeline.service.sealing.masters import load_masters
from pipeline.service.sealing.rotation import prepare, rotate, usage
from pipeline.service.tables import DataKey, Identity
from pipeline.settings import ServiceSettings, Settings
from tests.service.made import add_file, made_application

ONE, TWO = f"one1 {'11' * 32}", f"two2 {'22' * 32}"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Without keys from the environment."""
    monkeypatch.delenv("YUSHEN_MASTER_KEYS")
    return Settings(service=ServiceSettings(data_dir=tmp_path / "data"))


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "data.keys"


def begun(settings: Settings) -> str:
    """An office with a case; returns the case."""
    office = open_office(settings)
    try:
        case = made_application(office, {}, submitted=False)
        add_file(office, case, "出院.jpg", b"bytes")
        return case
    finally:
        office.close()


def write(path: Path, *lines: str) -> None:
    path.write_text("\n".join(lines) + "\n")
    path.chmod(0o600)


def name_of(settings: Settings, case: str) -> str:
    office = open_office(settings)
    try:
        with office.database.read() as session:
            return session.get_one(Identity, case).name
    finally:
        office.close()


def test_keys_are_made_once_beside_the_data_and_told(settings: Settings, keys: Path) -> None:
    told: list[str] = []
    open_office(settings, told=told.append).close()
    assert told == [str(keys)]
    assert keys.stat().st_mode & 0o777 == 0o600
    assert not [
        path for path in settings.service.data_dir.rglob("*") if path.is_file() and b"keys" in path.name.encode()
    ]
    before = keys.read_bytes()
    open_office(settings, told=told.append).close()
    assert (keys.read_bytes(), len(told)) == (before, 1)


def test_keys_lost_nothing_starts_and_none_is_made(settings: Settings, keys: Path) -> None:
    case = begun(settings)
    aside = keys.rename(keys.with_suffix(".aside"))
    with pytest.raises(OfficeError, match="没有找到主密钥"):
        open_office(settings)
    assert not keys.exists()
    assert check(settings).state == "fail"
    aside.rename(keys)
    assert name_of(settings, case) == "张建国"
    assert check(settings).state == "ok"


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([TWO], "都不同"),
        (["{id} " + "33" * 32], "不是同一把"),
        (["nonsense"], "第 1 行"),
        ([], "没有密钥"),
        ([ONE, ONE], "第 2 行"),
    ],
)
def test_keys_wrong_or_malformed_nothing_starts(settings: Settings, keys: Path, lines: list[str], why: str) -> None:
    begun(settings)
    id = keys.read_text().split()[0]
    write(keys, *(line.replace("{id}", id) for line in lines))
    with pytest.raises(OfficeError, match=why) as refused:
        open_office(settings)
    assert "22" * 32 not in str(refused.value)
    assert check(settings).state == "fail"


def test_keys_that_others_can_read_are_refused(settings: Settings, keys: Path) -> None:
    begun(settings)
    keys.chmod(0o640)
    with pytest.raises(OfficeError, match="chmod 600"):
        open_office(settings)


def test_keys_begun_on_two_machines_at_once_the_second_is_refused(settings: Settings, tmp_path: Path) -> None:
    """Both have made a key before either has told the database."""
    write(tmp_path / "a.keys", ONE)
    write(tmp_path / "b.keys", TWO)
    first, second = (
        Settings(service=settings.service.model_copy(update={"key_file": tmp_path / name}))
        for name in ("a.keys", "b.keys")
    )
    open_office(first).close()
    with pytest.raises(OfficeError, match="都不同"):
        open_office(second)


def test_keys_from_the_environment_go_first(settings: Settings, keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUSHEN_MASTER_KEYS", f"{ONE},{TWO}")
    begun(settings)
    assert not keys.exists()
    found = load_masters(settings.service)
    assert found is not None
    assert list(found.keys) == ["one1", "two2"]


def test_rotation_wraps_keys_anew_and_leaves_what_they_seal(settings: Settings, keys: Path) -> None:
    case = begun(settings)
    old = keys.read_text().split()[0]
    office = open_office(settings)
    (blob,) = office.blobs.digests()
    kept = (settings.service.data_dir / "blobs" / blob[:2] / blob).read_bytes()
    with pytest.raises(KeyFileError, match="没有新的"):
        rotate(office)
    new = prepare(office)
    assert [line.split()[0] for line in keys.read_text().splitlines()] == [old, new]
    assert rotate(office) == 2  # the case's and the service's
    assert [line.split()[0] for line in keys.read_text().splitlines()] == [new, old]
    assert usage(office) == {new: 2, old: 0}
    with pytest.raises(KeyFileError, match="没有新的"):
        rotate(office)
    office.close()
    assert (settings.service.data_dir / "blobs" / blob[:2] / blob).read_bytes() == kept
    write(keys, keys.read_text().splitlines()[0])  # the old one is not needed any more
    assert name_of(settings, case) == "张建国"


def test_rotation_broken_off_goes_on(settings: Settings, keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed after the first data key: half of them need the old key, half the new one."""
    from pipeline.service.sealing import rotation

    cases = [begun(settings) for _ in range(3)]
    office = open_office(settings)
    prepare(office)
    monkeypatch.setattr(rotation, "_AT_ONCE", 1)
    wrap, done = type(office.keyring).rewrapped, []

    def killed(self: object, *args: object) -> bytes:
        if len(done) == 1:
            raise KeyboardInterrupt
        done.append(1)
        return wrap(self, *args)  # type: ignore[arg-type]

    with monkeypatch.context() as context:
        context.setattr(type(office.keyring), "rewrapped", killed)
        with pytest.raises(KeyboardInterrupt):
            rotate(office)
    office.close()
    assert {name_of(settings, case) for case in cases} == {"张建国"}
    both = keys.read_text().splitlines()
    write(keys, both[0])
    with pytest.raises(OfficeError, match="缺少主密钥"):
        open_office(settings)
    write(keys, *both)
    office = open_office(settings)
    assert rotate(office) == 3
    assert list(usage(office).values()) == [4, 0]
    office.close()


def test_rotation_is_taken_up_by_processes_that_run(settings: Settings, keys: Path) -> None:
    case = begun(settings)
    running, rotating = open_office(settings), open_office(settings)
    prepare(rotating)
    rotate(rotating)
    with running.database.read() as session:
        assert session.get_one(Identity, case).name == "张建国"
    rotating.close()
    running.close()


def test_machine_without_the_new_key_fails_without_losing_anything(settings: Settings, keys: Path) -> None:
    case = begun(settings)
    running, rotating = open_office(settings), open_office(settings)
    old = keys.read_text()
    prepare(rotating)
    rotate(rotating)
    new = keys.read_text()
    write(keys, old.strip())
    with running.database.read() as session, pytest.raises(KeyMissingError):
        _ = session.get_one(Identity, case).name
    with pytest.raises(KeyMissingError):  # not "missing": the page would count as lost
        running.blobs.of(case).read(next(running.blobs.digests()))
    write(keys, *new.splitlines())
    with running.database.read() as session:
        assert session.get_one(Identity, case).name == "张建国"
    rotating.close()
    running.close()


def test_data_key_deleted_nothing_of_the_case_opens(settings: Settings) -> None:
    case = begun(settings)
    office = open_office(settings)
    with office.database.write() as session:
        office.keyring.delete(session, case)
    with pytest.raises(BlobMissingError):
        office.blobs.of(case).read(next(office.blobs.digests()))
    with office.database.read() as session:
        row = session.get_one(Identity, case)
        with pytest.raises(KeyGoneError):
            _ = row.name
        assert session.scalars(select(DataKey.scope)).all() == [SERVICE]
    office.close()


def test_keys_commands(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begun(settings)
    os.environ["YUSHEN_SERVICE__DATA_DIR"] = str(settings.service.data_dir)
    try:
        assert main(["keys", "make"]) == 0
        assert len(capsys.readouterr().out.split()[1]) == 64
        assert main(["keys", "prepare"]) == 0
        assert main(["keys", "rotate"]) == 0
        assert "重新包裹 2 个" in capsys.readouterr().out
        assert main(["keys", "status"]) == 0
        assert "2 个数据密钥" in capsys.readouterr().out
    finally:
        del os.environ["YUSHEN_SERVICE__DATA_DIR"]


def check(settings: Settings) -> Check:
    return check_keys(settings.service)


def test_state_of_keys_is_part_of_readiness(settings: Settings, keys: Path) -> None:
    from pipeline.service.health import readiness

    begun(settings)
    office: Office = open_office(settings)
    assert readiness(office)["keys"] == "ok"
    aside = keys.rename(keys.with_suffix(".aside"))
    assert readiness(office)["keys"] == "missing"
    write(keys, TWO)
    assert readiness(office)["keys"] == "wrong"
    write(keys, "x")
    assert readiness(office)["keys"] == "malformed"
    aside.replace(keys)
    assert readiness(office)["keys"] == "ok"
    office.close()
