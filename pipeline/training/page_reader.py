"""Training the page reader: its pages, its validation on families and papers that it never saw, its files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from data_samples.factory.paper import Paper
from models.page_reader.batches import Batch, Sample, batch_of
from models.page_reader.joining import Run, read_pages
from models.page_reader.settings import Recipe
from models.page_reader.tokenizer import Tokenizer
from models.page_reader.training import History, train
from pipeline.training.aligned import really_read
from pipeline.training.factory_pages import drawn_pages, invented_papers, kept, unseen_families
from pipeline.training.free import free_page
from pipeline.training.judging import scores, tallied
from pipeline.training.reading import LabelledPage, as_drawn, read_again, read_badly
from pipeline.training.samples import samples_of
from pipeline.training.truth import TruePage
from rules.vocabulary import load_vocabulary

__all__ = ["Pages", "Read", "build_tokenizer", "gather", "train_page_reader"]

Read = tuple[Path, Path, int]
"""Development cases that were really read: their folders, what ``yushen evaluate`` kept of them, their seed."""
_APART = 25
"""One paper in so many of each type is only validated with."""

_WEIGHTS = {
    # How often a type is drawn among papers laid out freely, against how often cases hold it.
    "lab_report": 2.2,
    "discharge_summary": 1.2,
    "outpatient_record": 1.2,
    "imaging_report": 1.0,
    "diagnosis_certificate": 1.0,
    "identity_card": 0.4,
}


class Pages:
    """What a training draws from."""

    def __init__(
        self,
        papers: Sequence[Paper],
        drawn: dict[str, list[TruePage]],
        really_read: Sequence[LabelledPage],
        recipe: Recipe,
        corrected: Sequence[LabelledPage] = (),
    ) -> None:
        self.unseen = unseen_families(recipe.seed, recipe.unseen)
        self.recipe = recipe
        by_type: dict[str, list[Paper]] = {}
        for paper in papers:
            by_type.setdefault(paper.type, []).append(paper)
        self.apart = {kind: own[::_APART] for kind, own in by_type.items() if len(own) > 1}
        self.by_type = {kind: [p for k, p in enumerate(own) if k % _APART] or own for kind, own in by_type.items()}
        self.types = sorted(self.by_type)
        shares = np.array([_WEIGHTS.get(kind, 0.6) for kind in self.types])
        # Part by what there is, part evenly: rare types must be learned too.
        self.type_shares = shares / shares.sum()
        self.drawn = {family: pages for family, pages in drawn.items() if family not in self.unseen and pages}
        self.families = sorted(self.drawn)
        self.left_out = {family: pages for family, pages in drawn.items() if family in self.unseen and pages}
        self.really_read = [page for page in really_read if page.family not in self.unseen]
        self.really_left_out = [page for page in really_read if page.family in self.unseen]
        self.corrected = list(corrected)

    def one(self, rng: np.random.Generator) -> LabelledPage:
        """Draw one page of training."""
        if self.corrected and rng.random() < self.recipe.corrected:
            return read_again(self.corrected[int(rng.integers(len(self.corrected)))], rng)
        draw = rng.random()
        if self.really_read and draw < self.recipe.really_read:
            return read_again(self.really_read[int(rng.integers(len(self.really_read)))], rng)
        if draw < self.recipe.really_read + self.recipe.free or not self.families:
            kind = self.types[int(rng.choice(len(self.types), p=self.type_shares))]
            papers = self.by_type[kind]
            page = free_page(papers[int(rng.integers(len(papers)))], rng)
        else:
            pages = self.drawn[self.families[int(rng.integers(len(self.families)))]]
            page = pages[int(rng.integers(len(pages)))]
        return read_badly(page, rng)

    def batch(self, step: int, tokenizer: Tokenizer) -> Batch:
        """Return the batch of a step: the same for the same seed and step."""
        rng = np.random.default_rng([self.recipe.seed, 17, step])
        shape, count = self.recipe.shape, self.recipe.batch
        found: list[Sample] = []
        longest = shape.window
        if rng.random() >= self.recipe.long_share:
            longest, count = self.recipe.short, count * shape.window // self.recipe.short
        while len(found) < count:
            windows = samples_of(self.one(rng), tokenizer, longest, shape.overlap // 2)
            # One page must not fill a batch.
            found += windows if len(windows) <= 3 else [windows[int(k)] for k in rng.permutation(len(windows))[:3]]
        return batch_of(found[:count])

    def judged(self, count: int | None = None) -> list[LabelledPage]:
        """Pages that are not learned from, always the same: of four two of families left out, as drawn or as read,
        one of those really read, one laid out freely of a paper kept apart, each type in turn. ``count`` is instead of
        the recipe's."""
        rng = np.random.default_rng([self.recipe.seed, 19])
        pages = []
        kinds = sorted(self.apart)
        for number in range(count or self.recipe.judged):
            if number % 4 == 3 and self.really_left_out:
                pages.append(self.really_left_out[number // 4 % len(self.really_left_out)])
                continue
            if number % 4 == 1 and kinds:
                own = self.apart[kinds[number // 4 % len(kinds)]]
                pages.append(read_badly(free_page(own[int(rng.integers(len(own)))], rng), rng))
                continue
            family = sorted(self.left_out)[number % len(self.left_out)]
            page = self.left_out[family][int(rng.integers(len(self.left_out[family])))]
            pages.append(read_badly(page, rng) if number % 8 else as_drawn(page))
        return pages


def gather(
    recipe: Recipe,
    cache: Path,
    *,
    read: Sequence[Read] = (),
    corrected: Sequence[LabelledPage] = (),
    told: Callable[[int, int], None] = lambda done, whole: None,
) -> Pages:
    """Make the papers and pages of a recipe, or take those kept in ``cache``.

    Args:
        read: cases whose pages as really read are learned from too; without any, those kept in ``cache``.
        corrected: pages that reviewers corrected.
    """
    seed, each = recipe.seed, recipe.each
    drawn: dict[str, list[TruePage]] = kept(
        cache / f"drawn-{seed}-{each}.pkl.gz", lambda: drawn_pages(100 + seed, each, told=told)
    )
    papers: list[Paper] = kept(
        cache / f"papers-{seed}-{recipe.papers}.pkl.gz",
        lambda: list(islice(invented_papers(201 + seed), recipe.papers)),
    )
    for cases, run, number in read:
        kept(cache / f"real-{cases.name}-{number}.pkl.gz", partial(_read, cases, run, number))
    none: Callable[[], list[LabelledPage]] = list
    own = [page for path in sorted(cache.glob("real-*.pkl.gz")) for page in kept(path, none)]
    return Pages(papers, drawn, own, recipe, corrected)


def _read(cases: Path, run: Path, seed: int) -> list[LabelledPage]:
    return [page for page, _ in really_read(cases, run, seed)]


def build_tokenizer(pages: Pages, *, words: int = 900, characters: int = 6000) -> Tokenizer:
    """Return the tokenizer of what the training's pages and the vocabulary say."""
    rng = np.random.default_rng([pages.recipe.seed, 23])
    texts: list[str] = []
    for papers in pages.by_type.values():
        for paper in papers[:150]:
            texts += [line.text for line in free_page(paper, rng).lines]
    for drawn in pages.drawn.values():
        for page in drawn[:10]:
            texts += [line.text for line in page.lines]
    known = load_vocabulary()
    for group in (known.analytes, known.diagnoses, known.drugs):
        for term in group.values():
            # Thrice: a word of the vocabulary counts even where no page was drawn with it.
            texts += 3 * [term.name, *term.aliases, *getattr(term, "abbreviations", ()), *getattr(term, "units", ())]
    return Tokenizer.build(texts, words=words, characters=characters)


def train_page_reader(
    recipe: Recipe,
    out: Path,
    tokenizer: Tokenizer | None = None,
    *,
    resume: bool = False,
    pages: Pages | None = None,
    told: Callable[[History], None] = lambda history: None,
) -> History:
    """Train by ``recipe`` into ``out``; a vocabulary made before is kept there and taken again."""
    out.mkdir(parents=True, exist_ok=True)
    pages = pages or gather(recipe, out / "pages")
    vocabulary = out / "vocabulary.txt"
    if tokenizer is None:
        tokenizer = Tokenizer.load(vocabulary) if vocabulary.is_file() else build_tokenizer(pages)
    tokenizer.save(vocabulary)
    judged = pages.judged()

    def judge(run: Run) -> dict[str, float]:
        readings = [read_pages([one.page], tokenizer, recipe.shape, run)[0] for one in judged]
        return scores(tallied(judged, readings))

    return train(
        recipe, len(tokenizer), lambda step: pages.batch(step, tokenizer), judge, out, resume=resume, told=told
    )
