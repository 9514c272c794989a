"""Which conditions inside an item came out differently: the traces of both versions, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from pipeline.audit.replay.parts import TraceMove
from rules.engine.comparing.pairing import pair_up, text_alike
from rules.engine.judgement import TraceNode
from rules.engine.predicates import Group, Test

__all__ = ["condition_moves"]

_ALIKE = 0.3


def condition_moves(
    old: Test | None, before: TraceNode | None, new: Test | None, after: TraceNode | None
) -> Iterator[TraceMove]:
    """Yield the conditions of an item whose outcome or wording differs, leaves only.

    A condition that says the same and came out the same is left out; one that is only on one side has an empty label
    on the other. What lies below a condition is evidence and is told by the messages.
    """
    left, right = list(_leaves(old, before)), list(_leaves(new, after))
    pairs = dict(_pairs(tuple(n.label for n in left), tuple(n.label for n in right)))
    for i, node in enumerate(left):
        other = right[pairs[i]] if i in pairs else None
        if other is None or (node.label, _told(node)) != (other.label, _told(other)):
            yield TraceMove(node.label, _told(node), other.label if other else "", _told(other) if other else "")
    for j, node in enumerate(right):
        if j not in pairs.values():
            yield TraceMove("", "", node.label, _told(node))


@lru_cache(maxsize=4096)
def _pairs(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """The labels of an item are the same for all its cases."""
    if len(left) == len(right) == 1:
        return ((0, 0),)
    scores = [
        (2.0 if one == other else text_alike(one, other), i, j)
        for i, one in enumerate(left)
        for j, other in enumerate(right)
    ]
    return tuple(pair_up(scores, _ALIKE))


def _leaves(test: Test | None, node: TraceNode | None) -> Iterator[TraceNode]:
    """Without the test nothing tells conditions from evidence below them, so the whole item is one condition."""
    if node is None:
        return
    if isinstance(test, Group) and len(test.parts) == len(node.children):
        for part, child in zip(test.parts, node.children, strict=True):
            yield from _leaves(part, child)
    else:
        yield node


def _told(node: TraceNode) -> str:
    return node.status.value if node.status else ""
