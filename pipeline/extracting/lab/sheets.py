"""Splits a page into sheets: one photo may hold several, side by side or stacked (hazard H9).

Anchors are what each sheet prints once: its title and the patient's name label. Nothing of one sheet may mix with
another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pipeline.extracting.lab.text import squeeze
from pipeline.nouns import Line, ReadPage

__all__ = ["Sheet", "split_sheets"]

_TITLE = re.compile(
    r".{0,40}(?:检验|化验|检查|检测|血常规|尿常规|生化|免疫|临检|化学|结果)[^:]{0,12}(?:报告单?|报告书|化验单|结果单|报告)(?:\(.{0,12}\))?|.{0,30}(?:检验|化验)(?:报告单?|单)|.{0,20}报告单"
)
_HOSPITAL = re.compile(
    r".{2,30}(?:医院|卫生院|医学院|保健院|医疗中心|检验中心|实验室|检验所|卫生服务中心)(?:检验科)?(?:\(.{1,10}\))?"
)
_NAME = re.compile(r"(?:病人|患者)?姓名[:;.]?.{0,24}|.{0,6}姓名:.{0,30}")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Lines of one sheet of paper on one page."""

    page: ReadPage
    lines: tuple[Line, ...]
    titled: bool
    """True when it begins with a title of its own; an untitled one may continue the sheet before."""


def split_sheets(page: ReadPage) -> list[Sheet]:
    """Return the sheets on ``page``: left part before right part, each from top to bottom."""
    lines = [line for line in page.lines if line.text.strip()]
    if not lines:
        return []
    out: list[Sheet] = []
    for part in _side_by_side(lines):
        out.extend(_stacked(page, part))
    return out


def _titles(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if len(squeeze(line.text)) <= 42 and _TITLE.fullmatch(squeeze(line.text))]


def _names(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if _NAME.fullmatch(squeeze(line.text))]


def _height(lines: Sequence[Line]) -> float:
    return float(np.median([line.upright[3] - line.upright[1] for line in lines]))


def _side_by_side(lines: list[Line]) -> list[list[Line]]:
    """Cut at the gutter between two titles, or two patient names, that stand beside one another."""
    h = _height(lines)
    x0, x1 = min(line.upright[0] for line in lines), max(line.upright[2] for line in lines)
    span = x1 - x0
    titles, names = _titles(lines), _names(lines)
    pairs = _beside(titles, 12 * h) if len(names) != 1 else []
    if not pairs and len(names) >= 2:
        # Two names alone prove little (requester, guardian): both halves must also hold a head of their own.
        pairs = [
            p for p in _beside(names, 8 * h) if p[1].upright[0] - p[0].upright[0] > 0.3 * span and _has_heads(lines, p)
        ]
    if not pairs:
        return [lines]
    left, right = pairs[0]
    cut = _gutter(lines, left, right, h)
    if cut is None:
        return [lines]
    at, lean = cut
    sides: tuple[list[Line], list[Line]] = ([], [])
    for line in lines:
        box = line.upright
        edge = at + lean * (box[1] + box[3]) / 2
        sides[(box[0] + box[2]) / 2 > edge].append(line)
    if min(len(sides[0]), len(sides[1])) < 6:
        return [lines]
    return [*_side_by_side(sides[0]), *_side_by_side(sides[1])]


def _beside(anchors: Sequence[Line], reach: float) -> list[tuple[Line, Line]]:
    out = []
    ordered = sorted(anchors, key=lambda line: line.upright[0])
    for i, one in enumerate(ordered):
        for two in ordered[i + 1 :]:
            a, b = one.upright, two.upright
            apart = b[0] - a[2]
            if apart > -0.1 * (a[2] - a[0]) and abs((a[1] + a[3]) - (b[1] + b[3])) / 2 < reach:
                out.append((one, two))
    return out


def _has_heads(lines: Sequence[Line], pair: tuple[Line, Line]) -> bool:
    middle = (pair[0].upright[2] + pair[1].upright[0]) / 2
    heads = [line for line in lines if re.match(r"性别|年龄|科室|科别|床号", squeeze(line.text))]
    left = sum(1 for line in heads if line.upright[0] < middle)
    return 0 < left < len(heads)


def _gutter(lines: Sequence[Line], left: Line, right: Line, h: float) -> tuple[float, float] | None:
    """Find the straight line x = at + lean * y between both anchors that crosses the fewest lines."""
    low, high = left.upright[0] + h, right.upright[2] - h
    boxes = np.array([line.upright for line in lines])
    y = (boxes[:, 1] + boxes[:, 3]) / 2
    middle = float(y.mean())
    best: tuple[float, float, float] | None = None
    for lean in np.linspace(-0.25, 0.25, 21):
        shift = lean * (y - middle)
        for x in np.linspace(low, high, 120):
            inner = np.minimum(x + shift - boxes[:, 0], boxes[:, 2] - x - shift)
            crossed = float((inner > 0.3 * h).sum())
            clear = float(np.minimum(np.abs(x + shift - boxes[:, 0]), np.abs(boxes[:, 2] - x - shift)).min())
            score = crossed - 0.2 * min(clear / h, 3.0) + abs(lean)
            if best is None or score < best[0]:
                best = (score, float(x - lean * middle), float(lean))
    if best is None or best[0] > 0.04 * len(lines) + 1:
        return None
    return best[1], best[2]


def _stacked(page: ReadPage, lines: list[Line]) -> list[Sheet]:
    """Cut before each title block. Where no titles are printed, before each patient name but the first."""
    h = _height(lines)
    titles = sorted(_titles(lines), key=lambda line: line.upright[1])
    starts: list[float] = []
    for title in titles:
        top = title.upright[1]
        if not starts or top - starts[-1] > 8 * h:
            starts.append(top)
    names = sorted(line.upright[1] for line in _names(lines))
    apart = [top for k, top in enumerate(names) if k == 0 or top - names[k - 1] > 8 * h]
    titled = bool(starts)
    if len(starts) > 1 and len(apart) < len(starts):
        # A title without a patient of its own may be a heading inside one sheet; keep those that a name follows.
        kept = [
            s
            for k, s in enumerate(starts)
            if any(s - h < n < (starts[k + 1] if k + 1 < len(starts) else 1e9) for n in apart)
        ]
        starts = kept or starts[:1]
    if len(starts) < len(apart):
        starts = [top - 0.6 * h for top in apart]
    starts = [_with_hospital(lines, top, h) for top in starts]
    if len(starts) <= 1:
        return [Sheet(page, tuple(lines), titled)]
    edges = [float("-inf"), *starts[1:], float("inf")]
    out = []
    for low, high in pairwise(edges):
        part = [line for line in lines if low <= (line.upright[1] + line.upright[3]) / 2 < high]
        if part:
            out.append(Sheet(page, tuple(part), True))
    return out


def _with_hospital(lines: Sequence[Line], top: float, h: float) -> float:
    """Move a sheet's start up to the hospital's name printed above its title."""
    above = [
        line.upright[1]
        for line in lines
        if -7 * h < line.upright[1] - top < 0
        and (_HOSPITAL.fullmatch(squeeze(line.text)) or _TITLE.fullmatch(squeeze(line.text)))
    ]
    return min([top, *above]) - 0.2 * h
