"""An application of the API on an office of the test's own, with keys and a client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from pipeline.service.app import create_app
from pipeline.service.numbers import new_token, token_digest
from pipeline.service.office import Office
from pipeline.service.tables import ApiKey

ALL = ("applications:write", "applications:read", "decisions:read", "webhooks")


@dataclass
class Asked:
    """A work queue that only remembers what it was asked."""

    taken: list[str] = field(default_factory=list)
    assessed: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def take_in(self, upload: str) -> None:
        self.taken.append(upload)

    def assess(self, application: str) -> None:
        self.assessed.append(application)

    def tell(self, delivery: str) -> None:
        self.told.append(delivery)


MakeKey = Callable[..., str]


def make_key(
    office: Office,
    scopes: tuple[str, ...] = ALL,
    *,
    channel: str = "portal",
    regions: tuple[str, ...] = ("jiangxi",),
    per_minute: int = 6000,
) -> str:
    """Add a key and return its token."""
    token = new_token()
    with office.database.write() as session:
        session.add(
            ApiKey(
                name=f"k{token[:12]}",
                digest=token_digest(token),
                channel=channel,
                scopes=list(scopes),
                regions=list(regions),
                per_minute=per_minute,
                active=True,
                created_at=office.now(),
            )
        )
    return token


@pytest.fixture
def database_url() -> str:
    """SQLite: what differs between the databases has tests of its own."""
    return ""


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def app(office: Office, asked: Asked) -> FastAPI:
    return create_app(office, asked)


@pytest.fixture
def client(app: FastAPI, office: Office) -> Iterator[TestClient]:
    """A client whose key may do everything that a platform may."""
    with TestClient(app, raise_server_exceptions=False) as made:
        made.headers["Authorization"] = f"Bearer {make_key(office)}"
        yield made


def with_key(client: TestClient, token: str) -> dict[str, str]:
    del client
    return {"Authorization": f"Bearer {token}"}


def create(client: TestClient, **content: object) -> dict[str, object]:
    """Make an application and return it."""
    body = {"disease": "hypertension", "person": {"name": "测试一"}, **content}
    answer = client.post("/api/v1/applications", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, object] = answer.json()
    return made


@pytest.fixture(autouse=True)
def nothing_unexpected(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No test of the API meets an error that nobody expected."""
    yield
    found = [record.fields for record in caplog.get_records("call") if record.getMessage() == "api.unexpected"]
    assert found == []
