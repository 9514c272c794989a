"""A clock that is set back or forward in the midst of a case: nothing is refused, lost or reordered by it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from pipeline.service import trail
from pipeline.service.app import create_app
from pipeline.service.casework import assess
from pipeline.service.office import Office
from pipeline.service.states import State
from pipeline.service.tables import Application, TrailRow
from pipeline.service.work.executors import Executors
from tests.service.api.conftest import Asked, create, make_key
from tests.service.conftest import NOW
from tests.service.made import HYPERTENSION, add_read_file

V1 = "/api/v1"
JUMPS = [dt.timedelta(days=-1), dt.timedelta(hours=-3), dt.timedelta(days=40), dt.timedelta(days=-400)]


@pytest.fixture
def database_url() -> str:
    """SQLite: time comes from the office on both databases."""
    return ""


class Clock:
    def __init__(self) -> None:
        self.moment = NOW

    def __call__(self) -> dt.datetime:
        self.moment += dt.timedelta(seconds=1)
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jumping(office: Office, clock: Clock) -> Office:
    return replace(office, now=clock)


@pytest.fixture
def platform(jumping: Office) -> Iterator[TestClient]:
    with TestClient(create_app(jumping, Asked()), raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {make_key(jumping)}"
        yield client


@pytest.mark.parametrize("jump", JUMPS, ids=lambda jump: f"{jump.total_seconds() / 3600:+.0f}h")
def test_clock_jumps_between_the_steps_of_a_case(
    jumping: Office, platform: TestClient, clock: Clock, jump: dt.timedelta
) -> None:
    id = str(create(platform)["id"])
    for name, pages in HYPERTENSION.items():
        clock.moment += jump
        add_read_file(jumping, id, name, pages)
        clock.moment -= jump
    clock.moment += jump
    assert platform.post(f"{V1}/applications/{id}/submit").status_code == 200
    assert assess(jumping, id) is not None
    submitted_on = jumping.today()
    clock.moment -= jump
    assert platform.get(f"{V1}/applications/{id}").status_code == 200
    with jumping.database.read() as session:
        case = session.get_one(Application, id)
        assert case.state is State.SUBMITTED
        assert case.due_on is not None
        assert case.due_on > submitted_on
        rows = list(session.scalars(select(TrailRow).order_by(TrailRow.seq)))
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        assert trail.verify(session)[2] is None
        actions = [row.action for row in rows]
        assert actions.index("application.create") < actions.index("application.submit")


def test_clock_jumps_and_a_living_worker_still_counts_as_living(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (Executors(office.database, readers=1) for _ in range(2))
    for each in (first, second):
        each.beat()
    real = dt.datetime.now(dt.UTC)
    for jump in JUMPS:
        monkeypatch.setattr("pipeline.service.work.executors._clock", lambda session, now=real + jump: now)
        for each in (first, second):
            each.beat()
        assert set(first.living()) == {first.id, second.id}
    for each in (first, second):
        each.leave()
