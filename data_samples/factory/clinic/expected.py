"""What a review should conclude, from the statuses of the items and the official formula, in three-valued logic.

Nothing here asks the rules engine: the expectation is made from what the story knows of its patient.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence

from data_samples.factory.clinic.model import Expected

__all__ = ["expected"]

Tree = tuple[str, list["Tree"]] | str
_TRUTH = {"met": True, "unmet": False}


def expected(formula: str, statuses: Mapping[str, Sequence[str]]) -> Expected:
    """Return conclusion and statuses; several of each where several are right.

    ``formula`` holds item numbers, ``&``, ``|`` and brackets.
    """
    tree = _parse(formula)
    items = list(statuses)
    conclusions: list[str] = []
    for chosen in itertools.product(*(statuses[item] for item in items)):
        one = _conclude(tree, dict(zip(items, chosen, strict=True)))
        if one not in conclusions:
            conclusions.append(one)
    needed = [item for item in _required(tree) if tuple(statuses[item]) == ("missing",)]
    return Expected(
        conclusion=tuple(conclusions),
        criteria={item: tuple(statuses[item]) for item in items},
        missing=tuple(needed) if conclusions == ["insufficient"] else (),
    )


def _conclude(tree: Tree, statuses: Mapping[str, str]) -> str:
    value = _value(tree, {item: _TRUTH.get(status) for item, status in statuses.items()})
    if value is not None:
        return "meets" if value else "not_met"
    # Could a person's decision on the manual and conflicting items alone settle it?
    open_items = [item for item, status in statuses.items() if status in ("manual", "conflicting")]
    for decided in itertools.product((True, False), repeat=len(open_items)):
        truth = {item: _TRUTH.get(status) for item, status in statuses.items()}
        truth.update(zip(open_items, decided, strict=True))
        if open_items and _value(tree, truth) is not None:
            return "manual"
    return "insufficient"


def _value(tree: Tree, truth: Mapping[str, bool | None]) -> bool | None:
    if isinstance(tree, str):
        return truth[tree]
    parts = [_value(part, truth) for part in tree[1]]
    deciding = tree[0] == "|"
    if deciding in parts:
        return deciding
    return None if None in parts else not deciding


def _required(tree: Tree) -> list[str]:
    """Items without which the formula cannot hold."""
    if isinstance(tree, str):
        return [tree]
    found = [_required(part) for part in tree[1]]
    if tree[0] == "&":
        return [item for part in found for item in part]
    return [item for item in found[0] if all(item in part for part in found)]


def _parse(formula: str) -> Tree:
    tokens = re.findall(r"\d+|[&|()]", formula)

    def group() -> Tree:
        parts, sign = [atom()], ""
        while tokens and tokens[0] in "&|":
            if sign and tokens[0] != sign:
                raise ValueError(f"mixed signs without brackets in {formula!r}")
            sign = tokens.pop(0)
            parts.append(atom())
        return (sign, parts) if sign else parts[0]

    def atom() -> Tree:
        first: str = tokens.pop(0)
        if first != "(":
            return first
        inner = group()
        tokens.pop(0)
        return inner

    return group()
