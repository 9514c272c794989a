"""Windows with their truth, and batches of them as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.page_reader.encode import FEATURES, Encoded

__all__ = ["Batch", "Sample", "batch_of"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A window with its truth."""

    encoded: Encoded
    labels: Ints
    links: Ints
    """Token that each token's piece belongs to, 0 for nothing, -1 where it is not asked."""
    type: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Arrays of windows, filled up to the longest; -1 in ``labels`` and ``links``: not asked."""

    ids: Ints
    boxes: Ints
    features: Ints
    places: Floats
    there: Floats
    labels: Ints
    links: Ints
    types: Ints


def batch_of(samples: Sequence[Sample]) -> Batch:
    """Fill windows up to the longest."""
    longest = max(len(one.encoded.ids) for one in samples)
    count = len(samples)
    ids, labels = np.zeros((count, longest), np.int64), np.full((count, longest), -1, np.int64)
    boxes, features = np.zeros((count, longest, 4), np.int64), np.zeros((count, longest, len(FEATURES)), np.int64)
    places, there = np.zeros((count, longest, 4), np.float32), np.zeros((count, longest), np.float32)
    links = np.full((count, longest), -1, np.int64)
    for row, one in enumerate(samples):
        size = len(one.encoded.ids)
        ids[row, :size], boxes[row, :size] = one.encoded.ids, one.encoded.boxes
        features[row, :size], places[row, :size] = one.encoded.features, one.encoded.places
        there[row, :size], labels[row, :size], links[row, :size] = 1.0, one.labels, one.links
        labels[row, 0] = -1
    types = np.array([one.type for one in samples], np.int64)
    return Batch(
        ids=ids, boxes=boxes, features=features, places=places, there=there, labels=labels, links=links, types=types
    )
