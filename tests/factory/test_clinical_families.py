"""Clinical families draw papers whole: marks on the page, text inside it, the same bytes from the same seed."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest

from data_samples.factory.drawn import Box, Drawn
from data_samples.factory.families.clinical.words import FIELD_WORDS, NUMBER_WORDS
from data_samples.factory.families.labels import LABELS
from data_samples.factory.family import Family, families
from data_samples.factory.paper import Paper
from data_samples.factory.papers import COMPOSE, example

_CLINICAL = sorted(set(COMPOSE) - {"lab_report"})
_FAMILIES = [family for family in families("development") if "lab_report" not in family.types]
_PAIRS = [(family, kind) for family in _FAMILIES for kind in sorted(family.types)]
_NAMES = [f"{family.id}-{kind}" for family, kind in _PAIRS]
_INK = frozenset({"physician_signature", "hospital_seal", "applicant_signature"})
"""Marked by ink or by an empty place, not by print."""


pytestmark = pytest.mark.slow


@cache
def _papers(family: Family, kind: str, count: int = 2) -> tuple[tuple[int, Paper], ...]:
    """The first examples that the family can hold, each with its seed."""
    found: list[tuple[int, Paper]] = []
    for seed in range(40):
        paper = example(kind, np.random.default_rng(seed))
        if family.fits(paper):
            found.append((seed, paper))
        if len(found) == count:
            break
    return tuple(found)


@cache
def _drawn(family: Family, kind: str) -> tuple[tuple[Paper, Drawn], ...]:
    return tuple((paper, family.draw(paper, np.random.default_rng(seed))) for seed, paper in _papers(family, kind))


def _marks(paper: Paper) -> dict[str, str]:
    """Marks that the paper's own fields, runs and rows carry, with the words they stand on."""
    found: dict[str, str] = {}
    for field in paper.fields.values():
        if field.mark:
            found[field.mark] = field.value if isinstance(field.value, str) and field.key not in _INK else ""
    for section in paper.sections:
        for run in (*section.text, *(run for item in section.items for run in item)):
            if run.mark:
                found[run.mark] = run.text
    for row in paper.rows:
        if row.mark:
            found[row.mark] = row.name
        for key, mark in row.more.items():
            if key.startswith("mark:"):
                found[mark] = row.more[key.removeprefix("mark:")]
    return found


def _overlap(inner: Box, outer: Box) -> float:
    """Share of ``inner``'s height and width that lies in ``outer``."""
    wide = min(inner[2], outer[2]) - max(inner[0], outer[0])
    high = min(inner[3], outer[3]) - max(inner[1], outer[1])
    area = (inner[2] - inner[0]) * (inner[3] - inner[1])
    return max(0.0, wide) * max(0.0, high) / area if area > 0 else 0.0


def test_clinical_families_cover_every_type() -> None:
    assert {kind for family in _FAMILIES for kind in family.types} == set(_CLINICAL)
    assert len(_FAMILIES) >= 20
    assert all(family.split == "development" for family in _FAMILIES)


@pytest.mark.parametrize("kind", _CLINICAL)
def test_clinical_families_hold_every_example(kind: str) -> None:
    for seed in range(8):
        paper = example(kind, np.random.default_rng(seed))
        assert [family.id for family in _FAMILIES if kind in family.types and family.fits(paper)], paper.title


@pytest.mark.parametrize("kind", _CLINICAL)
def test_clinical_families_have_words_for_every_field(kind: str) -> None:
    unprinted = _INK | {"kind"}
    for seed in range(6):
        keys = set(example(kind, np.random.default_rng(seed)).fields) - unprinted
        assert keys <= FIELD_WORDS.keys() | LABELS.keys() | {"number"}
    assert kind in NUMBER_WORDS or kind in ("application_form", "other")


@pytest.mark.parametrize(("family", "kind"), _PAIRS, ids=_NAMES)
def test_clinical_families_place_every_mark_on_the_page(family: Family, kind: str) -> None:
    assert _drawn(family, kind)
    for paper, drawn in _drawn(family, kind):
        boxes = [entry for page in drawn.pages for entry in page.marks]
        there = {mark for mark, _ in boxes}
        assert set(_marks(paper)) <= there
        for mark, (left, top, right, bottom) in boxes:
            assert 0 <= left < right <= 1, mark
            assert 0 <= top < bottom <= 1, mark


@pytest.mark.parametrize(("family", "kind"), _PAIRS, ids=_NAMES)
def test_clinical_families_print_marked_words_under_their_marks(family: Family, kind: str) -> None:
    for paper, drawn in _drawn(family, kind):
        read: dict[str, str] = {}
        for page in drawn.pages:
            for mark, box in sorted(page.marks, key=lambda entry: (entry[1][1], entry[1][0])):
                under = [
                    line.text for line in page.lines if _overlap(box, line.box) > 0.3 or _overlap(line.box, box) > 0.5
                ]
                read[mark] = read.get(mark, "") + "".join(under)
        for mark, words in _marks(paper).items():
            wanted = re.sub(r"\s", "", words)
            assert wanted[:4] in re.sub(r"\s", "", read.get(mark, "")), (family.id, mark)


@pytest.mark.parametrize(("family", "kind"), _PAIRS, ids=_NAMES)
def test_clinical_families_keep_text_inside_the_page(family: Family, kind: str) -> None:
    for _, drawn in _drawn(family, kind):
        for page in drawn.pages:
            assert page.lines
            for line in page.lines:
                left, top, right, bottom = line.box
                assert min(left - 0.005, top - 0.002, 0.997 - right, 0.999 - bottom) >= 0, line.text


@pytest.mark.parametrize(("family", "kind"), _PAIRS, ids=_NAMES)
def test_clinical_families_draw_the_same_from_one_seed(family: Family, kind: str) -> None:
    (seed, paper), *_ = _papers(family, kind)
    (_, first), *_ = _drawn(family, kind)
    again = family.draw(paper, np.random.default_rng(seed))
    assert again.pdf == first.pdf
    other = family.draw(paper, np.random.default_rng(seed + 1000))
    assert other.pdf != first.pdf


@pytest.mark.parametrize(("family", "kind"), _PAIRS, ids=_NAMES)
def test_clinical_families_print_every_part(family: Family, kind: str) -> None:
    for paper, drawn in _drawn(family, kind):
        text = re.sub(r"\s", "", "".join(line.text for page in drawn.pages for line in page.lines))
        for section in paper.sections:
            for run in (*section.text, *(run for item in section.items for run in item)):
                piece = re.sub(r"\s", "", run.text)[:5]
                assert piece in text, (family.id, section.key)


@pytest.mark.parametrize(
    "family", [one for one in _FAMILIES if "application_form" in one.types], ids=lambda one: one.id
)
def test_clinical_families_mark_the_whole_seal_of_a_form(family: Family) -> None:
    """A seal lies over print; its place is the seal, not the line of print under it."""
    sealed = [(seed, paper) for seed, paper in _papers(family, "application_form", 12) if paper.seals]
    assert sealed
    for seed, paper in sealed[:3]:
        mark = next(fact.mark for fact in paper.facts if fact.values.get("field") == "hospital_seal")
        for page in family.draw(paper, np.random.default_rng(seed)).pages:
            for x0, y0, x1, y1 in [box for name, box in page.marks if name == mark]:
                assert (y1 - y0) * page.height > 0.55 * (x1 - x0) * page.width
