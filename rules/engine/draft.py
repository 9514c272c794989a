"""A rule while a region changes it: its data and, for every node, the file and line that it came from."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rules.engine.marked_yaml import Marked, Trail
from rules.engine.paths import ABSENT, value_at

__all__ = ["Draft", "drop_absent", "renumber"]


@dataclass(slots=True)
class Draft:
    """The rule while it is being changed. Trails always are those of the parent until items are put together."""

    data: Any
    lines: dict[Trail, int]
    elsewhere: dict[Trail, Path]
    amend: Marked

    def put(self, trail: Trail, value: Any, origin: Trail) -> None:
        """Set what stands at ``trail`` to ``value``, which stands at ``origin`` of the amendment; ABSENT removes it."""
        self.forget(trail)
        node = value_at(self.data, trail[:-1])
        last: Any = trail[-1]
        if value is ABSENT:
            if isinstance(node, list):
                # Places of a list keep their number until all changes are made.
                node[last] = ABSENT
            else:
                del node[last]
            return
        value = copy.deepcopy(value)
        if isinstance(node, list) and last == len(node):
            node.append(value)
        else:
            node[last] = value
        for known, line in self.amend.lines.items():
            if known[: len(origin)] == origin:
                here = (*trail, *known[len(origin) :])
                self.lines[here] = line
                self.elsewhere[here] = self.amend.file

    def forget(self, trail: Trail) -> None:
        for known in [k for k in self.lines if k[: len(trail)] == trail]:
            del self.lines[known]
            self.elsewhere.pop(known, None)


def drop_absent(draft: Draft) -> None:
    """Take removed places out of lists and let what follows move up."""

    def clean(node: Any, trail: Trail) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                clean(value, (*trail, key))
        elif isinstance(node, list):
            kept = [index for index, value in enumerate(node) if value is not ABSENT]
            if len(kept) < len(node):
                renumber(draft, trail, kept)
                node[:] = [node[index] for index in kept]
            for index, value in enumerate(node):
                clean(value, (*trail, index))

    clean(draft.data, ())


def renumber(draft: Draft, trail: Trail, order: list[int]) -> None:
    """Bring the lines of a list's members into ``order``, a list of their present places."""
    size = len(trail)
    inside = {k: v for k, v in draft.lines.items() if len(k) > size and k[:size] == trail}
    files = {k: draft.elsewhere.pop(k) for k in inside if k in draft.elsewhere}
    for known in inside:
        del draft.lines[known]
    new: dict[str | int, int] = {old: place for place, old in enumerate(order)}
    for known, line in inside.items():
        place = new.get(known[size])
        if place is None:
            continue
        here = (*trail, place, *known[size + 1 :])
        draft.lines[here] = line
        if known in files:
            draft.elsewhere[here] = files[known]
