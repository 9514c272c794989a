"""The pages of papers, as a browser gets them."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from pipeline.service.access import find
from pipeline.service.actors import SYSTEM, Actor, Role
from pipeline.service.app import create_app
from pipeline.service.people import sessions
from pipeline.service.people.current import USER_COOKIE
from pipeline.service.tables import Approval
from tests.service.decisions.conftest import person
from tests.service.papers.conftest import Decided
from tests.service.signed import Browser, Nothing

Sign = Callable[[Actor], Browser]


@pytest.fixture
def sign(decided: Decided) -> Sign:
    app = create_app(decided.office, Nothing())

    def sign_in(actor: Actor) -> Browser:
        with decided.office.database.write() as session:
            token = sessions.open_for_user(session, decided.office, actor.id)
        browser = Browser(decided.office, app=app)
        browser.keep(USER_COOKIE, token)
        return browser

    return sign_in


def test_papers_of_a_case_are_served_without_identity_in_names(decided: Decided, sign: Sign) -> None:
    browser = sign(decided.reviewer)
    with decided.office.database.read() as session:
        serial = find(session, SYSTEM, decided.approved).serial
    for name, kind, start in (
        ("sheet.pdf", "application/pdf", b"%PDF"),
        ("bundle.zip", "application/zip", b"PK"),
        ("filing.json", "application/json", b"{"),
    ):
        answer = browser.get(f"/desk/{decided.approved}/{name}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
        assert answer.content.startswith(start)
        assert answer.headers["cache-control"] == "no-store"
        assert serial in answer.headers["content-disposition"]
        assert int(answer.headers["content-length"]) == len(answer.content)
    assert zipfile.ZipFile(io.BytesIO(browser.get(f"/desk/{decided.approved}/bundle.zip").content)).testzip() is None
    copy = browser.get(f"/desk/{decided.approved}/bundle.zip?outside=true")
    assert f'"{serial}-copy.zip"' in copy.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(copy.content)) as book:
        assert json.loads(book.read("manifest.json"))["outside"] is True
    assert browser.get(f"/desk/{decided.refused}/filing.json").status_code == 422


def test_ledger_is_served_for_the_days_asked(decided: Decided, sign: Sign) -> None:
    browser = sign(decided.reviewer)
    for query, rows in (("", 3), ("?first=2026-03-16&last=2026-03-16&full=1", 3), ("?last=2026-03-01", 1)):
        answer = browser.get(f"/desk/ledger.xlsx{query}")
        assert answer.status_code == 200
        assert load_workbook(io.BytesIO(answer.content)).active.max_row == rows
    assert browser.get("/desk/ledger.xlsx?first=nonsense").status_code == 200


def test_papers_need_a_reviewer(decided: Decided, sign: Sign) -> None:
    analyst = sign(person(decided.office, "fenxi9", "分析丙", Role.ANALYST))
    nobody = Browser(decided.office)
    paths = [f"/desk/{decided.approved}/{name}" for name in ("sheet.pdf", "bundle.zip", "filing.json")]
    for path in [*paths, "/desk/ledger.xlsx", "/desk/approvals"]:
        assert analyst.get(path).status_code == 403, path
        assert nobody.get(path).status_code == 303, path


def test_end_of_an_approval_is_entered_on_the_page(decided: Decided, sign: Sign) -> None:
    browser = sign(decided.reviewer)
    with decided.office.database.write() as session:
        row = session.scalars(select(Approval).where(Approval.application_id == decided.approved)).one()
        row.why, approval = "出生日期不明，到期日请人工填写", row.id
    shown = browser.get("/desk/approvals")
    assert shown.status_code == 200
    assert "未填到期日" in shown.text
    assert "张*国" in shown.text
    assert "张建国" not in shown.text
    token = re.findall(r'name="csrf" value="([^"]+)"', shown.text)[-1]
    path, sent = f"/desk/approvals/{approval}/end", {"until": "2026-04-10", "why": "户口簿"}
    assert browser.post(path, data=sent).status_code == 403
    assert browser.post(path, data={**sent, "csrf": token, "until": "明年"}).status_code == 422
    assert browser.post(path, data={**sent, "csrf": token}).status_code == 303
    assert "还有 25 天" in browser.get("/desk/approvals").text
    second = sign(decided.second_reader)
    assert "填写到期日" not in second.get("/desk/approvals").text
