"""Where and how doctors sign: every way is seen, and a place where nobody signed is never called signed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.extracting.form import extract_form
from rules.engine.facts import InkState
from tests.extracting.form.drawing import Form

Layout = Callable[[Form], tuple[int, int]]
"""Prints a form and returns where the signature belongs."""


def head(form: Form) -> None:
    form.print("门诊慢特病病种待遇认定申请表", 300, 60, tall=44)
    form.print("姓名", 80, 180)
    form.print("张三", 260, 180)
    form.print("申请病种", 80, 260)
    form.print("高血压", 300, 260)
    form.print("诊断明确，符合认定条件，建议纳入门诊慢特病管理。", 200, 800)


def right_of_label(form: Form) -> tuple[int, int]:
    form.print("责任医师签字：", 480, 960)
    form.print("日期：2026年3月10日", 900, 960)
    return 700, 950


def label_in_brackets(form: Form) -> tuple[int, int]:
    form.print("主治医师（签章）：", 480, 960)
    form.print("职称：主治医师", 950, 960)
    return 740, 950


def spaced_label_in_a_cell(form: Form) -> tuple[int, int]:
    form.print("医 师 签 名", 90, 960, read_as="医 师 签 名")
    form.rule(300, 920, 300, 1040)
    form.rule(60, 920, 1180, 920)
    form.rule(60, 1040, 1180, 1040)
    return 330, 950


def beneath_in_the_same_cell(form: Form) -> tuple[int, int]:
    form.rule(60, 920, 1180, 920)
    form.print("副主任及以上医师签名：", 800, 940)
    form.rule(60, 1090, 1180, 1090)
    form.print("2026年3月10日", 930, 1120)
    return 830, 1000


def behind_the_typed_name(form: Form) -> tuple[int, int]:
    form.print("经治医师签名：", 400, 960)
    form.print("李四光", 620, 960)
    form.print("2026年3月10日", 930, 960)
    return 740, 940


LAYOUTS: tuple[Layout, ...] = (
    right_of_label,
    label_in_brackets,
    spaced_label_in_a_cell,
    beneath_in_the_same_cell,
    behind_the_typed_name,
)


def small_dark_pen(form: Form, x: int, y: int) -> None:
    """A hand no larger than print, in ink that is nearly black."""
    form.write(x, y, ink=(38, 44, 78), seed=5, size=34)


def unread_hand(form: Form, x: int, y: int) -> None:
    form.write(x, y, ink=(30, 30, 30), seed=8, size=40)


def large_hand(form: Form, x: int, y: int) -> None:
    form.write(x, y - 15, ink=(30, 30, 34), seed=2, size=58)


def state(form: Form, folder: Path) -> str:
    found = {entry.field: entry.value for entry in extract_form(form.read(folder))}
    return str(found["physician_signature"])


@pytest.mark.parametrize("hand", [small_dark_pen, unread_hand, large_hand], ids=lambda hand: hand.__name__)
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_signing_is_seen_in_every_place(tmp_path: Path, layout: Layout, hand: Callable[..., None]) -> None:
    form = Form()
    head(form)
    hand(form, *layout(form))
    assert state(form, tmp_path) == InkState.PRESENT


@pytest.mark.parametrize("photo", [False, True], ids=["scan", "photo"])
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_signing_nobody_signed_is_never_present(tmp_path: Path, layout: Layout, photo: bool) -> None:
    form = Form((246, 243, 230) if photo else (252, 252, 250))
    head(form)
    layout(form)
    if photo:
        form.shade()
    assert state(form, tmp_path) != InkState.PRESENT


@pytest.mark.parametrize("photo", [False, True], ids=["scan", "photo"])
@pytest.mark.parametrize("layout", LAYOUTS[:4], ids=lambda layout: layout.__name__)
def test_signing_a_typed_name_is_no_signature(tmp_path: Path, layout: Layout, photo: bool) -> None:
    form = Form()
    head(form)
    x, y = layout(form)
    form.print("周文斌", x, y + 10)
    if photo:
        form.shade()
    assert state(form, tmp_path) != InkState.PRESENT


def test_signing_specks_and_a_line_to_sign_on_are_no_signature(tmp_path: Path) -> None:
    form = Form()
    head(form)
    x, y = right_of_label(form)
    form.rule(x, y + 44, x + 180, y + 44)
    for dx, dy in ((20, 5), (60, 20), (110, 12), (150, 28)):
        form.draw.ellipse((x + dx, y + dy, x + dx + 4, y + dy + 4), fill=form.ink)
    assert state(form, tmp_path) != InkState.PRESENT


def test_signing_what_the_row_below_asks_for_is_no_signature(tmp_path: Path) -> None:
    """Nobody signed; the applicant wrote a number in the row below."""
    form = Form()
    head(form)
    form.print("医师签名：", 480, 960)
    form.print("联系电话：", 280, 1035)
    large_hand(form, 440, 1045)
    assert state(form, tmp_path) != InkState.PRESENT
