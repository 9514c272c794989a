"""The whole story in a real Chromium with real processes: an applicant photographs, is told what is wrong and what is
missing, brings it and submits; a reviewer signs in, corrects a value and decides. On SQLite as ``yushen serve`` alone,
on PostgreSQL as a server and two workers. Pages are read by the OCR.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import select

from pipeline.service import trail
from pipeline.service.office import Office, open_office
from pipeline.service.states import PageState, State
from pipeline.service.tables import Application, Assessment, Correction, Decision, PageRow, TrailRow, WorkerRow
from pipeline.service.tables.decisions import Outcome
from pipeline.settings import Settings
from tests.service import story
from tests.service.applicant.conftest import PERSON
from tests.service.applicant.test_todo import VERDICT
from tests.service.signed import PASSWORD, make_user
from tests.service.work.processes import RealWorker, Server

pytestmark = pytest.mark.slow
expect.set_options(timeout=20_000)  # both cores may be busy with other tests

READ_MS = 300_000
"""Until a photograph is read; models are loaded first, on a machine that may be busy."""
SETTLED = '.live-part[data-busy="0"]'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def running(settings: Settings, tmp_path: Path) -> Iterator[tuple[Office, str]]:
    """The service as people run it: an office in the present, and the address."""
    office = open_office(settings)
    make_user(office)
    several = bool(settings.service.database_url)
    with ExitStack() as stack:
        stack.callback(office.close)
        server = Server(office, tmp_path / "server.log", worker=not several)
        stack.callback(server.end)
        for number in range(2 if several else 0):
            stack.callback(RealWorker(server.config, tmp_path / f"worker{number}.log").end)
        server.wait()
        yield office, server.address


def choose(page: Page, *files: Path) -> None:
    page.set_input_files(".pick >> nth=1 >> input", [str(file) for file in files])


def test_story_from_the_first_photograph_to_the_decision(
    browser: Browser, running: tuple[Office, str], tmp_path: Path
) -> None:
    office, address = running
    with browser.new_context(base_url=address, viewport={"width": 390, "height": 844}, locale="zh-CN") as context:
        applies(context.new_page(), tmp_path, office)
    with browser.new_context(base_url=address, viewport={"width": 1280, "height": 800}, locale="zh-CN") as context:
        decides(context.new_page())
    with office.database.read() as session:
        case = session.scalars(select(Application)).one()
        assert case.state is State.DECIDED
        assert session.scalars(select(Decision.outcome)).all() == [Outcome.APPROVE]
        (correction,) = session.scalars(select(Correction))
        assert correction.human == {"value": "212"}
        pages = session.scalars(select(PageRow)).all()
        assert {page.state for page in pages} == {PageState.DONE}
        read = Counter(
            row.detail["page"] for row in session.scalars(select(TrailRow).where(TrailRow.action == "page.read"))
        )
        assert read == {page.id: 1 for page in pages}
        revisions = session.scalars(select(Assessment.revision)).all()
        assert len(set(revisions)) == len(revisions)
        assert trail.verify(session)[2] is None
        assert len(session.scalars(select(WorkerRow)).all()) == (2 if office.settings.service.database_url else 1)


def applies(phone: Page, folder: Path, office: Office) -> None:
    """From the choice of the disease to the submission."""
    today = office.today()
    phone.goto("/")
    phone.click("button[value=hypertension]")
    phone.click("text=现在申请")
    phone.click("text=我看过了")
    for name in ("name", "id_number", "phone"):
        phone.fill(f"#f-{name}", PERSON[name])
    phone.click("text=填好了")
    phone.click("text=记好了")

    choose(phone, story.discharge(folder / "出院.jpg", today), story.labs(folder / "化验.jpg", today, blurred=True))
    expect(phone.locator(".file")).to_have_count(2, timeout=READ_MS)
    expect(phone.locator(SETTLED)).to_be_attached(timeout=READ_MS)
    expect(phone.locator("#said")).to_contain_text("1 份要重拍")
    phone.click("text=看看还缺什么")
    expect(phone.locator("h1")).to_contain_text("件事要做", timeout=READ_MS)
    expect(phone.locator("main")).to_contain_text("心脏彩超", timeout=READ_MS)  # pages are read before they are judged
    assert not VERDICT.search(phone.inner_text("main"))

    phone.locator("a.button", has_text="重拍").click()
    expect(phone.locator("h1")).to_contain_text("重拍第")
    choose(phone, story.labs(folder / "化验清楚.jpg", today))
    expect(phone.locator("main")).not_to_contain_text("请重拍", timeout=READ_MS)
    phone.click("text=继续上传材料")
    choose(phone, story.echo(folder / "心超.jpg", today))
    expect(phone.locator(".file")).to_have_count(3, timeout=READ_MS)
    expect(phone.locator(SETTLED)).to_be_attached(timeout=READ_MS)
    phone.click("text=看看还缺什么")
    expect(phone.locator("h1")).to_have_text("目前没有要补的材料", timeout=READ_MS)
    phone.click("text=核对并提交")
    phone.click("text=确认提交")
    expect(phone.locator("h1")).to_have_text("已经提交")


def decides(screen: Page) -> None:
    """From the sign-in to the decision."""
    screen.goto("/login")
    screen.fill("[name=login]", "shenhe1")
    screen.fill("[name=password]", PASSWORD)
    screen.click("main button")
    expect(screen.locator("#cases tbody tr")).to_have_count(1)
    screen.click("#next-case button")
    expect(screen.locator("h1")).to_have_text("高血压伴有并发症")
    screen.wait_for_load_state("load")  # its keys are there only then
    kidneys = screen.locator('.item[data-item="5"] .item-head .st')
    expect(kidneys).to_have_class("st st-unmet")
    screen.keyboard.press("2")
    row = screen.locator("tr.fact", has_text="肌酐").first
    expect(row).to_contain_text("88")
    row.locator(".fact-open").click()
    expect(screen.locator("svg rect.lit").first).to_be_visible()
    screen.keyboard.press("e")
    screen.locator('[name="field.text"]').fill("212")
    screen.keyboard.press("Enter")
    expect(screen.locator("tr.fact.is-changed")).to_contain_text("机器：88")
    screen.keyboard.press("1")
    expect(kidneys).to_have_text("符合")
    screen.keyboard.press("d")
    screen.get_by_role("radio", name="通过", exact=True).check()
    screen.get_by_role("button", name="下一步：确认").click()
    screen.get_by_role("button", name="确认通过").click()
    expect(screen.locator("#told")).to_contain_text("已决定：通过")
