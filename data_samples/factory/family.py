"""A template family: one way to lay out the papers of certain types."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from data_samples.factory.drawn import Drawn
from data_samples.factory.paper import Paper

__all__ = ["Family", "Split", "families"]

Split = Literal["development", "held-out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One layout in many variants: the generator decides typeface, sizes, labels and small habits within the family."""

    id: str
    """Kebab case, unique: ``lab-ruled-portrait``."""
    types: frozenset[str]
    """Values of DocumentType that it can draw."""
    split: Split
    """Held-out families are never looked at while readers, rules or models are made."""
    title: str
    """One English line: what is peculiar about it."""
    draw: Callable[[Paper, np.random.Generator], Drawn]
    media: frozenset[str] = frozenset({"pdf", "scan", "photo"})
    """How such a page reaches the applicant's phone: pdf, scan, photo, screen (a screenshot)."""
    fits: Callable[[Paper], bool] = lambda paper: True
    """False for papers that it cannot hold (two-column sheets of three rows)."""


@cache
def families(split: Split | None = None) -> tuple[Family, ...]:
    """Return every family, sorted by id, of one split or of both.

    Raises:
        ValueError: two families share an id.
    """
    package = importlib.import_module("data_samples.factory.families")
    found: dict[str, Family] = {}
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        for family in getattr(importlib.import_module(module.name), "FAMILIES", ()):
            if family.id in found:
                raise ValueError(f"family {family.id} is defined twice")
            found[family.id] = family
    return tuple(found[key] for key in sorted(found) if split is None or found[key].split == split)
