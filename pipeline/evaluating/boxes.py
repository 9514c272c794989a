"""Does the evidence of a fact point at its print?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pipeline.evaluating.counting import NO_RATIO, Ratio, merged
from pipeline.evaluating.kept import Place
from pipeline.evaluating.matching import Pairs, area, iou
from pipeline.evaluating.truth import Box

__all__ = ["ENOUGH", "BoxScore", "score_boxes"]

ENOUGH = 0.3
"""Overlap from which a person sees that the box means this line."""


@dataclass(frozen=True, slots=True)
class BoxScore:
    """Of matched facts whose true place is known."""

    overlap: Ratio = NO_RATIO
    """Sum of intersection over union, of facts."""
    enough: Ratio = NO_RATIO
    """Facts with at least :data:`ENOUGH`."""
    covered: Ratio = NO_RATIO
    """Facts whose print lies in the evidence by half or more: lights the right place, if more than that."""


def score_boxes(kinds: Iterable[Pairs[Any]]) -> dict[Place, BoxScore]:
    """Return the score by page over the pairs of all kinds; evidence on another page counts as zero."""
    out: dict[Place, list[BoxScore]] = {}
    for pairs in kinds:
        for wanted, found in pairs.matched:
            if wanted.fact.box is None:
                continue
            boxes = [box for place, box in found.boxes if place == wanted.place]
            around = found.box(wanted.place)
            best = max((iou(wanted.fact.box, box) for box in [*boxes, *([around] if around else [])]), default=0.0)
            cover = max((_inside(wanted.fact.box, box) for box in boxes), default=0.0)
            out.setdefault(wanted.place, []).append(
                BoxScore(Ratio(best, 1), Ratio(int(best >= ENOUGH), 1), Ratio(int(cover >= 0.5), 1))
            )
    return {place: merged(scores, BoxScore) for place, scores in out.items()}


def _inside(a: Box, b: Box) -> float:
    shared = area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))
    return shared / area(a) if area(a) else 0.0
