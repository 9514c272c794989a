"""The YAML of this folder's ``data``, read once, and small ways of choosing from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import yaml

__all__ = ["Rng", "between", "chance", "load", "pick", "texts"]

Rng = np.random.Generator
T = TypeVar("T")
_FOLDER = Path(__file__).parent / "data"


@cache
def load(name: str) -> Mapping[str, Any]:
    """Return the content of ``data/<name>.yaml``."""
    raw = yaml.load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return dict(raw)


def pick(choices: Sequence[T], rng: Rng) -> T:
    """Return one of ``choices``."""
    return choices[int(rng.integers(len(choices)))]


def chance(share: float, rng: Rng) -> bool:
    """Return True in ``share`` of all draws."""
    return bool(rng.random() < share)


def between(low: int, high: int, rng: Rng) -> int:
    """Return an integer from ``low`` to ``high``, both included."""
    return int(rng.integers(low, high + 1))


def texts(value: str | Sequence[str] | None, rng: Rng) -> str:
    """Return ``value``, or one of its variants where it is a list."""
    if value is None:
        return ""
    return value if isinstance(value, str) else pick(value, rng)
