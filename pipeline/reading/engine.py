"""One OCR engine: PaddleOCR's detection and recognition on ONNX Runtime. One per process, never shared (hazard H1)."""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.reading.geometry import Quads
from pipeline.reading.hubs import no_hubs
from pipeline.reading.lines import HEIGHT, LEAST_WIDTH, LineDecoder, LineNetwork, few_widths
from pipeline.reading.network import Network
from pipeline.reading.pixels import Image
from pipeline.settings import OcrSettings
from pipeline.workers import TaskError

__all__ = ["Engine", "Part"]

Part = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels of the page."""


_MAX_SIDE = 4000
_CELL = 32
"""Sides of what detection is given are multiples of this: pixels of one step of the network's coarsest map."""
_NARROWER = 0.85
"""Words are squeezed to this share of their width before recognition, whose cost grows with width. Doubled points and
letters (``17..9``, ``mmo1/L``) become fewer that way; single characters and arrows are left alone. Sentences at 0.75
cost 2% less, but lost digits of an identity number and boxes ticked on a form."""
_WORD = 2.0
"""Crops wider than this, in heights, are words."""
_TOGETHER = 100
"""Lines handed to the recognition network at once, which runs those of one width in turn."""
_BOX_SCORE = 0.4
"""Least mean score inside a box. At the models' default of 0.6 long lines on bent paper vanish without a word, because
the rectangle around them holds much background; what is no text after all is dropped by what it reads as."""

_FAINT = (0.2, 0.25)
"""Least score of a pixel and of a box, where every trace of text counts."""


class Engine:
    """Finds and reads text lines.

    The two PaddleOCR modules are driven directly instead of through the ``PaddleOCR`` pipeline, because the pipeline
    turns every small tall crop by 90 degrees (a lone ↓ becomes → and 1 becomes —), pads lines of one batch to the
    widest, and cannot read a few lines again.
    """

    def __init__(self, settings: OcrSettings) -> None:
        """Load the models.

        Raises:
            TaskError: ``ocr_models_missing`` when a model folder is not there.
        """
        for folder in (settings.detection_dir, settings.recognition_dir):
            if not (folder / "inference.yml").is_file():
                raise TaskError("ocr_models_missing", f"{folder.name}: run python -m models.ocr.prepare")
        # PaddleX asks its model hosts at import whether they can be reached; all models are local here (hazard H3).
        os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"
        os.environ.setdefault("PADDLE_PDX_LOG_LEVEL", "ERROR")
        cv2.setNumThreads(1)
        with no_hubs():
            from paddleocr import TextDetection, TextRecognition

        common: dict[str, Any] = {
            "device": settings.device,
            "engine": "onnxruntime",
            "engine_config": {
                "intra_op_num_threads": 1,
                "inter_op_num_threads": 1,
                # The arena keeps the largest page's memory for good.
                "enable_cpu_mem_arena": False,
                # A pattern is kept for every shape of input ever seen, and every line has its own width.
                "enable_mem_pattern": False,
            },
        }
        self._detection = TextDetection(
            model_name=settings.detection_name, model_dir=str(settings.detection_dir), **common
        )
        self._recognition = TextRecognition(
            model_name=settings.recognition_name, model_dir=str(settings.recognition_dir), **common
        )
        # Official: 320 px. Short lines padded to less read as the same text, in half the time over a page.
        self._recognition.paddlex_predictor.pre_tfs["ReisizeNorm"].rec_image_shape = [3, HEIGHT, LEAST_WIDTH]
        self._scaled = _Scaled()
        self._detection.paddlex_predictor.pre_tfs["Resize"] = self._scaled
        # On a processor padding costs more than batches save; a GPU wants batches.
        self._batch = 1 if settings.device.startswith("cpu") else 32
        self._networks: tuple[Network | LineNetwork, ...] = ()
        if settings.network == "openvino" and settings.device.startswith("cpu"):
            self._networks = (self._exchange_detection(settings.detection_dir),)
            with contextlib.suppress(ValueError):  # another model's network, which ONNX Runtime can run
                self._networks += (self._exchange_recognition(settings.recognition_dir),)
                self._batch = _TOGETHER

    def detect(self, image: Image, side: int, *, faint: bool = False, part: Part | None = None) -> Quads:
        """Return the quads of text lines, detected with the longest side scaled to ``side`` pixels at most.

        Args:
            image: BGR.
            side: in pixels.
            faint: take for text what only might be.
            part: look there only. The network is given the very pixels that it would be given of the whole, cut on its
                own grid: boxes differ by a pixel or two, for it also weighs what it sees as a whole.
        """
        height, width = image.shape[:2]
        scale = min(1.0, side / max(height, width), _MAX_SIDE / max(height, width))
        columns, rows = (max(round(int(length * scale) / _CELL), 1) * _CELL for length in (width, height))
        small = image if (rows, columns) == (height, width) else cv2.resize(image, (columns, rows))
        factor = np.array([width / columns, height / rows])
        corner = np.zeros(2)
        if part is not None:
            x0, y0 = (np.array(part[:2]) / factor // _CELL * _CELL).astype(int)
            x1, y1 = (-(-np.array(part[2:]) / factor // _CELL) * _CELL).astype(int)
            small, corner = small[y0:y1, x0:x1], np.array([x0, y0]) * factor
        self._scaled.size = np.array(small.shape[1::-1]) * factor
        result = self._detection.predict(
            np.ascontiguousarray(small, dtype=np.uint8),
            batch_size=1,
            thresh=_FAINT[0] if faint else None,
            box_thresh=_FAINT[1] if faint else _BOX_SCORE,
        )[0]
        polys = [np.asarray(poly, dtype=np.float64) for poly in result["dt_polys"]]
        return np.stack(polys) + corner if polys else np.empty((0, 4, 2))

    def recognise(self, crops: Sequence[Image]) -> list[tuple[str, float]]:
        """Return text and confidence of each crop (one line each, upright), in order."""
        usable = [i for i, crop in enumerate(crops) if crop.shape[0] > 1 and crop.shape[1] > 1]
        lines = {i: _narrower(crops[i]) if crops[i].shape[1] > _WORD * crops[i].shape[0] else crops[i] for i in usable}
        order = sorted(usable, key=lambda i: lines[i].shape[1] / lines[i].shape[0])
        texts: list[tuple[str, float]] = [("", 0.0)] * len(crops)
        if order:
            results = self._recognition.predict([lines[i] for i in order], batch_size=self._batch)
            for index, result in zip(order, results, strict=True):
                score = float(result["rec_score"])
                texts[index] = (str(result["rec_text"]), score if np.isfinite(score) else 0.0)
        return texts

    def release(self) -> None:
        """Give back what the networks keep between pages."""
        for network in self._networks:
            network.release()

    def _exchange_detection(self, folder: Path) -> Network:
        network = Network(folder)
        self._detection.paddlex_predictor.runner = network
        return network

    def _exchange_recognition(self, folder: Path) -> LineNetwork:
        network = LineNetwork(folder)
        predictor = self._recognition.paddlex_predictor
        predictor.runner = network
        predictor.pre_tfs["ToBatch"] = lambda imgs: imgs  # every line keeps its own width
        predictor.post_op = LineDecoder(predictor.post_op)
        return network


class _Scaled:
    """Stands in for PaddleX's scaling: pictures come scaled, and boxes are wanted in pixels of the page (``size``)."""

    size: npt.NDArray[np.float64]
    """Width and height on the page."""

    def __call__(self, imgs: Sequence[Image], **_: Any) -> tuple[Sequence[Image], list[npt.NDArray[np.float64]]]:
        width, height = self.size
        rows, columns = imgs[0].shape[:2]
        return imgs, [np.array([height, width, rows / height, columns / width])]


def _narrower(crop: Image) -> Image:
    """Squeeze a crop, to one of the few widths that the network is prepared for where it is longer than the least."""
    height, width = crop.shape[:2]
    wished = width * _NARROWER
    seen = wished * HEIGHT / height
    if seen > LEAST_WIDTH:
        wished = math.floor(few_widths(seen) * height / HEIGHT)
    narrow = cv2.resize(crop, (round(wished), height), interpolation=cv2.INTER_AREA)
    return np.asarray(narrow, dtype=np.uint8)
