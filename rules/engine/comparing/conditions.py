"""A condition tree in normal form: equal for two ways to write what judges the same.

Order inside a group says nothing, a group inside a group of its kind is one, a group of one is its part.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel

from rules.engine.comparing.demands import Scene, facets_of
from rules.engine.comparing.facets import Facet, Many, One
from rules.engine.compiling import GROUPS
from rules.engine.predicates import REGISTRY, Group, Test

__all__ = ["Node", "normal_form"]

ASSOCIATIVE = frozenset({"all", "any", "any_proof"})
"""Kinds whose parts may stand in a group of the same kind without a difference."""
PARTS = {"lab_panel": "parts", "past_disease": "any_of"}
"""Conditions whose parameter is itself a list of small conditions, to be compared one by one."""


@dataclass(frozen=True, slots=True)
class Node:
    """One condition or group."""

    kind: str
    label: str
    """As the trace of a judgement calls it."""
    name: str
    """Short, for the start of a sentence."""
    facets: Mapping[str, Facet] = field(default_factory=dict)
    parts: tuple[Node, ...] = ()

    @property
    def key(self) -> Hashable:
        """Equal for what judges the same."""
        demands = tuple(sorted((name, _stable(f.key)) for name, f in self.facets.items() if f.key is not None))
        return (self.kind, demands, tuple(sorted(repr(part.key) for part in self.parts)))

    @property
    def leaves(self) -> Iterator[Node]:
        if self.kind in GROUPS:
            for part in self.parts:
                yield from part.leaves
        else:
            yield self

    def tokens(self) -> frozenset[Hashable]:
        """What two conditions have in common when they are alike."""
        return frozenset(self._tokens())

    def _tokens(self) -> Iterator[Hashable]:
        if self.kind not in GROUPS:
            yield self.kind
        for name, facet in self.facets.items():
            if name != "reading":
                yield from ((name, token) for token in facet.tokens())
        for part in self.parts:
            yield from part._tokens()


def _stable(value: Hashable) -> str:
    if isinstance(value, frozenset):
        return "{" + ",".join(sorted(_stable(v) for v in value)) + "}"
    if isinstance(value, tuple):
        return "(" + ",".join(_stable(v) for v in value) + ")"
    if hasattr(value, "normalize"):
        return str(value.normalize())
    return repr(value)


def normal_form(data: Any, test: Test | None, scene: Scene) -> Node:
    """Normal form of the condition that the rule writes as ``data`` (dates resolved) and that compiled to ``test``.

    ``data`` has passed the loader, so that nothing in it is unknown or malformed.
    """
    ((kind, body),) = data.items()
    if kind not in GROUPS:
        return _leaf(str(kind), body or {}, test, scene)
    k, parts = 1, body
    if kind == "at_least":
        k, parts = body["k"], body["of"]
    if kind == "not":
        parts = [body]
    compiled: Sequence[Test | None] = [None] * len(parts)
    if isinstance(test, Group) and len(test.parts) == len(parts):
        compiled = test.parts
    nodes = [normal_form(part, compiled[index], scene) for index, part in enumerate(parts)]
    if kind in ASSOCIATIVE:
        nodes = [inner for node in nodes for inner in (node.parts if node.kind == kind else (node,))]
    if len(nodes) == 1 and kind != "not":
        return nodes[0]
    facets: dict[str, Facet] = {"k": One("至少须具备的项数", k, f"{k} 项")} if kind == "at_least" else {}
    return Node(str(kind), GROUPS[str(kind)] if test is None else test.label, "", facets, tuple(nodes))


def _leaf(kind: str, body: Any, test: Test | None, scene: Scene) -> Node:
    params = REGISTRY[kind].params.model_validate(body)
    inner = PARTS.get(kind)
    facets = facets_of(kind, params, scene, without=frozenset({inner} if inner else ()))
    name = getattr(params, "name", None) or ""
    label = test.label if test is not None else name or scene.target.name
    node = Node(kind, label, name or label, facets)
    if inner is None:
        return node
    return replace(node, parts=tuple(_part(f"{kind}.{inner}", entry, scene) for entry in getattr(params, inner)))


def _part(kind: str, params: BaseModel, scene: Scene) -> Node:
    facets = facets_of(kind, params, scene, without=frozenset())
    name = getattr(params, "name", None) or ""
    meant = facets.get("concepts")
    shown = name or (meant.join(meant.members) if isinstance(meant, Many) else "")
    return Node(kind, shown, shown, facets)
