"""Every laboratory family prints what its paper says, where its marks say, on as many pages as it should."""

from __future__ import annotations

import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from functools import cache, partial
from itertools import combinations

import numpy as np
import pypdfium2
import pytest

from data_samples.factory.drawn import Box, Drawn
from data_samples.factory.family import Family, families
from data_samples.factory.paper import Paper, Row
from tests.factory.lab_papers import PAPERS

_LAB = tuple(family for family in families("development") if "lab_report" in family.types)
_each_family = pytest.mark.parametrize("family", _LAB, ids=lambda family: family.id)
_FIRST_SEED = 100
_Marks = dict[str, list[tuple[int, Box]]]


def _fitting(family: Family) -> dict[str, Paper]:
    return {name: paper for name, paper in PAPERS.items() if family.fits(paper)}


@cache
def _drawn(family: Family) -> tuple[tuple[int, Paper, Drawn], ...]:
    """Every paper that fits, each drawn with a seed of its own."""
    return tuple(
        (seed, paper, family.draw(paper, np.random.default_rng(seed)))
        for seed, paper in enumerate(_fitting(family).values(), start=_FIRST_SEED)
    )


def _marks(drawn: Drawn) -> _Marks:
    """Boxes of every mark in reading order."""
    found: _Marks = defaultdict(list)
    for number, page in enumerate(drawn.pages):
        for mark, box in page.marks:
            found[mark].append((number, box))
    return {mark: _in_order(boxes) for mark, boxes in found.items()}


def _in_order(boxes: list[tuple[int, Box]]) -> list[tuple[int, Box]]:
    """Line by line, left to right: a power stands higher than its line and belongs to it."""
    lines: list[list[tuple[int, Box]]] = []
    for number, box in sorted(boxes, key=lambda at: (at[0], at[1][1])):
        first = lines[-1][0] if lines else None
        if first is not None and first[0] == number and box[1] < first[1][3] - 0.3 * (first[1][3] - first[1][1]):
            lines[-1].append((number, box))
        else:
            lines.append([(number, box)])
    return [at for line in lines for at in sorted(line, key=lambda at: at[1][0])]


def _fold(text: str) -> str:
    """Drop spaces and what laboratories write differently in numbers and units."""
    text = unicodedata.normalize("NFKC", "".join(text.split())).lower()
    for old, new in (("×", ""), ("x10", "10"), ("^", ""), ("*", ""), ("μ", "u"), ("10e", "10")):
        text = text.replace(old, new)
    return text


def _reader(drawn: Drawn) -> Callable[[list[tuple[int, Box]]], str]:
    """Return what reads the text inside boxes out of the PDF."""
    assert drawn.pdf is not None
    document = pypdfium2.PdfDocument(drawn.pdf)
    pages = [(page.get_size(), page.get_textpage()) for page in document]

    def read(boxes: list[tuple[int, Box]]) -> str:
        found = ""
        for number, (left, top, right, bottom) in boxes:
            (width, height), text = pages[number]
            # A hair inside the em box: neighbours' side bearings must not count.
            found += text.get_text_bounded(
                left * width + 0.3, (1 - bottom) * height + 1, right * width - 0.3, (1 - top) * height - 1
            )
        return found

    return read


def _line_at(drawn: Drawn, boxes: list[tuple[int, Box]]) -> str:
    """Text of the lines that the boxes lie on: of a screen, which has no PDF."""
    found = ""
    for number, box in boxes:
        for line in drawn.pages[number].lines:
            across = min(line.box[2], box[2]) - max(line.box[0], box[0])
            middle = (box[1] + box[3]) / 2
            if across > 0 and line.box[1] <= middle <= line.box[3] and line.text not in found:
                found += line.text
    return found


def _expected(row: Row, part: str) -> list[str]:
    """What must be readable in a cell."""
    if part == "range":
        return [text for text in (row.low, row.high) if text] or [row.expected]
    return [{"name": row.name, "abbr": row.abbr, "result": row.result, "unit": row.unit}[part]]


@_each_family
def test_lab_families_mark_every_result(family: Family) -> None:
    assert _fitting(family), "no paper fits this family"
    for _, paper, drawn in _drawn(family):
        marks = _marks(drawn)
        for row in paper.rows:
            assert f"{row.mark}.result" in marks
            assert f"{row.mark}.name" in marks or f"{row.mark}.abbr" in marks
        assert "f.name" in marks
        assert "f.reported" in marks


@_each_family
def test_lab_families_print_the_value_under_its_mark(family: Family) -> None:
    for seed, paper, drawn in _drawn(family):
        marks = _marks(drawn)
        under = _reader(drawn) if drawn.pdf is not None else partial(_line_at, drawn)
        for row in paper.rows:
            for part in ("name", "abbr", "result", "unit", "range"):
                boxes = marks.get(f"{row.mark}.{part}")
                if boxes is None:
                    continue
                # A unit with a power is set in three pieces of one mark.
                read = _fold(under(boxes))
                for text in _expected(row, part):
                    assert _fold(text) in read, (family.id, seed, row.name, part)
                if drawn.pdf is not None and part in ("name", "abbr", "result", "unit"):
                    assert read == _fold(_expected(row, part)[0]), (family.id, seed, row.name, part)


@_each_family
def test_lab_families_clip_nothing(family: Family) -> None:
    for seed, _, drawn in _drawn(family):
        for page in drawn.pages:
            cells = [(mark, box) for mark, box in page.marks if "." in mark]
            for mark, (left, top, right, bottom) in cells:
                assert 0.005 < left < right < 0.995, (family.id, seed, mark)
                assert 0.002 < top < bottom < 0.998, (family.id, seed, mark)
            for (one, a), (other, b) in combinations(cells, 2):
                across = (min(a[2], b[2]) - max(a[0], b[0])) * page.width
                down = (min(a[3], b[3]) - max(a[1], b[1])) * page.height
                assert across < 0.15 or down < 0.15 or one == other, (family.id, seed, one, other, across, down)


@_each_family
def test_lab_families_take_one_page_unless_continued(family: Family) -> None:
    for seed, paper, drawn in _drawn(family):
        many = len(drawn.pages) > 1
        assert many == (family.id == "lab-continued"), (family.id, seed, len(paper.rows), len(drawn.pages))


@_each_family
def test_lab_families_draw_the_same_from_the_same_seed(family: Family) -> None:
    paper = next(iter(_fitting(family).values()))
    started = time.perf_counter()
    one, again, other = (family.draw(paper, np.random.default_rng(seed)) for seed in (5, 5, 6))
    print(f"{family.id}: {(time.perf_counter() - started) / 3 * 1000:.0f} ms a document")
    assert one.pdf == again.pdf
    assert [page.marks for page in one.pages] == [page.marks for page in again.pages]
    assert [page.lines for page in one.pages] != [page.lines for page in other.pages]
    for page, same in zip(one.pages, again.pages, strict=True):
        assert (page.image is None) == (same.image is None) == ("screen" not in family.media)
        assert page.image is None or same.image is None or np.array_equal(page.image, same.image)


def test_lab_families_are_many_and_of_development_only() -> None:
    assert len(_LAB) >= 12
    assert all(family.split == "development" and family.types == {"lab_report"} for family in _LAB)


def test_lab_families_hold_every_paper() -> None:
    for name, paper in PAPERS.items():
        assert sum(family.fits(paper) for family in _LAB) >= 4, name
