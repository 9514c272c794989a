"""Losses and scores of a training as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

__all__ = ["draw"]

_WIDTH, _HEIGHT, _LEFT, _TOP, _LOW = 900, 330, 56, 34, 36
_INKS = ("#1f6feb", "#d1242f", "#2da44e", "#8250df")

Line = tuple[str, Sequence[tuple[float, float]]]
"""Name, and points of step and value."""


def draw(
    losses: Sequence[tuple[int, float, float, float]], scores: Sequence[tuple[int, dict[str, float]]], path: Path
) -> None:
    """Write ``path`` (PNG): losses above, scores on families left out below."""
    picture = Image.new("RGB", (_WIDTH, 2 * _HEIGHT), "white")
    names = ("labels", "links", "type")
    lost: list[Line] = [
        (name, [(float(row[0]), float(row[k])) for row in losses]) for k, name in enumerate(names, start=1)
    ]
    kept = ("score", "labels", "links", "type")
    won: list[Line] = [(name, [(float(step), own[name]) for step, own in scores if name in own]) for name in kept]
    _plot(picture, 0, "loss", lost, max((y for _, line in lost for _, y in line), default=1.0))
    _plot(picture, _HEIGHT, "families left out", won, 1.0)
    picture.save(path)


def _plot(picture: Image.Image, top: int, title: str, lines: Sequence[Line], highest: float) -> None:
    pen = ImageDraw.Draw(picture)
    steps = max((x for _, line in lines for x, _ in line), default=1.0) or 1.0
    highest = highest or 1.0
    right, low = _WIDTH - 20, top + _HEIGHT - _LOW
    pen.text((_LEFT, top + 8), title, fill="black")
    for k in range(5):
        y = low - (low - top - _TOP) * k / 4
        pen.line([(_LEFT, y), (right, y)], fill="#d0d7de")
        pen.text((8, y - 6), f"{highest * k / 4:.2f}", fill="#57606a")
        pen.text((_LEFT + (right - _LEFT) * k / 4 - 10, low + 8), f"{steps * k / 4:.0f}", fill="#57606a")
    for number, (name, line) in enumerate(lines):
        places = [
            (_LEFT + (right - _LEFT) * x / steps, low - (low - top - _TOP) * min(y / highest, 1.0)) for x, y in line
        ]
        ink = _INKS[number % len(_INKS)]
        if len(places) > 1:
            pen.line(places, fill=ink, width=2)
        pen.text((_LEFT + 130 + 90 * number, top + 8), name, fill=ink)
