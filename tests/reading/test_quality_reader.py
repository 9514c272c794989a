"""The quality gate behind the real reader."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.nouns import ReadPage
from pipeline.reading import Reader
from pipeline.settings import OcrSettings
from tests.drawn_pages import draw, page_of, photographed
from tests.reading.quality_pages import TROUBLES, cut

pytestmark = pytest.mark.slow


def _read(reader: Reader, image: Image.Image, folder: Path) -> ReadPage:
    ((page,), _) = reader.read([page_of(image, folder)])
    return page


def _picture(bgr: np.ndarray) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(bgr[..., ::-1]))


def test_quality_reader_lets_a_dim_photo_pass_that_reads_well(reader: Reader, tmp_path: Path) -> None:
    dim = Image.fromarray((np.asarray(photographed(draw())) * 0.3).astype(np.uint8))
    page = _read(reader, dim, tmp_path)
    assert len(page.lines) > 30
    assert not page.refused


def test_quality_reader_warns_of_glare_over_results(reader: Reader, tmp_path: Path) -> None:
    page = _read(reader, _picture(TROUBLES["glare"](1.0)[0]), tmp_path)
    assert [(issue.code, issue.retake) for issue in page.quality] == [("glare", False)]


def test_quality_reader_names_the_side_cut_off(reader: Reader, tmp_path: Path) -> None:
    page = _read(reader, _picture(cut(1.0)[0]), tmp_path)
    assert [(issue.code, issue.retake) for issue in page.quality] == [("cut_off", False)]
    assert "右边" in page.quality[0].message


def test_quality_reader_refuses_a_picture_of_a_desk(reader: Reader, tmp_path: Path) -> None:
    page = _read(reader, _picture(TROUBLES["not_document"](1.0)[0]), tmp_path)
    assert [(issue.code, issue.retake) for issue in page.quality] == [("not_document", True)]


def test_quality_reader_names_a_page_of_many_by_its_number(tmp_path: Path) -> None:
    first = page_of(draw(), tmp_path, number=1)
    second = page_of(draw(), tmp_path, number=2)
    with Reader(OcrSettings(detection_dir=tmp_path / "none", workers=1)) as broken:
        pages, _ = broken.read([first, second])
    assert [page.refused for page in pages] == [True, True]
    assert pages[1].quality[0].message.startswith("第2页")
