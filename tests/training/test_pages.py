"""Pages made for training: their labels must be those of the print, whatever layout and reading did to it."""

from __future__ import annotations

from itertools import islice, pairwise

import numpy as np
import pytest

from data_samples.factory.family import families
from data_samples.factory.paper import Paper
from models.page_reader.classes import HEAD_OF
from models.page_reader.labels import Label
from models.page_reader.tokenizer import Tokenizer
from pipeline.training.drawn import true_pages
from pipeline.training.factory_pages import invented_papers, unseen_families
from pipeline.training.free import free_page
from pipeline.training.judging import scores, tallied
from pipeline.training.reading import as_drawn, read_badly
from pipeline.training.samples import samples_of
from pipeline.training.truth import TruePage

KNOWN = Tokenizer.build(["检验报告单"], words=10, characters=4000)


@pytest.fixture(scope="module")
def papers() -> list[Paper]:
    return list(islice(invented_papers(5), 40))


def _texts(page: TruePage, label: Label) -> list[str]:
    return [line.text[p.start : p.end] for line in page.lines for p in line.pieces if p.label is label]


def test_free_pages_print_every_value_beside_its_label(papers: list[Paper]) -> None:
    rng = np.random.default_rng(1)
    for paper in papers:
        page = free_page(paper, rng)
        labels = {piece.thing: piece.label for line in page.lines for piece in line.pieces}
        for thing, head in page.heads.items():
            assert HEAD_OF[labels[thing]] is labels[head]
        for line in page.lines:
            for a, b in pairwise(line.pieces):
                assert a.end <= b.start
            assert all(piece.end <= len(line.text) for piece in line.pieces)


def test_free_pages_are_hardly_twice_alike(papers: list[Paper]) -> None:
    paper = next(one for one in papers if one.type == "lab_report")
    rng = np.random.default_rng(2)
    orders = {
        tuple(dict.fromkeys(p.label for line in free_page(paper, rng).lines for p in line.pieces)) for _ in range(12)
    }
    assert len(orders) > 6


def test_reading_same_seed_same_page(papers: list[Paper]) -> None:
    page = free_page(papers[0], np.random.default_rng(3))
    one, other = (read_badly(page, np.random.default_rng(4)) for _ in range(2))
    assert one == other


def test_reading_badly_keeps_labels_on_their_words(papers: list[Paper]) -> None:
    rng = np.random.default_rng(6)
    found, kept = 0, 0
    for paper in papers:
        page = free_page(paper, rng)
        whole = {"".join(text.split()) for label in Label for text in _texts(page, label)}
        read = read_badly(page, rng)
        for line, pieces in zip(read.page.lines, read.pieces, strict=True):
            for piece in pieces:
                found += 1
                kept += any("".join(line.text[piece.start : piece.end].split()) in text for text in whole)
    # Misread characters are the only difference, and there are few.
    assert kept > 0.9 * found > 500


def test_drawn_pages_know_cells_keys_and_diagnoses(papers: list[Paper]) -> None:
    rng = np.random.default_rng(7)
    lab = next(one for one in papers if one.type == "lab_report")
    family = next(one for one in families("development") if one.id == "lab-ruled-portrait")
    pages = true_pages(lab, family.draw(lab, rng), family.id)
    results = [text for page in pages for text in _texts(page, Label.RESULT)]
    assert sorted(results) == sorted(row.result for row in lab.rows)
    assert any(lab.fields["name"].value in _texts(page, Label.VALUE) for page in pages)
    stay = next(one for one in papers if one.type == "discharge_summary")
    family = next(one for one in families("development") if one.id == "discharge-boxed")
    pages = true_pages(stay, family.draw(stay, rng), family.id)
    found = {text for page in pages for text in _texts(page, Label.DIAGNOSIS)}
    wanted = {
        "".join(run.text for run in item) for one in stay.sections if "diagnosis" in one.key for item in one.items
    }
    assert wanted <= found


def test_samples_link_tokens_to_the_first_token_of_their_head(papers: list[Paper]) -> None:
    page = as_drawn(free_page(next(one for one in papers if one.type == "lab_report"), np.random.default_rng(8)))
    for sample in samples_of(page, KNOWN, 96, 24):
        assert len(sample.labels) == len(sample.links) == len(sample.encoded.ids) <= 96
        for token, target in enumerate(sample.links):
            if target > 0:
                assert sample.labels[target] % 2 == 1  # a beginning
                assert target != token


def test_judging_truth_itself_scores_full(papers: list[Paper]) -> None:
    from models.page_reader.classes import TYPES
    from models.page_reader.labels import PageReading, Span
    from pipeline.training.judging import _true

    page = as_drawn(free_page(papers[0], np.random.default_rng(9)))
    labels, links = _true(page)
    order = sorted(labels)
    spans = tuple(
        Span(
            line=place[0],
            start=place[1],
            end=place[2],
            label=labels[place],
            confidence=1.0,
            link=order.index(head) if (head := links.get(place)) is not None else None,
        )
        for place in order
    )
    reading = PageReading(types={name: float(name == page.type) for name in TYPES}, spans=spans)
    told = scores(tallied([page], [reading]))
    assert told["score"] == pytest.approx(1.0)
    nothing = PageReading(types=reading.types, spans=())
    assert scores(tallied([page], [nothing]))["labels"] == 0.0


def test_unseen_families_leave_each_type_one_to_learn_from() -> None:
    out = unseen_families(1, 0.18)
    assert out == unseen_families(1, 0.18)
    assert out != unseen_families(2, 0.18)
    left = {kind for one in families("development") if one.id not in out for kind in one.types}
    assert left == {kind for one in families("development") for kind in one.types}
    assert all(one.split == "development" for one in families("development") if one.id in out)
