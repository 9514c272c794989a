"""Pages that do not lie flat: found, straightened, and every box led back to where it lies on the picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

import pipeline.reading.flattening.flat as flat_module
from pipeline.extracting.form.ink import load_canvas
from pipeline.nouns import Flattening, PageReader, ReadPage
from pipeline.reading import Reader
from pipeline.reading.flattening import Flat, flatten
from pipeline.reading.flattening.need import lies_flat
from pipeline.reading.flattening.slopes import measure_rest
from pipeline.reading.geometry import Quads
from tests.drawn_pages import ROWS, SHEET, draw, page_of

_ARCH = 62.0
"""Pixels by which the middle of a row hangs lower than its ends: about two lines."""


def _boxes() -> Quads:
    """Boxes of the drawn sheet's cells, about as detection gives them."""
    quads = []
    for x, y, text in SHEET:
        wide = sum(30 if ord(c) > 255 else 17 for c in text)
        quads.append([[x - 4, y - 2], [x + wide + 4, y - 2], [x + wide + 4, y + 38], [x - 4, y + 38]])
    return np.array(quads, dtype=np.float64)


def _down(x: np.ndarray, arch: float, width: int = 1200) -> np.ndarray:
    return np.asarray(arch * np.sin(np.pi * x / width))


def _hang(quad: np.ndarray) -> float:
    """How far a row hangs through below the straight line between its ends."""
    xs = np.linspace(quad[:, 0].min(), quad[:, 0].max(), 50)
    ys = _down(xs, _ARCH)
    return float((ys - np.linspace(ys[0], ys[-1], 50)).max())


def _bent(arch: float) -> tuple[np.ndarray, Quads]:
    """The drawn sheet with rows that hang through in the middle, and its boxes there."""
    image = np.asarray(draw(size=(1200, 1080)))[:, :, ::-1]
    xs, ys = np.meshgrid(np.arange(1200, dtype=np.float32), np.arange(1080, dtype=np.float32))
    from_y = (ys - _down(xs, arch)).astype(np.float32)
    picture = cv2.remap(np.ascontiguousarray(image), xs, from_y, cv2.INTER_CUBIC, borderValue=(255, 255, 255))
    quads = _boxes()
    quads[..., 1] += _down(quads[..., 0], arch)
    return np.asarray(picture, dtype=np.uint8), quads


def _flat(arch: float = _ARCH) -> tuple[Flat, np.ndarray, Quads]:
    image, quads = _bent(arch)
    level = flatten(image, quads)
    assert level is not None
    return level, image, quads


def _on_flat(level: Flat, points: np.ndarray) -> np.ndarray:
    """Where places of the page lie on the flat picture."""
    return np.asarray((level.bend.flat(points * level.scale) - np.array(level.origin)) / level.scale)


def test_flatten_leaves_a_flat_page_alone() -> None:
    image, quads = _bent(0.0)
    assert lies_flat(quads)
    assert flatten(image, quads) is None


def test_flatten_leaves_a_page_alone_that_slopes_as_a_whole() -> None:
    image, quads = _bent(0.0)
    turn = cv2.getRotationMatrix2D((600, 500), 2.5, 1.0)
    turned = np.asarray(cv2.warpAffine(image, turn, (1200, 1080), borderValue=(255, 255, 255)), dtype=np.uint8)
    assert flatten(turned, quads @ turn[:, :2].T + turn[:, 2]) is None


def test_flatten_looks_once_at_a_page_that_bends_little(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []

    def again(grey: np.ndarray, quads: Quads) -> tuple[np.ndarray, np.ndarray]:
        looked.append(len(quads))
        return measure_rest(grey, quads)

    monkeypatch.setattr(flat_module, "measure_rest", again)
    monkeypatch.setattr(flat_module, "lies_flat", lambda quads: False)
    assert flatten(*_bent(16.0)) is None
    assert looked == []
    assert flatten(*_bent(_ARCH)) is not None
    assert len(looked) == 1


@pytest.mark.parametrize("arch", [_ARCH, -_ARCH])
def test_flatten_levels_the_rows_of_a_bent_page(arch: float) -> None:
    level, _, quads = _flat(arch)
    on_flat = _on_flat(level, quads.mean(axis=1))
    for y in {y for _, y, _ in SHEET}:
        row = [i for i, item in enumerate(SHEET) if item[1] == y]
        if len(row) > 2:
            assert np.ptp(quads.mean(axis=1)[row, 1]) > 17
            assert np.ptp(on_flat[row, 1]) < 6, f"row at {y}"


def test_flatten_maps_back_by_the_map_that_its_pixels_were_taken_with() -> None:
    level, image, _ = _flat()
    random = np.random.default_rng(1)
    height, width = level.image.shape[:2]
    points = np.stack([random.integers(150, width - 150, 400), random.integers(150, height - 150, 400)], axis=-1)
    at = level.upright(points.astype(np.float64)).astype(np.float32)
    # Both sides are looked at through the same soft glass, so that single pixels do not decide.
    soft, soft_flat = (cv2.GaussianBlur(picture, (0, 0), 2.0) for picture in (image, level.image))
    there = cv2.remap(soft, at[None], np.empty(0), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0].astype(float)
    here = soft_flat[points[:, 1], points[:, 0]].astype(float)
    assert np.abs(here - there).mean() < 3.0
    assert np.corrcoef(here[:, 0], there[:, 0])[0, 1] > 0.97


def test_flatten_encloses_a_bent_row_with_four_corners() -> None:
    level, _, _ = _flat()
    width = level.image.shape[1]
    row = np.array([[300.0, 500.0], [width - 300.0, 500.0], [width - 300.0, 540.0], [300.0, 540.0]])
    around = level.around(row)
    inside = level.upright(np.stack([np.linspace(302, width - 302, 40), np.full(40, 520.0)], axis=-1))
    ends = level.upright(row)
    contour, bare = around.astype(np.float32), ends.astype(np.float32)
    assert all(cv2.pointPolygonTest(contour, (float(x), float(y)), False) >= 0 for x, y in inside)
    assert any(cv2.pointPolygonTest(bare, (float(x), float(y)), False) < 0 for x, y in inside)


def test_flattening_grid_follows_the_exact_map() -> None:
    level, _, _ = _flat()
    height, width = level.image.shape[:2]
    rows = tuple(tuple((float(x), float(y)) for x, y in row) for row in level.grid())
    grid = Flattening(width, height, rows)
    for x, y in ((0.0, 0.0), (333.3, 401.0), (width / 2, height / 2), (float(width), float(height))):
        assert grid.displayed((x, y)) == pytest.approx(tuple(level.upright(np.array([x, y]))), abs=0.6)


def test_ink_is_looked_for_where_the_flat_page_says_and_shown_where_it_lies(tmp_path: Path) -> None:
    picture = np.full((400, 500, 3), 255, np.uint8)
    picture[206:212, 300:340] = 0
    page = page_of(Image.fromarray(picture), tmp_path)
    nodes = tuple(tuple((100.0 + 10 * j, 50.0 + 10 * i) for j in range(31)) for i in range(31))
    read = ReadPage(page=page, lines=(), reader=PageReader.OCR, why="", width=300, height=300)
    canvas = load_canvas(replace(read, flattening=Flattening(300, 300, nodes)))
    assert canvas is not None
    assert canvas.cut(canvas.dark, (202, 157, 238, 161)).mean() > 0.9
    assert canvas.cut(canvas.dark, (250, 180, 290, 210)).mean() == 0
    assert canvas.to_displayed((200, 150, 240, 170)) == pytest.approx((300, 200, 340, 220))


@pytest.mark.slow
def test_reader_flattens_a_bent_page_and_shows_words_where_they_lie(reader: Reader, tmp_path: Path) -> None:
    image, quads = _bent(_ARCH)
    (page,), alerts = reader.read([page_of(Image.fromarray(image[:, :, ::-1]), tmp_path)])
    assert alerts == ()
    assert page.flattening is not None
    assert (page.width, page.height) == (page.flattening.width, page.flattening.height)
    cells = [cell for row in ROWS for cell in row if cell]
    order = [line.text for line in page.lines if cells.count(line.text) == 1]
    assert order == [cell for cell in cells if cell in order and cells.count(cell) == 1]
    assert len(order) >= 0.9 * sum(cells.count(cell) == 1 for cell in cells)
    for line in page.lines:
        places = [i for i, item in enumerate(SHEET) if item[2] == line.text]
        if len(places) == 1:
            x0, y0, x1, y1 = line.box
            left = SHEET[places[0]][0]
            # Four corners enclose a row: where it hangs through between its ends they reach lower by as much.
            middle = quads[places[0]].mean(axis=0)[1] + _hang(quads[places[0]]) / 2
            # Where the words begin (boxes reach out a little), and how low they lie in their middle.
            assert x0 == pytest.approx(left - 6, abs=18), line.text
            assert (y0 + y1) / 2 == pytest.approx(middle, abs=14), line.text
            assert x1 > x0


@pytest.mark.slow
def test_reader_reads_a_flat_page_as_it_lies(reader: Reader, tmp_path: Path) -> None:
    (page,), _ = reader.read([page_of(draw(), tmp_path)])
    assert page.flattening is None
    assert all(line.box == line.upright for line in page.lines)
