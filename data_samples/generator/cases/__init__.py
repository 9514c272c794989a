"""The committed cases: slug -> how to build it from a seed."""

from __future__ import annotations

from collections.abc import Callable

from data_samples.generator.case import Case
from data_samples.generator.cases import copd, diabetes, uremia

__all__ = ["CASES"]

CASES: dict[str, Callable[[int], Case]] = {**diabetes.CASES, **uremia.CASES, **copd.CASES}
