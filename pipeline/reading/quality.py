"""Is a page too poor to rely on, and what should the applicant do about it?

Thresholds are conservative: a page that reads well is never called blurred, dark or glaring, whatever its pixels look
like. The reading itself is the judge; the pixels only name the cause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.nouns import QualityIssue
from pipeline.reading.found import Reading
from pipeline.reading.pixels import Image, gray

__all__ = ["Signs", "issues", "measure"]

_WELL_READ = 0.90
"""Mean confidence from which a page is never flagged. Clean pages reach 0.97 to 0.996, usable photos 0.93."""
_UNREADABLE = 0.75
_DARK = 75.0
"""Paper level (0 to 255) below which a photo counts as dark."""
_GLARE = 0.04
"""Share of the page burnt out to white next to paper that is not white."""
_BLUR = 60.0
"""Variance of the Laplacian at the edges of ink, text scaled to 20 px; sharp print has several hundred."""
_SMALL = 11.0
"""Height of a Chinese character in pixels below which even a sharp photo cannot be read."""
_CUT_LINES = 4
_FEW_CHARACTERS = 6


@dataclass(frozen=True, slots=True)
class Signs:
    """Measurements of one page image."""

    paper: float
    """Brightness of paper, 0 to 255."""
    glare: float
    """Share of pixels burnt out although the paper around is darker."""
    sharpness: float
    ink: float
    """Share of dark pixels against the local background."""


def measure(image: Image, glyph: float | None) -> Signs:
    """Measure a page image (BGR); ``glyph`` is the height of a character in pixels, if known."""
    page = gray(image)
    scale = min(1.0, 20.0 / glyph if glyph else 1000.0 / max(page.shape))
    if scale < 1.0:
        page = np.asarray(cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    paper = float(np.quantile(page, 0.6))
    burnt = float(np.mean(page >= 253)) if paper < 225 else 0.0
    ink = cv2.adaptiveThreshold(page, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 12) > 0
    edges = cv2.dilate(ink.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    slopes = cv2.Laplacian(page, cv2.CV_32F)
    sharpness = float(slopes[edges].var()) if int(edges.sum()) > 200 else 0.0
    return Signs(paper=paper, glare=burnt, sharpness=sharpness, ink=float(ink.mean()))


def issues(reading: Reading, signs: Signs, *, where: str) -> tuple[QualityIssue, ...]:
    """Name what is wrong with a page; empty when it reads well.

    Args:
        where: how the applicant knows the page, e.g. ``第2页``.
    """
    characters = sum(len(line.text) for line in reading.lines)
    found = list(_cut_edges(reading, where=where))
    if characters < _FEW_CHARACTERS and signs.ink < 0.002:
        return (QualityIssue(code="blank_page", message=f"{where}是空白页，请确认是否拍错或漏拍", score=signs.ink),)
    confidence = reading.confidence
    if confidence >= _WELL_READ:
        return tuple(found)
    if signs.paper < _DARK:
        found.insert(0, _issue("too_dark", f"{where}太暗，请在光线充足处重拍", signs.paper))
    elif signs.glare > _GLARE:
        found.insert(0, _issue("glare", f"{where}有反光，请换个角度、关闭闪光灯重拍", signs.glare))
    elif reading.text_height is not None and reading.text_height < _SMALL:
        found.insert(0, _issue("text_too_small", f"{where}字太小，请靠近一些、分开重拍", reading.text_height))
    elif signs.sharpness < _BLUR:
        found.insert(0, _issue("blurred", f"{where}模糊，请拿稳手机、对焦后重拍", signs.sharpness))
    if confidence < _UNREADABLE or characters < _FEW_CHARACTERS:
        found.insert(0, _issue("unreadable", f"{where}看不清，请在光线充足处重拍", confidence))
    return tuple(found)


def _cut_edges(reading: Reading, *, where: str) -> Sequence[QualityIssue]:
    """Several lines that run into the left or right edge: part of the sheet is probably outside the picture."""
    sides = []
    lines = [line for line in reading.lines if len(line.text) > 1]
    left = sum(1 for line in lines if line.quad[:, 0].min() <= 1)
    right = sum(1 for line in lines if line.quad[:, 0].max() >= reading.width - 2)
    if left >= _CUT_LINES:
        sides.append(("左", left))
    if right >= _CUT_LINES:
        sides.append(("右", right))
    if not sides:
        return ()
    names = "、".join(f"{name}边" for name, _ in sides)
    count = sum(n for _, n in sides)
    return (_issue("cut_off", f"{where}{names}可能没有拍全，请核对，必要时重拍整页", float(count)),)


def _issue(code: str, message: str, score: float) -> QualityIssue:
    return QualityIssue(code=code, message=message, score=round(score, 3))
