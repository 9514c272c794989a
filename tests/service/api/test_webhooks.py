"""Webhooks: registering, who is told of what, signing, trying again, and where the service does not call."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from pipeline.service.api import outside
from pipeline.service.api.outside import AddressRefusedError, check_url, post
from pipeline.service.api.webhooks import Event, announce, deliver, sign, verify
from pipeline.service.office import Office
from pipeline.service.tables import Application, Webhook, WebhookDelivery
from tests.service.api.conftest import Asked, create, make_key, with_key
from tests.service.conftest import NOW, at

V1 = "/api/v1"
URL = "https://platform.example.gov.cn/events"


def register(client: TestClient, **content: object) -> dict:
    answer = client.post(f"{V1}/webhooks", json={"url": URL, **content})
    assert answer.status_code == 201, answer.text
    return answer.json()


class Heard:
    """Stands for the receiver: answers with ``statuses`` in turn, 599 standing for no connection."""

    def __init__(self, *statuses: int) -> None:
        self.statuses, self.calls = list(statuses), []

    def __call__(self, url: str, body: bytes, headers: dict, **_: object) -> int:
        self.calls.append((url, body, headers))
        status = self.statuses.pop(0)
        if status == 599:
            raise ConnectionRefusedError
        return status


def test_webhooks_registered_listed_and_deleted_by_their_key_only(client: TestClient, office: Office) -> None:
    made = register(client, events=["application.decided"])
    assert made["secret"].startswith("whsec_")
    (listed,) = client.get(f"{V1}/webhooks").json()["items"]
    assert listed == {key: value for key, value in made.items() if key != "secret"}
    other = with_key(client, make_key(office))
    assert client.get(f"{V1}/webhooks", headers=other).json()["items"] == []
    assert client.delete(f"{V1}/webhooks/{made['id']}", headers=other).status_code == 404
    assert client.delete(f"{V1}/webhooks/{made['id']}").status_code == 204
    assert client.get(f"{V1}/webhooks").json()["items"] == []


def test_webhooks_submission_is_told_to_the_channel_and_nobody_else(
    client: TestClient, office: Office, asked: Asked
) -> None:
    mine = register(client)
    register(client, url=URL + "/2", events=["application.decided"])
    for other in (make_key(office, channel="wechat"), make_key(office, regions=("shandong",))):
        client.post(f"{V1}/webhooks", json={"url": URL}, headers=with_key(client, other))
    case = create(client, person={"name": "张三丰", "id_number": "999999196803120010"})
    client.post(f"{V1}/applications/{case['id']}/uploads", files={"files": ("张三丰.jpg", b"a")})
    client.post(f"{V1}/applications/{case['id']}/submit")
    with office.database.read() as session:
        (row,) = session.scalars(select(WebhookDelivery))
    assert (row.webhook_id, row.event, asked.told) == (mine["id"], "application.submitted", [row.id])
    heard = Heard(204)
    assert deliver(office, row.id, send=heard) is None
    (url, body, headers) = heard.calls[0]
    content = json.loads(body)
    assert (url, content["id"], content["application"]["serial"]) == (URL, row.id, case["serial"])
    assert content["application"]["state"] == "submitted"
    assert "张" not in body.decode()
    assert "196803" not in body.decode()
    assert headers["Yushen-Delivery"] == row.id
    assert verify(mine["secret"], headers["Yushen-Signature"], body, NOW.timestamp())


def test_webhooks_signature_fails_for_other_bytes_and_after_the_window() -> None:
    header = sign("s", b"body", 1000)
    assert verify("s", header, b"body", 1299)
    assert not verify("s", header, b"body", 1301)
    assert not verify("s", header, b"Body", 1000)
    assert not verify("t", header, b"body", 1000)
    assert not verify("s", "t=x,v1=", b"body", 1000)
    assert not verify("s", "", b"body", 1000)


def due(office: Office) -> str:
    with office.database.write() as session:
        application = session.scalars(select(Application)).one()
        (delivery,) = announce(session, office, application, "feedback.ready")
    return delivery


def test_webhooks_failed_delivery_is_tried_for_a_day_at_growing_distances(client: TestClient, office: Office) -> None:
    register(client)
    create(client)
    delivery = due(office)
    heard = Heard(*[500, 599] * 20)
    moment, waits = NOW, []
    while True:
        later = deliver(at(office, moment), delivery, send=heard)
        if later is None:
            break
        assert deliver(at(office, moment), delivery, send=heard) == later  # not before its time
        waits.append((later - moment).total_seconds())
        moment = later
    assert waits == sorted(waits)
    assert len(waits) == len(heard.calls) - 1 >= 8
    assert dt.timedelta(hours=12) < moment - NOW <= dt.timedelta(hours=24)
    assert len({headers["Yushen-Delivery"] for _, _, headers in heard.calls}) == 1
    with office.database.read() as session:
        row = session.get(WebhookDelivery, delivery)
        assert row.done_at is not None
        shown = client.get(f"{V1}/webhooks/{row.webhook_id}/deliveries").json()["items"][0]
    assert (shown["delivered"], shown["next_at"]) == (False, None)


def test_webhooks_receiver_that_is_gone_is_told_no_more(client: TestClient, office: Office) -> None:
    made = register(client)
    create(client)
    assert deliver(office, due(office), send=Heard(410)) is None
    with office.database.write() as session:
        assert not session.get(Webhook, made["id"]).active
        assert announce(session, office, session.scalars(select(Application)).one(), Event.DECIDED) == ()


def test_webhooks_two_workers_send_once(client: TestClient, office: Office) -> None:
    register(client)
    create(client)
    delivery = due(office)
    inner: list[object] = []

    def slow(*_: object, **__: object) -> int:
        inner.append(deliver(office, delivery, send=Heard(200)))
        return 200

    assert deliver(office, delivery, send=slow) is None
    assert inner == [NOW + dt.timedelta(seconds=60)]


def test_webhooks_test_event_is_sent_at_once(client: TestClient, asked: Asked) -> None:
    made = register(client, events=["application.decided"])
    answer = client.post(f"{V1}/webhooks/{made['id']}/test")
    assert (answer.status_code, answer.json()["event"]) == (202, "webhook.test")
    assert asked.told == [answer.json()["id"]]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://example.com/", "url_scheme"),
        ("https://user:pw@example.com/", "url_credentials"),
        ("https://", "url_malformed"),
        ("https://example.com:99999/", "url_malformed"),
        ("http://localhost/", "url_private"),
        ("http://a.localhost./", "url_private"),
        ("http://127.0.0.1:8420/", "url_private"),
        ("http://127.1/", "url_private"),
        ("http://2130706433/", "url_private"),
        ("http://0x7f000001/", "url_private"),
        ("http://10.1.2.3/", "url_private"),
        ("http://192.168.0.1/", "url_private"),
        ("http://169.254.169.254/latest/", "url_private"),
        ("http://100.64.0.1/", "url_private"),
        ("http://0.0.0.0/", "url_private"),
        ("http://[::1]/", "url_private"),
        ("http://[::ffff:10.0.0.1]/", "url_private"),
        ("http://[fd00::1]/", "url_private"),
        ("http://[64:ff9b::7f00:1]/", "url_private"),
        ("http://[fe80::1%25eth0]/", "url_private"),
    ],
)
def test_outside_addresses_that_are_not_called(client: TestClient, url: str, code: str) -> None:
    with pytest.raises(AddressRefusedError) as refused:
        check_url(url, private=False)
    assert refused.value.code == code
    answer = client.post(f"{V1}/webhooks", json={"url": url})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_outside_name_that_leads_inside_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    def two(*_: object, **__: object) -> list:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("93.184.216.34", "10.0.0.1")
        ]

    monkeypatch.setattr(outside.socket, "getaddrinfo", two)
    with pytest.raises(AddressRefusedError) as refused:
        post("https://inside.example.com/", b"", {}, private=False, seconds=1)
    assert refused.value.code == "url_private"


class _Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, self.headers["Host"], body))  # type: ignore[attr-defined]
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "/heard")
        else:
            self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), _Receiver)
    server.heard = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_outside_calls_inside_only_where_settings_allow_and_follows_nothing(receiver: HTTPServer) -> None:
    base = f"http://127.0.0.1:{receiver.server_port}"
    with pytest.raises(AddressRefusedError):
        post(base, b"x", {}, private=False, seconds=5)
    assert post(f"{base}/a?b=1", b"x", {"Yushen-Event": "e"}, private=True, seconds=5) == 200
    assert post(f"{base}/away", b"y", {}, private=True, seconds=5) == 302
    heard = receiver.heard  # type: ignore[attr-defined]
    assert [(path, body) for path, _, body in heard] == [("/a?b=1", b"x"), ("/away", b"y")]
    assert heard[0][1] == f"127.0.0.1:{receiver.server_port}"


def test_webhooks_inside_the_network_where_settings_allow(office: Office, asked: Asked, receiver: HTTPServer) -> None:
    from pipeline.service.app import create_app

    service = office.settings.service.model_copy(update={"webhook_private": True})
    open_office = replace(office, settings=office.settings.model_copy(update={"service": service}))
    with TestClient(create_app(open_office, asked)) as client:
        client.headers.update(with_key(client, make_key(office)))
        register(client, url=f"http://127.0.0.1:{receiver.server_port}/in")
        create(client)
        assert deliver(open_office, due(open_office)) is None
    (path, _, body) = receiver.heard[0]  # type: ignore[attr-defined]
    assert (path, json.loads(body)["event"]) == ("/in", "feedback.ready")


def test_outside_receiver_that_drips_is_cut_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop = threading.Event()

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                try:
                    connection.sendall(b"HTTP/1.1 200 OK\r\n")
                    while not stop.wait(0.1):
                        connection.sendall(b"X: y\r\n")
                except OSError:
                    pass

        thread = threading.Thread(target=drip)
        thread.start()
        before = time.monotonic()
        with suppress(OSError, http.client.HTTPException):
            post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"", {}, private=True, seconds=0.5)
        assert time.monotonic() - before < 10
        stop.set()
        thread.join()
