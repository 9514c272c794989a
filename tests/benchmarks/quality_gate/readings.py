"""Readings of the pages, kept in the temporary folder: reading is dear and thresholds are tried many times."""

from __future__ import annotations

import hashlib
import pickle
import tempfile
from pathlib import Path

import cv2
import numpy as np

from pipeline.reading.engine import Engine
from pipeline.reading.found import Reading
from pipeline.reading.orientation import Orientation
from pipeline.reading.page import read_image
from pipeline.reading.pixels import Image
from pipeline.settings import OcrSettings

__all__ = ["Readings", "decode"]


def decode(jpeg: bytes) -> Image:
    """Return the picture as the reader loads it."""
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError("no picture")
    return np.asarray(image, dtype=np.uint8)


class Readings:
    """Reads pictures with the engine of the product, each once."""

    def __init__(self, folder: Path | None = None, *, fresh: bool = False) -> None:
        """``fresh`` reads again what an earlier program has read."""
        self.folder = folder or Path(tempfile.gettempdir()) / "yushen-quality-gate"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._fresh = fresh
        self._settings = OcrSettings()
        self._loaded: tuple[Engine, Orientation] | None = None

    def of(self, jpeg: bytes) -> Reading:
        """Return what the picture says."""
        path = self.folder / f"{hashlib.sha256(jpeg).hexdigest()[:24]}.pickle"
        if path.is_file() and not self._fresh:
            kept: Reading = pickle.loads(path.read_bytes())
            return kept
        if self._loaded is None:
            self._loaded = Engine(self._settings), Orientation(self._settings.orientation_model)
        engine, orientation = self._loaded
        reading = read_image(engine, orientation, decode(jpeg), side=self._settings.detection_side)
        engine.release()
        path.write_bytes(pickle.dumps(reading))
        return reading
