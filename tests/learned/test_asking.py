"""Asking the page reader: once a page, again for other weights, and never at the cost of the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from models.page_reader.labels import Label, PageInput, PageReading
from pipeline.learned import ask, page_input, with_lines
from pipeline.nouns import ReadPage
from pipeline.reading.stored import reading_from_json, reading_to_json
from pipeline.settings import load_settings
from tests.classifying.paper import sheet
from tests.learned.made import FakeReader, learned, reading, row

PAGE = """
# 检验报告单
姓名：张三 | 性别：男
项目 | 结果 | 单位
肌酐 | 812.4 | μmol/L
尿素 | 18.6 | mmol/L
"""


def told(page: ReadPage) -> FakeReader:
    return FakeReader({page.lines[0].text: reading(page, row("肌酐", "812.4", "μmol/L"))})


def test_ask_reads_each_page_once_and_keeps_what_was_said() -> None:
    page = sheet(PAGE)
    reader = told(page)
    first, alerts = ask([page, sheet(PAGE, number=2)], reader)
    again, _ = ask(first, reader)
    assert reader.asked == [2]
    assert again == first
    assert alerts == ()
    assert first[0].learned is not None
    assert len(first[0].learned.reading.spans) == 3


def test_ask_reads_again_what_other_weights_read() -> None:
    page, _ = ask([sheet(PAGE)], told(sheet(PAGE)))
    other = FakeReader(version="fake 2")
    (done,), _ = ask(page, other)
    assert other.asked == [1]
    assert done.learned is not None
    assert (done.learned.version, done.learned.reading.spans) == ("fake 2", ())


def test_ask_without_reader_forgets_what_was_said() -> None:
    (page,), _ = ask([learned(sheet(PAGE), row("肌酐", "812.4"))], None)
    assert page.learned is None


class Broken:
    version = "broken"

    def read(self, pages: Sequence[PageInput]) -> tuple[PageReading, ...]:
        raise RuntimeError(pages[0].lines[0].text)


def test_ask_goes_on_by_rules_when_the_network_fails(caplog: pytest.LogCaptureFixture) -> None:
    (page,), alerts = ask([sheet(PAGE)], Broken())
    assert page.learned is None
    assert [alert.code for alert in alerts] == ["page_reader_failed"]
    assert "检验报告单" not in caplog.text


def test_reading_is_kept_with_the_page_and_read_back() -> None:
    page = learned(sheet(PAGE), row("肌酐", "812.4"), types={"lab_report": 1.0})
    assert reading_from_json(reading_to_json(page), page.page) == page


def test_page_input_numbers_the_lines_of_the_page() -> None:
    page = sheet(PAGE)
    given = page_input(page)
    assert [line.text for line in given.lines] == [line.text for line in page.lines]
    assert given.lines[0].box == page.lines[0].upright


def test_with_lines_keeps_what_was_said_of_the_lines_that_stay() -> None:
    page = learned(sheet(PAGE), [*row("肌酐", "812.4", "μmol/L"), *row("尿素", "18.6")])
    kept = [line for line in page.lines if line.text in ("18.6", "尿素", "812.4")]
    part = with_lines(page, kept)
    assert part.learned is not None
    said = [(kept[s.line].text, s.label, s.link) for s in part.learned.reading.spans]
    assert said == [("812.4", Label.RESULT, None), ("尿素", Label.ITEM_NAME, None), ("18.6", Label.RESULT, 1)]
    assert replace(part, learned=None).lines == tuple(kept)


def test_page_reader_is_switched_off_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().extracting.page_reader
    monkeypatch.setenv("YUSHEN_EXTRACTING__PAGE_READER", "off")
    assert not load_settings().extracting.page_reader
