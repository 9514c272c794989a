"""What is sent twice is done once, on both databases."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.service.actors import Actor, ActorKind
from pipeline.service.api.idempotency import KEPT, digest, once
from pipeline.service.api.problems import ProblemError
from pipeline.service.office import Office
from pipeline.service.tables import ApiKey, Application, IdempotencyKey
from tests.service.api.conftest import create, make_key
from tests.service.conftest import NOW, at

V1 = "/api/v1"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Both: waiting for another's transaction is the database's own."""
    if request.param == "sqlite":
        return ""
    import uuid

    from sqlalchemy import create_engine, text

    url, name = request.getfixturevalue("postgres_url"), f"t{uuid.uuid4().hex}"
    engine = create_engine(f"{url}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{url}/{name}"


@pytest.fixture
def actor(office: Office) -> Actor:
    make_key(office)
    with office.database.read() as session:
        key = session.scalars(select(ApiKey)).one()
    return Actor(kind=ActorKind.CHANNEL, id=key.id)


def test_idempotency_same_request_replays_the_first_answer_with_its_code(client: TestClient, office: Office) -> None:
    body = {"disease": "hypertension", "person": {"name": "测试一"}}
    headers = {"Idempotency-Key": "abc-1"}
    first = client.post(f"{V1}/applications", json=body, headers=headers)
    second = client.post(f"{V1}/applications", json=body, headers=headers)
    assert first.json() == second.json()
    with office.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Application)) == 1
        kept = session.scalars(select(IdempotencyKey)).one()
        assert first.json()["query_code"] not in str(kept.body)
        assert "测试一" not in str(kept.body)
    other = client.post(f"{V1}/applications", json={"disease": "糖尿病"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_idempotency_submit_sent_again_is_no_error(client: TestClient) -> None:
    made = create(client)
    client.post(f"{V1}/applications/{made['id']}/uploads", files={"files": ("a.jpg", b"a")})
    headers = {"Idempotency-Key": "submit-1"}
    answers = [client.post(f"{V1}/applications/{made['id']}/submit", headers=headers) for _ in range(2)]
    assert [each.status_code for each in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()


def test_idempotency_refused_request_may_be_sent_again(client: TestClient) -> None:
    made = create(client)
    headers = {"Idempotency-Key": "submit-1"}
    assert client.post(f"{V1}/applications/{made['id']}/submit", headers=headers).status_code == 422
    client.post(f"{V1}/applications/{made['id']}/uploads", files={"files": ("a.jpg", b"a")})
    assert client.post(f"{V1}/applications/{made['id']}/submit", headers=headers).status_code == 200


def test_idempotency_at_once_is_done_once(office: Office, actor: Actor) -> None:
    runs: list[int] = []
    answers: list[tuple[dict[str, Any], bool]] = []
    meeting = threading.Barrier(5)

    def work(session: Session) -> dict[str, Any]:
        del session
        runs.append(1)
        return {"run": len(runs)}

    def ask() -> None:
        meeting.wait()
        answers.append(once(office, actor, "k", digest(office, "x"), work))

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(runs) == 1
    assert sorted(replayed for _, replayed in answers) == [False, True, True, True, True]
    assert all(answer == {"run": 1} for answer, _ in answers)


def test_idempotency_crash_in_between_blocks_nobody(office: Office, actor: Actor) -> None:
    def crash(session: Session) -> dict[str, Any]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        once(office, actor, "k", digest(office, "x"), crash)
    assert once(office, actor, "k", digest(office, "x"), lambda session: {"a": 1}) == ({"a": 1}, False)


def test_idempotency_keys_are_forgotten_after_two_days(office: Office, actor: Actor) -> None:
    once(office, actor, "k", digest(office, "x"), lambda session: {"a": 1})
    with pytest.raises(ProblemError):
        once(office, actor, "k", digest(office, "y"), lambda session: {"a": 2})
    later = at(office, NOW + KEPT + dt.timedelta(seconds=1))
    assert once(later, actor, "k", digest(office, "y"), lambda session: {"a": 2}) == ({"a": 2}, False)
