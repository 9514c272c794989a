"""The table of shares, kept as JSON beside this file with its recipe."""

from __future__ import annotations

import bisect
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.calibrating.kinds import wider

__all__ = ["SHIPPED", "Calibration", "Curve", "load_calibration"]

SCHEMA = "yushen.calibration.v1"
SHIPPED = Path(__file__).with_name("calibration.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Share of right facts by confidence, linear between points, level beyond the first and the last."""

    confidences: tuple[float, ...]
    shares: tuple[float, ...]
    method: str
    """``isotonic``, ``platt``, or ``constant`` where facts are too few or never wrong."""
    count: int
    wrong: int
    threshold: float | None = None
    """Confidence below which a fact is for a human; None: too few facts to draw a line, or none was wrong."""
    proven: bool = False
    """True where, above ``threshold``, at most one fact in a thousand is wrong with 95% certainty."""
    bound: float = 1.0
    """That share at most, with 95% certainty, above ``threshold`` (or at all)."""

    def at(self, confidence: float) -> float:
        """Return the share at ``confidence``."""
        place = bisect.bisect_left(self.confidences, confidence)
        if place == 0:
            return self.shares[0]
        if place == len(self.confidences):
            return self.shares[-1]
        x0, x1 = self.confidences[place - 1], self.confidences[place]
        t = (confidence - x0) / (x1 - x0) if x1 > x0 else 1.0
        return self.shares[place - 1] + t * (self.shares[place] - self.shares[place - 1])


@dataclass(frozen=True, slots=True)
class Calibration:
    """Curves by kind, and how they were made."""

    curves: Mapping[str, Curve]
    recipe: Mapping[str, Any]

    def curve(self, kind: str) -> Curve | None:
        """Return the curve of ``kind``, else that of all readers together; None where neither was measured."""
        return self.curves.get(kind) or self.curves.get(wider(kind))

    def threshold(self, kind: str) -> float | None:
        """Return the confidence below which a fact of ``kind`` is for a human; None where no line is drawn."""
        for name in (kind, wider(kind)):
            curve = self.curves.get(name)
            if curve is not None and curve.threshold is not None:
                return curve.threshold
        return None

    def to_json(self) -> str:
        return json.dumps(
            {"schema": SCHEMA, "recipe": dict(self.recipe), "kinds": {k: _data(c) for k, c in self.curves.items()}},
            ensure_ascii=False,
            indent=1,
        )


def _data(curve: Curve) -> dict[str, Any]:
    return {
        "method": curve.method,
        "count": curve.count,
        "wrong": curve.wrong,
        "threshold": curve.threshold,
        "proven": curve.proven,
        "bound": round(curve.bound, 5),
        "points": [[round(x, 4), round(y, 5)] for x, y in zip(curve.confidences, curve.shares, strict=True)],
    }


def load_calibration(path: Path = SHIPPED) -> Calibration | None:
    """Read a table; None where there is none. Loaded once a process.

    Raises:
        ValueError: it is damaged or of another schema.
    """
    return _load(path, path.stat().st_mtime_ns) if path.is_file() else None


@lru_cache(maxsize=4)
def _load(path: Path, stamp: int) -> Calibration:
    del stamp
    data = json.loads(path.read_text(encoding="utf-8"))
    if data.get("schema") != SCHEMA:
        raise ValueError(f"{path.name}: schema {data.get('schema')!r}")
    curves = {}
    for kind, row in data["kinds"].items():
        points = [(float(x), float(y)) for x, y in row["points"]]
        curves[kind] = Curve(
            confidences=tuple(x for x, _ in points),
            shares=tuple(y for _, y in points),
            method=row["method"],
            count=row["count"],
            wrong=row["wrong"],
            threshold=row["threshold"],
            proven=row["proven"],
            bound=row["bound"],
        )
    return Calibration(curves, data["recipe"])
