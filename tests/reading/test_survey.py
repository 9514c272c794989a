"""The look in small: no line lies outside of what it found, and turned pages are looked at closely once."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from PIL import Image as Pillow

from pipeline.reading.engine import Engine, Part
from pipeline.reading.found import Reading
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


def looks(page: Image, monkeypatch: pytest.MonkeyPatch) -> tuple[Reading, list[int]]:
    """Read a page; also how many pixels of it each close look was given."""
    areas: list[int] = []
    detect = engine().detect

    def counted(image: Image, side: int, *, faint: bool = False, part: Part | None = None) -> Quads:
        if not faint:
            x0, y0, x1, y1 = part or (0, 0, image.shape[1], image.shape[0])
            areas.append((x1 - x0) * (y1 - y0))
        return detect(image, side, faint=faint, part=part)

    monkeypatch.setattr(engine(), "detect", counted)
    orientation = Orientation(OcrSettings().orientation_model)
    return read_image(engine(), orientation, page, side=1600), areas


def lost(reading: Reading) -> set[str]:
    cells = {text.replace("：", ":").replace(" ", "") for _, _, text in SHEET if len(text) > 2}
    return cells - {line.text.replace("：", ":").replace(" ", "") for line in reading.lines}


@pytest.mark.slow
@pytest.mark.parametrize(("angle", "most"), [(0, 1), (90, 1), (180, 2), (270, 1)])
def test_read_image_looks_closely_once_at_a_page_on_its_side(
    angle: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, areas = looks(turn(on_a_form(), angle), monkeypatch)
    assert reading.angle == (360 - angle) % 360
    assert len(areas) == most
    assert max(areas) < 0.45 * 2400 * 1700
    assert len(lost(reading)) <= 2
    # Boxes are on the page, not on the part of it that was looked at.
    title = next(line for line in reading.lines if line.text == "上饶市某某医院检验报告单")
    assert title.quad.min(axis=0) == pytest.approx((580, 205), abs=14)


@pytest.mark.slow
@pytest.mark.parametrize("skew", [-6.0, 5.0])
def test_read_image_looks_closely_once_at_a_sloping_page(skew: float, monkeypatch: pytest.MonkeyPatch) -> None:
    recognise, read = engine().recognise, []

    def counted(crops: list[Image]) -> list[tuple[str, float]]:
        read.extend(crops)
        return recognise(crops)

    monkeypatch.setattr(engine(), "recognise", counted)
    page = pixels(photographed(draw(), skew=skew))
    reading, areas = looks(page, monkeypatch)
    assert len(areas) == 1
    assert reading.skew == pytest.approx(skew, abs=0.6)
    assert len(lost(reading)) <= 2
    # What told which way up the page is was not read again.
    assert len(read) <= len(reading.lines) + 3
    first, last = (next(line.quad for line in reading.lines if line.text == cell) for cell in ("项目名称", "参考区间"))
    run = last.mean(axis=0) - first.mean(axis=0)
    assert np.degrees(np.arctan2(run[1], run[0])) == pytest.approx(skew, abs=0.6)
