"""From labelled pages to what the network learns from: windows with token labels and links."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.page_reader.batches import Sample
from models.page_reader.classes import BEGIN, HEAD_OF, OUTSIDE, TYPES, begin, inside
from models.page_reader.encode import Encoded, encode, windows
from models.page_reader.labels import Label
from models.page_reader.tokenizer import Tokenizer
from pipeline.training.reading import LabelledPage

__all__ = ["samples_of"]

Ints = NDArray[np.int64]
NOT_ASKED = -1


def samples_of(labelled: LabelledPage, tokenizer: Tokenizer, longest: int, overlap: int) -> list[Sample]:
    """Return the windows of a page with their truth."""
    encoded = encode(labelled.page, tokenizer)
    labels, links = _truth(labelled, encoded)
    kind = TYPES.index(labelled.type)
    found = []
    for window in windows(encoded, longest, overlap):
        kept = np.concatenate([[0], np.arange(window.start, window.end)])
        back = {int(token): index for index, token in enumerate(kept)}
        own = labels[kept].copy()
        # A piece that the window cuts has no beginning in it: its rest begins here.
        if window.end > window.start and own[1] > BEGIN and own[1] == inside(_label(int(own[1]))):
            own[1] = begin(_label(int(own[1])))
        targets = np.array([_target(int(links[token]), back) for token in kept], dtype=np.int64)
        found.append(Sample(encoded=window.encoded, labels=own, links=targets, type=kind))
    return found


def _target(link: int, back: dict[int, int]) -> int:
    return link if link < 0 else back.get(link, 0)


def _label(index: int) -> Label:
    return tuple(Label)[(index - 1) // 2]


def _truth(labelled: LabelledPage, encoded: Encoded) -> tuple[Ints, Ints]:
    count = len(encoded.ids)
    labels = np.full(count, NOT_ASKED if labelled.partial else OUTSIDE, dtype=np.int64)
    links = np.full(count, -1, dtype=np.int64)
    things: list[tuple[int, Label] | None] = [None] * count
    last: tuple[int, int, Label] | None = None
    first: dict[tuple[int, Label], int] = {}
    starts: list[int] = []
    for token in range(1, count):
        line, a, b = (int(v) for v in encoded.spans[token])
        piece = next((p for p in labelled.pieces[line] if p.start < b and a < p.end), None)
        if piece is None:
            last = None
            continue
        here = (line, piece.thing, piece.label)
        things[token] = (piece.thing, piece.label)
        if here == last:
            labels[token] = inside(piece.label)
        else:
            labels[token] = begin(piece.label)
            starts.append(token)
            first.setdefault((piece.thing, piece.label), token)
        last = here
    for token in starts:
        known = things[token]
        if known is None or known[1] not in HEAD_OF:
            continue
        thing, label = known
        wanted = HEAD_OF[label]
        own = first[(thing, label)]
        if label is wanted:
            links[token] = 0 if own == token else own
        else:
            links[token] = first.get((labelled.heads.get(thing, -1), wanted), NOT_ASKED if labelled.partial else 0)
    return labels, links
