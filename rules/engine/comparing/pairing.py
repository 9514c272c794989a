"""Which of two lists of like things belong together: the most alike first, none twice."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from difflib import SequenceMatcher

__all__ = ["alike", "leftover", "pair_up", "text_alike"]

Pairs = list[tuple[int, int]]


def alike(one: frozenset[Hashable], other: frozenset[Hashable]) -> float:
    """Share of what both have, 0 to 1; two empty sets are alike."""
    return len(one & other) / len(one | other) if one or other else 1.0


def text_alike(one: str, other: str) -> float:
    """0 to 1."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def pair_up(scores: Iterable[tuple[float, int, int]], least: float) -> Pairs:
    """Pair by falling score, each index once, none below ``least``; ties go to the earlier ones."""
    pairs: Pairs = []
    left: set[int] = set()
    right: set[int] = set()
    for score, i, j in sorted(scores, key=lambda s: (-s[0], abs(s[1] - s[2]), s[1], s[2])):
        if score < least or i in left or j in right:
            continue
        left.add(i)
        right.add(j)
        pairs.append((i, j))
    return sorted(pairs)


def leftover(pairs: Sequence[tuple[int, int]], old: int, new: int) -> tuple[list[int], list[int]]:
    """Indexes that were not paired."""
    return (
        [i for i in range(old) if i not in {p[0] for p in pairs}],
        [j for j in range(new) if j not in {p[1] for p in pairs}],
    )
