"""From scores of tokens to pieces: what touches is one cell, what is parted is two."""

from __future__ import annotations

import numpy as np

from models.page_reader.classes import CLASSES, begin
from models.page_reader.labels import Label
from models.page_reader.spans import Scored, spans_of


def _pieces(spans: list[tuple[int, int, int]], labels: list[Label]) -> list[tuple[int, int, Label]]:
    """Pieces where every token is said to begin one."""
    count = len(spans) + 1
    scores = np.full((count, CLASSES), 1e-4, np.float32)
    for token, label in enumerate(labels, start=1):
        scores[token, begin(label)] = 0.98
    scored = Scored(spans=np.array([(-1, 0, 0), *spans]), labels=scores, links=np.zeros((count, count), np.float32))
    return [(span.start, span.end, span.label) for span in spans_of(scored)]


def test_spans_tokens_of_a_cell_that_touch_are_one() -> None:
    assert _pieces([(0, 0, 1), (0, 1, 6)], [Label.UNIT, Label.UNIT]) == [(0, 6, Label.UNIT)]


def test_spans_cells_apart_are_two() -> None:
    two = [(0, 1, Label.UNIT), (2, 6, Label.UNIT)]
    assert _pieces([(0, 0, 1), (0, 2, 6)], [Label.UNIT, Label.UNIT]) == two
    assert len(_pieces([(0, 0, 1), (1, 1, 6)], [Label.UNIT, Label.UNIT])) == 2
    assert len(_pieces([(0, 0, 1), (0, 1, 6)], [Label.RESULT, Label.UNIT])) == 2


def test_spans_diagnoses_that_touch_stay_two() -> None:
    assert len(_pieces([(0, 0, 4), (0, 4, 8)], [Label.DIAGNOSIS, Label.DIAGNOSIS])) == 2
