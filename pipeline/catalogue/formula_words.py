"""A formula as a person says it: ``1 & 2 & any(1: 3-7)`` -> 第1、2项都要，第3至7项任意一项.

Ways of writing one thing (``any(2: 1, 2)`` and ``1 & 2``) get the same words, different things different ones: what
could be read in two ways is set off with ①②③ and 〔〕.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rules.engine.formula import Formula, Item

__all__ = ["ItemGroup", "formula_groups", "formula_words"]

_NUMBERS = "零一两三四五六七八九十"
_MARKS = ("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇")


@dataclass(frozen=True, slots=True)
class _Node:
    """At least ``k`` of ``parts``; simplified, so that a part is never of the same kind as its parent."""

    k: int
    parts: tuple[str | _Node, ...]

    @property
    def all(self) -> bool:
        return self.k == len(self.parts)

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(part for part in self.parts if isinstance(part, str))

    @property
    def nodes(self) -> tuple[_Node, ...]:
        return tuple(part for part in self.parts if isinstance(part, _Node))


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemGroup:
    """Items that stand together in the checklist."""

    words: str
    """What is wanted of them: 这 2 项都要."""
    items: tuple[str, ...]


def formula_words(formula: Formula) -> str:
    """Return ``formula`` in Chinese, without a full stop."""
    node = _simplify(formula)
    return f"第{node}项必须有" if isinstance(node, str) else _clause(node, 0)


def formula_groups(formula: Formula) -> tuple[ItemGroup, ...]:
    """Split the items as the formula does, for a checklist.

    One group with empty words where the formula is more than "all of these, and so many of those": then only the
    sentence of :func:`formula_words` says it.
    """
    node = _simplify(formula)
    if isinstance(node, str):
        return (ItemGroup(words="这一项必须有", items=(node,)),)
    ids = list(dict.fromkeys(formula.items()))
    flat = (ItemGroup(words="", items=tuple(ids)),)
    some = node.nodes if node.all else (node,)
    groups = [ItemGroup(words=_all_words(node.items), items=node.items)] if node.all and node.items else []
    for part in some:
        if part.nodes:
            return flat
        words = f"下面 {len(part.parts)} 项，" + ("任意一项即可" if part.k == 1 else f"至少要有{_number(part.k)}项")
        groups.append(ItemGroup(words=words, items=part.items))
    # An item that two groups hold would stand there twice and seem to be wanted twice.
    return tuple(groups) if sum(len(group.items) for group in groups) == len(ids) else flat


def _all_words(items: Sequence[str]) -> str:
    return "这一项必须有" if len(items) == 1 else f"这 {len(items)} 项都要"


def _simplify(formula: Formula) -> str | _Node:
    if isinstance(formula, Item):
        return formula.id
    parts = [_simplify(part) for part in formula.parts]
    every, one = formula.k == len(parts), formula.k == 1
    if not every and not one:
        return _Node(formula.k, tuple(parts))
    flat: list[str | _Node] = []
    for part in parts:
        same = isinstance(part, _Node) and (part.all if every else part.k == 1)
        flat.extend(part.parts if isinstance(part, _Node) and same else [part])
    unique = tuple(dict.fromkeys(flat))
    return unique[0] if len(unique) == 1 else _Node(len(unique) if every else 1, unique)


def _clause(node: _Node, depth: int) -> str:
    if not node.all:
        return _some(node, depth)
    pieces = []
    if node.items:
        pieces.append(_run(node.items) + ("都要" if len(node.items) > 1 else "必须有"))
    pieces += [_some(part, depth) for part in node.nodes if not part.nodes]
    cases = [part for part in node.nodes if part.nodes]
    # A single list at the very end cannot be misread; any other is closed in.
    bare = depth == 0 and len(cases) == 1
    pieces += [_some(part, depth) if bare else f"〔{_some(part, depth)}〕" for part in cases]
    return "，".join(pieces)


def _some(node: _Node, depth: int) -> str:
    if not node.nodes:
        return _run(node.items) + ("任意一项" if node.k == 1 else f"至少{_number(node.k)}项")
    count = _number(len(node.parts))
    lead = f"下面{count}种情况" + ("有一种即可" if node.k == 1 else f"至少要有{_number(node.k)}种")
    return f"{lead}：" + "；".join(
        _mark(index, depth) + _case(part, depth + 1) for index, part in enumerate(node.parts)
    )


def _case(part: str | _Node, depth: int) -> str:
    if isinstance(part, str):
        return f"有第{part}项"
    text = _clause(part, depth)
    return f"〔{text}〕" if not part.all and part.nodes else text


def _mark(index: int, depth: int) -> str:
    marks = _MARKS[depth % len(_MARKS)]
    return marks[index] if index < len(marks) else f"（{index + 1}）"


def _number(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def _run(items: Sequence[str]) -> str:
    """``1、2`` and ``3至7``: runs of three and more are drawn together."""
    texts: list[str] = []
    at = 0
    while at < len(items):
        end = at
        while end + 1 < len(items) and _follows(items[end], items[end + 1]):
            end += 1
        if end - at >= 2:
            texts.append(f"{items[at]}至{items[end]}")
        else:
            texts.extend(items[at : end + 1])
        at = end + 1
    return f"第{'、'.join(texts)}项"


def _follows(first: str, second: str) -> bool:
    return first.isdecimal() and second.isdecimal() and int(second) == int(first) + 1
