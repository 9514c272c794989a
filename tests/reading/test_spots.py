"""A text layer whose digits are in doubt is confirmed by pixels, or the page is read by its pixels."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from pipeline.intake.decoded import DecodedPage
from pipeline.nouns import Page, PageReader
from pipeline.reading import Reader, choose_reader
from pipeline.reading.choosing import confirms
from pipeline.settings import OcrSettings
from tests.intake.drawn_pdfs import HELVETICA, by_hand, decoded, remapped
from tests.intake.test_digit_shapes import CONTENT


def page_of(source: DecodedPage, folder: Path, **changes: object) -> Page:
    image = folder / "page.png"
    shutil.copy(source.image, image)
    page = Page(
        id="p1",
        file="a.pdf",
        file_sha256="0" * 64,
        number=1,
        width=source.width,
        height=source.height,
        image=image,
        text_layer=source.text_layer,
        text_layer_spots=source.text_layer_spots,
        has_raster=False,
    )
    return dataclasses.replace(page, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "read", "same"),
    [
        ("肌酐 812.4", "肌酐812.4", True),
        ("×10⁹/L", "x109/L", True),
        ("肌酐 812.4", "肌酐 813.4", False),
        ("812.4", "81.4", False),
        ("812.4", "", False),
    ],
)
def test_confirms_compares_the_digits(written: str, read: str, same: bool) -> None:
    assert confirms([written], [read]) is same


def test_choose_reader_asks_for_pixels_when_digits_are_in_doubt_and_the_image_is_gone(tmp_path: Path) -> None:
    page = page_of(decoded(by_hand(CONTENT, remapped("1234567890"))), tmp_path)
    assert choose_reader(page, None).reader is PageReader.OCR


def test_reader_does_not_take_a_layer_that_nothing_confirms(tmp_path: Path) -> None:
    page = page_of(decoded(by_hand(CONTENT, remapped("1234567890"))), tmp_path)
    with Reader(OcrSettings(detection_dir=tmp_path / "none", workers=1)) as reader:
        (read,), alerts = reader.read([page])
    assert (read.reader, read.readable) == (PageReader.NONE, False)
    assert [alert.code for alert in alerts] == ["ocr_models_missing"]


@pytest.mark.slow
def test_reader_reads_the_pixels_of_a_layer_with_other_digits(reader: Reader, tmp_path: Path) -> None:
    page = page_of(decoded(by_hand(CONTENT, remapped("0123486759"))), tmp_path)
    assert "Creatinine 512.4" in [line.text for line in page.text_layer]
    (read,), _ = reader.read([page])
    assert read.reader is PageReader.OCR
    assert any("812.4" in line.text for line in read.lines)
    assert not any("512.4" in line.text for line in read.lines)


@pytest.mark.slow
def test_reader_takes_a_layer_that_pixels_confirm(reader: Reader, tmp_path: Path) -> None:
    source = decoded(by_hand(CONTENT, HELVETICA))
    page = page_of(source, tmp_path, text_layer_spots=source.text_layer[:4])
    (read,), _ = reader.read([page])
    assert read.reader is PageReader.TEXT_LAYER
    assert [line.text for line in read.lines] == [line.text for line in source.text_layer]
