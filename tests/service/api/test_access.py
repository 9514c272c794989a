"""Keys, scopes, rates, and errors as problems."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import update

from pipeline.service import applications
from pipeline.service.api.limits import Buckets
from pipeline.service.applications import FullError
from pipeline.service.office import Office
from pipeline.service.tables import ApiKey
from tests.service.api.conftest import create, make_key, with_key

V1 = "/api/v1"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}])
def test_keys_without_a_valid_key_nothing_is_told(app: FastAPI, headers: dict[str, str]) -> None:
    answer = TestClient(app).get(f"{V1}/diseases", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "no_key")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_keys_closed_key_is_refused(client: TestClient, office: Office) -> None:
    with office.database.write() as session:
        session.execute(update(ApiKey).values(active=False))
    assert client.get(f"{V1}/diseases").status_code == 401


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        ("applications:write", "POST", "/applications"),
        ("applications:write", "POST", "/applications/{case}/submit"),
        ("applications:write", "PUT", f"/applications/{{case}}/uploads/{'0' * 64}"),
        ("applications:write", "POST", "/applications/{case}/uploads"),
        ("applications:write", "POST", "/applications/{case}/upload-sessions"),
        ("applications:read", "GET", "/applications/{case}"),
        ("applications:read", "GET", "/applications/{case}/feedback"),
        ("applications:read", "GET", "/applications/{case}/events"),
        ("decisions:read", "GET", "/applications/{case}/decision"),
        ("decisions:read", "GET", "/applications/{case}/decision.pdf"),
        ("reports:read", "GET", "/applications/{case}/report.json"),
        ("webhooks", "GET", "/webhooks"),
    ],
)
def test_keys_each_route_needs_its_scope(
    client: TestClient, office: Office, scope: str, method: str, path: str
) -> None:
    made = create(client)
    others = {"applications:write", "applications:read", "decisions:read", "reports:read", "webhooks"} - {scope}
    headers = with_key(client, make_key(office, tuple(others)))
    answer = client.request(method, V1 + path.format(case=made["id"]), headers=headers, json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_limits_bucket_empties_and_fills_again() -> None:
    now = [0.0]
    buckets = Buckets(clock=lambda: now[0])
    assert [buckets.take("k", 3).allowed for _ in range(4)] == [True, True, True, False]
    assert buckets.take("k", 3).wait == pytest.approx(20)
    assert buckets.take("other", 3).allowed
    now[0] = 20.0
    assert buckets.take("k", 3).allowed
    assert not buckets.take("k", 3).allowed
    now[0] = 3600.0
    assert [buckets.take("k", 3).allowed for _ in range(4)] == [True, True, True, False]


def test_limits_too_many_requests_are_told_when_to_come_back(client: TestClient, office: Office) -> None:
    headers = with_key(client, make_key(office, per_minute=2))
    answers = [client.get(f"{V1}/webhooks", headers=headers) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[0].headers["ratelimit"].startswith('"key";r=1;')
    assert 1 <= int(answers[2].headers["retry-after"]) <= 30
    assert answers[2].json()["code"] == "too_many_requests"
    assert client.get(f"{V1}/webhooks").status_code == 200


def test_problems_invalid_content_names_the_field_and_repeats_nothing(client: TestClient) -> None:
    answer = client.post(f"{V1}/applications", json={"person": {"name": "张" * 200, "张三丰": 1}})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "invalid")
    assert {"field": "body.person.name", "code": "string_too_long", "detail": "太长"} in problem["errors"]
    assert "张" not in answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("DELETE", "/diseases", 405, "method_not_allowed"),
        ("GET", f"/applications/{'0' * 32}", 404, "not_found"),
        ("GET", "/applications/x", 422, "invalid"),
        ("GET", "/diseases/不存在的病", 422, "unknown_disease"),
        ("GET", "/diseases?region=nowhere", 404, "not_found"),
    ],
)
def test_problems_every_error_is_one(client: TestClient, method: str, path: str, status: int, code: str) -> None:
    answer = client.request(method, V1 + path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:yushen:problem:{code}"


def test_problems_broken_json_and_nul_are_refused(client: TestClient) -> None:
    headers = {"Content-Type": "application/json"}
    for body in (b"{", b'{"person": {"name": "\\u0000"}}', b'{"person": {"name": "\\ud800"}}', b'"x"'):
        answer = client.post(f"{V1}/applications", content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), body


def test_problems_full_house_says_when_to_come_back(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    made = create(client)

    def full(*_: object) -> None:
        raise FullError

    monkeypatch.setattr(applications, "add_upload", full)
    answer = client.post(f"{V1}/applications/{made['id']}/uploads", files={"files": ("a.jpg", b"a")})
    assert (answer.status_code, answer.json()["code"]) == (503, "full")
    assert int(answer.headers["retry-after"]) > 0


def test_catalogue_checklist_says_what_to_bring(client: TestClient) -> None:
    listed = client.get(f"{V1}/diseases").json()
    assert len(listed["items"]) >= 60
    checklist = client.get(f"{V1}/diseases/高血压").json()
    assert checklist["id"] == "hypertension"
    assert {"id", "advice", "accepts", "where"} <= checklist["items"][0].keys()
    named = {item for group in checklist["groups"] for item in group["items"]}
    assert named == {item["id"] for item in checklist["items"]}
    assert checklist["wanted"]


def test_describing_every_operation_has_words_in_both_languages(client: TestClient) -> None:
    api = client.get(f"{V1}/openapi.json", headers={"Authorization": ""}).json()
    operations = [op for verbs in api["paths"].values() for op in verbs.values()]
    assert len(operations) >= 30
    for operation in operations:
        chinese, dot, english = operation["summary"].partition("·")
        assert dot, operation["summary"]
        assert not chinese.isascii()
        assert english.isascii()
        assert operation["security"] == [{"ApiKey": []}]
        assert set(operation["responses"]["422"]["content"]) == {"application/problem+json"}
    page = client.get(f"{V1}/docs", headers={"Authorization": ""})
    assert page.status_code == 200
    assert "断点续传" in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text.replace("https://platform.example.gov.cn", "").replace("https:// 或", "")
