"""Sealed columns on both databases: plain in memory, sealed in the table, bound to their row and their case."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError

from pipeline.service.database import Database
from pipeline.service.office import Office
from pipeline.service.sealing import DamagedError, KeyMissingError
from pipeline.service.tables import Assessment, Decision, Identity, PageRow, Upload
from tests.service.made import DISCHARGE, add_file, add_read_file, made_application

SEALED = ("identities", "uploads", "pages", "assessments", "corrections", "decisions", "quality_samples")


def test_columns_say_nothing_in_the_table(office: Office) -> None:
    case = made_application(office, {}, submitted=False)
    add_read_file(office, case, "张建国出院.jpg", (DISCHARGE,))
    with office.database.engine.connect() as connection:
        for table in SEALED:
            for row in connection.execute(text(f"SELECT * FROM {table}")).mappings():
                raw = " ".join(v.decode("latin-1") if isinstance(v, bytes) else str(v) for v in row.values())
                for word in ("张建国", "999999196803120010", "13900000000", "高血压"):
                    assert word not in raw
                    assert word.encode().decode("latin-1") not in raw
    with office.database.read() as session:
        page = session.scalars(select(PageRow)).one()
        assert page.member == page.upload.name == "张建国出院.jpg"
        assert page.reading is not None
        assert "高血压病3级".encode() in page.reading or b"\\u9ad8" in page.reading
    assert page.member == "张建国出院.jpg"  # also when the session is closed


def test_columns_changed_and_emptied(office: Office) -> None:
    case = made_application(office, {}, submitted=False)
    with office.database.write() as session:
        row = session.get_one(Identity, case)
        before = row.id_number_index
        row.phone = ""
        row.id_number = "99999919900101001x"
    with office.database.read() as session:
        row = session.get_one(Identity, case)
        assert (row.name, row.phone, row.id_number, row.phone_sealed) == ("张建国", "", "99999919900101001x", None)
        assert row.id_number_index == Identity.index_of(office.keyring, "99999919900101001X ")
        assert row.id_number_index not in ("", before)


def test_columns_undone_are_as_they_were(office: Office) -> None:
    case = made_application(office, {}, submitted=False)

    def broken() -> None:
        with office.database.write() as session:
            session.get_one(Identity, case).name = "李四"
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    with office.database.read() as session:
        assert session.get_one(Identity, case).name == "张建国"


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE identities SET name_sealed = agent_name_sealed", "another column"),
        ("UPDATE identities SET name_sealed = (SELECT name_sealed FROM identities WHERE application_id = :b)", "case"),
    ],
)
def test_columns_moved_do_not_open(office: Office, statement: str, why: str) -> None:
    a, b = (made_application(office, {}, submitted=False, name=name) for name in ("张建国", "李四"))
    with office.database.write() as session:
        session.get_one(Identity, a).agent_name = "王五"
    with office.database.write() as session:
        session.execute(
            text(f"{statement} WHERE application_id = :a"), {"a": a, "b": b} if ":b" in statement else {"a": a}
        )
    with office.database.read() as session:
        row = session.get_one(Identity, a)
        with pytest.raises(DamagedError):
            pytest.fail(row.name + why)


def test_rows_moved_to_another_case_do_not_open(office: Office) -> None:
    a, b = (made_application(office, {}, submitted=False) for _ in range(2))
    add_read_file(office, a, "出院.jpg", (DISCHARGE,))
    with office.database.write() as session:
        session.execute(text("UPDATE uploads SET application_id = :b"), {"b": b})
    with office.database.read() as session:
        upload = session.scalars(select(Upload)).one()
        for name in ("name", "sha256"):
            with pytest.raises(DamagedError):
                getattr(upload, name)


def test_pages_moved_to_another_upload_do_not_open(office: Office) -> None:
    a, b = (made_application(office, {}, submitted=False) for _ in range(2))
    add_read_file(office, a, "出院.jpg", (DISCHARGE,))
    other = add_file(office, b, "其他.jpg", b"x")
    with office.database.write() as session:
        session.execute(text("UPDATE pages SET upload_id = :other"), {"other": other})
    with office.database.read() as session, pytest.raises(DamagedError):
        _ = session.scalars(select(PageRow)).one().reading


def test_columns_are_never_written_unsealed(office: Office) -> None:
    case = made_application(office, {}, submitted=False)
    bare = Database(office.database.url)
    with bare.read() as session, pytest.raises(KeyMissingError):
        _ = session.get_one(Identity, case).name
    with pytest.raises(KeyMissingError), bare.write() as session:
        session.get_one(Identity, case).name = "李四"
    bare.close()
    with pytest.raises(StatementError), office.database.write() as session:
        session.get_one(Identity, case).name_sealed = "李四".encode()


def test_columns_have_no_meaning_in_queries() -> None:
    with pytest.raises(Exception, match="expected"):
        select(Upload.name)
    with pytest.raises(Exception, match="expected"):
        select(Decision.note)
    assert (Upload.name == "x") is False
    assert Assessment(application_id="0" * 32).report == {}
