"""Errors of use cases as pages or JSON: what happened and what to do, and nothing of what was sent."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
from fastapi import APIRouter
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from pipeline.service import logs
from pipeline.service.access import NotFoundError
from pipeline.service.actors import NotAllowedError
from pipeline.service.app import create_app
from pipeline.service.applications import FullError, LimitError
from pipeline.service.office import Office, OfficeError
from pipeline.service.people.current import CsrfError, NotSignedInError
from pipeline.service.people.throttle import ThrottledError
from pipeline.service.states import State, StateError, Step
from tests.service.signed import Browser, Nothing

NAME, NUMBER = "欧阳娜娜七", "999999196803120010"
SENTINELS = (NAME, NUMBER)


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What is logged meanwhile, as the service logs it."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(stream=stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    logging.getLogger("uvicorn.access").disabled = False


def failing(office: Office, error: Exception) -> Browser:
    app = create_app(office, Nothing())
    rooms = APIRouter()

    @rooms.get("/made/{name}")
    @rooms.post("/made/{name}")
    def fail(name: str) -> None:
        raise error

    app.include_router(rooms)
    return Browser(office, app=app)


CASES: list[tuple[Exception, int, str, str]] = [
    (NotFoundError(NAME), 404, "not_found", "没有找到"),
    (NotAllowedError(NAME), 403, "not_allowed", "没有权限"),
    (CsrfError(NAME), 403, "csrf", "页面已过期"),
    (StateError(State.DECIDED, Step.SUBMIT), 409, "state", "已办结"),
    (LimitError("file_too_large", "文件太大，请不要超过 60 MB"), 413, "file_too_large", "60 MB"),
    (LimitError("not_open", "申请已提交，暂时不能修改材料"), 409, "not_open", "申请已提交"),
    (LimitError("no_disease", "请先选择申请的病种"), 422, "no_disease", "请先选择"),
    (ThrottledError(40), 429, "throttled", "40 秒"),
    (FullError(), 503, "full", "办理的人太多"),
    (OfficeError(NAME), 503, "unavailable", "暂时不能使用"),
    (OperationalError(NAME, {"n": NUMBER}, Exception(NAME)), 503, "unavailable", "暂时不能使用"),
    (HTTPException(404, NAME), 404, "not_found", "没有找到这个页面"),
    (HTTPException(418, NAME), 418, "http", "不能完成"),
    (ValueError(NAME), 500, "defect", "程序出错了"),
]


@pytest.mark.parametrize(("error", "status", "code", "words"), CASES, ids=[f"{c[2]}{c[1]}" for c in CASES])
def test_errors_are_told_as_page_and_as_json(
    small: Office, error: Exception, status: int, code: str, words: str
) -> None:
    browser = failing(small, error)
    shown = browser.get("/made/x", headers={"accept": "text/html,*/*;q=0.8"})
    assert shown.status_code == status
    assert words in shown.text
    assert shown.text.count("<h1>") == 1
    told = browser.get("/made/x", headers={"accept": "application/json"})
    assert told.status_code == status
    assert told.json()["code"] == code
    assert told.json()["message"]
    for answer in (shown, told):
        assert not any(sentinel in answer.text for sentinel in SENTINELS)
        assert ("retry-after" in answer.headers) is (status in (429, 503))


def test_errors_not_signed_in_leads_to_the_form(small: Office) -> None:
    browser = failing(small, NotSignedInError("/login"))
    assert browser.get("/made/x").headers["location"] == "/login?next=/made/x"
    assert browser.post("/made/x").headers["location"] == "/login"
    told = browser.get("/made/x", headers={"accept": "application/json"})
    assert (told.status_code, told.json()["login"]) == (401, "/login")
    assert failing(small, NotSignedInError("/query")).get("/made/x").headers["location"] == "/query"


def test_errors_nobody_expected_show_a_number_that_the_log_knows(small: Office, logged: io.StringIO) -> None:
    shown = failing(small, ValueError(f"{NAME} {NUMBER}")).get(f"/made/{NAME}?id={NUMBER}")
    number = shown.headers["x-request-id"]
    assert number in shown.text
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    defect = next(line for line in lines if line["event"] == "defect")
    assert (defect["request"], defect["error"]) == (number, "ValueError")
    assert any("fail" in place for place in defect["places"])
    request = next(line for line in lines if line["event"] == "request")
    assert (request["route"], request["status"], request["request"]) == ("/made/{name}", 500, number)


def test_errors_and_logs_repeat_nothing_that_was_sent(small: Office, logged: io.StringIO) -> None:
    browser = Browser(small)
    answers = [
        browser.sign_in(NAME, NUMBER),
        browser.post("/login", data={"login": NAME, "password": NUMBER}),
        browser.post("/login", data={"login": NAME * 100, "password": NUMBER}),
        browser.get(f"/no/{NAME}/{NUMBER}?q={NAME}"),
        browser.get(f"/desk/{NUMBER}?q={NAME}"),
        browser.get(f"/static/{NAME}.css"),
        browser.get(f"/api/v1/applications/{NUMBER}?name={NAME}"),
        browser.request("DELETE", f"/account?n={NAME}"),
        browser.get("/healthz", headers={"x-forwarded-for": NAME.encode()}),
    ]
    for answer in answers[1:]:
        assert answer.status_code < 500
        assert not any(sentinel in answer.text for sentinel in SENTINELS), answer.request.url
    assert NUMBER not in answers[0].text
    assert not any(sentinel in logged.getvalue() for sentinel in SENTINELS)
    assert logged.getvalue().count('"event": "request"') >= len(answers)


def test_large_type_without_scripts_and_back_to_the_same_page(small: Office) -> None:
    browser = Browser(small)
    assert 'class="desk"' in browser.get("/login").text
    turned = browser.post("/large-type", data={"back": "/login"})
    assert turned.headers["location"] == "/login"
    assert 'class="desk large"' in browser.get("/login").text
    browser.post("/large-type", data={"back": "/login"})
    assert 'class="desk"' in browser.get("/login").text
    for there in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"):
        assert browser.post("/large-type", data={"back": there}).headers["location"] == "/"


def test_static_files_are_kept_until_they_change(small: Office) -> None:
    browser = Browser(small)
    page = browser.get("/login").text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    assert "immutable" in browser.get(address).headers["cache-control"]
    assert browser.get(address.split("?")[0]).headers["cache-control"] == "no-cache"
