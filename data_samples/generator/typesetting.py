"""Rendering a sheet with typst: PDF bytes and, for every mark, its page and its box as fractions of that page."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import typst

from data_samples.generator.fonts import font_dirs
from data_samples.generator.sheets import Ink, Sheet

__all__ = ["Marks", "typeset"]

Marks = dict[str, tuple[int, tuple[float, float, float, float]]]
"""Mark id -> page from 1, and box (x0, y0, x1, y1) as fractions of the page's width and height."""

_TEMPLATES = Path(__file__).parent / "templates"
_POINTS = 72 / 25.4


def _draw_inks(value: Any, folder: Path, rng: np.random.Generator, count: list[int]) -> Any:
    """Replace every :class:`Ink` inside ``value`` by a drawn picture and its place."""
    if isinstance(value, Ink):
        count[0] += 1
        name = f"ink{count[0]}.png"
        value.draw(folder / name, rng)
        return {"img": name, "dx": value.dx, "dy": value.dy, "w": value.w, "t": ""}
    if isinstance(value, dict):
        return {key: _draw_inks(item, folder, rng, count) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_draw_inks(item, folder, rng, count) for item in value]
    return value


def _boxes(found: list[dict[str, Any]], width: float, height: float, margin: float) -> Marks:
    marks: Marks = {}
    starts: dict[str, dict[str, Any]] = {}
    for item in found:
        if item["kind"] == "box":
            pad = item["h"] * 0.22
            box = (item["x"], item["y"] - pad, item["x"] + item["w"], item["y"] + item["h"] + pad)
        elif item["kind"] == "start":
            starts[item["id"]] = item
            continue
        else:
            start, size = starts[item["id"]], item["size"]
            if start["page"] != item["page"]:  # broken over pages: the part on the first page
                box = (margin, start["y"] - size, width - margin, height - margin)
            elif abs(start["y"] - item["y"]) < 1:
                box = (start["x"], start["y"] - size, item["x"], item["y"] + size * 0.25)
            else:
                box = (margin, start["y"] - size, width - margin, item["y"] + size * 0.25)
            item = start
        marks[item["id"]] = (
            item["page"],
            (box[0] / width, box[1] / height, box[2] / width, box[3] / height),
        )
    return marks


def typeset(sheet: Sheet, rng: np.random.Generator) -> tuple[bytes, Marks]:
    """Render ``sheet`` to PDF and report its marks. The same sheet and generator give the same bytes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for template in _TEMPLATES.glob("*.typ"):
            shutil.copy(template, folder)
        data = _draw_inks(sheet.data, folder, rng, [0])
        (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        compiler = typst.Compiler(str(folder / f"{sheet.template}.typ"), font_paths=[str(d) for d in font_dirs()])
        pdf = compiler.compile(format="pdf", timestamp=0)
        found = json.loads(compiler.query("<mark>", field="value"))
    paper = sheet.data.get("paper", {"w": 210, "h": 297, "mx": 18})
    width, height = paper["w"] * _POINTS, paper["h"] * _POINTS
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no PDF bytes")
    return pdf, _boxes(found, width, height, paper["mx"] * _POINTS)
