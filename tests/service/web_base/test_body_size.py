"""More than a form may hold is refused before it fills the memory, whether or not its length is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.service.office import Office
from pipeline.service.web.body_size import FORM_BYTES
from tests.service.signed import Browser

FORM = {"content-type": "application/x-www-form-urlencoded"}


def chunks(total: int) -> Iterator[bytes]:
    yield b"login="
    for _ in range(total // 65536):
        yield b"x" * 65536


def test_body_size_of_forms(small: Office) -> None:
    browser = Browser(small)
    told = browser.post("/login", content=b"login=" + b"x" * FORM_BYTES, headers=FORM)
    assert (told.status_code, "内容太大" in told.text) == (413, True)
    assert browser.post("/login", content=chunks(2 * FORM_BYTES), headers=FORM).status_code == 413
    assert browser.post("/login", content=b"x", headers={**FORM, "content-length": "9" * 30}).status_code == 413
    assert browser.post("/login", content=chunks(FORM_BYTES // 2), headers=FORM).status_code in (403, 422)
    assert told.headers["x-content-type-options"] == "nosniff"


def test_body_size_of_files_follows_the_settings(small: Office) -> None:
    intake = small.settings.intake.model_copy(update={"max_case_bytes": FORM_BYTES})
    browser = Browser(replace(small, settings=small.settings.model_copy(update={"intake": intake})))
    files = {"file": ("a.jpg", b"x" * (3 * FORM_BYTES))}
    assert browser.post("/login", files=files).status_code == 413
    files = {"file": ("a.jpg", b"x" * FORM_BYTES)}
    assert browser.post("/login", files=files).status_code == 403
