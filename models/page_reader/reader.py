"""The page reader in use: ONNX Runtime on one thread; torch is not imported."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from models.page_reader.encode import Encoded
from models.page_reader.joining import Outputs, read_pages
from models.page_reader.labels import PageInput, PageReading
from models.page_reader.tokenizer import Tokenizer
from models.page_reader.weights import FOLDER, MANIFEST, NETWORK, VOCABULARY, Manifest, WeightsError, checked

__all__ = ["PageReader", "load"]


class PageReader:
    """Labels the lines of pages. One instance serves one thread at a time."""

    def __init__(self, session: Any, tokenizer: Tokenizer, manifest: Manifest) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self._shape = manifest.shape
        self.version: str = manifest.version
        self.about = manifest.about

    def read(self, pages: Sequence[PageInput]) -> tuple[PageReading, ...]:
        """Return what is on each page; the same pages give the same answer, alone or together."""
        return read_pages(pages, self._tokenizer, self._shape, self._run)

    def _run(self, windows: Sequence[Encoded]) -> list[Outputs]:
        # Window by window: on one thread a batch is no faster, and filling up changes rounding.
        return [self._one(window) for window in windows]

    def _one(self, window: Encoded) -> Outputs:
        inputs = {
            "ids": window.ids[None],
            "boxes": window.boxes[None],
            "features": window.features[None],
            "places": window.places[None],
            "there": np.ones((1, len(window.ids)), np.float32),
        }
        labels, types, links = self._session.run(["labels", "types", "links"], inputs)
        return Outputs(labels[0], types[0], links[0])


def load(folder: Path | None = None) -> PageReader | None:
    """Load the weights in ``folder`` (default: those shipped); None where there are none.

    Raises:
        WeightsError: there are weights, but damaged ones or those of another version.
    """
    folder = folder or FOLDER
    if not (folder / MANIFEST).is_file():
        return None
    manifest = checked(folder)
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(str(folder / NETWORK), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise WeightsError(f"{NETWORK}: cannot be loaded ({type(error).__name__})") from error
    return PageReader(session, Tokenizer.load(folder / VOCABULARY), manifest)
