"""From a finished training to weights that ship: scored on families left out, exported, told of in the manifest."""

from __future__ import annotations

import subprocess  # nosec: asks git for the version of the code
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from models.page_reader.curves import draw
from models.page_reader.export import export
from models.page_reader.reader import load
from models.page_reader.settings import Recipe
from models.page_reader.training import History
from models.page_reader.weights import Manifest
from pipeline.training.judging import Tally, scores, tallied
from pipeline.training.page_reader import Pages

__all__ = ["ship", "table"]

_MOST_LOST = 0.003
"""Whole numbers of eight bits ship where the score falls by no more than this."""


def ship(
    out: Path, recipe: Recipe, history: History, pages: Pages, weights: Path, *, judged: int = 160, note: str = ""
) -> Manifest:
    """Export ``out``'s best weights into ``weights``, with curves beside them, and return the manifest.

    Args:
        note: how the training went otherwise than ``recipe`` says, for the manifest.
    """
    draw(history.losses, history.scores, out / "curves.png")
    best, vocabulary = out / "best.safetensors", out / "vocabulary.txt"
    about = _about(recipe, history, pages)
    if note:
        about["trained"]["note"] = note
    labelled = pages.judged(judged)
    told: dict[bool, dict[str, float]] = {}
    for quantised in (True, False):
        export(best, vocabulary, recipe, weights, about, quantised=quantised)
        reader = load(weights)
        if reader is None:
            raise FileNotFoundError(weights)
        told[quantised] = scores(tallied(labelled, [reader.read([one.page])[0] for one in labelled]))
    quantised = told[True]["score"] >= told[False]["score"] - _MOST_LOST
    rounded = {name: round(value, 4) for name, value in told[quantised].items()}
    both = {"whole numbers": round(told[True]["score"], 4), "floating point": round(told[False]["score"], 4)}
    about |= {"scores": {"pages": len(labelled), "precision": both, **rounded}}
    return export(best, vocabulary, recipe, weights, about, quantised=quantised)


def table(tallies: Mapping[str, Tally]) -> list[tuple[str, int, float]]:
    """Return name, how many are true, and F1, for those who print them."""
    return [(name, tally.true, tally.f1) for name, tally in sorted(tallies.items()) if tally.true]


def _about(recipe: Recipe, history: History, pages: Pages) -> dict[str, Any]:
    return {
        "trained": {
            "steps": history.step,
            "minutes": round(history.seconds / 60, 1),
            "recipe": {key: value for key, value in asdict(recipe).items() if key != "shape"},
        },
        "data": {
            "split": "development",
            "papers": sum(map(len, pages.by_type.values())),
            "drawn pages": sum(map(len, pages.drawn.values())),
            "really read pages": len(pages.really_read),
            "really read, validation": len(pages.really_left_out),
            "corrected pages": len(pages.corrected),
            "families left out": sorted(pages.unseen),
        },
        "code": _code(),
    }


def _code() -> str:
    try:
        own = version("yushen")
    except PackageNotFoundError:
        own = "unknown"
    try:
        asked = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return own
    return f"{own} {asked.stdout.strip()}"
