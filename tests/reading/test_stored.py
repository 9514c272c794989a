"""Readings kept in a folder: the same pixels are read once, everything else anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.nouns import Line, Page, PageReader, QualityIssue, ReadPage, Seal
from pipeline.reading.stored import StoredReadings, reading_from_json, reading_to_json

QUAD = ((1.5, 2.0), (30.0, 2.0), (30.0, 12.25), (1.5, 12.25))


def page(folder: Path, pixels: bytes = b"pixels", **more: object) -> Page:
    image = folder / "page.png"
    image.write_bytes(pixels)
    values: dict[str, object] = {
        "id": "p1",
        "file": "张三.jpg",
        "file_sha256": "0",
        "number": 1,
        "width": 40,
        "height": 60,
    }
    return Page(**{**values, "image": image, **more})  # type: ignore[arg-type]


def read(at: Page, reader: PageReader = PageReader.OCR) -> ReadPage:
    return ReadPage(
        page=at,
        lines=(Line("血红蛋白 95 g/L", QUAD, QUAD, 0.9876, "ppocr", "one"),),
        reader=reader,
        why="no text layer",
        angle=90,
        skew=-1.25,
        width=60,
        height=40,
        quality=(QualityIssue(code="blur", message="模糊", score=0.5, retake=False),),
        seconds=1.5,
        seals=(Seal(text="某医院", box=(1.0, 2.0, 3.0, 4.0), confidence=0.5, shape="oval", colour="blue"),),
    )


def test_stored_reading_comes_back_whole_for_the_page_that_asks(tmp_path: Path) -> None:
    first = page(tmp_path)
    stored = StoredReadings(tmp_path / "kept", "one")
    stored.keep(read(first))
    again = replace(first, id="p7", file="other.jpg", number=3)
    assert stored.find(again) == read(again)


def test_stored_reading_of_other_pixels_or_another_reader_is_not_found(tmp_path: Path) -> None:
    StoredReadings(tmp_path / "kept", "one").keep(read(page(tmp_path)))
    assert StoredReadings(tmp_path / "kept", "two").find(page(tmp_path)) is None
    assert StoredReadings(tmp_path / "kept", "one").find(page(tmp_path, b"other")) is None
    assert StoredReadings(tmp_path / "kept", "one").find(page(tmp_path)) is not None


def test_stored_reading_that_failed_is_tried_again(tmp_path: Path) -> None:
    stored = StoredReadings(tmp_path / "kept", "one")
    stored.keep(read(page(tmp_path), PageReader.NONE))
    assert stored.find(page(tmp_path)) is None


def test_stored_reading_that_is_damaged_is_read_anew(tmp_path: Path) -> None:
    stored = StoredReadings(tmp_path / "kept", "one")
    stored.keep(read(page(tmp_path)))
    (kept,) = (tmp_path / "kept").rglob("*.json")
    kept.write_bytes(kept.read_bytes()[:-20])
    assert stored.find(page(tmp_path)) is None


def test_stored_reading_names_nobody(tmp_path: Path) -> None:
    stored = StoredReadings(tmp_path / "kept", "one")
    stored.keep(read(page(tmp_path)))
    (kept,) = (tmp_path / "kept").rglob("*.json")
    assert "张三" not in kept.read_text(encoding="utf-8")
    assert "张三" not in kept.name


def test_stored_reading_of_broken_json_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="validation error"):
        reading_from_json(b"{}", page(tmp_path))
    assert reading_from_json(reading_to_json(read(page(tmp_path))), page(tmp_path)) == read(page(tmp_path))
