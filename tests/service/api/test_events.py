"""Server-sent events: what is told, going on after a break, ending."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from pipeline.service import applications
from pipeline.service.access import find
from pipeline.service.actors import SYSTEM
from pipeline.service.api import events
from pipeline.service.api.events import Follower, look
from pipeline.service.api.keys import actor_of
from pipeline.service.office import Office
from pipeline.service.states import PageState
from pipeline.service.tables import ApiKey, Assessment, PageRow, Upload
from tests.service.api.conftest import create
from tests.service.api.live import served
from tests.service.made import LABS, add_file, add_read_file

V1 = "/api/v1"


def parse(lines: Iterator[str]) -> Iterator[tuple[str, str, dict]]:
    found: dict[str, str] = {}
    for line in lines:
        if line:
            key, _, value = line.partition(": ")
            found[key] = value
        elif "data" in found:
            yield found["event"], found["id"], json.loads(found["data"])
            found = {}
        else:
            found = {}


def heard(client: TestClient, case: str, last: str | None = None) -> list[tuple[str, str, dict]]:
    headers = {"Last-Event-ID": last} if last else {}
    answer = client.get(f"{V1}/applications/{case}/events", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    return list(parse(iter(answer.text.split("\n"))))


def withdraw(office: Office, case: str) -> None:
    with office.database.write() as session:
        applications.withdraw(session, SYSTEM, office, find(session, SYSTEM, case, lock=True))


def settle(office: Office, case: str, revision: int) -> None:
    with office.database.write() as session:
        session.add(
            Assessment(
                application_id=case,
                revision=revision,
                made_at=office.now(),
                as_of=office.today(),
                versions={},
                conclusion="meets",
                machine_conclusion="meets",
                report={},
                feedback={},
                facts="",
                case=b"",
            )
        )


def test_events_tell_pages_feedback_and_states_and_end(client: TestClient, office: Office) -> None:
    case = create(client)["id"]
    add_read_file(office, case, "化验.jpg", (LABS, LABS))
    settle(office, case, 2)
    withdraw(office, case)
    told = heard(client, case)
    assert [name for name, _, _ in told] == ["file", "page", "page", "feedback", "state", "state", "end"]
    assert [data["number"] for name, _, data in told if name == "page"] == [1, 2]
    assert [data["state"] for name, _, data in told if name == "state"] == ["draft", "withdrawn"]
    assert "meets" not in str(told)
    answer = client.get(f"{V1}/applications/{case}/events", headers={"Last-Event-ID": told[-1][1]})
    assert answer.status_code == 204


@pytest.mark.parametrize("cut", range(1, 6))
def test_events_go_on_after_a_break_without_losing_any(client: TestClient, office: Office, cut: int) -> None:
    case = create(client)["id"]
    add_read_file(office, case, "化验.jpg", (LABS, LABS))
    settle(office, case, 2)
    withdraw(office, case)
    whole = heard(client, case)
    rest = heard(client, case, whole[cut - 1][1])
    missing = [(name, data) for name, _, data in whole[cut:]]
    got = [(name, data) for name, _, data in rest]
    assert [each for each in missing if each not in got] == []
    # Only pages are told twice, and only where the break fell among them.
    twice = [name for name, data in got if (name, data) not in missing]
    assert set(twice) <= {"file", "page"}
    assert cut < 3 or not twice


@pytest.mark.parametrize(
    "last", ["x", "1.2", "1.2.zz", "9" * 60, "-1.-1.-1", "1.2.3.4", f"{'9' * 30}.1.1", "0.1." + "f" * 40, "1_0.1.0"]
)
def test_events_nonsense_as_last_id_begins_anew_or_goes_on(client: TestClient, office: Office, last: str) -> None:
    case = create(client)["id"]
    withdraw(office, case)
    assert heard(client, case, last)[-1][0] == "end"


def test_events_follower_tells_a_page_again_when_it_changes(client: TestClient, office: Office) -> None:
    case = create(client)["id"]
    upload = add_read_file(office, case, "化验.jpg", (LABS,))
    with office.database.read() as session:
        actor = actor_of(session.scalars(select(ApiKey)).one())
    follower = Follower()
    first = [event.event for event in follower.news(look(office, actor, case, follower.seq))]
    assert first == ["file", "page", "state"]
    assert list(follower.news(look(office, actor, case, follower.seq))) == []
    with office.database.write() as session:
        page = session.scalars(select(PageRow).where(PageRow.upload_id == upload)).one()
        page.state, page.code, page.why = PageState.FAILED, "unreadable", "请重拍"
    (again,) = follower.news(look(office, actor, case, follower.seq))
    assert (again.event, json.loads(again.data)["why"]) == ("page", "请重拍")
    with office.database.write() as session:
        session.get(Upload, upload).removed_at = office.now()
    assert list(follower.news(look(office, actor, case, follower.seq))) == []
    assert follower.pages == 0


def test_events_come_as_they_happen_and_stop_when_the_key_is_closed(
    client: TestClient, app: FastAPI, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "_EVERY", 0.05)
    case = create(client)["id"]
    got: list[str] = []
    ready = threading.Event()

    def listen(url: str) -> None:
        headers = {"Authorization": client.headers["Authorization"]}
        with httpx.stream("GET", f"{url}{V1}/applications/{case}/events", headers=headers, timeout=20) as answer:
            for name, _, _ in parse(answer.iter_lines()):
                got.append(name)
                ready.set()

    with served(app) as url:
        thread = threading.Thread(target=listen, args=(url,))
        thread.start()
        assert ready.wait(10)
        upload = add_file(office, case, "a.jpg", b"a")
        with office.database.write() as session:
            session.get(Upload, upload).state = PageState.FAILED
        until = time.monotonic() + 10
        while "file" not in got and time.monotonic() < until:
            time.sleep(0.05)
        with office.database.write() as session:
            session.scalars(select(ApiKey)).one().active = False
        thread.join(10)
        assert not thread.is_alive()
    assert got == ["state", "file"]
    assert events._open == {} or not any(events._open.values())


def test_events_a_key_listens_to_so_many_at_once(
    client: TestClient, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "_PER_KEY", 0)
    case = create(client)["id"]
    answer = client.get(f"{V1}/applications/{case}/events")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
