"""The trail: chained, append-only, and honest about where it breaks."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from pipeline.service import trail
from pipeline.service.actors import SYSTEM
from pipeline.service.office import Office


def _write(office: Office, count: int) -> None:
    for number in range(count):
        with office.database.write() as session:
            trail.append(session, SYSTEM, "case.view", application=None, detail={"n": number, "字": "值"})


def _fail_after_writing(office: Office) -> None:
    with office.database.write() as session:
        trail.append(session, SYSTEM, "never.kept")
        _ = 1 / 0


def _tamper(office: Office, *statements: str) -> None:
    """As someone would who owns the database and takes the triggers off first."""
    with office.database.write() as session:
        if session.bind is not None and session.bind.dialect.name == "postgresql":
            session.execute(text("ALTER TABLE trail DISABLE TRIGGER trail_append_only"))
        else:
            session.execute(text("DROP TRIGGER trail_no_update"))
            session.execute(text("DROP TRIGGER trail_no_delete"))
        for statement in statements:
            session.execute(text(statement))


def test_trail_holds_and_survives_a_rollback(office: Office) -> None:
    _write(office, 3)
    with pytest.raises(ZeroDivisionError):
        _fail_after_writing(office)
    _write(office, 1)
    with office.database.read() as session:
        count, last, broken = trail.verify(session)
    assert (count, broken) == (4, None)
    assert len(last) == 64


def test_trail_written_at_once_is_one_chain(office: Office) -> None:
    threads = [threading.Thread(target=_write, args=(office, 5)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with office.database.read() as session:
        assert trail.verify(session)[0::2] == (30, None)


@pytest.mark.parametrize("statement", ["UPDATE trail SET action = 'x'", "DELETE FROM trail"])
def test_trail_refuses_changes(office: Office, statement: str) -> None:
    _write(office, 2)
    with pytest.raises(DatabaseError, match="append-only"), office.database.write() as session:
        session.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("UPDATE trail SET action = 'case.edit' WHERE seq = 3", 3),
        ("DELETE FROM trail WHERE seq = 2", 2),
        ("DELETE FROM trail WHERE seq = 5", 5),
        ("UPDATE trail SET previous = hash WHERE seq = 4", 4),
    ],
)
def test_trail_tells_where_it_was_tampered_with(office: Office, statement: str, seq: int) -> None:
    _write(office, 5)
    _tamper(office, statement)
    with office.database.read() as session:
        broken = trail.verify(session)[2]
    assert broken is not None
    assert broken.seq == seq
