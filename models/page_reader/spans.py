"""From scores of tokens to labelled pieces of lines that belong together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.page_reader.classes import CLASSES, LABELS, OUTSIDE, inside
from models.page_reader.labels import Label, Span
from models.page_reader.links import linked

__all__ = ["Scored", "spans_of"]

Floats = NDArray[np.float32]
_CHANGE = 0.8
"""What a change of label inside a line costs, in natural logarithms: words seldom change their label half-way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What the network says of the tokens of a page, put together from its windows."""

    spans: NDArray[np.int64]
    """Tokens x 3: line, start, end."""
    labels: Floats
    """Tokens x classes, probabilities."""
    links: Floats
    """Tokens x tokens, scores; the first column is "nothing". What was never in one window is minus infinity."""


def spans_of(scored: Scored) -> tuple[Span, ...]:
    """Return the pieces in the order of lines and characters."""
    tokens = _grouped(scored)
    links = linked(scored.links, [label for label, _ in tokens], [members[0] for _, members in tokens])
    built: list[Span] = []
    for (label, members), (link, sure) in zip(tokens, links, strict=True):
        line, start, _ = (int(v) for v in scored.spans[members[0]])
        end = int(scored.spans[members[-1]][2])
        index = LABELS.index(label)
        shares = scored.labels[members][:, (1 + 2 * index, 2 + 2 * index)].sum(axis=1)
        built.append(
            Span(
                line=line,
                start=start,
                end=end,
                label=label,
                confidence=_mean(shares),
                link=link,
                link_confidence=sure,
            )
        )
    order = sorted(range(len(built)), key=lambda k: (built[k].line, built[k].start))
    place = {old: new for new, old in enumerate(order)}
    return tuple(_relinked(built[k], place) for k in order)


def _mean(shares: Floats) -> float:
    """Geometric mean over the tokens of a piece. The least of them says more of how long a piece is than of how sure:
    of rows on layouts never seen it tells right from wrong less well."""
    return float(min(np.exp(np.log(np.maximum(shares, 1e-6)).mean()), 1.0))


def _relinked(span: Span, place: Mapping[int, int]) -> Span:
    if span.link is None:
        return span
    return Span(
        line=span.line,
        start=span.start,
        end=span.end,
        label=span.label,
        confidence=span.confidence,
        link=place[span.link],
        link_confidence=span.link_confidence,
    )


def _grouped(scored: Scored) -> list[tuple[Label, list[int]]]:
    """Tokens of each piece: the best way through each line in which pieces go on only after they began."""
    classes = _best_way(scored)
    groups: list[tuple[Label, list[int]]] = []
    for token, best in enumerate(classes):
        if token == 0 or best == OUTSIDE:
            continue
        label = LABELS[(int(best) - 1) // 2]
        if best == inside(label) or (groups and _goes_on(scored, groups[-1], label, token)):
            groups[-1][1].append(token)
        else:
            groups.append((label, [token]))
    return groups


def _goes_on(scored: Scored, group: tuple[Label, list[int]], label: Label, token: int) -> bool:
    """True for a token that touches a cell of its own label: two units, names or numbers have white space or another
    mark between them (μ | IU/ml is one unit, though windows or the print of μ may tell otherwise)."""
    line, start, _ = scored.spans[token]
    before, _, end = scored.spans[group[1][-1]]
    return label in _CELLS and label is group[0] and bool(line == before) and bool(start == end)


def _steps() -> NDArray[np.float64]:
    """Cost of following one class by another within a line."""
    cost = np.full((CLASSES, CLASSES), np.inf)
    for after in range(CLASSES):
        if after == OUTSIDE:
            cost[:, after] = _CHANGE
            cost[OUTSIDE, after] = 0.0
        elif after % 2 == 1:
            cost[:, after] = _CHANGE
        else:
            cost[(after - 1, after), after] = 0.0
    return cost


def _best_way(scored: Scored) -> list[int]:
    """Class of each token: probable ones, without a piece that goes on before it began."""
    gain = np.log(np.maximum(scored.labels.astype(np.float64), 1e-9))
    count = len(gain)
    lines = scored.spans[:, 0]
    before = np.zeros((count, CLASSES), dtype=np.int64)
    first = np.zeros(CLASSES)
    first[2::2] = -np.inf
    best = first + gain[0]
    for token in range(1, count):
        if lines[token] != lines[token - 1]:
            before[token] = int(best.argmax())
            best = best.max() + first + gain[token]
        else:
            ways = best[:, None] - _COST
            before[token] = ways.argmax(axis=0)
            best = ways[before[token], np.arange(CLASSES)] + gain[token]
    way = [int(best.argmax())]
    for token in range(count - 1, 0, -1):
        way.append(int(before[token][way[-1]]))
    return way[::-1]


_CELLS = frozenset({Label.ITEM_NAME, Label.ITEM_CODE, Label.RESULT, Label.UNIT, Label.RANGE, Label.KEY})
_COST = _steps()
