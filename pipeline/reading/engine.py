"""One OCR engine: PaddleOCR's detection and recognition on ONNX Runtime. One per process, never shared (hazard H1)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from pipeline.reading.geometry import Quads
from pipeline.reading.network import Network
from pipeline.reading.pixels import Image
from pipeline.settings import OcrSettings
from pipeline.workers import TaskError

__all__ = ["Engine"]

_MAX_SIDE = 4000
_NARROWER = 0.85
"""Words are squeezed to this share of their width before recognition, whose cost grows with width. Doubled points and
letters (``17..9``, ``mmo1/L``) become fewer that way; single characters and arrows are left alone. Sentences at 0.75
cost 2% less, but lost digits of an identity number and boxes ticked on a form."""
_WORD = 2.0
"""Crops wider than this, in heights, are words."""
_BOX_SCORE = 0.4
"""Least mean score inside a box. At the models' default of 0.6 long lines on bent paper vanish without a word, because
the rectangle around them holds much background; what is no text after all is dropped by what it reads as."""


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
        # On a processor padding costs more than batches save; a GPU wants batches.
        self._batch = 1 if settings.device.startswith("cpu") else 32
        self._network: Network | None = None
        if settings.network == "openvino" and settings.device.startswith("cpu"):
            self._network = Network(settings.detection_dir)
            self._detection.paddlex_predictor.runner = self._network

    def detect(self, image: Image, side: int) -> Quads:
        """Return the quads of text lines, detected with the longest side scaled to ``side`` pixels at most."""
        result = self._detection.predict(
            image,
            batch_size=1,
            limit_side_len=side,
            limit_type="max",
            max_side_limit=_MAX_SIDE,
            box_thresh=_BOX_SCORE,
        )[0]
        polys = [np.asarray(poly, dtype=np.float64) for poly in result["dt_polys"]]
        return np.stack(polys) if polys else np.empty((0, 4, 2))

    def recognise(self, crops: Sequence[Image]) -> list[tuple[str, float]]:
        """Return text and confidence of each crop (one line each, upright), in order."""
        usable = [i for i, crop in enumerate(crops) if crop.shape[0] > 1 and crop.shape[1] > 1]
        crops = [_narrower(crop) if crop.shape[1] > _WORD * crop.shape[0] else crop for crop in crops]
        order = sorted(usable, key=lambda i: crops[i].shape[1] / crops[i].shape[0])
        texts: list[tuple[str, float]] = [("", 0.0)] * len(crops)
        if order:
            results = self._recognition.predict([crops[i] for i in order], batch_size=self._batch)
            for index, result in zip(order, results, strict=True):
                score = float(result["rec_score"])
                texts[index] = (str(result["rec_text"]), score if np.isfinite(score) else 0.0)
        return texts

    def release(self) -> None:
        """Give back what the networks keep between pages."""
        if self._network is not None:
            self._network.release()


def _narrower(crop: Image) -> Image:
    height, width = crop.shape[:2]
    narrow = cv2.resize(crop, (round(width * _NARROWER), height), interpolation=cv2.INTER_AREA)
    return np.asarray(narrow, dtype=np.uint8)
