"""Which read thing answers which true thing: by place and by what it says, each at most once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pipeline.evaluating.kept import KeptCase, Place
from pipeline.evaluating.truth import Box, Truth, TruthDocument, TruthFact
from rules.engine.facts import Evidence

__all__ = ["Found", "Pairs", "Wanted", "area", "found_facts", "iou", "overlap", "pair", "turned", "wanted_facts"]

A = TypeVar("A")
B = TypeVar("B")
F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A true fact and where it is printed."""

    fact: TruthFact
    place: Place
    document: TruthDocument


@dataclass(frozen=True, slots=True)
class Found(Generic[F]):
    """A fact that the review gave, the pages of its evidence, and its box on each as a fraction."""

    fact: F
    places: tuple[Place, ...]
    boxes: tuple[tuple[Place, Box], ...]

    def box(self, place: Place) -> Box | None:
        """The box around all its evidence on ``place``."""
        boxes = [box for at, box in self.boxes if at == place]
        if not boxes:
            return None
        return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))


@dataclass(frozen=True, slots=True)
class Pairs(Generic[F]):
    """Outcome of pairing the facts of one kind in one case."""

    matched: tuple[tuple[Wanted, Found[F]], ...]
    missed: tuple[Wanted, ...]
    extra: tuple[Found[F], ...]


def area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _shared(a: Box, b: Box) -> float:
    return area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))


def iou(a: Box, b: Box) -> float:
    """Intersection over union, 0 to 1."""
    shared = _shared(a, b)
    union = area(a) + area(b) - shared
    return shared / union if union > 0 else 0.0


def overlap(a: Box, b: Box) -> float:
    """Share of the smaller box that lies in the other, 0 to 1."""
    least = min(area(a), area(b))
    return _shared(a, b) / least if least > 0 else 0.0


def turned(box: Box, angle: int) -> Box:
    """Turn a box of the displayed page by ``angle`` (clockwise) into the upright frame; fractions on both sides."""
    x0, y0, x1, y1 = box
    match angle % 360:
        case 90:
            return (1 - y1, x0, 1 - y0, x1)
        case 180:
            return (1 - x1, 1 - y1, 1 - x0, 1 - y0)
        case 270:
            return (y0, 1 - x1, y1, 1 - x0)
        case _:
            return box


def pair(
    wanted: Sequence[A], found: Sequence[B], fit: Callable[[A, B], float | None]
) -> tuple[tuple[tuple[int, int], ...], tuple[int, ...], tuple[int, ...]]:
    """Pair greedily, best fit first; ``fit`` None: never. Return pairs of indexes, then those left on either side.

    Greedy is enough here: fits that could compete differ in name, number or place. Ties keep the order given.
    """
    scored = [
        (value, i, j) for i, a in enumerate(wanted) for j, b in enumerate(found) if (value := fit(a, b)) is not None
    ]
    scored.sort(key=lambda entry: (-entry[0], entry[1], entry[2]))
    left, right = set(range(len(wanted))), set(range(len(found)))
    pairs = []
    for _, i, j in scored:
        if i in left and j in right:
            left.remove(i)
            right.remove(j)
            pairs.append((i, j))
    return tuple(sorted(pairs)), tuple(sorted(left)), tuple(sorted(right))


def wanted_facts(truth: Truth, kind: str) -> tuple[Wanted, ...]:
    """Return the true facts of ``kind`` with their places; what is printed nowhere stands on the first page."""
    return tuple(
        Wanted(fact, document.pages[fact.page or 0], document)
        for document in truth.documents
        if document.pages
        for fact in document.of(kind)
    )


def found_facts(kept: KeptCase, facts: Sequence[F]) -> tuple[Found[F], ...]:
    """Return read facts with their places: those of the evidence, else the first page of the document."""
    first = {document.id: document.pages[:1] for document in kept.documents}
    out = []
    for fact in facts:
        given: Any = fact
        evidence: tuple[Evidence, ...] = given.evidence
        places = tuple(dict.fromkeys((e.file, e.page) for e in evidence)) or first.get(given.document, ())
        boxes = tuple(((e.file, e.page), box) for e in evidence if (box := kept.fraction(e)) is not None)
        out.append(Found(fact, places, boxes))
    return tuple(out)


def pair_facts(
    wanted: Sequence[Wanted], found: Sequence[Found[F]], fit: Callable[[Wanted, Found[F]], float | None]
) -> Pairs[F]:
    """Pair facts and keep them as :class:`Pairs`."""
    pairs, missed, extra = pair(wanted, found, fit)
    return Pairs(
        tuple((wanted[i], found[j]) for i, j in pairs),
        tuple(wanted[i] for i in missed),
        tuple(found[j] for j in extra),
    )


def nearness(wanted: Wanted, found: Found[Any]) -> float | None:
    """1 to 2 on the same page (2: same place), 0.5 elsewhere in the same document, None outside it."""
    if wanted.place in found.places:
        box = found.box(wanted.place)
        return 1.0 + (overlap(wanted.fact.box, box) if wanted.fact.box and box else 0.0)
    return 0.5 if any(place in wanted.document.pages for place in found.places) else None
