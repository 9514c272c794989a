"""Query, leaving, and what an applicant's session cannot do."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from pipeline.service.office import Office
from pipeline.service.people.current import CASE_COOKIE
from pipeline.service.tables import Application, TrailRow
from tests.service.applicant.conftest import PERSON, Visitor


def test_query_opens_the_case_however_the_numbers_are_typed(visitor: Visitor, other: Visitor) -> None:
    visitor.apply()
    typed = (
        (visitor.serial, visitor.code),
        (visitor.serial.lower(), visitor.code.lower()),
        (f" {visitor.serial.replace('-', ' ')} ", visitor.code.replace("-", "")),
        (visitor.serial.replace("-", "－").replace("Y", "Ｙ"), visitor.code.replace("-", " ")),
    )
    for serial, code in typed:
        other.client.cookies.clear()
        other.get("/query")
        other.send("/query", serial=serial, code=code)
        assert other.url == "/case/files", (serial, code)


def test_query_tells_not_which_of_the_two_is_wrong(visitor: Visitor, other: Visitor) -> None:
    visitor.apply()
    said = []
    for serial, code in ((visitor.serial, "2222-3333-4444"), ("YS20260316-0000999", visitor.code)):
        other.get("/query")
        other.send("/query", serial=serial, code=code)
        assert other.status == 422
        said.append(other.text.replace(serial, ""))
    assert said[0] == said[1]
    other.get("/query")
    other.send("/query", serial="", code="")
    assert "都填上" in other.text


def test_query_refuses_guessing_and_forms_without_token(visitor: Visitor, other: Visitor) -> None:
    visitor.apply()
    other.get("/query")
    statuses = []
    for _ in range(8):
        other.get("/query")
        other.send("/query", serial=visitor.serial, code="2222-3333-4444")
        statuses.append(other.status)
    assert statuses[0] == 422
    assert statuses[-1] == 429
    assert "秒 后再试" in other.text
    answer = other.client.post("/query", data={"serial": visitor.serial, "code": visitor.code, "csrf": "x"})
    assert answer.status_code == 403


def test_leave_ends_the_session_and_clears_the_browser(visitor: Visitor, office: Office) -> None:
    visitor.apply()
    visitor.get("/case/files")
    token = visitor.client.cookies.get(CASE_COOKIE)
    assert visitor.client.post("/case/leave", data={"csrf": "x"}).status_code == 403
    csrf = visitor.page.partition('name="csrf" value="')[2].partition('"')[0]
    answer = visitor.client.post("/case/leave", data={"csrf": csrf}, follow_redirects=False)
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    visitor.get("/left")
    assert "已经退出" in visitor.text
    visitor.client.cookies.set(CASE_COOKIE, str(token))
    visitor.get("/case/files")
    assert visitor.url == "/query"
    with office.database.read() as session:
        assert "session.close" in session.scalars(select(TrailRow.action)).all()


@pytest.mark.parametrize(
    "path",
    [
        "/case",
        "/case/files",
        "/case/files/list",
        "/case/todo",
        "/case/todo/list",
        "/case/check",
        "/case/submitted",
        "/case/withdraw",
        "/case/person",
        "/case/disease",
        "/case/pages/x/image",
    ],
)
def test_pages_of_a_case_need_its_session(visitor: Visitor, path: str) -> None:
    visitor.get(path)
    assert visitor.url == "/query"


@pytest.mark.parametrize(
    "path",
    [
        "/case/files",
        "/case/files/x/move",
        "/case/files/x/remove",
        "/case/submit",
        "/case/withdraw",
        "/case/person",
        "/case/disease",
        "/case/leave",
    ],
)
def test_changes_need_session_and_token(visitor: Visitor, path: str) -> None:
    assert visitor.client.post(path, follow_redirects=False).status_code == 303
    visitor.apply()
    assert visitor.client.post(path, data={"csrf": "x"}).status_code == 403
    assert visitor.client.post(path).status_code == 403


def test_applications_begun_from_one_address_are_bounded(visitor: Visitor, office: Office) -> None:
    limited = office.settings.service.model_copy(update={"drafts_per_address": 1, "wrong_codes_per_address": 2})
    office.settings.__dict__["service"] = limited
    visitor.apply()
    visitor.client.cookies.clear()
    visitor.get("/")
    visitor.send("/choose", disease="hypertension")
    visitor.get("/apply")
    visitor.send("/apply/agree")
    visitor.send("/apply/person", **PERSON)
    assert visitor.status == 429
    assert "这个网络一小时内新建的申请太多了" in visitor.text
    with office.database.read() as session:
        assert len(session.scalars(select(Application)).all()) == 1

    serial, code = visitor.serial, visitor.code
    for wrong in ("2222-2222-2222", "3333-3333-3333"):
        visitor.get("/query")
        visitor.send("/query", serial=serial, code=wrong)
        assert visitor.status == 422
    visitor.get("/query")
    visitor.send("/query", serial=serial, code=code)
    assert visitor.status == 429
    assert "查询码丢了可以到窗口补发" in visitor.text
