"""Feedback says what to do and never a verdict; decisions and reports need scopes of their own."""

from __future__ import annotations

import datetime as dt

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from pipeline.service import casework
from pipeline.service.access import find
from pipeline.service.actors import SYSTEM, Actor
from pipeline.service.office import Office
from pipeline.service.states import State
from pipeline.service.tables import Assessment, Decision, Outcome, WebhookDelivery
from pipeline.service.work import steps
from tests.service.api.conftest import create, make_key, with_key
from tests.service.made import DISCHARGE, add_file, add_read_file, page_picture

V1 = "/api/v1"


@pytest.fixture
def case(client: TestClient, office: Office) -> str:
    made = create(client, person={"name": "张建国"})
    add_read_file(office, made["id"], "出院.jpg", (DISCHARGE,))
    return made["id"]


def test_feedback_before_anything_is_read_says_so(client: TestClient) -> None:
    made = create(client)
    client.post(f"{V1}/applications/{made['id']}/uploads", files={"files": ("a.jpg", b"a")})
    told = client.get(f"{V1}/applications/{made['id']}/feedback").json()
    assert (told["reading"], told["of_revision"], told["needed"]) == (True, None, [])


def test_feedback_names_what_is_missing_and_what_came_with_pages_to_look_at(
    client: TestClient, office: Office, case: str
) -> None:
    assert casework.assess(office, case) is not None
    shown = client.get(f"{V1}/applications/{case}/feedback")
    told = shown.json()
    assert (told["reading"], told["of_revision"]) == (False, told["revision"])
    assert told["to_do"] == len(told["lost"]) + len(told["retake"]) + len(told["needed"]) > 0
    (received,) = told["received"]
    page = received["pages"][0]
    assert client.get(f"{V1}/applications/{case}/pages/{page['page']}/image").status_code == 200
    for word in ("meets", "not_met", "insufficient", "不符合", "conclusion"):
        assert word not in shown.text
    assert client.get(f"{V1}/applications/{case}").json()["feedback_ready"] is True


def test_report_needs_its_own_scope(client: TestClient, office: Office, case: str) -> None:
    casework.assess(office, case)
    path = f"{V1}/applications/{case}/report.json"
    assert client.get(path).status_code == 403
    headers = with_key(client, make_key(office, ("reports:read",)))
    assert client.get(path, headers=headers).json()["schema"] == "yushen.report.v1"


def test_feedback_ready_and_failed_pages_are_told_to_webhooks(client: TestClient, office: Office, case: str) -> None:
    made = client.post(f"{V1}/webhooks", json={"url": "https://platform.example.gov.cn/events"}).json()
    casework.assess(office, case)
    bad = add_file(office, case, "坏.pdf", b"no pdf")
    steps.take_in_upload(office, bad)
    page = add_file(office, case, "空.png", page_picture())
    taken = steps.take_in_upload(office, page)
    steps.give_up_page(office, taken.pages[0], "gave_up")
    told = client.get(f"{V1}/webhooks/{made['id']}/deliveries").json()["items"]
    assert sorted(each["event"] for each in told) == ["feedback.ready", "page.failed", "page.failed"]
    with office.database.read() as session:
        payloads = [row.payload for row in session.scalars(select(WebhookDelivery))]
    failed = [each for each in payloads if each["event"] == "page.failed"]
    assert {each["upload"] for each in failed} == {bad, page}
    assert "坏" not in str(payloads)


def decide(office: Office, reviewer: Actor, case: str, outcome: Outcome, state: State) -> None:
    assessment = casework.assess(office, case)
    assert isinstance(assessment, Assessment)
    with office.database.write() as session:
        row = find(session, SYSTEM, case, lock=True)
        row.state = state
        row.decided_at = office.now() if state is State.DECIDED else None
        session.add(
            Decision(
                application_id=case,
                round=row.round,
                assessment_id=assessment.id,
                outcome=outcome,
                reasons=[{"criterion": "2", "code": "missing", "text": "缺近期的心脏超声报告"}],
                note="请尽快",
                made_by=reviewer.id,
                made_at=office.now() - dt.timedelta(hours=1),
                final=True,
            )
        )


def test_feedback_of_a_returned_case_says_what_the_reviewer_asks_for(
    client: TestClient, office: Office, reviewer: Actor, case: str
) -> None:
    decide(office, reviewer, case, Outcome.RETURN, State.RETURNED)
    headers = with_key(client, make_key(office, ("applications:read",)))
    told = client.get(f"{V1}/applications/{case}/feedback", headers=headers).json()
    assert told["returned"]["reasons"] == [{"criterion": "2", "code": "missing", "text": "缺近期的心脏超声报告"}]
    assert "审核甲" not in str(told)
    answer = client.get(f"{V1}/applications/{case}/decision")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_decided")


def test_decision_is_told_to_keys_that_may_know_it(
    client: TestClient, office: Office, reviewer: Actor, case: str
) -> None:
    decide(office, reviewer, case, Outcome.REFUSE, State.DECIDED)
    told = client.get(f"{V1}/applications/{case}/decision").json()
    assert (told["outcome"], told["outcome_label"]) == ("refuse", "不通过")
    assert told["reasons"][0]["text"] == "缺近期的心脏超声报告"
    sheet = client.get(told["sheet"])
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "application/pdf")
    assert sheet.content.startswith(b"%PDF")
    headers = with_key(client, make_key(office, ("applications:read",)))
    assert client.get(f"{V1}/applications/{case}/decision", headers=headers).status_code == 403
    shown = client.get(f"{V1}/applications/{case}", headers=headers)
    assert "refuse" not in shown.text
    assert shown.json()["state"] == "decided"
