"""The whole API fuzzed from its own description: no 500, and every answer is as described."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from pipeline.service.api.describing import description
from pipeline.service.app import create_app
from pipeline.service.office import Office, open_office
from pipeline.settings import ServiceSettings, Settings
from tests.service.api.conftest import ALL, Asked, create, make_key
from tests.service.made import LABS, add_read_file

schema = schemathesis.openapi.from_dict(description())
_CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


class Fuzzed:
    """One service for all of it, with a case whose ids take the place of most made-up ones."""

    def __init__(self, office: Office, client: TestClient) -> None:
        self.client = client
        self.office = office
        self.case = str(create(client)["id"])
        self.upload = add_read_file(office, self.case, "化验.jpg", (LABS,))
        self.page = client.get(f"/api/v1/applications/{self.case}/uploads").json()["items"][0]["pages"][0]["id"]
        body = {"name": "a.pdf", "size": 100, "sha256": "0" * 64}
        self.session = client.post(f"/api/v1/applications/{self.case}/upload-sessions", json=body).json()["id"]
        made = client.post("/api/v1/webhooks", json={"url": "https://platform.example.gov.cn/events"})
        self.webhook = made.json()["id"]

    def fill(self, case: Any) -> None:
        parameters = case.path_parameters or {}
        for name, value in {
            "application": self.case,
            "page": self.page,
            "webhook": self.webhook,
            "upload": self.session if "upload-sessions" in case.path else self.upload,
        }.items():
            if name in parameters:
                parameters[name] = value


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    folder = tmp_path_factory.mktemp("fuzzed")
    office = open_office(Settings(service=ServiceSettings(data_dir=folder)))
    office = replace(office, settings=office.settings)
    with TestClient(create_app(office, Asked()), raise_server_exceptions=False) as client:
        key = make_key(office, (*ALL, "reports:read"), per_minute=10_000_000)
        client.headers["Authorization"] = f"Bearer {key}"
        yield Fuzzed(office, client)
    office.close()


@pytest.mark.slow
@schema.exclude(path_regex="/events$").parametrize()
@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
def test_api_fuzzed_answers_as_described(case: Any, fuzzed: Fuzzed) -> None:
    if case.meta is None or case.meta.generation.mode.is_positive or len(case.path) % 2:
        fuzzed.fill(case)
    case.headers["Authorization"] = fuzzed.client.headers["Authorization"]
    response = case.call(app=fuzzed.client.app)
    case.validate_response(response, checks=_CHECKS)
