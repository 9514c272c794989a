"""Applications over the API: making, changing, submitting, withdrawing, who sees which."""

from __future__ import annotations

import io

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from pipeline.service import applications
from pipeline.service.access import NotFoundError
from pipeline.service.applications import open_by_code
from pipeline.service.office import Office
from pipeline.service.states import State
from pipeline.service.tables import Application, TrailRow
from tests.service.api.conftest import Asked, create, make_key, with_key

V1 = "/api/v1"


def upload(client: TestClient, case: str, *files: tuple[str, bytes]) -> list[dict]:
    form = [("files", (name, io.BytesIO(data), "image/jpeg")) for name, data in files]
    answer = client.post(f"{V1}/applications/{case}/uploads", files=form)
    assert answer.status_code == 201, answer.text
    return answer.json()["items"]


def test_cases_created_application_is_of_the_keys_channel_and_its_code_opens_it(
    client: TestClient, office: Office
) -> None:
    made = create(client, person={"name": "张三丰", "id_number": "999999196803120010", "phone": "13900001234"})
    assert (made["channel"], made["region"], made["state"]) == ("portal", "jiangxi", "draft")
    assert made["disease"]["id"] == "hypertension"
    assert made["person"]["name"] == "张**"
    assert made["person"]["phone"] == "139****1234"
    assert "196803" not in str(made["person"])
    with office.database.read() as session:
        opened = applications.open_by_code(session, office, made["serial"], made["query_code"])
        assert opened.id == made["id"]
    again = client.get(f"{V1}/applications/{made['id']}").json()
    assert "query_code" not in again
    assert again["serial"] == made["serial"]


@pytest.mark.parametrize("text", ["高血压", "hypertension", "M03900"])
def test_cases_disease_may_be_named_in_any_way(client: TestClient, text: str) -> None:
    made = create(client, disease=text)
    assert made["disease"]["id"] == "hypertension"


def test_cases_unknown_disease_and_foreign_region_are_refused(client: TestClient, office: Office) -> None:
    answer = client.post(f"{V1}/applications", json={"disease": "不存在的病"})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_disease")
    answer = client.post(f"{V1}/applications", json={"region": "shandong"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    with office.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Application)) == 0


def test_cases_change_replaces_what_is_told_and_keeps_the_rest(client: TestClient, office: Office) -> None:
    made = create(client, disease="hypertension", person={"name": "张三丰", "phone": "13900001234"})
    answer = client.patch(
        f"{V1}/applications/{made['id']}", json={"person": {"agent_name": "李四"}, "disease": "糖尿病"}
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["disease"]["id"] != "hypertension"
    assert answer.json()["revision"] == made["revision"] + 1
    with office.database.read() as session:
        identity = session.get(Application, made["id"]).identity
        assert (identity.name, identity.phone, identity.agent_name) == ("张三丰", "13900001234", "李四")


def test_cases_submit_sets_the_due_date_and_closes_the_case(client: TestClient) -> None:
    made = create(client)
    answer = client.post(f"{V1}/applications/{made['id']}/submit")
    assert (answer.status_code, answer.json()["code"]) == (422, "no_files")
    (file,) = upload(client, made["id"], ("a.jpg", b"a"))
    submitted = client.post(f"{V1}/applications/{made['id']}/submit").json()
    assert (submitted["state"], submitted["due_on"], submitted["working_days_left"]) == ("submitted", "2026-04-14", 20)
    assert submitted["editable"] is False
    for method, path, body in [
        ("DELETE", f"uploads/{file['id']}", None),
        ("PATCH", "", {"disease": "糖尿病"}),
        ("POST", "submit", None),
    ]:
        answer = client.request(method, f"{V1}/applications/{made['id']}/{path}".rstrip("/"), json=body)
        assert answer.status_code == 409, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
    answer = client.post(f"{V1}/applications/{made['id']}/submit")
    assert (answer.json()["code"], answer.json()["state"]) == ("state", "submitted")


def test_cases_returned_case_is_submitted_again_with_what_was_added(client: TestClient, office: Office) -> None:
    made = create(client)
    upload(client, made["id"], ("a.jpg", b"a"))
    client.post(f"{V1}/applications/{made['id']}/submit")
    with office.database.write() as session:
        row = session.get(Application, made["id"])
        row.state, row.round = State.RETURNED, 2
    answer = client.post(f"{V1}/applications/{made['id']}/submit")
    assert answer.json()["code"] == "nothing_added"
    upload(client, made["id"], ("b.jpg", b"b"))
    answer = client.post(f"{V1}/applications/{made['id']}/submit")
    assert (answer.json()["state"], answer.json()["round"], answer.json()["files"]) == ("submitted", 2, 2)


def test_cases_withdrawn_case_is_over(client: TestClient) -> None:
    made = create(client)
    assert client.post(f"{V1}/applications/{made['id']}/withdraw").json()["state"] == "withdrawn"
    answer = client.post(f"{V1}/applications/{made['id']}/withdraw")
    assert (answer.status_code, answer.json()["code"]) == (409, "state")


def test_cases_history_tells_states_in_order_and_nobodys_name(client: TestClient) -> None:
    made = create(client)
    upload(client, made["id"], ("a.jpg", b"a"))
    client.post(f"{V1}/applications/{made['id']}/submit")
    client.post(f"{V1}/applications/{made['id']}/withdraw")
    items = client.get(f"{V1}/applications/{made['id']}/history").json()["items"]
    assert [(each["state"], each["by"]) for each in items] == [
        ("draft", "channel"),
        ("submitted", "channel"),
        ("withdrawn", "channel"),
    ]
    assert [each["seq"] for each in items] == sorted(each["seq"] for each in items)


def test_cases_other_channels_and_regions_know_nothing_of_a_case(client: TestClient, office: Office) -> None:
    made = create(client)
    for token in (make_key(office, channel="wechat"), make_key(office, regions=("shandong",))):
        headers = with_key(client, token)
        answer = client.get(f"{V1}/applications/{made['id']}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert client.post(f"{V1}/applications/{made['id']}/withdraw", headers=headers).status_code == 404
        assert client.get(f"{V1}/applications", headers=headers).json()["items"] == []
    colleague = with_key(client, make_key(office))
    assert client.get(f"{V1}/applications/{made['id']}", headers=colleague).status_code == 200


def test_cases_list_goes_back_page_by_page(client: TestClient) -> None:
    serials = [create(client)["serial"] for _ in range(5)]
    seen, before = [], None
    while True:
        params = {"limit": 2, **({"before": before} if before else {})}
        page = client.get(f"{V1}/applications", params=params).json()
        seen += [each["serial"] for each in page["items"]]
        before = page["next_before"]
        if before is None:
            break
    assert seen == serials[::-1]
    found = client.get(f"{V1}/applications", params={"serial": serials[2].lower()}).json()["items"]
    assert [each["serial"] for each in found] == [serials[2]]


def test_cases_views_are_in_the_trail_once_in_ten_minutes(client: TestClient, office: Office) -> None:
    made = create(client)
    for _ in range(3):
        client.get(f"{V1}/applications/{made['id']}")
    with office.database.read() as session:
        actions = list(
            session.scalars(select(TrailRow.action).where(TrailRow.application_id == made["id"]).order_by(TrailRow.seq))
        )
    assert actions == ["application.create", "application.view"]


def test_cases_work_is_asked_for_after_changes(client: TestClient, asked: Asked) -> None:
    made = create(client)
    files = upload(client, made["id"], ("a.jpg", b"a"), ("b.jpg", b"b"))
    assert asked.taken == [each["id"] for each in files]
    client.delete(f"{V1}/applications/{made['id']}/uploads/{files[0]['id']}")
    assert asked.assessed == [made["id"]]


def test_cases_query_code_is_renewed_and_replayed(client: TestClient, office: Office) -> None:
    made = create(client)
    path, key = f"/api/v1/applications/{made['id']}/query-code", {"Idempotency-Key": "renew-1"}
    first = client.post(path, json={"reason": "lost"}, headers=key)
    assert first.status_code == 200
    new = first.json()["query_code"]
    assert new != made["query_code"]
    assert client.post(path, json={"reason": "lost"}, headers=key).json() == first.json()
    with office.database.read() as session:
        assert open_by_code(session, office, str(made["serial"]), new).id == made["id"]
        with pytest.raises(NotFoundError):
            open_by_code(session, office, str(made["serial"]), str(made["query_code"]))
    reading = with_key(client, make_key(office, ("applications:read",)))
    assert client.post(path, json={"reason": "lost"}, headers=reading).status_code == 403
    other = with_key(client, make_key(office, channel="wechat"))
    assert client.post(path, json={"reason": "lost"}, headers=other).status_code == 404
    assert client.post(path, json={"reason": "whatever"}).status_code == 422
