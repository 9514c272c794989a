"""Shape of the network and the recipe of a training, read from a TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

__all__ = ["Recipe", "Shape", "load_recipe"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Sizes of the network."""

    hidden: int = 128
    layers: int = 4
    heads: int = 4
    inner: int = 512
    dropout: float = 0.0
    """Pages never come twice, so there is little to forget."""
    window: int = 384
    """Tokens in a window."""
    overlap: int = 64
    """Tokens that two windows of one page share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A training. Shares are of the windows drawn."""

    shape: Shape = Shape()
    seed: int = 1
    steps: int = 3000
    batch: int = 5
    """Windows in a step."""
    short: int = 192
    """Most steps learn from windows of so many tokens, as many more of them: a token of a long one costs more."""
    long_share: float = 0.25
    """Share of steps with windows of full length."""
    rate: float = 1e-3
    """Highest learning rate."""
    warm_up: int = 150
    decay: float = 0.01
    link_weight: float = 1.0
    type_weight: float = 0.3
    free: float = 0.6
    """Share of pages laid out freely; the others are drawn by families, and really read where there are any."""
    really_read: float = 0.12
    corrected: float = 0.1
    """Share of pages that reviewers corrected, where there are any; the shares above are of the rest."""
    papers: int = 6000
    each: int = 40
    """Papers drawn by each family."""
    unseen: float = 0.18
    """Share of families that only validate."""
    judged: int = 80
    """Pages in a validation."""
    judge_every: int = 200
    keep_every: int = 100
    minutes: float | None = None
    """Stop after so long; the learning rate then falls by the clock instead of by the step."""
    threads: int = 1


def load_recipe(path: Path) -> Recipe:
    """Read a recipe.

    Raises:
        ValueError: a key is not known; the message names it.
    """
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    shape = _made(Shape, data.pop("network", {}))
    recipe: Recipe = _made(Recipe, {**data.pop("training", {}), "shape": shape, **data})
    return recipe


def _made(kind: Any, data: dict[str, Any]) -> Any:
    known = {field.name for field in fields(kind)}
    for key in data:
        if key not in known:
            raise ValueError(f"unknown setting {key}")
    return kind(**data)
