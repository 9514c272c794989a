"""Sessions that read keep nothing, and connections that died in the pool are nobody's error."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from pipeline.service import database, trail
from pipeline.service.actors import SYSTEM
from pipeline.service.database import Database
from pipeline.service.office import Office
from pipeline.service.tables import TrailRow, User


def _user(office: Office) -> User:
    return User(login="a", name="甲", password="", roles=[], regions=[], created_at=office.now())


def test_database_reading_session_refuses_to_write(office: Office) -> None:
    with office.database.write() as session:
        session.add(_user(office))
    with office.database.read() as session:
        user = session.scalars(select(User)).one()
        user.name = "乙"
        assert session.scalars(select(User.name)).one() == "甲"
        with pytest.raises(RuntimeError, match="reading session"):
            session.flush()
    with office.database.read() as session:
        assert session.scalars(select(User.name)).one() == "甲"


def test_database_snapshot_sees_nothing_that_comes_later(office: Office) -> None:
    with office.database.snapshot() as session:
        assert session.scalars(select(User)).all() == []
        with office.database.write() as writing:
            writing.add(_user(office))
        assert session.scalars(select(User)).all() == []
    with office.database.read() as session:
        assert len(session.scalars(select(User)).all()) == 1


def test_database_connections_that_died_in_the_pool_are_opened_anew(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_RESTED_SECONDS", 0.0)
    made = Database(f"{postgres_url}/postgres")
    with made.read() as one, made.read() as two:
        pids = [session.scalar(text("SELECT pg_backend_pid()")) for session in (one, two)]
    other = Database(f"{postgres_url}/postgres")
    with other.read() as session:
        for pid in pids:
            session.scalar(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    other.close()
    for open_session in (made.read, made.write, made.snapshot):
        with open_session() as session:
            assert session.scalar(text("SELECT 1")) == 1
    made.close()


def test_database_reading_holds_no_transaction_open_on_postgresql(postgres_url: str) -> None:
    made = Database(f"{postgres_url}/postgres")
    state = text("SELECT state FROM pg_stat_activity WHERE pid = :pid")
    with made.read() as reading, made.write() as looking:
        pid = {"pid": reading.scalar(text("SELECT pg_backend_pid()"))}
        assert looking.scalar(state, pid) == "idle"
    made.close()


def test_database_trail_is_walked_in_parts(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "_AT_ONCE", 3)
    with office.database.write() as session:
        for number in range(7):
            trail.append(session, SYSTEM, "case.view", detail={"n": number})
    with office.database.read() as session:
        assert trail.verify(session)[0::2] == (7, None)
        assert len(session.scalars(select(TrailRow)).all()) == 7
