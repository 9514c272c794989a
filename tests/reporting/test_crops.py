from __future__ import annotations

import base64
import dataclasses
import io
from pathlib import Path

import pytest
from PIL import Image

from pipeline.nouns import Page, PageReader, ReadPage
from pipeline.reporting.crops import PageImages, Picture, upright_box, upright_size
from rules.engine.facts import Box


def _page(path: Path, width: int, height: int, angle: int = 0) -> ReadPage:
    page = Page(id="p1", file="a.png", file_sha256="0", number=1, width=width, height=height, image=path)
    return ReadPage(page=page, lines=(), reader=PageReader.OCR, why="", angle=angle)


def _open(picture: Picture | None) -> Image.Image:
    assert picture is not None
    return Image.open(io.BytesIO(base64.b64decode(picture.uri.partition(",")[2]))).convert("RGB")


@pytest.mark.parametrize(
    ("angle", "expected"),
    [(0, (10, 20, 60, 40)), (90, (160, 10, 180, 60)), (180, (40, 160, 90, 180)), (270, (20, 40, 40, 90))],
)
def test_crops_upright_box_turns_with_the_page(angle: int, expected: Box) -> None:
    page = _page(Path("none"), 100, 200, angle)
    assert upright_box(page, (10, 20, 60, 40)) == expected
    assert upright_size(page) == ((200, 100) if angle in (90, 270) else (100, 200))


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_crops_box_lies_on_the_same_ink_at_every_angle(tmp_path: Path, angle: int) -> None:
    path = tmp_path / "page.png"
    image = Image.new("RGB", (900, 600), "white")
    image.paste((0, 0, 0), (300, 200, 500, 230))
    image.save(path)
    crop = _open(PageImages(1).crop(_page(path, 900, 600, angle), (300, 200, 500, 230)))
    middle = crop.getpixel((crop.width // 2, crop.height // 2))
    assert max(middle) < 60  # type: ignore[type-var]
    assert min(crop.getpixel((2, 2))) > 200  # type: ignore[type-var]


def test_crops_draws_an_outline_that_shows_in_grey(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    Image.new("RGB", (1000, 1000), "white").save(path)
    crop = _open(PageImages(1).crop(_page(path, 1000, 1000), (400, 400, 600, 440))).convert("L")
    assert crop.getextrema()[0] < 110
    assert crop.getextrema()[1] > 245


@pytest.mark.parametrize("box", [(-50, -50, 10, 10), (990, 990, 2000, 2000), (600, 500, 400, 300), (5, 5, 5, 5)])
def test_crops_odd_boxes_still_give_a_picture(tmp_path: Path, box: Box) -> None:
    path = tmp_path / "page.png"
    Image.new("RGB", (1000, 1000), "white").save(path)
    assert _open(PageImages(1).crop(_page(path, 1000, 1000), box)).width > 0


def test_crops_missing_or_broken_image_is_none(tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\nnonsense")
    for path in (tmp_path / "gone.png", broken, tmp_path):
        page = _page(path, 100, 100)
        images = PageImages(1)
        assert images.crop(page, (0, 0, 10, 10)) is None
        assert images.whole(page) is None
        assert images.thumbnail(page) is None


def test_crops_are_made_once_per_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "page.png"
    Image.new("RGB", (400, 400), "white").save(path)
    images, page = PageImages(1), _page(path, 400, 400)
    first = images.crop(page, (10, 10, 50, 30))
    path.unlink()
    monkeypatch.setattr(Image, "open", lambda *_: pytest.fail("decoded again"))
    assert images.crop(page, (10, 10, 50, 30)) is first
    assert images.whole(page) is not None


def test_crops_image_of_other_size_than_stated_is_scaled(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    image = Image.new("RGB", (500, 500), "white")
    image.paste((0, 0, 0), (100, 100, 200, 120))
    image.save(path)
    page = _page(path, 1000, 1000)
    crop = _open(PageImages(1).crop(dataclasses.replace(page), (200, 200, 400, 240)))
    assert max(crop.getpixel((crop.width // 2, crop.height // 2))) < 60  # type: ignore[type-var]


def test_crops_many_pages_are_stored_smaller(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    Image.new("RGB", (2000, 2800), "white").save(path)
    few, many = (PageImages(n).whole(_page(path, 2000, 2800)) for n in (5, 100))
    assert few is not None
    assert many is not None
    assert few.height == 1500
    assert many.height == 850
