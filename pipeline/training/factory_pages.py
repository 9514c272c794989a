"""Papers of invented cases, and pages of them as the development families draw them."""

from __future__ import annotations

import gzip
import pickle  # nosec: only files that this module wrote are read
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np

from data_samples.factory.clinic.story import story
from data_samples.factory.clinic.twists import diseases, outcomes
from data_samples.factory.family import families
from data_samples.factory.paper import Paper
from data_samples.factory.papers import papers
from pipeline.training.drawn import true_pages
from pipeline.training.truth import TruePage

_Made = TypeVar("_Made")

__all__ = ["drawn_pages", "invented_papers", "kept", "unseen_families"]


def invented_papers(seed: int) -> Iterator[Paper]:
    """Yield papers of one case after the other, without end."""
    rng = np.random.default_rng([seed, 7])
    known = diseases()
    while True:
        disease = known[int(rng.integers(len(known)))]
        names = outcomes(disease)
        yield from papers(story(disease, names[int(rng.integers(len(names)))], rng), rng)


def unseen_families(seed: int, share: float) -> frozenset[str]:
    """Choose whole development families to validate on; a type keeps at least one family to learn from."""
    rng = np.random.default_rng([seed, 11])
    left: dict[frozenset[str], int] = {}
    all_of = families("development")
    for family in all_of:
        left[family.types] = left.get(family.types, 0) + 1
    chosen: set[str] = set()
    for index in rng.permutation(len(all_of)):
        family = all_of[int(index)]
        if left[family.types] > 1 and len(chosen) < share * len(all_of):
            left[family.types] -= 1
            chosen.add(family.id)
    return frozenset(chosen)


def drawn_pages(
    seed: int, each: int, *, told: Callable[[int, int], None] = lambda done, whole: None
) -> dict[str, list[TruePage]]:
    """Draw ``each`` papers by every development family and return their pages by family."""
    source = invented_papers(seed)
    rng = np.random.default_rng([seed, 13])
    pool: dict[str, list[Paper]] = {}
    for _ in range(each * 40):
        paper = next(source)
        pool.setdefault(paper.type, []).append(paper)
    found: dict[str, list[TruePage]] = {}
    all_of = families("development")
    for number, family in enumerate(all_of):
        told(number, len(all_of))
        able = [paper for kind in sorted(family.types) for paper in pool.get(kind, ()) if family.fits(paper)]
        pages = found.setdefault(family.id, [])
        for _ in range(each if able else 0):
            paper = able[int(rng.integers(len(able)))]
            pages += true_pages(paper, family.draw(paper, rng), family.id)
    told(len(all_of), len(all_of))
    return found


def kept(path: Path, make: Callable[[], _Made]) -> _Made:
    """Return what ``path`` keeps, or make and keep it."""
    if path.is_file():
        with gzip.open(path, "rb") as file:
            known: _Made = pickle.load(file)  # noqa: S301
            return known
    made = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    passing = path.with_suffix(".passing")
    with gzip.open(passing, "wb", compresslevel=3) as file:
        pickle.dump(made, file)
    passing.rename(path)
    return made
