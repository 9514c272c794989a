"""What an item asks, from its condition: the tree in words, look-back window, hospital level, readings of ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.catalogue.words import level_words
from rules.engine.compiling import GROUPS
from rules.engine.dates import parse_period
from rules.engine.policies import is_own
from rules.engine.predicates import REGISTRY, Group, Test
from rules.engine.predicates.base import Sourced

__all__ = ["Ask", "Condition", "ask_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition in words, with those below it."""

    text: str
    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What an item asks for some time."""

    condition: Condition
    papers: bool
    """False where it asks for nothing that comes on a paper of a hospital, such as an age."""
    window: str
    """``近2年``; empty where none is set."""
    level: str
    """``二级及以上医院``; empty where none is set."""
    readings: tuple[str, ...]
    """Readings of ours that stand inside the condition; they begin with 经验口径."""


def ask_of(test: Test, when: Any) -> Ask:
    """Return what ``test`` asks; ``when`` is the text it was compiled from, its values by date resolved."""
    leaves = [(name, body) for name, body in _leaves(when) if issubclass(REGISTRY[name].params, Sourced)]
    return Ask(
        condition=_condition(test),
        papers=bool(leaves),
        window=_limit([(_name(body), _window(body)) for _, body in leaves]),
        level=_limit([(_name(body), _level(body)) for _, body in leaves]),
        readings=tuple(dict.fromkeys(text for text in _texts(when) if is_own(text))),
    )


def _condition(test: Test) -> Condition:
    if not isinstance(test, Group):
        return Condition(text=test.label)
    return Condition(text=_group_words(test), parts=tuple(_condition(part) for part in test.parts))


def _group_words(group: Group) -> str:
    count = len(group.parts)
    if group.kind == "not":
        return "没有下面这种情况"
    if group.kind == "list":
        return f"下面 {count} 项都要；只有一部分的由人工判断"
    if count == 1:
        return "要有下面这一项"
    if group.kind == "all":
        return f"下面 {count} 项都要"
    return f"下面 {count} 项任意一项" if group.k == 1 else f"下面 {count} 项至少 {group.k} 项"


def _leaves(when: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the name and the parameters of every predicate."""
    if not isinstance(when, dict):
        return
    for name, body in when.items():
        if name in GROUPS:
            parts = body["of"] if name == "at_least" else [body] if name == "not" else body
            for part in parts:
                yield from _leaves(part)
        elif name in REGISTRY:
            yield name, body or {}


def _name(body: Mapping[str, Any]) -> str:
    return str(body.get("name") or "")


def _window(body: Mapping[str, Any]) -> str:
    return f"近{parse_period(str(body['window'])).text}" if body.get("window") else ""


def _level(body: Mapping[str, Any]) -> str:
    return level_words(str(body["hospital_level"])) if body.get("hospital_level") else ""


def _limit(limits: list[tuple[str, str]]) -> str:
    """One value where all have it; else each value with the names of what it is for."""
    values = list(dict.fromkeys(value for _, value in limits if value))
    if len(values) == 1 and all(value for _, value in limits):
        return values[0]
    texts = []
    for value in values:
        names = list(dict.fromkeys(name for name, own in limits if own == value and name))
        texts.append(f"{value}（{'、'.join(names) if names else '其中一部分'}）")
    return "；".join(texts)


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)
