"""Small pages with their truth, and the arrays that the network learns from."""

from __future__ import annotations

import numpy as np

from models.page_reader.batches import Batch, Sample, batch_of
from models.page_reader.classes import HEAD_OF, OUTSIDE, begin, inside
from models.page_reader.encode import encode
from models.page_reader.labels import InputLine, Label, PageInput
from models.page_reader.settings import Recipe, Shape
from models.page_reader.tokenizer import Tokenizer

TINY = Shape(hidden=48, layers=2, heads=2, inner=96, window=96, overlap=16)
ROWS = (
    ("白细胞", "6.52", "10^9/L", "3.5-9.5"),
    ("红细胞", "4.81", "10^12/L", "4.3-5.8"),
    ("血红蛋白", "151", "g/L", "130-175"),
)
COLUMNS = (Label.ITEM_NAME, Label.RESULT, Label.UNIT, Label.RANGE)
_TEXTS = ["检验报告单姓名性别参考区间结果单位项目", *(cell for row in ROWS for cell in row), "mmol umol WBC"]


def tokenizer() -> Tokenizer:
    return Tokenizer.build(3 * _TEXTS, words=50, characters=4000)


def sheet(shift: float = 0.0) -> PageInput:
    """A sheet of three rows; ``shift`` moves it over the page."""
    lines = [InputLine("检验报告单", (200 + shift, 20, 320 + shift, 44))]
    for number, row in enumerate(ROWS):
        y = 80 + 30 * number
        for k, cell in enumerate(row):
            x = 40 + 130 * k + shift
            lines.append(InputLine(cell, (x, y, x + 12 * len(cell), y + 20)))
    return PageInput(width=600, height=400, lines=tuple(lines))


def sample(page: PageInput, known: Tokenizer) -> Sample:
    """The truth of :func:`sheet`."""
    encoded = encode(page, known)
    labels, links = np.full(len(encoded.ids), OUTSIDE), np.full(len(encoded.ids), -1)
    names: dict[int, int] = {}
    for token in range(1, len(encoded.ids)):
        line, start, _ = (int(v) for v in encoded.spans[token])
        label = Label.TITLE if line == 0 else COLUMNS[(line - 1) % 4]
        labels[token] = begin(label) if start == 0 else inside(label)
        row = (line - 1) // 4
        if start == 0 and label is Label.ITEM_NAME:
            names[row] = token
    for token in range(1, len(encoded.ids)):
        line, start, _ = (int(v) for v in encoded.spans[token])
        label = COLUMNS[(line - 1) % 4]
        if line > 0 and start == 0 and label in HEAD_OF:
            links[token] = 0 if label is Label.ITEM_NAME else names[(line - 1) // 4]
    return Sample(encoded=encoded, labels=labels.astype(np.int64), links=links.astype(np.int64), type=6)


def draw(step: int) -> Batch:
    """Four pages, moved a little differently in each step."""
    known = tokenizer()
    return batch_of([sample(sheet(7.0 * k + step % 3), known) for k in range(4)])


def recipe(steps: int) -> Recipe:
    return Recipe(shape=TINY, steps=steps, rate=3e-3, warm_up=5, judge_every=1000, keep_every=10, threads=1)
