"""The applicant's pages in a real Chromium at the width of a phone; every screen is checked with axe."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import select

from pipeline.service.office import Office
from pipeline.service.tables import PageRow, Upload
from tests.service.applicant.conftest import PERSON
from tests.service.applicant.invented import picture
from tests.service.applicant.served import served
from tests.service.applicant.test_todo import VERDICT

pytestmark = pytest.mark.slow
expect.set_options(timeout=20_000)  # both cores may be busy with other tests

CHROMIUM = "/usr/bin/chromium"
SETTLED = '.live-part[data-busy="0"]'
READ_SECONDS = 120_000
"""Opening a file starts a process; a busy machine takes its time."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def address(office: Office) -> Iterator[str]:
    with served(office) as found:
        yield found


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(
        base_url=address, viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True
    )
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    context.close()
    assert wrong == []


def sound(page: Page) -> None:
    """Nothing is wrong for a screen reader, nothing runs over the edge, and every target is large enough."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    small = page.evaluate(
        "[...document.querySelectorAll('main button, main .button, main input, main select, header a, header button')]"
        ".filter(e => e.offsetParent && !e.matches('[type=radio], [type=hidden]'))"
        ".map(e => [e.getBoundingClientRect(), e]).filter(([r]) => r.height < 47.5 || r.width < 47.5)"
        ".map(([, e]) => e.outerHTML)"
    )
    assert small == []


def apply(page: Page) -> None:
    page.goto("/")
    page.click("button[value=hypertension]")
    page.click("text=现在申请")
    page.click("text=我看过了")
    for name in ("name", "id_number", "phone"):
        page.fill(f"#f-{name}", PERSON[name])
    page.click("text=填好了")
    page.wait_for_selector("#codes")


def file_of(tmp_path: Path, name: str) -> Path:
    path = tmp_path / name
    path.write_bytes(picture(name)[1])
    return path


def choose(page: Page, *files: Path) -> None:
    page.set_input_files(".pick >> nth=1 >> input", [str(file) for file in files])


def test_browser_from_search_to_decision(phone: Page, office: Office, tmp_path: Path) -> None:
    phone.goto("/")
    sound(phone)
    phone.fill("#q", "gxy")
    expect(phone.locator("#found")).to_have_text("找到 1 种")
    expect(phone.locator("button[value=gout]")).to_be_hidden()
    phone.click("button[value=hypertension]")
    expect(phone).to_have_url(re.compile("/checklist$"))
    sound(phone)
    phone.click("text=现在申请")
    sound(phone)
    phone.click("text=我看过了")
    expect(phone.locator("#f-agent_name")).to_be_hidden()
    phone.check("input[value=agent]")
    expect(phone.locator("#f-agent_name")).to_be_visible()
    phone.check("input[value=self]")
    phone.click("text=填好了")
    expect(phone.locator("#mistakes")).to_be_focused()
    sound(phone)
    for name in ("name", "id_number", "phone"):
        phone.fill(f"#f-{name}", PERSON[name])
    phone.click("text=填好了")
    phone.click("text=存成图片")
    expect(phone.locator("#picture img")).to_be_visible()
    sound(phone)
    serial, code = phone.inner_text("#serial"), phone.inner_text("#code")
    phone.click("text=记好了")
    sound(phone)

    big = Image.new("RGB", (4000, 2400), "white")
    big.paste("black", (100, 100, 1400, 300))
    big.save(tmp_path / "chuyuan.png")
    choose(phone, tmp_path / "chuyuan.png", file_of(tmp_path, "mohu.jpg"))
    expect(phone.locator(".file")).to_have_count(2, timeout=READ_SECONDS)
    expect(phone.locator(SETTLED)).to_be_attached(timeout=READ_SECONDS)
    expect(phone.locator("#said")).to_contain_text("1 份要重拍")
    sound(phone)
    with office.database.read() as session:
        (row,) = [row for row in session.scalars(select(PageRow)) if row.member == "chuyuan.jpg"]
        assert (row.width, row.height) == (3200, 1920)
    phone.click("text=看看还缺什么")
    expect(phone.locator(SETTLED)).to_be_attached(timeout=READ_SECONDS)
    expect(phone.locator("h1")).to_contain_text("件事要做")
    assert not VERDICT.search(phone.inner_text("main"))
    sound(phone)

    phone.locator("a.button", has_text="重拍").click()
    expect(phone.locator("h1")).to_have_text("重拍第 2 份")
    sound(phone)
    choose(phone, file_of(tmp_path, "xincai.jpg"))
    expect(phone).to_have_url(re.compile("/case/todo$"), timeout=READ_SECONDS)
    expect(phone.locator("h1")).to_have_text("目前没有要补的材料", timeout=READ_SECONDS)  # without a reload
    sound(phone)
    phone.click("text=核对并提交")
    sound(phone)
    phone.click("text=确认提交")
    expect(phone.locator("h1")).to_have_text("已经提交")
    sound(phone)
    phone.click("text=看进度")
    sound(phone)
    phone.click("header >> text=退出")
    expect(phone.locator("h1")).to_have_text("已经退出")
    sound(phone)
    phone.goto("/case")
    sound(phone)
    phone.fill("#f-serial", serial)
    phone.fill("#f-code", code)
    phone.click("text=打开我的申请")
    expect(phone.locator("h1")).to_have_text("已提交，等待审核")
    for kept in ("localStorage", "sessionStorage"):
        assert phone.evaluate(f"JSON.stringify({kept})") == "{}"


def test_browser_sends_again_when_the_network_is_back_even_after_a_reload(
    phone: Page, office: Office, tmp_path: Path
) -> None:
    apply(phone)
    phone.goto("/case/files")
    phone.route("**/case/files", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    choose(phone, file_of(tmp_path, "chuyuan.jpg"), file_of(tmp_path, "xincai.jpg"))
    expect(phone.locator(".sending li")).to_have_count(2)
    expect(phone.locator(".sending li").first).to_contain_text("秒后再试", timeout=30_000)
    expect(phone.locator("#sending-said")).to_contain_text("还有 2 份在上传")
    sound(phone)
    phone.once("dialog", lambda dialog: dialog.accept())
    phone.reload()
    expect(phone.locator(".sending li")).to_have_count(2)
    assert phone.locator(".file").count() == 0
    phone.unroute("**/case/files")
    expect(phone.locator(".file")).to_have_count(2, timeout=READ_SECONDS)
    expect(phone.locator("#sending-said")).to_contain_text("传好了", timeout=READ_SECONDS)
    with office.database.read() as session:
        names = [upload.name for upload in session.scalars(select(Upload).order_by(Upload.position))]
        assert names == ["chuyuan.jpg", "xincai.jpg"]
    phone.reload()
    expect(phone.locator("#sending")).to_be_hidden()


def test_browser_photographs_kept_for_one_case_never_go_to_another(phone: Page, office: Office, tmp_path: Path) -> None:
    apply(phone)
    phone.goto("/case/files")
    phone.route("**/case/files", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    choose(phone, file_of(tmp_path, "chuyuan.jpg"))
    expect(phone.locator(".sending li")).to_contain_text("秒后再试", timeout=30_000)
    phone.on("dialog", lambda dialog: dialog.accept())
    phone.context.clear_cookies()  # the session ran out, and the next one in line applies
    apply(phone)
    phone.unroute("**/case/files")
    phone.goto("/case/files")
    expect(phone.locator("#live")).to_contain_text("还没有上传材料")
    phone.wait_for_timeout(1500)
    assert phone.locator(".sending li").count() == 0
    with office.database.read() as session:
        assert list(session.scalars(select(Upload))) == []


def test_browser_photograph_is_upright_smaller_and_without_its_place(
    phone: Page, office: Office, tmp_path: Path
) -> None:
    image = Image.effect_noise((3600, 2700), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6  # the telephone was held upright
    exif.get_ifd(0x8825)[1] = "N"
    path = tmp_path / "IMG_0001.jpg"
    image.save(path, quality=95, exif=exif)
    apply(phone)
    phone.goto("/case/files")
    choose(phone, path)
    expect(phone.locator(".file .state.done")).to_have_count(1, timeout=READ_SECONDS)
    with office.database.read() as session:
        upload = session.scalars(select(Upload)).one()
    data = office.blobs.of(upload.application_id).read(upload.blob)
    with Image.open(io.BytesIO(data)) as sent:
        assert sent.size == (2400, 3200)
        assert not sent.getexif()
    assert len(data) < path.stat().st_size


def test_browser_refused_file_is_told_and_the_others_go_on(phone: Page, tmp_path: Path) -> None:
    apply(phone)
    phone.goto("/case/files")
    (tmp_path / "空.jpg").write_bytes(b"")
    choose(phone, tmp_path / "空.jpg", file_of(tmp_path, "chuyuan.jpg"))
    expect(phone.locator(".sending li", has_text="文件是空的")).to_have_count(1, timeout=30_000)
    expect(phone.locator(".file")).to_have_count(1, timeout=READ_SECONDS)
    phone.click("text=不传了")
    expect(phone.locator("#sending")).to_be_hidden()


def test_browser_moves_files_by_keyboard_and_the_focus_stays(phone: Page, tmp_path: Path) -> None:
    apply(phone)
    phone.goto("/case/files")
    choose(phone, file_of(tmp_path, "chuyuan.jpg"), file_of(tmp_path, "xincai.jpg"))
    expect(phone.locator(".file")).to_have_count(2, timeout=READ_SECONDS)
    expect(phone.locator(SETTLED)).to_be_attached(timeout=READ_SECONDS)
    phone.locator(".file >> nth=1 >> button[aria-label*=往前移]").focus()
    phone.keyboard.press("Enter")
    expect(phone.locator(".file .name").first).to_have_text("xincai.jpg")
    assert phone.evaluate("document.activeElement.closest('.file')?.querySelector('.name').textContent") == "xincai.jpg"
    phone.once("dialog", lambda dialog: dialog.accept())
    phone.locator(".file >> nth=0 >> button[aria-label*=删除]").focus()
    phone.keyboard.press("Enter")
    expect(phone.locator(".file .name")).to_have_text(["chuyuan.jpg"])


def test_browser_large_type_stays_and_fits(phone: Page) -> None:
    phone.goto("/")
    phone.click("header >> text=大字")
    phone.goto("/query")
    assert phone.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 23
    sound(phone)
