"""Signing in through the pages: sessions, cookies, tokens, one answer to all that is wrong."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from pipeline.service.actors import SYSTEM, Role
from pipeline.service.numbers import token_digest
from pipeline.service.office import Office
from pipeline.service.people import passwords, sessions, users
from pipeline.service.people.current import USER_COOKIE
from pipeline.service.people.tidying import tidy_people
from pipeline.service.tables import Session, TrailRow, User
from tests.service.conftest import NOW, at
from tests.service.signed import PASSWORD, Browser, make_user

WRONG = "登录名或密码不正确"


def test_signing_in_opens_the_first_place_of_the_role(small: Office) -> None:
    make_user(small)
    make_user(small, "guanli", roles=(Role.ADMINISTRATOR,))
    make_user(small, "fenxi", roles=(Role.ANALYST,))
    for login, home in (("shenhe1", "/desk"), ("guanli", "/admin"), ("fenxi", None)):
        browser = Browser(small)
        assert browser.sign_in(login).headers["location"] == "/login"
        there = browser.get("/login").headers["location"]
        assert home is None or there == home


def test_signing_in_cookie_is_closed_to_scripts_and_other_sites(small: Office) -> None:
    make_user(small)
    cookie = Browser(small).sign_in("shenhe1").headers["set-cookie"]
    assert cookie.startswith(f"{USER_COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    service = small.settings.service.model_copy(update={"secure_cookies": True})
    secure = replace(small, settings=small.settings.model_copy(update={"service": service}))
    browser = Browser(secure)
    browser.base_url = "https://testserver"
    cookie = browser.sign_in("shenhe1").headers["set-cookie"]
    assert "Secure" in cookie


def test_signing_in_ends_the_session_that_the_browser_had(small: Office) -> None:
    """A session that someone else planted or kept is not the one that gets the rights."""
    make_user(small)
    browser = Browser(small)
    browser.keep(USER_COOKIE, "planted")
    browser.sign_in("shenhe1")
    first = browser.cookies[USER_COOKIE]
    assert first != "planted"
    browser.keep(USER_COOKIE, "")
    token = browser.token("/login")
    browser.keep(USER_COOKIE, first)
    browser.post("/login", data={"csrf": token, "login": "shenhe1", "password": PASSWORD})
    second = browser.cookies[USER_COOKIE]
    assert second != first
    with small.database.read() as session:
        assert list(session.scalars(select(Session.digest))) == [token_digest(second)]


def test_signing_in_answers_alike_to_all_that_is_wrong(small: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    make_user(small)
    closed = make_user(small, "closed")
    with small.database.write() as session:
        users.close(session, SYSTEM, small, session.get_one(User, closed))
    checks: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            checks.append("one")
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_HASHER", Counting(time_cost=1, memory_cost=8, parallelism=1))
    answers = set()
    for login, password in (("shenhe1", "wrong"), ("nobody", PASSWORD), ("closed", PASSWORD), ("", "")):
        checks.clear()
        shown = Browser(small).sign_in(login, password)
        assert shown.status_code == 401
        assert WRONG in shown.text
        assert USER_COOKIE not in shown.headers.get("set-cookie", "")
        answers.add((len(checks), shown.text.count("\n")))
    assert len(answers) == 1
    assert answers.pop()[0] == 1


def test_signing_in_needs_the_token_of_its_own_form(small: Office) -> None:
    make_user(small)
    browser, other = Browser(small), Browser(small)
    token = other.token("/login")
    for told in ({}, {"csrf": ""}, {"csrf": token}):
        shown = browser.post("/login", data={"login": "shenhe1", "password": PASSWORD, **told})
        assert shown.status_code == 403
        assert USER_COOKIE not in shown.headers.get("set-cookie", "")
        browser.get("/login")


def test_signing_in_is_throttled_and_says_until_when(small: Office) -> None:
    make_user(small)
    browser = Browser(small)
    assert [browser.sign_in("shenhe1", "wrong").status_code for _ in range(5)] == [401] * 5
    shown = browser.sign_in("shenhe1")
    assert shown.status_code == 429
    assert int(shown.headers["retry-after"]) == 5
    assert "5 秒" in shown.text
    later = Browser(at(small, NOW + dt.timedelta(seconds=6)))
    assert later.sign_in("shenhe1").status_code == 303


def test_signing_in_goes_back_to_where_one_was_but_never_elsewhere(small: Office) -> None:
    make_user(small)
    assert Browser(small).get("/admin/users").headers["location"] == "/login?next=/admin/users"
    assert 'name="after" value="/admin/users"' in Browser(small).get("/login?next=/admin/users").text
    for there, target in (
        ("/desk/abc", "/desk/abc"),
        ("//evil.example/desk", "/login"),
        ("https://evil.example/desk", "/login"),
        ("/\\evil.example", "/login"),
        ("/desk\r\nX-Bad: 1", "/login"),
        ("/query", "/login"),
    ):
        assert Browser(small).sign_in("shenhe1", after=there).headers["location"] == target, there


def test_signing_out_ends_the_session_on_the_server(small: Office) -> None:
    make_user(small)
    browser = Browser(small)
    browser.sign_in("shenhe1")
    kept = browser.cookies[USER_COOKIE]
    assert browser.post("/logout", data={"csrf": "wrong"}).status_code == 403
    assert browser.get("/account").status_code == 200
    assert browser.post("/logout", data={"csrf": browser.token("/account")}).status_code == 303
    browser.keep(USER_COOKIE, kept)
    assert browser.get("/account").headers["location"] == "/login?next=/account"


def test_sessions_end_when_idle_and_after_a_day_at_work(small: Office) -> None:
    make_user(small)
    browser = Browser(small)
    browser.sign_in("shenhe1")
    app = browser.app

    def at_minute(minute: int) -> int:
        app.state.office = at(small, NOW + dt.timedelta(minutes=minute))  # type: ignore[attr-defined]
        return int(browser.get("/account").status_code)

    assert [at_minute(m) for m in (29, 58, 87)] == [200] * 3
    assert at_minute(87 + 31) == 303
    browser = Browser(small)
    browser.sign_in("shenhe1")
    app = browser.app
    assert {at_minute(m) for m in range(0, 600, 20)} == {200}
    assert at_minute(601) == 303


def test_password_given_by_an_administrator_must_be_changed_first(small: Office) -> None:
    make_user(small, must_change=True)
    browser = Browser(small)
    assert browser.sign_in("shenhe1").headers["location"] == "/account/password"
    assert browser.get("/account").headers["location"] == "/account/password"
    told = {"csrf": browser.token("/account/password"), "old": PASSWORD}
    for new, again, why in (
        ("新的 密码 很长 1", "不一样的", "不一样"),
        ("short", "short", "至少要 10"),
        (PASSWORD, PASSWORD, "不能与原密码相同"),
    ):
        shown = browser.post("/account/password", data={**told, "new": new, "again": again})
        assert shown.status_code == 422
        assert why in shown.text
        assert new not in shown.text
    good = {**told, "new": "新的 密码 很长 1", "again": "新的 密码 很长 1"}
    assert browser.post("/account/password", data=good).status_code == 303
    assert browser.get("/account").status_code == 200
    assert Browser(small).sign_in("shenhe1").status_code == 401
    assert Browser(small).sign_in("shenhe1", "新的 密码 很长 1").status_code == 303


def test_password_change_ends_all_other_sessions(small: Office) -> None:
    make_user(small)
    here, there = Browser(small), Browser(small)
    here.sign_in("shenhe1")
    there.sign_in("shenhe1")
    before = here.cookies[USER_COOKIE]
    told = {
        "csrf": here.token("/account/password"),
        "old": PASSWORD,
        "new": "新的 密码 很长 1",
        "again": "新的 密码 很长 1",
    }
    assert here.post("/account/password", data={**told, "old": "wrong"}).status_code == 422
    assert there.get("/account").status_code == 200
    here.post("/account/password", data=told)
    assert here.cookies[USER_COOKIE] != before
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303


def test_password_hash_is_renewed_when_its_cost_changed(small: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    user = make_user(small)
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    passwords._nobody.cache_clear()
    assert Browser(small).sign_in("shenhe1").status_code == 303
    with small.database.read() as session:
        assert "m=16,t=2" in session.get_one(User, user).password
    assert Browser(small).sign_in("shenhe1").status_code == 303


def test_closed_accounts_lose_their_open_session_at_once(small: Office) -> None:
    user = make_user(small)
    browser = Browser(small)
    browser.sign_in("shenhe1")
    with small.database.write() as session:
        session.get_one(User, user).active = False
    assert browser.get("/account").status_code == 303


def test_signing_in_is_traced_without_what_was_typed(small: Office) -> None:
    user = make_user(small)
    Browser(small).sign_in("shenhe1", "wrong")
    Browser(small).sign_in("张伟110101199003077777", "wrong")
    Browser(small).sign_in("shenhe1")
    with small.database.read() as session:
        rows = list(session.scalars(select(TrailRow).where(TrailRow.action.like("session.%")).order_by(TrailRow.seq)))
    assert [(row.action, row.actor_kind, row.detail) for row in rows] == [
        ("session.fail", "system", {"user": user}),
        ("session.fail", "system", {}),
        ("session.open", "user", {}),
    ]


def test_tidying_deletes_sessions_that_have_run_out_only(small: Office) -> None:
    user = make_user(small)
    with small.database.write() as session:
        old = sessions.open_for_user(session, small, user)
        young = sessions.open_for_user(session, at(small, NOW + dt.timedelta(hours=9)), user)
    later = at(small, NOW + dt.timedelta(hours=11))
    tidy_people(later)
    with small.database.read() as session:
        assert list(session.scalars(select(Session.digest))) == [token_digest(young)]
        assert sessions.find(session, later, old) is None
