"""Loads models, vocabulary and rules before the first applicant waits: one invented sheet goes the whole way."""

from __future__ import annotations

import logging
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageDraw

from pipeline.intake import Decoder, take_in
from pipeline.learned import open_page_reader
from pipeline.nouns import Line, ReadPage
from pipeline.review import conclude, understand
from pipeline.service.casework.judging import open_region
from pipeline.service.logs import event, places_of
from pipeline.service.office import Office
from pipeline.service.work.seams import PageReading
from pipeline.service.work.taking_in import scratch

__all__ = ["warm_up"]

_LOG = logging.getLogger(__name__)

_SIZE = 900
_PRINTED = ("2026-03-16", "HbA1c 7.1 %")
"""In letters that every machine can draw; the Chinese of the sheet is put in as read."""
_WORDS = ("江州市第一人民医院", "出院记录", "出院诊断：1.高血压病3级 2.2型糖尿病", "检查所见：左室射血分数62%。")


def warm_up(office: Office, reader: PageReading, decoder: Decoder) -> None:
    """Run once in a thread of its own. Never fails: what is not warm now is loaded with the first page."""
    started = time.perf_counter()
    try:
        with tempfile.TemporaryDirectory(dir=scratch(office), prefix="warm-") as folder:
            sheet = Path(folder) / "sheet.png"
            _draw(sheet)
            pages = take_in([sheet], Path(folder) / "work", limits=office.settings.intake, decoder=decoder).pages
            read, _ = reader.read(pages)
            case = understand(
                [_with_words(page) for page in read],
                files=(),
                as_of=office.today(),
                page_reader=open_page_reader(office.settings.extracting),
            )
        service = office.settings
        region = open_region(service.rules_dir, service.service.region)
        conclude(case, region=region, disease=None, settings=service)
    except Exception as error:
        event(_LOG, "worker.not_warm", level=logging.WARNING, error=type(error).__name__, places=places_of(error))
    else:
        event(_LOG, "worker.warm", seconds=round(time.perf_counter() - started, 1))


def _draw(path: Path) -> None:
    image = Image.new("RGB", (_SIZE, _SIZE), "white")
    draw = ImageDraw.Draw(image)
    for number, text in enumerate(_PRINTED):
        draw.text((80, 120 + 90 * number), text, fill="black", font_size=40)
    image.save(path)


def _with_words(read: ReadPage) -> ReadPage:
    def line(number: int, text: str) -> Line:
        top, right = 60.0 * number + 300, 40.0 * len(text) + 60
        quad = ((60.0, top), (right, top), (right, top + 40), (60.0, top + 40))
        return Line(text, quad, quad, 0.99, "ppocr", "")

    return replace(read, lines=tuple(line(number, text) for number, text in enumerate(_WORDS)))
