from __future__ import annotations

import numpy as np
import pytest

from pipeline.reading.splitting import split_glued
from tests.drawn_pages import draw


def box(x: float, y: float, w: float, h: float) -> np.ndarray:
    return np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], dtype=float)


ORDINARY = [box(300, 40 + 60 * i, 200, 42) for i in range(5)]


def split(items: list[tuple[int, int, str]], glued: np.ndarray) -> np.ndarray:
    page = np.asarray(draw(items, size=(900, 400)))[:, :, ::-1].copy()
    return split_glued(page, np.stack([*ORDINARY, glued]))[len(ORDINARY) :]


def test_split_glued_separates_rows_of_single_characters() -> None:
    parts = split([(60, 30 + 58 * i, c) for i, c in enumerate("钾钠氯")], box(52, 28, 46, 172))
    assert len(parts) == 3
    assert [part[:, 1].mean() for part in parts] == pytest.approx([52, 110, 168], abs=14)


def test_split_glued_keeps_words_written_downwards() -> None:
    assert len(split([(60, 30 + 33 * i, c) for i, c in enumerate("出院小结")], box(52, 28, 46, 150))) == 1


def test_split_glued_separates_columns() -> None:
    parts = split([(60, 30, "序号"), (160, 30, "代号")], box(52, 32, 180, 42))
    assert len(parts) == 2
    assert 120 < parts[0][1][0] < 160


@pytest.mark.parametrize(
    "items",
    [
        [(60, 30, "姓"), (160, 30, "名")],
        [(60, 30, "本报告仅对该份标本负责")],
        [(60, 30, "肌酐 812.4 μmol/L")],
        [],
    ],
    ids=["spaced label", "sentence", "words", "no ink"],
)
def test_split_glued_keeps_what_belongs_together(items: list[tuple[int, int, str]]) -> None:
    width = 140 if len(items) == 2 else 350
    assert len(split(items, box(52, 32, width, 38))) == 1
