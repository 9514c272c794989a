"""Readable paths into a rule: ``items.2.when.lab.any_of.0.at_least``. Items are named by id, places of lists from 0."""

from __future__ import annotations

from typing import Any

from rules.engine.marked_yaml import Trail
from rules.engine.nearest import nearest

__all__ = ["ABSENT", "PathError", "follow", "value_at"]


class PathError(LookupError):
    """A path leads nowhere; the message is Chinese."""


class _Absent:
    def __repr__(self) -> str:
        return "（无）"


ABSENT = _Absent()
"""What stands at a path whose last step a rule does not have."""


def follow(data: Any, path: str) -> Trail:
    """Turn ``path`` into keys and indexes. Only the last step may be missing: a value to be added there.

    Raises:
        PathError: with the place at which the path leaves the rule, and what could be written there.
    """
    steps = path.split(".")
    trail: list[str | int] = []
    node = data
    while steps:
        if not isinstance(node, dict | list):
            raise PathError(f"路径“{path}”走不通：{_shown(trail)}是一个值，下面没有“{steps[0]}”")
        step, steps = _step(node, steps, trail, path)
        trail.append(step)
        node = _inside(node, step)
        if node is ABSENT and steps:
            raise PathError(f"路径“{path}”走不通：{_shown(trail[:-1])}下面没有“{step}”。{_known(data, trail[:-1])}")
    return tuple(trail)


def value_at(data: Any, trail: Trail) -> Any:
    """What stands at ``trail``; ABSENT where there is nothing."""
    for step in trail:
        data = _inside(data, step)
    return data


def _inside(node: Any, step: str | int) -> Any:
    if isinstance(node, list) and isinstance(step, int):
        return node[step] if step < len(node) else ABSENT
    return node.get(step, ABSENT) if isinstance(node, dict) else ABSENT


def _step(node: Any, steps: list[str], trail: list[str | int], path: str) -> tuple[str | int, list[str]]:
    if isinstance(node, dict):
        return steps[0], steps[1:]
    if trail == ["items"]:
        return _item(node, steps, path)
    if not steps[0].isdigit() or int(steps[0]) > len(node):
        raise PathError(
            f"路径“{path}”走不通：{_shown(trail)}是一列 {len(node)} 项，“{steps[0]}”应写 0 到 {len(node) - 1}"
        )
    return int(steps[0]), steps[1:]


def _item(items: list[Any], steps: list[str], path: str) -> tuple[int, list[str]]:
    # Ids may hold dots (1.1): the longest one that fits.
    ids = [str(item.get("id")) if isinstance(item, dict) else "" for item in items]
    for length in range(len(steps), 0, -1):
        name = ".".join(steps[:length])
        if name in ids:
            return ids.index(name), steps[length:]
    raise PathError(f"路径“{path}”走不通：没有条目 {steps[0]}；现有条目：{'、'.join(ids)}")


def _shown(trail: list[str | int]) -> str:
    return "“" + ".".join(map(str, trail)) + "”" if trail else "规则最上层"


def _known(data: Any, trail: list[str | int]) -> str:
    node = value_at(data, tuple(trail))
    return f"可写：{'、'.join(map(str, node))}" if isinstance(node, dict) else ""


def hint(data: Any, trail: Trail) -> str:
    """Keys beside the last step, for the message of a value that is not there."""
    node = value_at(data, trail[:-1])
    if not isinstance(node, dict):
        return ""
    return nearest(str(trail[-1]), map(str, node)) + f"这里有：{'、'.join(map(str, node))}"
