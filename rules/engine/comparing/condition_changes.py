"""How two conditions of one item differ, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rules.engine.comparing.conditions import Node
from rules.engine.comparing.facets import Facet, Many, One, Said
from rules.engine.comparing.model import Kind
from rules.engine.comparing.pairing import alike, leftover, pair_up
from rules.engine.compiling import GROUPS

__all__ = ["Told", "condition_changes"]

LEAST_ALIKE = 0.3
"""Conditions of one item that share less are not one condition changed but one gone and one come."""
RELATIVES = frozenset({"diagnosis", "diagnosis_at", "diagnosis_words"})
"""Conditions of one family: what one asks beyond the other is a demand more, not another condition."""
JOINED = {
    "all": "须全部具备",
    "any": "具备任一即可",
    "any_proof": "任一可证，一项为阴性即不符合",
    "list": "条文未写明是和还是或",
    "at_least": "须具备其中若干项",
    "not": "须不具备",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One difference and the conditions it is about, as the traces call them."""

    said: Said
    labels: tuple[str, str] = ("", "")


def condition_changes(old: Node, new: Node) -> Iterator[Told]:
    """Yield what differs between two conditions of one item."""
    several = len(list(old.leaves)) > 1 or len(list(new.leaves)) > 1
    yield from _changes(old, new, several)


def _changes(old: Node, new: Node, several: bool) -> Iterator[Told]:
    if old.kind in GROUPS or new.kind in GROUPS:
        yield from _group_changes(old, new, several)
    elif old.kind == new.kind or {old.kind, new.kind} <= RELATIVES:
        yield from _leaf_changes(old, new, several)
    else:
        text = f"条件由“{old.label}”改为“{new.label}”"
        yield Told(Said(Kind.MEANING, text, old.label, new.label), (old.label, new.label))


def _leaf_changes(old: Node, new: Node, several: bool) -> Iterator[Told]:
    labels = (old.label, new.label)
    prefix = f"{new.name}：" if several and new.name else ""
    for name in dict.fromkeys((*old.facets, *new.facets)):
        one, other = old.facets.get(name), new.facets.get(name)
        for said in _facet_changes(one, other):
            yield Told(Said(said.kind, prefix + said.text, said.before, said.after), labels)
    if old.parts or new.parts:
        for told in _part_changes(old, new):
            text = prefix + told.said.text
            yield Told(Said(told.said.kind, text, told.said.before, told.said.after), labels)


def _facet_changes(old: Facet | None, new: Facet | None) -> Iterator[Said]:
    """Either may be lacking where the kinds of condition differ."""
    known = old or new
    if isinstance(known, One):
        nothing = One(known.word, None, "", known.kind, free=known.free)
        one, other = old or nothing, new or nothing
        if isinstance(one, One) and isinstance(other, One):
            yield from one.changes(other)
    elif isinstance(known, Many):
        empty = Many(known.word, {}, known.kind, known.free, join=known.join)
        one, other = old or empty, new or empty
        if isinstance(one, Many) and isinstance(other, Many):
            yield from one.changes(other)
    elif old is not None and new is not None and type(old) is type(new):
        yield from old.changes(new)  # type: ignore[arg-type]


def _part_changes(old: Node, new: Node) -> Iterator[Told]:
    """Parts of a condition that is itself a list (一次检验中的几项)."""
    pairs = _pairs(old.parts, new.parts, new.facets is old.facets)
    for i, j in pairs:
        if old.parts[i].key != new.parts[j].key or old.parts[i].facets != new.parts[j].facets:
            yield from _leaf_changes(old.parts[i], new.parts[j], True)
    gone, come = leftover(pairs, len(old.parts), len(new.parts))
    for j in come:
        yield Told(Said(Kind.MEANING, f"多了{_described(new.parts[j])}", "", _described(new.parts[j])))
    for i in gone:
        yield Told(Said(Kind.MEANING, f"少了{_described(old.parts[i])}", _described(old.parts[i]), ""))


def _described(part: Node) -> str:
    shown = [e.full for f in part.facets.values() for e in getattr(f, "entries", ())]
    return f"“{part.name}{'（' + ' 或 '.join(shown) + '）' if shown else ''}”"


def _group_changes(old: Node, new: Node, several: bool) -> Iterator[Told]:
    kind = new.kind if new.kind in GROUPS else old.kind
    one, other = _as_group(old, kind), _as_group(new, kind)
    single = len(one.parts) == 1 or len(other.parts) == 1
    if one.kind != other.kind and not single:
        was, now = JOINED.get(one.kind, one.label), JOINED.get(other.kind, other.label)
        text = f"几个条件的关系由“{was}”改为“{now}”"
        yield Told(Said(Kind.MEANING, text, was, now), (old.label, new.label))
    for name in one.facets.keys() & other.facets.keys():
        for said in _facet_changes(one.facets[name], other.facets[name]):
            yield Told(said, (old.label, new.label))
    pairs = _pairs(one.parts, other.parts, one.kind == other.kind == "not")
    for i, j in pairs:
        # Equal conditions too: their names and readings may differ.
        yield from _changes(one.parts[i], other.parts[j], several)
    gone, come = leftover(pairs, len(one.parts), len(other.parts))
    joined = JOINED.get(other.kind, "")
    for i in gone:
        yield Told(
            Said(Kind.MEANING, f"去掉条件“{_whole(one.parts[i])}”", one.parts[i].label, ""), (old.label, new.label)
        )
    for j in come:
        how = f"（与其余条件{joined}）" if len(one.parts) == 1 and joined else ""
        text = f"增加条件“{_whole(other.parts[j])}”{how}"
        yield Told(Said(Kind.MEANING, text, "", other.parts[j].label), (old.label, new.label))


def _as_group(node: Node, kind: str) -> Node:
    """A condition alone is a group of one."""
    if node.kind in GROUPS and (node.kind == kind or kind != "not"):
        return node
    return Node(kind if kind != "not" else "all", node.label, "", {}, (node,))


def _whole(node: Node) -> str:
    if node.kind not in GROUPS:
        return node.label
    return f"{node.label}（{'；'.join(_whole(part) for part in node.parts)}）"


def _pairs(old: tuple[Node, ...], new: tuple[Node, ...], whatever: bool) -> list[tuple[int, int]]:
    """Pair conditions: the same first, then the most alike. ``whatever``: a single one on each side always."""
    if whatever and len(old) == len(new) == 1:
        return [(0, 0)]
    left, right = [n.tokens() for n in old], [n.tokens() for n in new]
    keys = [n.key for n in old], [n.key for n in new]

    def score(i: int, j: int) -> float:
        if keys[0][i] == keys[1][j]:
            return 2.0
        share = alike(left[i], right[j]) + 0.1 * (old[i].name == new[j].name)
        # A condition alone and a group are one only where most of the group is that condition.
        return share * (1.0 if (old[i].kind in GROUPS) == (new[j].kind in GROUPS) else 0.6)

    return pair_up(((score(i, j), i, j) for i in range(len(old)) for j in range(len(new))), LEAST_ALIKE)
