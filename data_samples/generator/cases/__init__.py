"""The committed cases: slug -> how to build it from a seed."""

from __future__ import annotations

from collections.abc import Callable

from data_samples.generator.case import Case
from data_samples.generator.cases import broken, copd, diabetes, hypertension, tumor, uremia

__all__ = ["CASES"]

CASES: dict[str, Callable[[int], Case]] = {
    **diabetes.CASES,
    **hypertension.CASES,
    **uremia.CASES,
    **copd.CASES,
    **tumor.CASES,
    **broken.CASES,
}
