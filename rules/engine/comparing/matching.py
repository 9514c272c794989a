"""Which item of the new version is which of the old: by what it says, not by its number."""

from __future__ import annotations

from rules.engine.comparing.pairing import alike, pair_up, text_alike
from rules.engine.comparing.versions import Side
from rules.engine.schema import ItemFile

__all__ = ["match_items"]

LEAST = 0.5
"""Below this two items are not one that changed."""


def match_items(old: Side, new: Side) -> tuple[tuple[ItemFile | None, ItemFile | None], ...]:
    """Pair the items; None on the side where there is none. In the order of the new rule, removed ones last."""
    left, right = old.rule.items, new.rule.items
    one, other = [old.latest(item) for item in left], [new.latest(item) for item in right]
    tokens = [n.tokens() for n in one], [n.tokens() for n in other]
    keys = [n.key for n in one], [n.key for n in other]
    scores = []
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            same = keys[0][i] == keys[1][j]
            score = 1.0 if same else 0.9 * alike(tokens[0][i], tokens[1][j])
            score = 0.6 * score + 0.4 * text_alike(a.title, b.title) + (0.15 if a.id == b.id else 0.0)
            # The same number and the same title: whatever became of the condition, people call it the same item.
            score = max(score, LEAST) if a.id == b.id and a.title == b.title else score
            # The same condition under the same number is the same item, however it is called now.
            scores.append((2.0 if same and a.id == b.id else score, i, j))
    pairs = pair_up(scores, LEAST)
    by_new = {j: i for i, j in pairs}
    found: list[tuple[ItemFile | None, ItemFile | None]] = [
        (left[by_new[j]] if j in by_new else None, item) for j, item in enumerate(right)
    ]
    return (*found, *((item, None) for i, item in enumerate(left) if i not in set(by_new.values())))
