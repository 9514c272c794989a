from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.nouns import Line, Page, PageReader
from pipeline.reading import choose_reader
from tests.drawn_pages import SHEET, draw, page_of, text_line


def layer(shift: float = 0.0, items: tuple[tuple[int, int, str], ...] = SHEET) -> list[Line]:
    return [text_line(x + shift, y, text) for x, y, text in items]


def bgr(image: Image.Image) -> np.ndarray:
    return np.asarray(image)[:, :, ::-1].copy()


def page(tmp_path: Path, lines: list[Line], **more: object) -> Page:
    return page_of(draw(), tmp_path, layer=lines, **more)


def test_choose_reader_takes_a_layer_that_covers_the_page(tmp_path: Path) -> None:
    choice = choose_reader(page(tmp_path, layer(), has_raster=False), bgr(draw()))
    assert choice.reader is PageReader.TEXT_LAYER
    assert [line.text for line in choice.lines] == [text for _, _, text in SHEET]


def test_choose_reader_reads_pixels_without_a_layer(tmp_path: Path) -> None:
    assert choose_reader(page(tmp_path, []), bgr(draw())).reader is PageReader.OCR


def test_choose_reader_distrusts_a_hidden_layer(tmp_path: Path) -> None:
    choice = choose_reader(page(tmp_path, layer(), text_layer_hidden=True), bgr(draw()))
    assert choice.reader is PageReader.OCR
    assert "hidden" in choice.why


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "(cid:12)(cid:99)" + text,
        lambda text: "\ue012\ue345" + text,
        lambda text: "\ufffd" * len(text),
        lambda text: text.encode("gbk", "ignore").decode("latin-1"),
        lambda text: "".join(chr(0xAC00 + ord(c) % 9000) for c in text),
        lambda text: "".join(chr(0x7900 + ord(c) * 7 % 1500) for c in text),
    ],
    ids=["cid", "private use", "replacement", "gbk as latin", "hangul", "wrong characters"],
)
def test_choose_reader_distrusts_garbage(tmp_path: Path, spoil: object) -> None:
    assert callable(spoil)
    lines = [text_line(x, y, spoil(text)) for x, y, text in SHEET]
    assert choose_reader(page(tmp_path, lines), bgr(draw())).reader is PageReader.OCR


def test_choose_reader_distrusts_a_layer_outside_the_page_or_off_the_ink(tmp_path: Path) -> None:
    away = [text_line(x + 5000, y, text) for x, y, text in SHEET]
    assert choose_reader(page(tmp_path, away), bgr(draw())).reader is PageReader.OCR
    blank = draw(())
    assert choose_reader(page_of(blank, tmp_path, layer=layer()), bgr(blank)).reader is PageReader.OCR


def test_choose_reader_reads_pixels_when_a_scan_shows_more_than_the_layer(tmp_path: Path) -> None:
    title = [text_line(*SHEET[0])]
    assert choose_reader(page(tmp_path, title), bgr(draw())).reader is PageReader.OCR


def test_choose_reader_repairs_radicals_and_drops_lines_off_the_page(tmp_path: Path) -> None:
    lines = [text_line(90, 140, "⽩细胞 项⽬ ⺠ ⻔"), *layer()[4:], text_line(-900, 10, "裁掉")]
    shown = draw(((90, 140, "白细胞 项目 民 门"), *SHEET[4:]))
    choice = choose_reader(page_of(shown, tmp_path, layer=lines), bgr(shown))
    assert choice.reader is PageReader.TEXT_LAYER
    assert choice.lines[0].text == "白细胞 项目 民 门"
    assert all(line.text != "裁掉" for line in choice.lines)


def test_choose_reader_keeps_a_sound_layer_when_the_image_is_gone(tmp_path: Path) -> None:
    assert choose_reader(page(tmp_path, layer()), None).reader is PageReader.TEXT_LAYER
