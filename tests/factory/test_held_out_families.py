"""Held-out families draw every document type, completely, inside the page, and alike for the same seed."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from data_samples.factory.drawn import Drawn
from data_samples.factory.families.held_out.faces import has_glyph
from data_samples.factory.family import Family, families
from data_samples.factory.paper import Paper
from rules.engine.facts import DocumentType
from tests.factory.held_out_papers import PAPERS

_FAMILIES = tuple(family for family in families("held-out") if family.id.startswith("held-"))


def _papers(family: Family) -> list[tuple[str, Paper]]:
    return [(name, paper) for name, paper in PAPERS.items() if paper.type in family.types and family.fits(paper)]


_FIRST = [pytest.param(family, *_papers(family)[0], id=family.id) for family in _FAMILIES]
_MORE = [
    pytest.param(family, name, paper, id=f"{family.id}/{name}")
    for family in _FAMILIES
    for name, paper in _papers(family)[1:]
]


def _marks(drawn: Drawn) -> set[str]:
    return {mark for page in drawn.pages for mark, _ in page.marks}


def _wanted(paper: Paper) -> Iterable[str]:
    for field in paper.fields.values():
        if field.mark is not None:
            yield field.mark
    for section in paper.sections:
        yield from (run.mark for run in section.text if run.mark and run.text)
        yield from (run.mark for item in section.items for run in item if run.mark and run.text)
    for row in paper.rows:
        if row.mark is not None:
            yield f"{row.mark}.result" if row.result else f"{row.mark}.name"
            if row.unit:
                yield f"{row.mark}.unit"
            if paper.type == "lab_report" and (row.low or row.high or row.expected):
                yield f"{row.mark}.range"


def _check(drawn: Drawn, paper: Paper) -> None:
    """Every fact is marked inside the page and every text can be found among the lines."""
    assert set(_wanted(paper)) <= _marks(drawn)
    for page in drawn.pages:
        assert page.lines
        for mark, (x0, y0, x1, y1) in page.marks:
            assert 0 <= x0 < x1 <= 1, mark
            assert 0 <= y0 < y1 <= 1, mark
        for line in page.lines:
            assert min(line.box) >= -0.001, line.text
            assert max(line.box) <= 1.001, line.text
    printed = "".join(line.text for page in drawn.pages for line in page.lines).replace(" ", "")
    for row in paper.rows:
        assert (row.result or row.name).replace(" ", "") in printed
    for section in paper.sections:
        for run in section.text:
            # Long prose breaks over lines, with other columns in between: its beginning is enough.
            assert run.text.strip()[:4].replace(" ", "") in printed
    if "name" in paper.fields:
        assert str(paper.fields["name"].value) in printed
    assert not {"\ufffd", "\u0000"} & set(printed)


def test_held_out_families_cover_every_document_type() -> None:
    drawable = {kind for family in _FAMILIES for kind in family.types}
    assert drawable == {kind.value for kind in DocumentType}
    assert {paper.type for paper in PAPERS.values()} == drawable
    assert len(_FAMILIES) >= 18
    assert sum("lab_report" in family.types for family in _FAMILIES) >= 7


@pytest.mark.parametrize(("family", "name", "paper"), _FIRST)
def test_held_out_families_draw_completely_and_alike_for_a_seed(family: Family, name: str, paper: Paper) -> None:
    first, second = (family.draw(paper, np.random.default_rng(3)) for _ in range(2))
    _check(first, paper)
    assert first.pdf == second.pdf
    assert [page.lines for page in first.pages] == [page.lines for page in second.pages]
    for one, other in zip(first.pages, second.pages, strict=True):
        assert (one.image is None) == (first.pdf is not None)
        assert one.image is None or (other.image is not None and np.array_equal(one.image, other.image))


@pytest.mark.slow
@pytest.mark.parametrize(("family", "name", "paper"), _MORE)
def test_held_out_families_draw_every_paper_that_fits(family: Family, name: str, paper: Paper) -> None:
    _check(family.draw(paper, np.random.default_rng(11)), paper)


@pytest.mark.slow
@pytest.mark.parametrize(("family", "name", "paper"), _FIRST)
def test_held_out_families_vary_within(family: Family, name: str, paper: Paper) -> None:
    looks = {family.draw(paper, np.random.default_rng(seed)).pages[0].lines for seed in range(6)}
    assert len(looks) > 1


def test_held_out_families_pictures_show_ink_where_the_marks_are() -> None:
    family = next(family for family in _FAMILIES if family.id == "held-lab-low-high")
    drawn = family.draw(PAPERS["lab-chemistry"], np.random.default_rng(2))
    (picture,) = drawn.pictures(120)
    high, wide = picture.shape[:2]
    for mark, (x0, y0, x1, y1) in drawn.pages[0].marks:
        part = picture[int(y0 * high) : int(y1 * high) + 1, int(x0 * wide) : int(x1 * wide) + 1]
        assert part.min() < 130, mark


def test_faces_has_glyph_tells_the_missing_box() -> None:
    assert has_glyph("noto", "肌")
    assert not has_glyph("noto", "\U000e0fff")
