"""H4: a page reads the same whichever side is up, and an upright page is never turned."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from pipeline.nouns import ReadPage
from pipeline.reading import Reader
from pipeline.settings import OcrSettings
from tests.drawn_pages import ROWS, draw, page_of, photographed

pytestmark = pytest.mark.slow

CELLS = [cell for row in ROWS for cell in row if cell]
# How the page lies -> the clockwise turn that helps.
TURNS = {None: 0, Image.Transpose.ROTATE_90: 90, Image.Transpose.ROTATE_180: 180, Image.Transpose.ROTATE_270: 270}


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(OcrSettings(workers=1)) as opened:
        yield opened


@pytest.fixture(scope="module")
def turned(reader: Reader, tmp_path_factory: pytest.TempPathFactory) -> dict[int, ReadPage]:
    folder = tmp_path_factory.mktemp("turned")
    pages = []
    for number, how in enumerate(TURNS, 1):
        image = photographed(draw())
        pages.append(page_of(image if how is None else image.transpose(how), folder, number=number))
    read, alerts = reader.read(pages)
    assert alerts == ()
    return dict(zip(TURNS.values(), read, strict=True))


def test_the_angle_is_found(turned: dict[int, ReadPage]) -> None:
    assert {angle: page.angle for angle, page in turned.items()} == {angle: angle for angle in TURNS.values()}


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_turned_page_gives_the_same_text_in_the_same_order(turned: dict[int, ReadPage], angle: int) -> None:
    upright = [line.text for line in turned[0].lines]
    lying = [line.text for line in turned[angle].lines]
    same = sum(a == b for a, b in zip(upright, lying, strict=False))
    assert len(lying) == len(upright)
    assert same >= 0.95 * len(upright)
    assert sum(cell in lying for cell in CELLS) >= len(CELLS) - 1


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_boxes_point_at_the_words_in_both_frames(turned: dict[int, ReadPage], angle: int) -> None:
    page = turned[angle]
    upright = next(line for line in turned[0].lines if line.text == "血红蛋白")
    line = next(line for line in page.lines if line.text == "血红蛋白")
    assert line.upright == pytest.approx(upright.upright, abs=8)
    x0, y0, x1, y1 = upright.box
    width, height = turned[0].width, turned[0].height
    where = {
        0: (x0, y0, x1, y1),
        90: (y0, width - x1, y1, width - x0),
        180: (width - x1, height - y1, width - x0, height - y0),
        270: (height - y1, x0, height - y0, x1),
    }[angle]
    assert line.box == pytest.approx(where, abs=8)
    assert (page.width, page.height) == (width, height)


@pytest.mark.parametrize(
    "items",
    [
        [(60, 40, "姓名")],
        [(60, 40 + 60 * i, text) for i, text in enumerate(["8", "0", "11", "96", "1", "806"])],
        [(60, 40 + 60 * i, text) for i, text in enumerate(["↑", "↓", "10-18", "6.9", "0.96", "H"])],
        [(60, 40 + 44 * i, c) for i, c in enumerate("出院带药说明")],
    ],
    ids=["one word", "digits that read both ways", "arrows and numbers", "written downwards"],
)
def test_an_upright_page_with_little_text_is_not_turned(
    reader: Reader, tmp_path: Path, items: list[tuple[int, int, str]]
) -> None:
    (page,), _ = reader.read([page_of(draw(items, size=(500, 440)), tmp_path)])
    assert page.angle == 0
