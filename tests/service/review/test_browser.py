"""The workbench in a real Chromium: a box is lit, a value corrected, the judgement changes, the case is decided."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import select

from pipeline.service.app import create_app
from pipeline.service.casework import assess
from pipeline.service.office import Office
from pipeline.service.people.current import USER_COOKIE
from pipeline.service.states import State
from pipeline.service.tables import Application, Correction, Decision
from tests.service.made import DISCHARGE, ECHO, LABS, made_application
from tests.service.review.conftest import Desk, Queue
from tests.service.review.drawn import draw_pages

pytestmark = pytest.mark.slow
expect.set_options(timeout=20_000)  # both cores may be busy with other tests

TEN = {
    "出院.jpg": (DISCHARGE,),
    "化验.pdf": (LABS, *(LABS.replace("2026-01-11", f"2025-{month:02}-02") for month in range(3, 10))),
    "心超.jpg": (ECHO.replace("左心室肥厚", "未见明显异常"),),
}
"""Ten pages. The echo shows nothing, so the kidneys decide: raised creatinine makes item 5."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def rich(office: Office) -> str:
    application = made_application(office, TEN)
    draw_pages(office, application, TEN)
    assert assess(office, application) is not None
    return application


@pytest.fixture
def address(office: Office) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(create_app(office, Queue(office)), port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)


@pytest.fixture
def screen(browser: Browser, desk: Desk, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN", base_url=address)
    context.add_cookies([{"name": USER_COOKIE, "value": desk.token, "url": address}])
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert wrong == []


def _accessible(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []


def test_reviewer_sees_the_box_corrects_a_value_and_decides(office: Office, rich: str, screen: Page) -> None:
    screen.goto("/desk")
    _accessible(screen)
    screen.keyboard.press("j")
    screen.keyboard.press("Enter")
    expect(screen.locator("h1")).to_have_text("高血压伴有并发症")
    _accessible(screen)
    screen.keyboard.press("c")
    expect(screen.get_by_text("在我这里")).to_be_visible()

    # An item, its box lit and in sight on its page.
    first = screen.locator(".item").first
    first.locator(".item-title").click()
    lit = screen.locator("svg rect.lit")
    expect(lit.first).to_be_visible()
    box, stage = lit.first.bounding_box(), screen.locator("#stage").bounding_box()
    assert box is not None
    assert stage is not None
    assert stage["x"] <= box["x"]
    assert box["x"] + box["width"] <= stage["x"] + stage["width"]
    assert stage["y"] <= box["y"]
    assert box["y"] + box["height"] <= stage["y"] + stage["height"]
    assert box["height"] > 15  # near enough to be read

    # A box on the page leads to its fact.
    screen.keyboard.press("2")
    row = screen.locator("tr.fact", has_text="肌酐").first
    row.locator(".fact-open").click()
    expect(row).to_have_class("fact chosen")
    _accessible(screen)

    # The value corrected with the keyboard: the judgement follows, well within a second.
    kidneys = screen.locator('.item[data-item="5"]')
    expect(kidneys.locator(".item-head .st")).to_have_class("st st-unmet")
    screen.keyboard.press("e")
    value = screen.locator('[name="field.text"]')
    expect(value).to_be_focused()
    _accessible(screen)
    value.fill("212")
    began = time.perf_counter()
    screen.keyboard.press("Enter")
    expect(screen.locator("tr.fact.is-changed")).to_have_count(1)
    took = time.perf_counter() - began
    expect(screen.locator("tr.fact.is-changed")).to_contain_text("机器：88")
    screen.keyboard.press("1")
    expect(kidneys.locator(".item-head .st")).to_have_text("符合")
    assert took < 5  # on a busy machine; half a second where nothing else runs

    # Deciding takes a choice, a look at what it means, and a word.
    screen.keyboard.press("d")
    screen.get_by_role("radio", name="通过", exact=True).check()
    _accessible(screen)
    screen.get_by_role("button", name="下一步：确认").click()
    expect(screen.get_by_role("heading", name="通过")).to_be_visible()
    with office.database.read() as session:
        assert session.scalars(select(Decision)).all() == []
    _accessible(screen)
    screen.get_by_role("button", name="确认通过").click()
    expect(screen.locator("#told")).to_contain_text("已决定：通过")
    with office.database.read() as session:
        case = session.get(Application, rich)
        assert case is not None
        assert case.state is State.DECIDED
        assert [c.human for c in session.scalars(select(Correction))] == [{"value": "212"}]


def test_box_drawn_by_keyboard_offers_what_it_holds(rich: str, screen: Page) -> None:
    screen.goto(f"/desk/{rich}")
    screen.keyboard.press("c")
    expect(screen.get_by_text("在我这里")).to_be_visible()
    screen.wait_for_load_state()  # a key pressed before the scripts stand is a key lost
    draws = screen.locator('[data-do="draw"]')
    expect(draws).to_be_visible()
    screen.keyboard.press("p")
    expect(draws).to_have_attribute("aria-pressed", "true")
    for _ in range(40):
        screen.keyboard.press("ArrowLeft")
    for _ in range(70):
        screen.keyboard.press("ArrowUp")
    for _ in range(30):
        screen.keyboard.press("Shift+ArrowDown")
    for _ in range(70):
        screen.keyboard.press("Shift+ArrowRight")
    screen.keyboard.press("Enter")
    expect(screen.locator("#a-quote")).to_have_value(re.compile("^江州市第一人民医院 出院小结 .*姓名：张.国 "))
    _accessible(screen)
    screen.keyboard.press("Escape")
    expect(screen.locator("#dock")).to_be_hidden()


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_nothing_sticks_out_sideways(rich: str, screen: Page, width: int) -> None:
    screen.set_viewport_size({"width": width, "height": 900})
    for path in ("/desk", f"/desk/{rich}", f"/desk/{rich}/compare", "/desk/quality"):
        screen.goto(path)
        assert screen.evaluate("document.documentElement.scrollWidth") <= width, path
        _accessible(screen)
        if width >= 1280 and path == f"/desk/{rich}":
            assert screen.evaluate("document.documentElement.scrollHeight") <= 900
            bar = screen.locator("#decision-bar").bounding_box()
            assert bar is not None
            assert bar["y"] + bar["height"] <= 901
