"""Where sheets lie and where the camera stands: from flat leaves to the first frame."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from data_samples.factory.camera.backgrounds import background, things
from data_samples.factory.camera.fields import STEP, Grid, Points, lit
from data_samples.factory.camera.maps import Chain, Map, Projective, render, scaling, sources, turning
from data_samples.factory.camera.shot import Frame, Leaf
from data_samples.factory.drawn import Picture

__all__ = ["Standing", "lay"]

_PITCH, _YAW, _ROLL = 24.0, 14.0, 11.0
"""Degrees at strength 1."""
_SCAN_SKEW = 3.5
_WIDE, _CLOSE = 0.60, 0.98
"""Share of the frame that the sheets fill at distance 1 and 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the sheets are taken."""

    stage: str
    """phone (a camera above a background), glass (a scanner), flat (the page itself fills the picture)."""
    skew: float = 0.0
    perspective: float = 0.0
    distance: float = 0.0
    longest: int = 2400
    """Pixels of the longer side of a photograph."""
    dpi: float = 200.0
    """Of a scan."""
    fill: float | None = None
    """Share of the frame, in place of what ``distance`` says."""
    surface: str = "desk"
    """Key of ``backgrounds``."""
    black_lid: bool = False


def lay(leaves: Sequence[Leaf], standing: Standing, rng: np.random.Generator) -> Frame:
    """Return the frame of ``leaves``, one beside the other where there are several."""
    if standing.stage == "phone":
        return _photographed(leaves, standing, rng)
    return _flat(leaves[0], standing, rng)


def _flat(leaf: Leaf, standing: Standing, rng: np.random.Generator) -> Frame:
    width, height = leaf.size
    glass = standing.stage == "glass"
    scale = standing.dpi / 25.4 / leaf.per_mm if glass else 1.0
    size = (round(width * scale), round(height * scale))
    maps: list[Map] = []
    bent = leaf.bent((width * 0.5, height * 0.9), 1.5 * height)
    # A lid presses the sheet flat: only its shading remains.
    if bent is not None and not glass:
        maps.append(bent)
    if standing.skew:
        sign = -1.0 if rng.random() < 0.5 else 1.0
        degrees = sign * standing.skew * (_SCAN_SKEW if glass else _ROLL)
        maps.append(turning(degrees, (width / 2, height / 2)))
        if not glass:
            # Keep all of a turned page in the picture.
            lean = abs(math.sin(math.radians(degrees)))
            room = 1 / (math.cos(math.radians(degrees)) + lean * max(width / height, height / width))
            maps.append(
                Projective(np.array([[room, 0, width * (1 - room) / 2], [0, room, height * (1 - room) / 2], [0, 0, 1]]))
            )
    if scale != 1.0:
        maps.append(scaling(size[0] / width, size[1] / height))
    if not maps and leaf.mask is None:
        image = leaf.image
    else:
        lid = (26.0, 27.0, 29.0) if standing.black_lid else (247.0, 247.0, 246.0)
        image = np.full((size[1], size[0], 3), lid, np.uint8)
        image = _laid(image, _shrunk(leaf, scale), Chain([scaling(1 / min(scale, 1), 1 / min(scale, 1)), *maps]), None)
    chain = Chain(maps)
    return Frame(
        image=image,
        prints=(chain.forward(leaf.prints),),
        corners=(chain.forward(_corners(leaf)),),
        per_mm=leaf.per_mm * scale,
    )


def _photographed(leaves: Sequence[Leaf], standing: Standing, rng: np.random.Generator) -> Frame:
    places, group = _spots(leaves, standing, rng)
    wide = group[0] / group[1]
    lying = wide > 1.08 and (len(leaves) > 1 or rng.random() < 0.85)
    long, short = standing.longest, round(standing.longest * 0.75)
    size = (long, short) if lying else (short, long)
    matrix, foot, eye = _pose(group, size, standing, rng)
    per_mm = math.sqrt(abs(np.linalg.det(matrix[:2, :2])))
    image = background(standing.surface, size, per_mm, rng)
    if not leaves:
        image = things(image, rng)
    prints, corners = [], []
    for leaf, place in zip(leaves, places, strict=True):
        inverse = Chain([place])
        own_foot = inverse.back(np.array([foot]))[0]
        bent = leaf.bent((float(own_foot[0]), float(own_foot[1])), eye * leaf.per_mm)
        maps: list[Map] = [*([] if bent is None else [bent]), place, Projective(matrix)]
        shrink = min(per_mm / leaf.per_mm, 1.0)
        drop = per_mm * (1.2 + (0.0 if leaf.height is None else 0.5 * float(np.mean(leaf.height)) / leaf.per_mm))
        shadow = (-leaf.slant[0] * drop, -leaf.slant[1] * drop, drop)
        thin = _shrunk(leaf, shrink)
        image = _laid(image, thin, Chain([scaling(1 / shrink, 1 / shrink), *maps]), shadow)
        chain = Chain(maps)
        prints.append(chain.forward(leaf.prints))
        corners.append(chain.forward(_corners(leaf)))
    return Frame(image=image, prints=tuple(prints), corners=tuple(corners), per_mm=per_mm)


def _spots(
    leaves: Sequence[Leaf], standing: Standing, rng: np.random.Generator
) -> tuple[list[Map], tuple[float, float]]:
    """Return, for each leaf, the map to millimetres of the desk, and the extent of all; the middle is the origin."""
    sizes = [(leaf.size[0] / leaf.per_mm, leaf.size[1] / leaf.per_mm) for leaf in leaves]
    if not leaves:
        return [], (210.0, 297.0)
    if len(leaves) == 1:
        return [_spot(leaves[0], (0.0, 0.0), 0.0)], sizes[0]
    # Landscape slips lie below each other, portrait sheets side by side.
    stacked = sum(w > h for w, h in sizes) * 2 > len(sizes)
    axis = 1 if stacked else 0
    turns = rng.uniform(-3, 3, len(leaves))
    spans = []
    for (w, h), turn in zip(sizes, turns, strict=True):
        lean = abs(math.sin(math.radians(float(turn))))
        spans.append((w + lean * h, h + lean * w))
    gaps = rng.uniform(1, 14, len(leaves))
    total = sum(span[axis] for span in spans) + float(gaps[1:].sum())
    other = max(span[1 - axis] for span in spans)
    at, places = -total / 2, []
    for k, leaf in enumerate(leaves):
        at += float(gaps[k]) if k else 0.0
        slack = (other - spans[k][1 - axis]) / 2
        off = float(rng.uniform(-1, 1)) * min(slack, 30.0)
        middle = at + spans[k][axis] / 2
        places.append(_spot(leaf, (off, middle) if stacked else (middle, off), float(turns[k])))
        at += spans[k][axis]
    return places, (other, total) if stacked else (total, other)


def _spot(leaf: Leaf, centre: tuple[float, float], degrees: float) -> Map:
    width, height = leaf.size
    scale = 1 / leaf.per_mm
    to_middle = np.array([[scale, 0, -width * scale / 2], [0, scale, -height * scale / 2], [0, 0, 1]])
    shift = np.array([[1, 0, centre[0]], [0, 1, centre[1]], [0, 0, 1]])
    return Projective(shift @ turning(degrees, (0.0, 0.0)).matrix @ to_middle)


def _pose(
    group: tuple[float, float], size: tuple[int, int], standing: Standing, rng: np.random.Generator
) -> tuple[NDArray[np.float64], tuple[float, float], float]:
    """Return the map from desk (mm) to frame (pixels), the point below the camera (mm) and the camera's height (mm)."""
    # People hold the phone too low and look along the sheet more often than they lean sideways.
    pitch = math.radians(standing.perspective * _PITCH * float(rng.choice([1, 1, 1, -1])) * float(rng.uniform(0.7, 1)))
    yaw = math.radians(standing.perspective * _YAW * float(rng.uniform(-1, 1)))
    sign = -1.0 if rng.random() < 0.5 else 1.0
    roll = math.radians(standing.skew * _ROLL * sign)
    away = max(group) * float(rng.uniform(1.1, 1.7))
    turn_x = np.array([[1, 0, 0], [0, math.cos(pitch), -math.sin(pitch)], [0, math.sin(pitch), math.cos(pitch)]])
    turn_y = np.array([[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]])
    turn_z = np.array([[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]])
    turn = turn_z @ turn_x @ turn_y
    raw = np.column_stack([turn[:, 0], turn[:, 1], [0, 0, away]])
    half = np.array(group) / 2
    rim = Projective(raw).forward(half * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], dtype=np.float64))
    low, high = rim.min(axis=0), rim.max(axis=0)
    fill = standing.fill if standing.fill is not None else _CLOSE - (_CLOSE - _WIDE) * standing.distance
    scale = fill * float(min(np.array(size) / (high - low)))
    slack = np.array(size) - (high - low) * scale
    # Nobody centres exactly, nobody puts the sheet into a corner.
    offset = slack * np.clip(0.5 + 0.16 * rng.standard_normal(2), 0.1, 0.9) - low * scale
    matrix = np.array([[scale, 0, offset[0]], [0, scale, offset[1]], [0, 0, 1]]) @ raw
    below = -away * turn[2]
    return matrix / matrix[2, 2], (float(below[0]), float(below[1])), away * float(turn[2, 2])


def _corners(leaf: Leaf) -> Points:
    width, height = leaf.size
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float64)


def _shrunk(leaf: Leaf, scale: float) -> tuple[Picture, NDArray[np.uint8]]:
    mask = np.full(leaf.image.shape[:2], 255, np.uint8) if leaf.mask is None else leaf.mask
    if scale >= 1:
        return leaf.image, mask
    size = (max(round(leaf.size[0] * scale), 1), max(round(leaf.size[1] * scale), 1))
    small = cv2.resize(leaf.image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.uint8)


def _laid(
    image: Picture, leaf: tuple[Picture, NDArray[np.uint8]], moved: Map, shadow: tuple[float, float, float] | None
) -> Picture:
    """Lay a leaf on ``image``; ``shadow`` is how far its shadow falls to the right and down, and how soft it is."""
    picture, mask = leaf
    height, width = mask.shape
    edge = np.linspace(0, 1, 12)
    rim = np.concatenate(
        [
            np.stack([edge * width, edge * 0], axis=1),
            np.stack([edge * width, edge * 0 + height], axis=1),
            np.stack([edge * 0, edge * height], axis=1),
            np.stack([edge * 0 + width, edge * height], axis=1),
        ]
    )
    seen = moved.forward(rim)
    reach = 4 + (0 if shadow is None else int(abs(shadow[0]) + abs(shadow[1]) + 3 * shadow[2]))
    low = np.maximum(np.floor(seen.min(axis=0)).astype(int) - reach, 0)
    high = np.minimum(np.ceil(seen.max(axis=0)).astype(int) + reach, [image.shape[1], image.shape[0]])
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    if min(size) <= 0:
        return image
    origin = (int(low[0]), int(low[1]))
    places = sources(moved, size, origin)
    inside = render(mask, places, outside=0)
    paper = render(picture, places)
    window = np.ascontiguousarray(image[low[1] : high[1], low[0] : high[0]])
    if shadow is not None:
        window = lit(window, _shadowed(inside, shadow))
    alpha = inside.astype(np.float32) / 255
    out = image.copy()
    out[low[1] : high[1], low[0] : high[0]] = cv2.blendLinear(paper, window, alpha, 1 - alpha)
    return out


def _shadowed(inside: Picture, shadow: tuple[float, float, float]) -> Grid:
    """Return the light that the shadow of a sheet leaves, on a grid."""
    small = cv2.resize(inside, None, fx=1 / STEP, fy=1 / STEP, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    matrix = np.array([[1, 0, shadow[0] / STEP], [0, 1, shadow[1] / STEP]], dtype=np.float64)
    moved = cv2.warpAffine(small, matrix, (small.shape[1], small.shape[0]))
    soft = cv2.GaussianBlur(moved, (0, 0), max(shadow[2] / STEP, 0.5))
    return np.asarray(1 - 0.5 * np.pad(soft, ((0, 2), (0, 2)), mode="edge"), np.float32)
