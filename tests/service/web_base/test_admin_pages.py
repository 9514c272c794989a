"""The administrator's pages: who gets in, what they do, and that secrets are shown once."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from sqlalchemy import select, text

import pipeline.service
from pipeline.service import trail
from pipeline.service.actors import SYSTEM, Role
from pipeline.service.api.keys import find_key
from pipeline.service.office import Office
from pipeline.service.tables import ApiKey, TrailRow, User
from pipeline.service.web.words import ACTIONS
from pipeline.service.words import action_words
from tests.service.made import made_application
from tests.service.signed import PASSWORD, Browser, make_user

ID = "0" * 32
PAGES = ["/admin", "/admin/users", "/admin/users/new", f"/admin/users/{ID}", "/admin/keys", "/admin/keys/new"]
PAGES += ["/admin/regions", "/admin/trail"]
CHANGES = ["/admin/users/new", f"/admin/users/{ID}", f"/admin/users/{ID}/password", f"/admin/users/{ID}/close"]
CHANGES += [f"/admin/users/{ID}/reopen", "/admin/keys/new", f"/admin/keys/{ID}/revoke", "/admin/trail/verify"]


@pytest.fixture
def administrator(small: Office) -> Browser:
    make_user(small, "guanli", roles=(Role.ADMINISTRATOR,), name="管理甲")
    browser = Browser(small)
    assert browser.sign_in("guanli").status_code == 303
    return browser


def test_admin_pages_send_strangers_to_the_form(small: Office) -> None:
    browser = Browser(small)
    for path in PAGES:
        assert browser.get(path).headers["location"].startswith("/login"), path
    for path in CHANGES:
        assert browser.post(path, data={"csrf": "x"}).headers["location"] == "/login", path


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_admin_pages_are_closed_to_other_roles(small: Office, role: Role) -> None:
    make_user(small, roles=(role,))
    browser = Browser(small)
    browser.sign_in("shenhe1")
    token = browser.token("/account")
    assert "/admin" not in browser.get("/account").text
    for path in PAGES:
        assert browser.get(path).status_code == 403, path
    for path in CHANGES:
        assert browser.post(path, data={"csrf": token}).status_code == 403, path


def test_admin_pages_open_to_administrators_and_changes_need_the_token(administrator: Browser) -> None:
    for path in PAGES:
        assert administrator.get(path).status_code == (404 if ID in path else 200), path
    for path in CHANGES:
        shown = administrator.post(path, data={"csrf": "wrong"})
        assert (shown.status_code, "页面已过期" in shown.text) == (403, True), path


def test_admin_makes_an_account_whose_password_is_shown_once(small: Office, administrator: Browser) -> None:
    told = {"csrf": administrator.token("/admin/users/new"), "login": "xinren", "name": "新人乙"}
    shown = administrator.post("/admin/users/new", data={**told, "roles": ["reviewer", "analyst"]})
    assert (shown.status_code, "请至少选择一个地区" in shown.text) == (422, True)
    assert 'value="xinren"' in shown.text
    shown = administrator.post(
        "/admin/users/new", data={**told, "roles": ["reviewer", "analyst"], "regions": ["jiangxi"]}
    )
    password = re.search(r'id="secret">([^<]+)<', shown.text)[1]  # type: ignore[index]
    assert password not in administrator.get("/admin/users").text
    other = Browser(small)
    assert other.sign_in("xinren", password).headers["location"] == "/account/password"
    again = administrator.post("/admin/users/new", data={**told, "roles": ["reviewer"], "regions": ["jiangxi"]})
    assert (again.status_code, "已经有人使用" in again.text) == (422, True)


def test_admin_resets_changes_closes_and_reopens(small: Office, administrator: Browser) -> None:
    user = make_user(small)
    signed = Browser(small)
    signed.sign_in("shenhe1")
    token = administrator.token(f"/admin/users/{user}")
    shown = administrator.post(f"/admin/users/{user}/password", data={"csrf": token})
    password = re.search(r'id="secret">([^<]+)<', shown.text)[1]  # type: ignore[index]
    assert signed.get("/account").status_code == 303
    assert Browser(small).sign_in("shenhe1").status_code == 401
    assert Browser(small).sign_in("shenhe1", password).status_code == 303
    changed = {"csrf": token, "name": "改名", "roles": ["second_reader"], "regions": ["jiangxi"]}
    assert administrator.post(f"/admin/users/{user}", data=changed).status_code == 303
    with small.database.read() as session:
        found = session.get_one(User, user)
        assert (found.name, found.roles) == ("改名", ["second_reader"])
    administrator.post(f"/admin/users/{user}/close", data={"csrf": token})
    assert "已停用" in administrator.get(f"/admin/users/{user}").text
    assert Browser(small).sign_in("shenhe1", password).status_code == 401
    administrator.post(f"/admin/users/{user}/reopen", data={"csrf": token})
    assert Browser(small).sign_in("shenhe1", password).status_code == 303


def test_admin_cannot_close_or_demote_the_last_administrator(small: Office, administrator: Browser) -> None:
    with small.database.read() as session:
        me = session.scalars(select(User)).one().id
    token = administrator.token(f"/admin/users/{me}")
    assert administrator.post(f"/admin/users/{me}/close", data={"csrf": token}).status_code == 422
    changed = {"csrf": token, "name": "管理甲", "roles": ["reviewer"], "regions": ["jiangxi"]}
    shown = administrator.post(f"/admin/users/{me}", data=changed)
    assert (shown.status_code, "最后一个管理员" in shown.text) == (422, True)


def test_admin_grants_no_region_of_others(small: Office, administrator: Browser) -> None:
    foreign = make_user(small, "other", regions=("shandong",))
    assert "other" not in administrator.get("/admin/users").text
    assert administrator.get(f"/admin/users/{foreign}").status_code == 404
    told = {"csrf": administrator.token("/admin/users/new"), "login": "xinren", "name": "新人"}
    told |= {"roles": "reviewer", "regions": "shandong"}
    assert administrator.post("/admin/users/new", data=told).status_code == 403
    key = {"csrf": told["csrf"], "name": "k", "scopes": "applications:read", "regions": "shandong"}
    assert administrator.post("/admin/keys/new", data=key).status_code == 403


def test_admin_issues_a_key_shown_once_and_takes_it_back(small: Office, administrator: Browser) -> None:
    told = {"csrf": administrator.token("/admin/keys/new"), "name": "赣服通（正式）", "channel": "ganfutong"}
    told |= {"regions": "jiangxi", "per_minute": "60"}
    assert administrator.post("/admin/keys/new", data=told).status_code == 422
    shown = administrator.post("/admin/keys/new", data={**told, "scopes": ["applications:write", "applications:read"]})
    secret = re.search(r'id="secret">([^<]+)<', shown.text)[1]  # type: ignore[index]
    key = find_key(small, secret)
    assert key is not None
    assert (key.channel, key.per_minute, key.scopes) == (
        "ganfutong",
        60,
        ["applications:write", "applications:read"],
    )
    listed = administrator.get("/admin/keys").text
    assert "赣服通（正式）" in listed
    assert secret not in listed
    with small.database.read() as session:
        assert secret not in repr([(k.digest, k.name) for k in session.scalars(select(ApiKey))])
        assert secret not in repr([row.detail for row in session.scalars(select(TrailRow))])
    administrator.post(f"/admin/keys/{key.id}/revoke", data={"csrf": told["csrf"]})
    assert find_key(small, secret) is None


def test_admin_reads_the_trail_by_what_who_and_when(small: Office, administrator: Browser) -> None:
    case = made_application(small, {}, submitted=False)
    with small.database.write() as session:
        trail.append(session, SYSTEM, "page.view", application=case, detail={"page": 7}, at=small.now())
        for n in range(150):
            trail.append(session, SYSTEM, "made.row", detail={"n": n}, at=small.now())
    assert "page=7" not in administrator.get("/admin/trail").text  # on an older page
    assert "page=7" in administrator.get("/admin/trail?action=page.view").text
    rows = administrator.get("/admin/trail?action=made.row").text
    older = re.search(r'href="(/admin/trail\?[^"]*before=[^"]*)"', rows)[1]  # type: ignore[index]
    assert "n=149" in rows
    assert "n=49" not in rows
    assert "n=49" in administrator.get(older.replace("&amp;", "&")).text
    assert "没有符合条件" in administrator.get("/admin/trail?login=nobody").text
    assert "guanli" in administrator.get("/admin/trail?login=guanli").text
    assert "没有符合条件" in administrator.get("/admin/trail?last=2026-03-15").text
    assert "n=149" in administrator.get("/admin/trail?first=2026-03-16&last=2026-03-16").text
    assert administrator.get("/admin/trail?first=nonsense&serial=%3Cscript%3E").status_code == 200
    with small.database.read() as session:
        viewed = session.scalars(select(TrailRow).where(TrailRow.action == "trail.view")).all()
    assert len(viewed) == 9
    assert "nobody" not in repr([row.detail for row in viewed])


def test_admin_sees_no_trail_of_cases_elsewhere(small: Office) -> None:
    make_user(small, "guanli", roles=(Role.ADMINISTRATOR,), regions=("shandong",))
    browser = Browser(small)
    browser.sign_in("guanli")
    case = made_application(small, {}, submitted=False)
    with small.database.write() as session:
        trail.append(session, SYSTEM, "page.view", application=case, detail={"page": 7}, at=small.now())
    assert "page=7" not in browser.get("/admin/trail").text


def test_admin_verifies_the_chain(small: Office, administrator: Browser) -> None:
    token = administrator.token("/admin/trail")
    shown = administrator.post("/admin/trail/verify", data={"csrf": token})
    assert "完好，共" in shown.text
    with small.database.write() as session:
        session.execute(text("DROP TRIGGER trail_no_update"))
        session.execute(text("UPDATE trail SET action = 'x' WHERE seq = 1"))
    shown = administrator.post("/admin/trail/verify", data={"csrf": token})
    assert "链在第 1 条断开" in shown.text


def test_admin_overview_warns_of_pages_that_nobody_reads(small: Office, administrator: Browser) -> None:
    assert "没有识别进程" in administrator.get("/admin").text
    assert "没有需要处理的情况" in administrator.get("/admin").text
    from tests.service.made import add_file

    add_file(small, made_application(small, {}, submitted=False), "a.jpg", b"a")
    assert "没有识别进程在工作" in administrator.get("/admin").text
    assert PASSWORD not in administrator.get("/admin").text


def traced_actions() -> set[str]:
    """Every action that the source writes into the trail by a word of its own."""
    found = set()
    for path in Path(pipeline.service.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "append"
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "trail"
                and isinstance(node.args[2], ast.Constant)
            ):
                found.add(str(node.args[2].value))
    return found


def test_admin_trail_has_a_chinese_word_for_every_action() -> None:
    actions = traced_actions()
    assert {"application.submit", "page.view", "user.close"} <= actions
    assert actions - set(ACTIONS) == set()


def actions_of_cases() -> set[str]:
    """Actions that the trail of a case can hold: told with ``application=``, or as a view."""
    found: set[str] = set()
    for path in Path(pipeline.service.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or len(node.args) < 3 or not isinstance(node.args[2], ast.Constant):
                continue
            named = isinstance(node.func, ast.Name) and node.func.id == "note_view" and "." in str(node.args[2].value)
            traced = isinstance(node.func, ast.Attribute) and ast.unparse(node.func) == "trail.append"
            if named or (traced and any(keyword.arg == "application" for keyword in node.keywords)):
                found.add(str(node.args[2].value))
    return found


def test_history_of_a_case_has_a_chinese_word_for_every_action() -> None:
    actions = actions_of_cases()
    assert {"upload.read", "page.read", "application.agree", "feedback.view", "code.renew"} <= actions
    assert {action for action in actions if action_words(action) == action} == set()
    assert actions - set(ACTIONS) == set()
