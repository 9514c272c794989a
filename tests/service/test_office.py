"""Schema, key, blobs, calendar, numbers, settings."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from pipeline.service.blobs import BlobMissingError, FolderBlobs, Store
from pipeline.service.numbers import code_digest, new_query_code, serial_number
from pipeline.service.office import Office, OfficeError, open_office
from pipeline.service.states import State, StateError, Step, step
from pipeline.service.tables import Base
from pipeline.service.workdays import Calendar
from pipeline.settings import ServiceSettings, Settings, SettingsError, load_settings


def test_office_migrated_schema_is_that_of_the_tables(office: Office) -> None:
    with office.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_office_key_is_made_once_and_private(tmp_path: Path) -> None:
    settings = Settings(service=ServiceSettings(data_dir=tmp_path / "d"))
    first, second = open_office(settings), open_office(settings)
    assert first.key == second.key
    assert ((tmp_path / "d" / "server.key").stat().st_mode & 0o077) == 0


def test_office_short_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUSHEN_KEY", "abcd")
    with pytest.raises(OfficeError, match="密钥"):
        open_office(Settings(service=ServiceSettings(data_dir=tmp_path / "d")))


def put(store: Store, data: bytes, name: str = "ab" * 32) -> str:
    return store.put([data[:2], data[2:]], lambda: name)


def content(store: Store, name: str) -> bytes:
    with store.open(name) as source:
        return source.read()


def test_store_keeps_what_was_put_first_and_tells_what_is_missing(tmp_path: Path) -> None:
    store = FolderBlobs(tmp_path)
    name = put(store, b"page")
    assert put(store, b"pagE") == name
    assert list(store.digests()) == [name]
    assert content(store, name) == b"page"
    store.delete(name)
    assert not store.has(name)
    with pytest.raises(BlobMissingError):
        content(store, name)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "AB" * 32, "a" * 63])
def test_store_names_that_are_none_reach_no_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(BlobMissingError):
        content(FolderBlobs(tmp_path), name)


@pytest.mark.parametrize(
    ("start", "days", "due", "provisional"),
    [
        ("2026-03-16", 1, "2026-03-17", False),
        ("2026-02-13", 1, "2026-02-14", False),  # a Saturday worked for 春节
        ("2026-02-14", 1, "2026-02-24", False),  # 春节: 15 to 23 February
        ("2026-09-30", 1, "2026-10-08", False),  # 国庆
        ("2026-12-30", 2, "2027-01-04", True),  # the notice for 2027 is not known to the library
    ],
)
def test_workdays_due_dates(start: str, days: int, due: str, provisional: bool) -> None:
    found = Calendar().due(dt.date.fromisoformat(start), days)
    assert (found.day.isoformat(), found.provisional) == (due, provisional)


def test_workdays_named_in_settings_go_first() -> None:
    calendar = Calendar(holidays=frozenset({dt.date(2027, 1, 4)}), workdays=frozenset({dt.date(2027, 1, 2)}))
    assert calendar.due(dt.date(2026, 12, 31), 1).day == dt.date(2027, 1, 2)
    assert calendar.due(dt.date(2027, 1, 2), 1).day == dt.date(2027, 1, 5)


def test_workdays_left_counts_back_and_forth() -> None:
    calendar = Calendar()
    assert calendar.left(dt.date(2026, 3, 16), dt.date(2026, 3, 20)) == 4
    assert calendar.left(dt.date(2026, 3, 20), dt.date(2026, 3, 16)) == -4
    assert calendar.left(dt.date(2026, 3, 16), dt.date(2026, 3, 16)) == 0


def test_numbers_serials_differ_in_every_mistyped_digit() -> None:
    serial = serial_number(dt.date(2026, 3, 16), 17)
    digits = re.sub(r"\D", "", serial)
    assert int(digits) % 97 == 1
    for place in range(len(digits)):
        for digit in "0123456789":
            other = digits[:place] + digit + digits[place + 1 :]
            assert other == digits or int(other) % 97 != 1


def test_numbers_query_codes_avoid_letters_that_look_alike() -> None:
    codes = {new_query_code() for _ in range(200)}
    assert len(codes) == 200
    assert not set("".join(codes)) & set("01OILoil")


def test_numbers_code_digest_needs_the_key_and_the_serial() -> None:
    digests = {code_digest("7KQM-X2PA-9HTD", serial=s, key=k) for s in ("a", "b") for k in (b"1", b"2")}
    assert len(digests) == 4
    assert code_digest(" 7kqm x2pa9htd", serial="a", key=b"1") in digests


@pytest.mark.parametrize("state", [State.DECIDED, State.WITHDRAWN])
@pytest.mark.parametrize("wanted", list(Step))
def test_states_ended_cases_stay_ended(state: State, wanted: Step) -> None:
    with pytest.raises(StateError):
        step(state, wanted)


def test_settings_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "yushen.toml"
    path.write_text('[service]\nport = 9000\nhost = "0.0.0.0"\nholidays = [2027-01-04]\n', encoding="utf-8")
    monkeypatch.setenv("YUSHEN_SERVICE__PORT", "9001")
    monkeypatch.setenv("YUSHEN_SERVICE__PUBLIC_URL", "https://example.test/yb")
    service = load_settings(path).service
    assert (service.port, service.host, service.public_url) == (9001, "0.0.0.0", "https://example.test/yb")
    assert service.holidays == {dt.date(2027, 1, 4)}
    monkeypatch.setenv("YUSHEN_SERVICE__NO_SUCH", "1")
    with pytest.raises(SettingsError, match="no_such"):
        load_settings(path)


def test_store_in_a_bucket_does_as_in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "us-east-1")
    import boto3
    from moto import mock_aws

    from pipeline.service.blobs.s3 import S3Blobs

    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="yushen")
        store = S3Blobs("s3://yushen/one", endpoint="", cache=tmp_path)
        name = put(store, b"page")
        assert put(store, b"pagE") == name
        assert list(store.digests()) == [name]
        assert content(store, name) == b"page"
        store.delete(name)
        assert not store.has(name)
        with pytest.raises(BlobMissingError):
            content(store, name)
