"""A cheap look says where a seal may be; pages with a text layer then get their seals read, and nothing else."""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from pipeline.nouns import Page, PageReader
from pipeline.reading.reader import Reader
from pipeline.reading.stamps import may_hold_seal
from pipeline.settings import OcrSettings
from tests.drawn_pages import SHEET, draw, font, page_of, text_line
from tests.reading.pressed import NAME, bgr, oval, press, round_seal, worn

LAYER = [text_line(x, y, text) for x, y, text in SHEET]


def _printed(tmp_path: Path, image: Image.Image, *, number: int = 1) -> Page:
    return page_of(image, tmp_path, number=number, layer=LAYER, has_raster=False)


def _sealed() -> Image.Image:
    page = press(worn(NAME, "病案专用章", 3), (930, 700), 250).page
    return Image.fromarray(np.ascontiguousarray(page[:, :, ::-1]))


@pytest.mark.parametrize("width", [90, 150, 260])
@pytest.mark.parametrize("at", [(900, 700), (520, 480)], ids=["paper", "print"])
def test_look_sees_round_seals(tmp_path: Path, width: int, at: tuple[int, int]) -> None:
    seal, _ = round_seal(tmp_path, seed=width)
    page = press(seal, at, width).page
    assert may_hold_seal(page)
    assert may_hold_seal(np.ascontiguousarray(page[:, :, ::-1]))  # blue


def test_look_sees_oval_and_worn_seals() -> None:
    assert may_hold_seal(press(oval(NAME, "检验专用章", 2), (760, 640), 220, angle=20, flat=240 / 360).page)
    assert may_hold_seal(press(worn(NAME, "", 4), (300, 640), 200).page)


def _coloured_page() -> Image.Image:
    """What printed reports show in colour and is no seal: a bar, a rule, arrows and results in red, a photograph."""
    image = draw()
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, 1200, 46), fill=(30, 90, 180))
    pen.line((80, 250, 1120, 250), fill=(200, 30, 30), width=4)
    for y in (328, 386, 444, 502):
        pen.text((600, y), "↑ 812.4", font=font(30), fill=(210, 20, 20))
    pen.rectangle((860, 600, 1120, 800), fill=(180, 60, 60))
    return image


@pytest.mark.parametrize("page", [draw(), draw(()), _coloured_page()], ids=["print", "blank", "coloured"])
def test_look_passes_pages_without_a_seal(page: Image.Image) -> None:
    assert not may_hold_seal(bgr(page))


def test_look_is_cheap() -> None:
    page = np.asarray(cv2.resize(bgr(_sealed()), (1654, 2339)), dtype=np.uint8)
    spent = min(_seconds(page) for _ in range(5))
    assert spent < 0.05


def _seconds(page: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> float:
    started = time.process_time()
    may_hold_seal(page)
    return time.process_time() - started


def test_look_costs_no_page_when_seals_cannot_be_read(tmp_path: Path) -> None:
    done: list[tuple[int, int]] = []
    with Reader(OcrSettings(detection_dir=tmp_path / "none", workers=1)) as reader:
        (page,), alerts = reader.read([_printed(tmp_path, _sealed())], progress=lambda a, b: done.append((a, b)))
    assert (page.reader, page.seals, alerts) == (PageReader.TEXT_LAYER, (), ())
    assert len(page.lines) == len(SHEET)
    assert done == [(1, 1)]


@pytest.mark.slow
def test_look_leads_to_the_seals_of_a_printed_page(reader: Reader, tmp_path: Path) -> None:
    pages = [_printed(tmp_path, _sealed()), _printed(tmp_path, draw(), number=2)]
    (sealed, plain), alerts = reader.read(pages)
    assert alerts == ()
    assert (sealed.reader, len(sealed.lines)) == (PageReader.TEXT_LAYER, len(SHEET))
    (seal,) = sealed.seals
    assert (seal.text, seal.colour) == (NAME, "red")
    assert seal.centre == "病案专用章"
    assert seal.box == pytest.approx((805, 575, 1055, 825), abs=8)
    assert plain.seals == ()


@pytest.mark.slow
def test_look_finds_seals_read_before_among_kept_readings(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    with Reader(OcrSettings(workers=1), readings=kept) as reader:
        (first,), _ = reader.read([_printed(tmp_path, _sealed())])
    with Reader(OcrSettings(workers=1), readings=kept) as again:
        again.close()  # no process can start any more
        (second,), alerts = again.read([_printed(tmp_path, _sealed())])
    assert alerts == ()
    assert second.seals == first.seals != ()
