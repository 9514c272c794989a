"""H5: text under a red seal is read; the seal adds words of its own but takes none away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline.reading import Reader
from pipeline.reading.pixels import red_mask, without_red
from pipeline.settings import OcrSettings
from tests.drawn_pages import ROWS, draw, page_of, photographed, stamp

CELLS = [cell for row in ROWS for cell in row if cell]
PLACES = {"numbers": (500, 560), "names": (200, 450), "units": (800, 420), "footer": (300, 860)}


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(OcrSettings(workers=1)) as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("photo", [False, True], ids=["scan", "photo"])
def test_covered_lines_are_read(reader: Reader, tmp_path: Path, place: str, photo: bool) -> None:
    image = stamp(draw(), PLACES[place])
    (page,), _ = reader.read([page_of(photographed(image) if photo else image, tmp_path)])
    left = [line.text.replace(" ", "") for line in page.lines]
    missing = []
    for cell in CELLS:
        if cell in left:
            left.remove(cell)
        else:
            missing.append(cell)
    assert len(missing) <= 1, missing


@pytest.mark.slow
def test_a_page_without_red_ink_is_read_once(reader: Reader, tmp_path: Path) -> None:
    (page,), _ = reader.read([page_of(photographed(draw()), tmp_path)])
    texts = [line.text for line in page.lines]
    assert texts.count("肌酐") == 1


def test_lifting_red_ink_keeps_black_strokes_under_it() -> None:
    plain = np.asarray(draw())[:, :, ::-1].copy()
    stamped = np.asarray(stamp(draw(), (500, 560)))[:, :, ::-1].copy()
    mask = red_mask(stamped)
    assert 0.005 < np.count_nonzero(mask) / mask.size < 0.1
    assert np.count_nonzero(red_mask(plain)) == 0
    clean = without_red(stamped, mask)
    assert np.abs(clean[:, :, 0].astype(int) - plain[:, :, 0]).mean() < 2.0
    dark = plain[:, :, 0] < 60
    assert (clean[:, :, 0][dark] < 110).mean() > 0.98
