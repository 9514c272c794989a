"""The look in small: no line lies outside of what it found, and turned pages are looked at closely once."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from PIL import Image as Pillow

from pipeline.reading.engine import Engine
from pipeline.reading.geometry import Quads
from pipeline.reading.orientation import Orientation
from pipeline.reading.page import read_image
from pipeline.reading.pixels import Image, turn
from pipeline.reading.survey import around, survey
from pipeline.settings import OcrSettings
from tests.drawn_pages import SHEET, draw, photographed


@cache
def engine() -> Engine:
    return Engine(OcrSettings())


def pixels(picture: Pillow.Image) -> Image:
    return np.ascontiguousarray(np.asarray(picture.convert("RGB"), dtype=np.uint8)[:, :, ::-1])


def on_a_form() -> Image:
    """The sheet on the upper part of a large page."""
    page = np.full((2400, 1700, 3), 250, dtype=np.uint8)
    page[150:1130, 250:1450] = pixels(draw())
    return page


def test_around_is_the_whole_page_where_nothing_was_found() -> None:
    assert around(np.empty((0, 4, 2)), np.zeros((30, 50, 3), dtype=np.uint8)) == (0, 0, 50, 30)


def test_around_leaves_paper_and_stays_on_the_page() -> None:
    quads = np.array([[[3, 40], [90, 40], [90, 60], [3, 60]]], dtype=float)
    assert around(quads, np.zeros((200, 100, 3), dtype=np.uint8)) == (0, 10, 100, 90)


@pytest.mark.slow
def test_survey_sees_every_line_also_small_print_in_a_corner() -> None:
    page = on_a_form()
    page[2330:2368, 1500:1690] = pixels(draw([(4, 4, "第1页共2页")], size=(190, 38), pixels=20))
    x0, y0, x1, y1 = around(survey(engine(), page, 1600), page)
    assert x0 < 330
    assert y0 < 210
    assert (x1, y1) >= (1600, 2360)
    x0, y0, x1, y1 = around(survey(engine(), on_a_form(), 1600), on_a_form())
    assert (x1 - x0) * (y1 - y0) < 0.45 * 2400 * 1700


@pytest.mark.slow
@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_read_image_looks_closely_once_whichever_way_the_page_lies(angle: int, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[tuple[int, ...]] = []
    detect = engine().detect

    def counted(image: Image, side: int, *, faint: bool = False) -> Quads:
        if not faint:
            looks.append(image.shape[:2])
        return detect(image, side, faint=faint)

    monkeypatch.setattr(engine(), "detect", counted)
    orientation = Orientation(OcrSettings().orientation_model)
    reading = read_image(engine(), orientation, turn(on_a_form(), angle), side=1600)
    assert reading.angle == (360 - angle) % 360
    assert len(looks) == 1
    assert looks[0][0] * looks[0][1] < 0.45 * 2400 * 1700
    cells = {text for _, _, text in SHEET if len(text) > 2}
    read = {line.text.replace("：", ":") for line in reading.lines}
    assert len({cell.replace("：", ":") for cell in cells} - read) <= 2
    # Boxes are on the page, not on the part of it that was looked at.
    title = next(line for line in reading.lines if line.text == "上饶市某某医院检验报告单")
    assert title.quad.min(axis=0) == pytest.approx((580, 205), abs=14)


@pytest.mark.slow
def test_orientation_of_a_sloping_page_is_told_from_a_few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    page = pixels(photographed(draw(), skew=-6.0))
    widths: list[float] = []
    recognise = engine().recognise

    def counted(crops: list[Image]) -> list[tuple[str, float]]:
        widths.extend(crop.shape[1] / crop.shape[0] for crop in crops)
        return recognise(crops)

    monkeypatch.setattr(engine(), "recognise", counted)
    orientation = Orientation(OcrSettings().orientation_model)
    quads = engine().detect(page, 1300)
    assert orientation.find(engine(), page, quads, again=True) == (0, {})
    few = sum(widths)
    widths.clear()
    assert orientation.find(engine(), page, quads)[0] == 0
    assert few < 0.6 * sum(widths)
