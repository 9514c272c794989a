"""Which way up a page is (hazard H4: an upright page must never be turned).

The orientation network only says which turn to try first. What decides is reading: a sample of the longest lines is
read as the page lies, and another turn wins only when the sample clearly reads better that way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.reading.crops import cut
from pipeline.reading.engine import Engine
from pipeline.reading.geometry import Quads
from pipeline.reading.pixels import Image, turn

__all__ = ["Known", "Orientation"]

Known = Mapping[bytes, tuple[str, float]]
"""Text and confidence already read, by the bytes of the quad."""

_SAMPLE = 10
_READS_WELL = 0.86
"""Mean confidence of the sample from which no other turn is tried. Measured on four sheets: at least 0.99 upright,
0.55 to 0.63 upside down."""
_BETTER = 1.25
"""How many times more confident characters another turn must give."""
_SURE = 0.5
"""Only lines read with more than this count as characters."""
_MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
_STD = np.array([0.229, 0.224, 0.225], dtype=np.float32)


class Orientation:
    """Finds the clockwise turn that brings a page upright."""

    def __init__(self, model: Path | None) -> None:
        self._session: Any = None
        if model is not None and model.is_file():
            import onnxruntime

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1
            options.enable_cpu_mem_arena = False
            self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

    def likely(self, image: Image) -> list[int]:
        """Return the four turns, the likeliest first; without a model in the order 0, 90, 270, 180."""
        if self._session is None:
            return [0, 90, 270, 180]
        small = cv2.resize(image, (224, 224), interpolation=cv2.INTER_AREA).astype(np.float32) / 255.0
        batch = ((small - _MEAN) / _STD).transpose(2, 0, 1)[None].astype(np.float32)
        scores = self._session.run(None, {self._session.get_inputs()[0].name: batch})[0][0]
        # Label k: the page has been turned clockwise by 90 k, so 360 - 90 k brings it back.
        return [(360 - 90 * int(k)) % 360 for k in np.argsort(-scores)]

    def lies_on_its_side(self, quads: Quads) -> bool:
        """True when lines may well run upwards or downwards: told from boxes alone; ``find`` decides."""
        return sum(_sides(quad)[1] > 1.5 * _sides(quad)[0] for quad in quads[_sample(quads)]) > _SAMPLE / 4

    def find(self, engine: Engine, image: Image, quads: Quads) -> tuple[int, Known]:
        """Find the turn after which the page reads best.

        Returns:
            The clockwise turn (0, 90, 180 or 270), and what was read meanwhile of the page as it lies: text and
            confidence by quad, so that an upright page pays nothing for the question.
        """
        sample = quads[_sample(quads)]
        if not len(sample):
            return 0, {}
        usual = float(np.median([min(_sides(quad)) for quad in sample]))
        tall = [_sides(quad)[1] > 1.5 * _sides(quad)[0] for quad in sample]
        lying = sum(tall) > len(tall) / 2
        if not lying:
            read = engine.recognise([cut(image, quad, usual) for quad in sample])
            if _score(read)[1] >= _READS_WELL:
                return 0, {quad.tobytes(): text for quad, text in zip(sample, read, strict=True)}
        candidates = [0, 90, 180, 270] if 0.25 < np.mean(tall) < 0.75 else [90, 270, 0] if lying else [0, 180]
        scores: dict[int, tuple[float, float]] = {}
        for angle in _first(candidates, self.likely(image)):
            scores[angle] = _turned(engine, image, sample, angle)
            if lying and angle and scores[angle][1] >= _READS_WELL:
                return angle, {}  # as sure as an upright page is of itself
        best = max(scores, key=lambda angle: scores[angle][0])
        keeps = best == 0 or scores[best][0] < _BETTER * scores.get(0, (0.0, 0.0))[0]
        return (0 if keeps or scores[best][0] == 0 else best), {}


def _first(candidates: list[int], likely: list[int]) -> list[int]:
    return sorted(candidates, key=likely.index)


def _sides(quad: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Width and height of the upright box around a quad."""
    size = quad.max(axis=0) - quad.min(axis=0)
    return float(size[0]), float(size[1])


def _sample(quads: Quads) -> list[int]:
    """Choose the longest lines of ordinary thickness: whole sentences, not seals and not ruled boxes."""
    if len(quads) == 0:
        return []
    sides = np.array([_sides(quad) for quad in quads])
    long, thick = sides.max(axis=1), sides.min(axis=1)
    usual = np.median(thick)
    wanted = np.argsort(-(long * ((thick < 2 * usual) & (thick > 0.5 * usual))), kind="stable")
    return [int(i) for i in wanted[:_SAMPLE]]


def _turned(engine: Engine, image: Image, sample: Quads, angle: int) -> tuple[float, float]:
    """Read the sample as if the page were turned by ``angle``; only the small crops are turned."""
    crops = []
    for quad in sample:
        x0, y0 = np.maximum(np.floor(quad.min(axis=0)).astype(int), 0)
        x1, y1 = np.ceil(quad.max(axis=0)).astype(int)
        crops.append(turn(image[y0:y1, x0:x1], angle))
    return _score(engine.recognise(crops))


def _score(texts: Sequence[tuple[str, float]]) -> tuple[float, float]:
    """Return confident characters, and mean confidence weighted by length."""
    read = [(len(text), score) for text, score in texts if text]
    characters = sum(n for n, _ in read)
    mean = sum(n * score for n, score in read) / characters if characters else 0.0
    return sum(n * score for n, score in read if score > _SURE), mean
