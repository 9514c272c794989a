"""``/codes`` and ``/figures``: who gets in, what is asked for, what is shown once."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from pipeline.service.access import NotFoundError
from pipeline.service.actors import Role
from pipeline.service.applications import open_by_code
from pipeline.service.office import Office
from pipeline.service.tables import Application
from tests.service.made import made_application
from tests.service.signed import Browser, make_user


def _browser(office: Office, *roles: Role, login: str = "shenhe1") -> Browser:
    make_user(office, login, roles=roles)
    browser = Browser(office)
    assert browser.sign_in(login).status_code == 303
    return browser


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMINISTRATOR])
def test_codes_page_renews_for_the_right_card_and_shows_the_code_once(small: Office, role: Role) -> None:
    case = made_application(small, {})
    with small.database.read() as session:
        serial = session.scalars(select(Application.serial).where(Application.id == case)).one()
    browser = _browser(small, role)
    assert 'href="/codes"' in browser.get("/account").text
    typed = serial.lower().replace("-", " ")
    sent = {"serial": typed, "reason": "lost", "id_tail": "0010"}
    assert browser.post("/codes", data=sent).status_code == 403  # without the token of the page
    wrong = browser.post("/codes", data={**sent, "csrf": browser.token("/codes"), "id_tail": "9999"})
    assert (wrong.status_code, "证件号码后四位与申请时填写的不一致" in wrong.text) == (422, True)
    unknown = browser.post("/codes", data={**sent, "csrf": browser.token("/codes"), "serial": "YS20260316-0000000"})
    assert (unknown.status_code, "没有这个受理编号" in unknown.text) == (422, True)
    given = browser.post("/codes", data={**sent, "csrf": browser.token("/codes")})
    assert given.status_code == 200
    assert given.headers["cache-control"] == "no-store"
    found = re.search(r'id="secret"[^>]*>([0-9A-Z-]{14})<', given.text)
    assert found
    with small.database.read() as session:
        assert open_by_code(session, small, serial, found[1]).id == case
        with pytest.raises(NotFoundError):
            open_by_code(session, small, serial, "2222-2222-2222")


@pytest.mark.parametrize(
    ("path", "roles"), [("/codes", {Role.REVIEWER, Role.ADMINISTRATOR}), ("/figures", {Role.ANALYST})]
)
def test_pages_are_for_their_roles(small: Office, path: str, roles: set[Role]) -> None:
    assert Browser(small).get(path).headers["location"].startswith("/login")
    for role in Role:
        browser = _browser(small, role, login=f"ren{role.value.replace('_', '')[:8]}")
        assert browser.get(path).status_code == (200 if role in roles else 403), role
        assert (f'href="{path}"' in browser.get("/account").text) == (role in roles), role


def test_figures_page_keeps_what_was_asked_and_has_an_empty_state(small: Office) -> None:
    browser = _browser(small, Role.ANALYST)
    plain = browser.get("/figures").text
    assert "这段时间没有决定" in plain
    assert 'value="2025-12-16"' in plain
    asked = browser.get("/figures?first=2026-02-01&last=nonsense&disease=hypertension").text
    assert 'value="2026-02-01"' in asked
    assert re.search(r'value="hypertension" selected', asked)


def test_admin_is_warned_of_a_proxy_that_is_not_trusted(small: Office) -> None:
    browser = _browser(small, Role.ADMINISTRATOR)
    assert "trusted_proxies" not in browser.get("/admin").text
    told = browser.get("/admin", headers={"X-Forwarded-For": "198.51.100.1"}).text
    assert "203.0.113.7，但它不在 trusted_proxies 中" in told
