"""Reading of whole pages with the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.nouns import Page, PageReader, ReadPage
from pipeline.reading import Reader
from pipeline.settings import OcrSettings
from tests.drawn_pages import ROWS, SHEET, draw, page_of, photographed, stamp, text_line

pytestmark = pytest.mark.slow

CELLS = [cell for row in ROWS for cell in row if cell]


def read(reader: Reader, *pages: Page) -> tuple[ReadPage, ...]:
    found, alerts = reader.read(pages)
    assert alerts == ()
    return found


def texts(page: ReadPage) -> list[str]:
    return [line.text.replace("：", ":").replace(" ", "") for line in page.lines]


def lost(page: ReadPage, wanted: list[str]) -> list[str]:
    """Cells that were not read exactly."""
    left = texts(page)
    missing = []
    for cell in wanted:
        if cell in left:
            left.remove(cell)
        else:
            missing.append(cell)
    return missing


def test_reader_reads_every_cell_of_a_clean_sheet(reader: Reader, tmp_path: Path) -> None:
    (page,) = read(reader, page_of(draw(), tmp_path))
    assert lost(page, CELLS) == []
    assert "采样时间:2025-09-1207:31" in texts(page)
    assert any("2025-09-12 07:31" in line.text for line in page.lines)
    assert (page.reader, page.angle, page.quality) == (PageReader.OCR, 0, ())
    assert (page.width, page.height) == (1200, 980)
    assert all(line.confidence > 0.8 for line in page.lines)


def test_reader_returns_rows_in_order_with_boxes_on_the_words(reader: Reader, tmp_path: Path) -> None:
    (page,) = read(reader, page_of(draw(), tmp_path))
    order = [line.text for line in page.lines if line.text in CELLS]
    assert order == CELLS
    creatinine = next(line for line in page.lines if line.text == "肌酐")
    x0, y0, x1, y1 = creatinine.box
    assert (x0, y0, x1, y1) == pytest.approx((88, 510, 151, 550), abs=9)
    assert creatinine.box == creatinine.upright


def test_reader_reads_arrows_and_lone_digits(reader: Reader, tmp_path: Path) -> None:
    marks = ["↑", "↓", "1", "↑", "↓", "2", "H", "L", "*", "↓", "↑", "7"]
    items = [(120, 40 + 64 * i, f"检验项目{i + 1}") for i in range(12)]
    items += [(520, 40 + 64 * i, mark) for i, mark in enumerate(marks)]
    (page,) = read(reader, page_of(draw(items, size=(900, 840)), tmp_path))
    assert lost(page, [m for m in marks if m != "*"]) == []


@pytest.mark.parametrize("skew", [2.0, -6.0])
def test_reader_keeps_the_rows_of_a_sloping_photo(reader: Reader, tmp_path: Path, skew: float) -> None:
    (page,) = read(reader, page_of(photographed(draw(), skew=skew), tmp_path))
    assert len(lost(page, CELLS)) <= 2
    assert page.skew == pytest.approx(skew, abs=0.6)
    order = [text for text in texts(page) if text in CELLS and CELLS.count(text) == 1]
    assert order == [cell for cell in CELLS if cell in order]
    assert page.quality == ()


def test_reader_takes_the_text_layer_without_an_engine(tmp_path: Path) -> None:
    lines = [text_line(x, y, text) for x, y, text in SHEET]
    broken = OcrSettings(detection_dir=tmp_path / "none", workers=1)
    with Reader(broken) as reader:
        (page,) = read(reader, page_of(draw(), tmp_path, layer=lines, has_raster=False))
    assert page.reader is PageReader.TEXT_LAYER
    assert len(page.lines) == len(SHEET)


def test_reader_reports_missing_models_as_an_alert(tmp_path: Path) -> None:
    with Reader(OcrSettings(detection_dir=tmp_path / "none", workers=1)) as reader:
        pages, alerts = reader.read([page_of(draw(), tmp_path)])
    assert (pages[0].reader, pages[0].readable) == (PageReader.NONE, False)
    assert [alert.code for alert in alerts] == ["ocr_models_missing"]
    assert "doctor" in alerts[0].message


def test_reader_goes_on_when_one_page_is_gone(reader: Reader, tmp_path: Path) -> None:
    good = page_of(draw(), tmp_path, number=1)
    gone = page_of(draw(), tmp_path, number=2)
    gone.image.unlink()
    progress: list[tuple[int, int]] = []
    pages, alerts = reader.read([gone, good], progress=lambda done, total: progress.append((done, total)))
    assert [page.readable for page in pages] == [False, True]
    assert [(alert.code, alert.page) for alert in alerts] == [("image_missing", 2)]
    assert progress == [(1, 2), (2, 2)]


def test_reader_calls_a_blank_page_blank_and_a_hopeless_one_blurred(reader: Reader, tmp_path: Path) -> None:
    blank = page_of(draw(()), tmp_path, number=1)
    hopeless = page_of(photographed(draw(), blur=9, noise=20), tmp_path, number=2)
    first, second = read(reader, blank, hopeless)
    assert [issue.code for issue in first.quality] == ["blank_page"]
    assert [issue.code for issue in second.quality] == ["blurred"]
    assert second.refused
    assert second.quality[0].message == "第2页拍糊了，请拿稳手机、等字清楚了再拍一张。"


def test_reader_does_not_flag_a_stamped_photo_that_reads_well(reader: Reader, tmp_path: Path) -> None:
    (page,) = read(reader, page_of(photographed(stamp(draw(), (760, 860))), tmp_path))
    assert page.quality == ()
