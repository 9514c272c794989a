"""Bytes that no row names go, all others stay; upload sessions go by their age."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import boto3
import pytest
from moto import mock_aws
from sqlalchemy import select

from pipeline.service import applications
from pipeline.service.access import find
from pipeline.service.actors import SYSTEM
from pipeline.service.api.parts import sweep_sessions
from pipeline.service.blobs import Blobs, FolderBlobs, s3
from pipeline.service.blobs.s3 import S3Blobs
from pipeline.service.office import Office, passing_files
from pipeline.service.sealing import SERVICE
from pipeline.service.tables import PageRow, Upload, UploadPart, UploadSession
from pipeline.service.work import leftovers
from pipeline.service.work.leftovers import sweep_blobs
from tests.service.conftest import NOW
from tests.service.made import LABS, add_file, add_read_file, applicant, made_application

LONG_AGO = time.time() - 3 * 24 * 3600


def age(office: Office) -> None:
    """Make all that is kept three days old."""
    for path in (office.settings.service.data_dir / "blobs").rglob("*"):
        if path.is_file():
            os.utime(path, (LONG_AGO, LONG_AGO))


def on_its_way(office: Office, application: str, data: bytes, *, expires_at: dt.datetime) -> str:
    """A large file of which one part has arrived; returns the part's blob."""
    with office.database.write() as session:
        row = UploadSession(
            application_id=application,
            name="扫描.pdf",
            size=100,
            sha256="0" * 64,
            received=len(data),
            created_at=NOW,
            expires_at=expires_at,
        )
        session.add(row)
        session.flush()
        blob = office.blobs.of(application).put(row.id.encode() + data)
        session.add(UploadPart(session_id=row.id, start=0, size=len(data), blob=blob))
    return blob


def test_leftovers_bytes_that_no_row_names_go_when_they_are_old(office: Office) -> None:
    case = made_application(office, {}, submitted=False)
    kept = {on_its_way(office, case, b"part", expires_at=NOW + dt.timedelta(hours=1))}
    add_read_file(office, case, "化验.jpg", (LABS,))
    removed = add_file(office, case, "旧.jpg", b"removed")
    with office.database.write() as session:
        applications.remove_upload(session, applicant(case), office, find(session, SYSTEM, case, lock=True), removed)
        kept |= set(session.scalars(select(Upload.blob))) | set(session.scalars(select(PageRow.image)))
    refused = office.blobs.of(SERVICE).put(b"of an upload that was refused")
    assert sweep_blobs(office) == 0  # its row may be on its way
    age(office)
    young = office.blobs.of(SERVICE).put(b"just now")
    assert sweep_blobs(office) == 1
    assert set(office.blobs.digests()) == kept | {young}
    assert refused not in kept


def test_leftovers_bytes_put_again_count_as_new(office: Office) -> None:
    digest = office.blobs.of(SERVICE).put(b"sent twice")
    age(office)
    assert office.blobs.of(SERVICE).put(b"sent twice") == digest
    assert sweep_blobs(office) == 0
    assert office.blobs.of(SERVICE).read(digest) == b"sent twice"


def test_leftovers_bytes_put_again_between_look_and_move_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = FolderBlobs(tmp_path)
    digest = "ab" * 32

    def put() -> None:
        blobs.put([b"page"], lambda: digest)

    put()
    target = tmp_path / digest[:2] / digest
    os.utime(target, (LONG_AGO, LONG_AGO))
    before = dt.datetime.now(dt.UTC) - dt.timedelta(days=2)
    assert list(blobs.older(before)) == [digest]
    rename = Path.rename

    def late(self: Path, to: Path) -> Path:
        if self == target:
            put()
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", late)
    assert not blobs.delete_older(digest, before)
    with blobs.open(digest) as kept:
        assert kept.read() == b"page"
    assert not list((tmp_path / "part").iterdir())


@pytest.fixture
def bucket(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """The office with its bytes in an S3-compatible store, which tells by its own clock when they were put."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "us-east-1")
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="yushen")
        store = S3Blobs("s3://yushen/one", endpoint="", cache=tmp_path / "cache")
        yield replace(office, blobs=Blobs(store, office.keyring, passing_files(office.settings)))


def test_leftovers_in_a_bucket_go_as_in_a_folder(bucket: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    case = made_application(bucket, {"化验.jpg": (LABS,)}, submitted=False)
    kept = {on_its_way(bucket, case, b"part", expires_at=NOW + dt.timedelta(hours=1))}
    with bucket.database.read() as session:
        kept |= set(session.scalars(select(Upload.blob))) | set(session.scalars(select(PageRow.image)))
    bucket.blobs.of(SERVICE).put(b"of an upload that was refused")
    assert sweep_blobs(bucket) == 0
    monkeypatch.setattr(leftovers, "_AGE", dt.timedelta(hours=-1))  # all that is there is old
    assert sweep_blobs(bucket) == 1
    assert set(bucket.blobs.digests()) == kept
    assert sweep_blobs(bucket) == 0


def test_leftovers_in_a_bucket_put_again_after_the_look_stay(bucket: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = bucket.blobs.of(SERVICE)
    name = kept.put(b"sent twice")
    time.sleep(1.1)  # the store counts in seconds
    before = dt.datetime.now(dt.UTC)
    assert list(bucket.blobs.older(before)) == [name]
    monkeypatch.setattr(s3, "_YOUNG", dt.timedelta(0))
    assert kept.put(b"sent twice") == name
    assert not bucket.blobs.delete_older(name, before - dt.timedelta(seconds=1))
    assert kept.read(name) == b"sent twice"
    assert bucket.blobs.delete_older(name, before + dt.timedelta(hours=1))
    assert bucket.blobs.delete_older(name, before)  # another process was first
    assert list(bucket.blobs.digests()) == []


def test_leftovers_upload_sessions_go_when_they_have_run_out(office: Office) -> None:
    case = made_application(office, {}, submitted=False)
    old = on_its_way(office, case, b"old", expires_at=NOW - dt.timedelta(seconds=1))
    new = on_its_way(office, case, b"new", expires_at=NOW + dt.timedelta(seconds=1))
    assert sweep_sessions(office) == 1
    assert sweep_sessions(office) == 0
    assert (office.blobs.has(old), office.blobs.has(new)) == (False, True)
    with office.database.read() as session:
        assert session.scalars(select(UploadPart.blob)).all() == [new]
        assert len(session.scalars(select(UploadSession)).all()) == 1
