"""Compares reading a page with ``PaddleOCR(...)`` at its defaults: CPU seconds and character errors, the same weights.

    python -m data_samples.factory --out CASES --cases 12 --split held-out
    python -m tests.benchmarks.reading_speed CASES [--pages N]

Every page that is no printed PDF is read by both, in turn, in this one process. PaddleOCR's optional models (turning,
unwarping, turning single lines) are off, because they do not come with the weights; its threads are its own choice.
Errors are counted against the lines that the page's truth records, by the evaluation's own comparison.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.evaluating.kept import KeptLine, KeptPage
from pipeline.evaluating.text import TextScore, score_text
from pipeline.evaluating.truth import Box, TruthPage, load_truth, truth_folders
from pipeline.intake import take_in
from pipeline.reading.engine import Engine
from pipeline.reading.geometry import to_displayed
from pipeline.reading.orientation import Orientation
from pipeline.reading.page import read_image
from pipeline.reading.pixels import Image, load
from pipeline.settings import OcrSettings, Settings

Lines = tuple[KeptLine, ...]
Read = Callable[[Image], tuple[Lines, int]]
"""From the page as displayed to its lines and the turn that was found."""


def paddle(settings: OcrSettings) -> Read:
    """The reader that people would take."""
    os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"
    from paddleocr import PaddleOCR

    reader: Any = PaddleOCR(
        text_detection_model_name=settings.detection_name,
        text_detection_model_dir=str(settings.detection_dir),
        text_recognition_model_name=settings.recognition_name,
        text_recognition_model_dir=str(settings.recognition_dir),
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
        engine="onnxruntime",
    )

    def read(image: Image) -> tuple[Lines, int]:
        result = reader.predict(image)[0]
        height, width = image.shape[:2]
        found = zip(result["rec_texts"], result["rec_polys"], result["rec_scores"], strict=True)
        return tuple(KeptLine(text, _box(poly, width, height), float(score)) for text, poly, score in found), 0

    return read


def ours(settings: OcrSettings) -> Read:
    """The pipeline's own way, as its workers do it."""
    engine, orientation = Engine(settings), Orientation(settings.orientation_model)

    def read(image: Image) -> tuple[Lines, int]:
        reading = read_image(engine, orientation, image, side=settings.detection_side)
        engine.release()
        height, width = image.shape[:2]
        if not reading.lines:
            return (), reading.angle
        shown = to_displayed(np.stack([line.quad for line in reading.lines]), reading.angle, width, height)
        return tuple(
            KeptLine(line.text, _box(quad, width, height), line.confidence)
            for line, quad in zip(reading.lines, shown, strict=True)
        ), reading.angle

    return read


def _box(points: Any, width: int, height: int) -> Box:
    corners = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    return (x0 / width, y0 / height, x1 / width, y1 / height)


def pages(root: Path, most: int, work: Path) -> list[tuple[TruthPage, Image]]:
    """Truth and pixels of the pages to read: usable, of recorded lines, not born digital."""
    found: list[tuple[TruthPage, Image]] = []
    for number, folder in enumerate(truth_folders(root)):
        truth = {(page.file, page.page): page for page in load_truth(folder).pages}
        taken = take_in([folder], work / str(number), limits=Settings().intake)
        for page in taken.pages:
            known = truth.get((page.file, page.number))
            if known is not None and known.lines and not known.unusable and known.medium != "pdf":
                found.append((known, load(page.image)))
            if len(found) == most:
                return found
    return found


def measure(read: Read, known: TruthPage, image: Image) -> tuple[float, TextScore]:
    """CPU seconds of one page and how well it was read."""
    started = time.process_time()
    lines, angle = read(image)
    spent = time.process_time() - started
    height, width = image.shape[:2]
    kept = KeptPage(
        file=known.file,
        page=known.page,
        width=width,
        height=height,
        reader="ppocr",
        angle=angle,
        seconds=spent,
        lines=lines,
    )
    return spent, score_text(known, kept)


def _sum(scores: Sequence[TextScore]) -> tuple[str, str]:
    wrong = sum(s.edits + s.missed for s in scores)
    characters = sum(s.characters for s in scores)
    invented = sum(s.invented for s in scores)
    return f"{100 * wrong / max(characters, 1):.2f}%", f"{100 * invented / max(characters, 1):.2f}%"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", type=Path)
    parser.add_argument("--pages", type=int, default=40)
    options = parser.parse_args()
    settings = OcrSettings()
    readers = {"PaddleOCR at its defaults": paddle(settings), "Yushen": ours(settings)}
    seconds: dict[str, list[float]] = {name: [] for name in readers}
    scores: dict[str, list[TextScore]] = {name: [] for name in readers}
    with tempfile.TemporaryDirectory() as work:
        chosen = pages(options.cases, options.pages, Path(work))
        for read in readers.values():  # the first page of each reader pays for preparations
            read(chosen[0][1])
        for known, image in chosen:
            for name, read in readers.items():
                spent, score = measure(read, known, image)
                seconds[name].append(spent)
                scores[name].append(score)
    print(f"{platform.machine()}, {os.cpu_count()} cores, {len(chosen)} pages")
    print("| reader | CPU s a page | characters wrong or missed | characters invented |")
    print("| --- | --- | --- | --- |")
    for name in readers:
        wrong, invented = _sum(scores[name])
        print(f"| {name} | {sum(seconds[name]) / len(chosen):.2f} | {wrong} | {invented} |")
    default, own = (sum(seconds[name]) for name in readers)
    print(f"PaddleOCR takes {default / own:.1f} times the CPU seconds.")


if __name__ == "__main__":
    main()
