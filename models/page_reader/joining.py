"""A page's windows read one by one and put together: each token is taken from the window where it stands deepest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.page_reader.classes import TYPES
from models.page_reader.encode import Encoded, Window, encode, windows
from models.page_reader.labels import PageInput, PageReading
from models.page_reader.settings import Shape
from models.page_reader.spans import Scored, spans_of
from models.page_reader.tokenizer import Tokenizer

__all__ = ["Outputs", "Run", "read_pages"]

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Outputs:
    """Scores of one window: tokens x classes, types, tokens x tokens."""

    labels: Floats
    types: Floats
    links: Floats


Run = Callable[[Sequence[Encoded]], Sequence[Outputs]]
"""The network, whatever computes it."""


def read_pages(pages: Sequence[PageInput], tokenizer: Tokenizer, shape: Shape, run: Run) -> tuple[PageReading, ...]:
    """Read pages with ``run``."""
    encoded = [encode(page, tokenizer) for page in pages]
    cut = [list(windows(one, shape.window, shape.overlap)) for one in encoded]
    outputs = list(run([window.encoded for parts in cut for window in parts]))
    found, at = [], 0
    for one, parts in zip(encoded, cut, strict=True):
        found.append(_joined(one, parts, outputs[at : at + len(parts)]))
        at += len(parts)
    return tuple(found)


def _joined(encoded: Encoded, parts: Sequence[Window], outputs: Sequence[Outputs]) -> PageReading:
    count = len(encoded.ids)
    labels = np.zeros((count, outputs[0].labels.shape[1]), np.float32)
    links = np.full((count, count), -np.inf, np.float32)
    depth = np.full(count, -1)
    types = np.zeros(len(TYPES), np.float32)
    for number, (window, output) in enumerate(zip(parts, outputs, strict=True)):
        own = np.arange(window.start, window.end)
        # The page's own edges are no edges of a window.
        left = own - window.start if number > 0 else np.full(len(own), count)
        right = window.end - 1 - own if number < len(parts) - 1 else np.full(len(own), count)
        deep = np.minimum(left, right)
        better = deep > depth[own]
        rows = own[better]
        depth[rows] = deep[better]
        labels[rows] = _shares(output.labels[1:][better])
        links[np.ix_(rows, own)] = output.links[1:][better][:, 1:]
        links[rows, 0] = output.links[1:][better][:, 0]
        types += _shares(output.types[None])[0] * len(own)
    types = types / types.sum() if types.sum() > 0 else np.full(len(TYPES), 1 / len(TYPES), np.float32)
    spans = spans_of(Scored(spans=encoded.spans, labels=labels, links=links)) if count > 1 else ()
    return PageReading(types={name: float(share) for name, share in zip(TYPES, types, strict=True)}, spans=spans)


def _shares(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return shares
