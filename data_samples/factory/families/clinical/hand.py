"""Entries written by hand: uneven size and line, another colour, slips of the pen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["by_hand"]


def by_hand(runs: Sequence[Any], rng: np.random.Generator, pen: str, *, slips: float = 0.0) -> list[Any]:
    """Return ``runs`` as written with ``pen`` (a colour).

    Args:
        slips: chance for each unmarked run that its first character was begun, struck out and written again.
    """
    out: list[Any] = []
    for run in runs:
        given = {"t": run} if isinstance(run, str) else dict(run)
        if "img" in given:
            out.append(given)
            continue
        words = str(given.get("t", ""))
        mark = given.get("id")
        if mark is None and len(words) > 6 and rng.random() < slips:
            out.append({**_stroke(rng, pen), "t": words[0], "strike": True})
        if mark is None:
            start = 0
            while start < len(words):
                end = start + int(rng.integers(2, 6))
                out.append({**_stroke(rng, pen), "t": words[start:end]})
                start = end
        else:
            out.append({**_stroke(rng, pen), "t": words, "id": mark})
    return out


def _stroke(rng: np.random.Generator, pen: str) -> dict[str, Any]:
    return {
        "face": "wenkai",
        "fill": pen,
        "size": float(rng.uniform(1.06, 1.22)),
        "base": float(rng.uniform(-0.07, 0.07)),
    }
