"""The quality gate on pages with one trouble each; readings are given, so that only the gate is tested."""

from __future__ import annotations

import re

import pytest

from pipeline.reading.quality import CODES
from pipeline.reading.quality.messages import AGAIN, PARTLY, place
from tests.reading.quality_pages import TROUBLES, clean, crossed, cut, judged, read_as

MISSING = {"glare", "covered"}
"""Troubles that take a part of the page: a word even where the rest reads well."""


@pytest.mark.parametrize("trouble", TROUBLES)
def test_quality_gate_refuses_a_badly_read_page_with_its_cause(trouble: str) -> None:
    found = judged(*TROUBLES[trouble](0.5))
    assert [(issue.code, issue.retake) for issue in found] == [(trouble.split()[0], True)]


@pytest.mark.parametrize("trouble", [name for name in TROUBLES if name not in ("blank_page", "not_document")])
def test_quality_gate_never_refuses_a_page_that_reads_well(trouble: str) -> None:
    found = judged(*TROUBLES[trouble](0.97))
    assert not any(issue.retake for issue in found)
    assert {issue.code for issue in found} <= MISSING | {"too_dark"}


def test_quality_gate_is_silent_on_an_ugly_page_that_reads_well() -> None:
    assert judged(*crossed()) == ()


def test_quality_gate_is_silent_on_a_clean_page() -> None:
    assert judged(clean(), read_as(0.98)) == ()


@pytest.mark.parametrize(("trouble", "where"), [("glare", "右"), ("covered", "下方|中间")])
def test_quality_gate_says_which_part_is_missing(trouble: str, where: str) -> None:
    (issue,) = judged(*TROUBLES[trouble](0.97))
    assert (issue.code, issue.retake) == (trouble, False)
    assert re.search(where, issue.message)


def test_quality_gate_names_the_side_that_is_cut_off() -> None:
    (issue,) = judged(*cut(0.97))
    assert (issue.code, issue.retake) == ("cut_off", False)
    assert "第2页右边" in issue.message
    assert "拍全" in issue.message


def test_quality_gate_warns_of_a_cause_where_a_page_reads_partly() -> None:
    (issue,) = judged(*TROUBLES["blurred"](0.85))
    assert (issue.code, issue.retake) == ("blurred", False)


def test_quality_gate_does_not_blame_a_good_picture_for_what_cannot_be_read() -> None:
    (issue,) = judged(clean(), read_as(0.7))
    assert (issue.code, issue.retake) == ("unreadable", False)
    assert "手写" in issue.message


def test_quality_gate_says_unclear_in_general_where_no_cause_is_measurable() -> None:
    (issue,) = judged(clean(), read_as(0.45))
    assert (issue.code, issue.retake) == ("unreadable", True)
    assert "看不清" in issue.message


@pytest.mark.parametrize("message", [*AGAIN.values(), *PARTLY.values()])
def test_quality_messages_are_one_plain_chinese_sentence_that_names_page_and_action(message: str) -> None:
    text = message.format(where="第3页", place="右上角")
    assert text.startswith("第3页")
    assert text.endswith("。")
    assert text.count("。") == 1
    assert re.search(r"请|最好", text)
    assert re.search(r"拍|传", text)
    assert not re.search(r"[A-Za-z{}]", text)
    assert len(text) <= 40


def test_quality_codes_cover_what_the_camera_can_spoil() -> None:
    from data_samples.factory.camera import UNUSABLE

    assert {code for recipe in UNUSABLE.values() for code in recipe.unusable} <= set(CODES)


@pytest.mark.parametrize(
    ("middle", "name"),
    [((0.1, 0.1), "左上角"), ((0.9, 0.5), "右侧"), ((0.5, 0.9), "下方"), ((0.5, 0.5), "中间"), ((1.0, 1.0), "右下角")],
)
def test_quality_place_names_ninths_of_the_page(middle: tuple[float, float], name: str) -> None:
    assert place(middle) == name
