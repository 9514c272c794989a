"""What belongs to what: the most probable head of each piece, and for cells of a row the best for all rows together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from models.page_reader.classes import HEAD_OF
from models.page_reader.labels import Label

__all__ = ["linked"]

_ONE_EACH = (Label.ITEM_CODE, Label.RESULT, Label.FLAG, Label.UNIT, Label.RANGE)
"""An item has one of each; two results that want one name are told apart by what is left for the other."""
_RATHER_NONE = 0.05
"""A piece whose probable heads are taken belongs to none rather than to one less probable than this."""

Link = tuple[int | None, float]
"""Index of the head, and how sure."""


def linked(scores: NDArray[np.float32], labels: Sequence[Label], firsts: Sequence[int]) -> list[Link]:
    """Return the head of each piece.

    Args:
        scores: tokens x tokens; the first column is "belongs to nothing".
        labels: of the pieces.
        firsts: first token of each piece.
    """
    found: list[Link] = [(None, 0.0)] * len(labels)
    for label in set(labels) & set(HEAD_OF):
        own = [k for k, other in enumerate(labels) if other is label]
        heads = [k for k, other in enumerate(labels) if other is HEAD_OF[label]]
        shares = _shares(scores, [firsts[k] for k in own], [firsts[k] for k in heads])
        chosen = _one_each(shares) if label in _ONE_EACH else shares.argmax(axis=1)
        for piece, best, row in zip(own, chosen, shares, strict=True):
            found[piece] = (None if best == 0 else heads[int(best) - 1], float(row[best]))
    return found


def _shares(scores: NDArray[np.float32], own: Sequence[int], heads: Sequence[int]) -> NDArray[np.float64]:
    """Pieces x (nothing, then heads): probabilities."""
    chosen = scores[np.ix_(own, [0, *heads])].astype(np.float64)
    # A name of several lines belongs to its first: none belongs to itself.
    chosen[:, 1:][np.array(own)[:, None] == np.array(heads, dtype=int)[None, :]] = -np.inf
    raised = np.exp(chosen - chosen.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return shares


def _one_each(shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """Choose so that all choices together are most probable and no head is chosen twice."""
    count, options = shares.shape
    gain = np.full((count, options - 1 + count), -1e3)
    gain[:, : options - 1] = np.log(np.maximum(shares[:, 1:], 1e-26))
    rows = np.arange(count)
    gain[rows, options - 1 + rows] = np.log(np.maximum(shares[:, 0], _RATHER_NONE))
    _, columns = linear_sum_assignment(gain, maximize=True)
    return np.where(columns < options - 1, columns + 1, 0)
