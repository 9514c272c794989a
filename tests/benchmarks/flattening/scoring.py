"""Characters and laboratory rows of one reading against what is printed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.classifying import classify
from pipeline.evaluating.kept import KeptLine, KeptPage
from pipeline.evaluating.text import fold, score_text
from pipeline.evaluating.truth import TruthLine, TruthPage
from pipeline.extracting.lab import extract_lab_results
from pipeline.nouns import Page, PageReader, ReadPage
from pipeline.reading.found import Reading
from pipeline.reading.reader import lines_of
from rules.engine.facts import LabResult
from rules.vocabulary.cleaning import name_key
from tests.benchmarks.flattening.making import Taken

__all__ = ["Score", "score"]


@dataclass(frozen=True)
class Score:
    characters: int = 0
    wrong: int = 0
    """Characters misread or missed."""
    invented: int = 0
    rows: int = 0
    right: int = 0
    """Rows whose name and result are as printed."""
    silent: int = 0
    """Rows with another number than printed, and no doubt about it."""
    seconds: float = 0.0
    flattened: int = 0

    def __add__(self, other: Score) -> Score:
        names = self.__dataclass_fields__
        return Score(**{name: getattr(self, name) + getattr(other, name) for name in names})


def score(one: Taken, reading: Reading, seconds: float, *, flattened: bool) -> Score:
    height, width = one.page.shape[:2]
    page = Page(id="p1", file="p.jpg", file_sha256="0" * 64, number=1, width=width, height=height, image=Path("p.jpg"))
    lines = lines_of(reading, page, "benchmark")
    read = ReadPage(
        page=page,
        lines=lines,
        reader=PageReader.OCR,
        why="",
        angle=reading.angle,
        skew=reading.skew,
        width=reading.flattened.width if reading.flattened else reading.width,
        height=reading.flattened.height if reading.flattened else reading.height,
    )
    truth = TruthPage(
        file="p.jpg",
        page=1,
        documents=(),
        medium="photo",
        lines=tuple(TruthLine(line.text, line.box) for line in one.lines),
    )
    boxes = [(x0 / width, y0 / height, x1 / width, y1 / height) for x0, y0, x1, y1 in (line.box for line in lines)]
    kept = KeptPage(
        file="p.jpg",
        page=1,
        width=width,
        height=height,
        reader="ppocr",
        angle=reading.angle,
        seconds=seconds,
        lines=tuple(KeptLine(line.text, box, line.confidence) for line, box in zip(lines, boxes, strict=True)),
    )
    text = score_text(truth, kept)
    results = [result for document in classify([read]) for result in extract_lab_results(document)[0]]
    right, silent = _rows(one, results)
    return Score(
        characters=text.characters,
        wrong=text.edits + text.missed,
        invented=text.invented,
        rows=len(one.rows),
        right=right,
        silent=silent,
        seconds=seconds,
        flattened=int(flattened),
    )


def _rows(one: Taken, results: list[LabResult]) -> tuple[int, int]:
    right = silent = 0
    left = list(results)
    for row in one.rows:
        names = {name_key(row.name), name_key(row.abbr)} - {""}
        named = [r for r in left if name_key(r.name) in names]
        exact = next((r for r in named if fold(r.text) == fold(row.result)), None)
        if exact is not None:
            right += 1
            left.remove(exact)
        elif named:
            silent += named[0].value is not None and not named[0].doubts
            left.remove(named[0])
    return right, silent
