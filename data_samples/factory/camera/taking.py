"""Taking the picture: clean pages and a recipe in, one stored picture with its truth out."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from data_samples.factory.camera.placing import Standing, lay
from data_samples.factory.camera.recipe import CameraRecipe
from data_samples.factory.camera.registry import EFFECTS
from data_samples.factory.camera.shot import Frame, Leaf, Phase, boxes_of, outlines
from data_samples.factory.camera.storing import stored, turned
from data_samples.factory.capture import CapturedPage, CleanPage, Recipe, Sheet
from data_samples.factory.drawn import Box, TextLine

__all__ = ["capture"]

_SLIVER = 0.2
"""A line or mark of which less than this share is in the picture is left out."""
_WHOLE = 0.9
_MUCH = 0.12
"""Share of lines lost or cut from which the page cannot be relied on."""
_LEAST_PRINT = 8.5
"""Median height of a line's box in pixels below which nobody can read Chinese."""


def capture(pages: Sequence[CleanPage], recipe: Recipe, rng: np.random.Generator) -> CapturedPage:
    """Return the picture of ``pages``; the same generator state gives the same picture.

    Raises:
        ValueError: no page, or more pages than one picture of this recipe shows.
        TypeError: a recipe that is not of this camera.
    """
    if not isinstance(recipe, CameraRecipe):
        raise TypeError(f"{recipe.id}: no recipe of this camera")
    if not 1 <= len(pages) <= recipe.sheets:
        raise ValueError(f"{recipe.id}: {len(pages)} pages, takes 1 to {recipe.sheets}")
    drawn = [(step.name, step.drawn(rng)) for step in recipe.steps]
    steps = sorted(((name, s) for name, s in drawn if s is not None), key=lambda step: EFFECTS[step[0]].phase)
    frame = _worked(_laid(pages, recipe, steps, rng), steps, rng)
    used = [step for step in steps if step[1] > 0.01]
    if len(pages) > 1:
        used.append(("several_sheets", min((len(pages) - 1) / 2, 1.0)))
    return _finished(frame, pages, recipe, used, rng)


def _laid(
    pages: Sequence[CleanPage], recipe: CameraRecipe, steps: list[tuple[str, float]], rng: np.random.Generator
) -> Frame:
    angle = float(rng.uniform(0, 2 * np.pi))
    steep = float(rng.uniform(0.5, 1.1))
    slant = (float(np.cos(angle)) * steep, float(np.sin(angle)) * steep)
    leaves = []
    for page in pages:
        leaf = _leaf(page, recipe, slant)
        for name, strength in steps:
            work = EFFECTS[name].leaf
            if work is not None:
                leaf = work(leaf, strength, rng)
        leaves.append(leaf)
    of = {name: strength for name, strength in steps if EFFECTS[name].phase is Phase.LAYOUT}
    standing = Standing(
        stage=recipe.stage,
        skew=of.get("skew", 0.0),
        perspective=of.get("perspective", 0.0),
        distance=of.get("distance", 0.0),
        longest=int(rng.integers(recipe.longest[0], recipe.longest[1] + 1)),
        dpi=float(rng.choice(recipe.dpi)),
        fill=None if recipe.fill is None else float(rng.uniform(*recipe.fill)),
        surface=str(rng.choice(recipe.surfaces)),
        black_lid=rng.random() < recipe.black_lid,
    )
    return lay([] if recipe.subject == "nothing" else leaves, standing, rng)


def _leaf(page: CleanPage, recipe: CameraRecipe, slant: tuple[float, float]) -> Leaf:
    height, width = page.image.shape[:2]
    boxes: list[Box] = [*(line.box for line in page.lines), *(box for _, box in page.marks)]
    image = page.image
    if recipe.subject == "back":
        shown = cv2.GaussianBlur(np.ascontiguousarray(image[:, ::-1]), (0, 0), page.dpi / 80).astype(np.float32)
        image = np.asarray(255 - (255 - shown) * 0.06, np.uint8)
    return Leaf(
        image=np.ascontiguousarray(image),
        per_mm=page.dpi / 25.4,
        prints=outlines(boxes if recipe.subject == "page" else [], width, height),
        slant=slant,
    )


def _worked(frame: Frame, steps: list[tuple[str, float]], rng: np.random.Generator) -> Frame:
    for name, strength in steps:
        effect = EFFECTS[name]
        if effect.frame is None:
            continue
        if effect.phase >= Phase.LENS:
            frame = frame.exposed()
        frame = effect.frame(frame, strength, rng)
    return frame.exposed()


def _finished(
    frame: Frame,
    pages: Sequence[CleanPage],
    recipe: CameraRecipe,
    used: list[tuple[str, float]],
    rng: np.random.Generator,
) -> CapturedPage:
    quarters = int(rng.choice([1, 2, 3], p=[0.45, 0.15, 0.4])) if rng.random() < recipe.turned else 0
    orientation = int(rng.choice([6, 8, 3, 1], p=[0.72, 0.10, 0.08, 0.10])) if rng.random() < recipe.exif else None
    if quarters:
        frame = turned(frame, quarters)
        used.append(("rotation", quarters / 2 if quarters < 3 else 0.5))
    if orientation not in (None, 1):
        used.append(("exif_rotation", 0.5))
    text = frame.text_height()
    width, height = frame.size
    sheets, whole, lines = [], 0, 0
    for k, page in enumerate(pages):
        points = frame.prints[k] if k < len(frame.prints) else outlines([], 1, 1)
        sheet, seen = _sheet(page, boxes_of(points, width, height) if len(points) else [])
        sheets.append(sheet)
        whole += seen
        lines += len(page.lines) if len(points) else 0
    lost = 1 - whole / lines if lines else 0.0
    codes = list(recipe.unusable)
    if lost > 0 and all(name != "cut" for name, _ in used):
        used.append(("cut", lost))
    if lost >= _MUCH and "cut_off" not in codes:
        codes.append("cut_off")
    if 0 < text < _LEAST_PRINT and "text_too_small" not in codes:
        codes.append("text_too_small")
    drawn_quality = int(rng.integers(recipe.quality[0], recipe.quality[1] + 1))
    return CapturedPage(
        image=stored(frame.image, orientation),
        sheets=tuple(sheets),
        angle=(4 - quarters) % 4 * 90,
        exif=orientation,
        degradations=tuple((name, round(strength, 3)) for name, strength in used),
        unusable=tuple(codes),
        quality=drawn_quality if frame.quality is None else min(drawn_quality, frame.quality),
        grey=recipe.grey,
    )


def _sheet(page: CleanPage, boxes: list[Box]) -> tuple[Sheet, int]:
    """Return what of a page is in the picture, and how many of its lines are (all but) whole."""
    lines, marks, whole = [], [], 0
    for k, box in enumerate(boxes):
        clipped = (max(box[0], 0.0), max(box[1], 0.0), min(box[2], 1.0), min(box[3], 1.0))
        seen = max(clipped[2] - clipped[0], 0) * max(clipped[3] - clipped[1], 0)
        share = seen / max((box[2] - box[0]) * (box[3] - box[1]), 1e-12)
        if k < len(page.lines):
            whole += share >= _WHOLE
            if share >= _SLIVER:
                lines.append(TextLine(page.lines[k].text, clipped))
        elif share >= _SLIVER:
            marks.append((page.marks[k - len(page.lines)][0], clipped))
    return Sheet(lines=tuple(lines), marks=tuple(marks)), whole
