"""Reads the pages of a case: text layers here, pixels in worker processes."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import TracebackType

import numpy as np

from pipeline.faults import MACHINE_CODES
from pipeline.nouns import (
    Alert,
    Flattening,
    Line,
    Page,
    PageReader,
    Quad,
    QualityIssue,
    ReadPage,
    Seal,
    Severity,
    bounding_box,
)
from pipeline.reading.choosing import Choice, choose_reader
from pipeline.reading.found import Reading, SealAt
from pipeline.reading.geometry import to_displayed, to_quad
from pipeline.reading.pixels import load
from pipeline.reading.stored import StoredReadings
from pipeline.reading.worker import Job, prepare, read
from pipeline.settings import OcrSettings
from pipeline.workers import Done, Failed, FailureKind, Result, TaskError, WorkerPool, default_workers

__all__ = ["Ahead", "Reader", "lines_of", "read_pages"]

_LOG = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
_WORKER_BYTES = 900 * 1024**2
"""What one worker needs with the shipped models; decides how many fit the machine."""
_Read = tuple[Reading, tuple[QualityIssue, ...]]


class Ahead:
    """Pages whose reading began while other files were still being opened."""

    def __init__(self, begin: Callable[[Page, str], tuple[Job, Future[Result[_Read]]] | None]) -> None:
        self._begin = begin
        self.jobs: dict[Job, Future[Result[_Read]]] = {}

    def begin(self, pages: Sequence[Page]) -> None:
        """Begin the pages of one file. Their ids are of no concern."""
        many = Counter(page.file for page in pages)
        for page in pages:
            begun = self._begin(page, _where(page, many))
            if begun is not None:
                self.jobs[begun[0]] = begun[1]

    def drop(self) -> None:
        """Do not begin what nobody read."""
        for future in self.jobs.values():
            future.cancel()


class Reader:
    """Reads pages with worker processes that live as long as the reader; safe to share between threads.

    Processes start with the first page that needs OCR. Use as a context manager.
    """

    def __init__(self, settings: OcrSettings, *, readings: Path | None = None) -> None:
        """Make a reader.

        Args:
            readings: folder of readings to use again and to add to; see :mod:`pipeline.reading.stored`.
        """
        self._pool: WorkerPool[Job, _Read] = WorkerPool(
            read,
            workers=settings.workers or default_workers(_WORKER_BYTES),
            timeout=settings.page_seconds,
            initializer=prepare,
            initargs=(settings,),
            max_tasks=settings.pages_per_worker,
            max_rss_bytes=settings.worker_memory_bytes,
        )
        self._version = f"paddleocr {_paddleocr_version()} {settings.recognition_name}"
        self._who = f"{self._version} {settings.detection_name} {settings.detection_side}"
        self._stored = StoredReadings(readings, self._who) if readings is not None else None

    @property
    def version(self) -> str:
        """Who reads: package, models and settings. What another version read is not used again."""
        return self._who

    @contextmanager
    def ahead(self) -> Iterator[Ahead]:
        """Begin pages before all are known; what is not read after all is dropped at the end of the block."""
        begun = Ahead(self._begin)
        try:
            yield begun
        finally:
            begun.drop()

    def _begin(self, page: Page, where: str) -> tuple[Job, Future[Result[_Read]]] | None:
        # A text layer has to be looked at first, and mostly it is enough.
        if page.text_layer or self._known(page, _choose(page)) is not None:
            return None
        job = Job(page.image, where)
        return job, self._pool.begin(job)

    def read(
        self, pages: Sequence[Page], *, progress: Progress | None = None, ahead: Ahead | None = None
    ) -> tuple[tuple[ReadPage, ...], tuple[Alert, ...]]:
        """Read every page; see :func:`read_pages`.

        Args:
            ahead: pages that were begun already.
        """
        many = Counter(page.file for page in pages)
        total, done = len(pages), 0
        results: dict[int, ReadPage] = {}
        alerts: dict[int, Alert] = {}
        waiting: list[tuple[int, Page, Choice]] = []
        sealed: list[tuple[int, Page, Choice]] = []

        def note() -> None:
            nonlocal done
            done += 1
            if progress is not None:
                progress(done, total)

        for index, page in enumerate(pages):
            started = time.perf_counter()
            choice = _choose(page)
            if choice.reader is PageReader.TEXT_LAYER:
                results[index] = _from_layer(page, choice, time.perf_counter() - started)
                known = self._known(page, choice) if choice.seals else None
                if known is not None:
                    results[index] = replace(results[index], seals=known.seals)
                if choice.spots:
                    waiting.append((index, page, choice))
                elif choice.seals and known is None:
                    sealed.append((index, page, choice))
                else:
                    note()
            elif (known := self._known(page, choice)) is not None:
                results[index] = known
                note()
            else:
                waiting.append((index, page, choice))

        # Seals come last: a page without any text yet is waited for.
        waiting += sealed

        def finish(position: int, result: Result[_Read]) -> None:
            index, page, choice = waiting[position]
            where = _where(page, many)
            if isinstance(result, Done):
                if result.value[0].layer_refuted:
                    choice = Choice(PageReader.OCR, "text layer has other digits than the page")
                sealing = choice.reader is PageReader.TEXT_LAYER
                results[index] = (
                    _with_seals(results[index], result) if sealing else self._from_ocr(page, choice, result)
                )
                if self._stored is not None:
                    self._stored.keep(results[index])
            elif choice.reader is PageReader.TEXT_LAYER and not choice.spots:
                # The page itself is read; seals are never worth an alert.
                _LOG.error("seals not read: %s", result.code)
            else:
                results[index] = _unread(page, choice, result, where)
                alerts[index] = _alert(page, result, where)
            note()

        jobs = [
            Job(page.image, _where(page, many), _spots(choice), choice.reader is PageReader.TEXT_LAYER and choice.seals)
            for _, page, choice in waiting
        ]
        self._pool.map(jobs, on_done=finish, begun=ahead.jobs if ahead is not None else None)
        return tuple(results[i] for i in range(total)), tuple(alerts[i] for i in sorted(alerts))

    def close(self) -> None:
        """End the worker processes."""
        self._pool.close()

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _known(self, page: Page, choice: Choice) -> ReadPage | None:
        """The reading kept of this page, if the same reader made it."""
        known = self._stored.find(page) if self._stored is not None else None
        return known if known is not None and known.reader is choice.reader else None

    def _from_ocr(self, page: Page, choice: Choice, result: Done[_Read]) -> ReadPage:
        reading, quality = result.value
        return ReadPage(
            page=page,
            lines=lines_of(reading, page, self._version),
            reader=PageReader.OCR,
            why=choice.why,
            angle=reading.angle,
            skew=round(reading.skew, 3),
            width=reading.flattened.width if reading.flattened else reading.width,
            height=reading.flattened.height if reading.flattened else reading.height,
            quality=quality,
            seconds=round(result.seconds, 3),
            seals=tuple(_seal(seal, reading.angle, page) for seal in reading.seals),
            flattening=_flattening(reading, page),
        )


def lines_of(reading: Reading, page: Page, version: str) -> tuple[Line, ...]:
    """Return what was read as lines of the pipeline: quads in the frame that layout works in, and as displayed."""
    if not reading.lines:
        return ()
    upright = np.stack([line.quad for line in reading.lines])
    shown = to_displayed(upright, reading.angle, page.width, page.height)
    return tuple(
        Line(
            text=line.text,
            quad=to_quad(quad if line.flat is None else line.flat),
            shown=to_quad(where),
            confidence=round(line.confidence, 4),
            reader=PageReader.OCR.value,
            version=version,
        )
        for line, quad, where in zip(reading.lines, upright, shown, strict=True)
    )


def _flattening(reading: Reading, page: Page) -> Flattening | None:
    flat = reading.flattened
    if flat is None:
        return None
    grid = to_displayed(flat.grid, reading.angle, page.width, page.height)
    rows = tuple(tuple((round(float(x), 2), round(float(y), 2)) for x, y in row) for row in grid)
    return Flattening(flat.width, flat.height, rows)


def _seal(seal: SealAt, angle: int, page: Page) -> Seal:
    x0, y0, x1, y1 = seal.box
    corners = to_displayed(np.array([[[x0, y0], [x1, y0], [x1, y1], [x0, y1]]]), angle, page.width, page.height)
    left, top, right, bottom = bounding_box(to_quad(corners[0]))
    return Seal(
        text=seal.text,
        centre=seal.centre,
        box=(max(left, 0.0), max(top, 0.0), min(right, float(page.width)), min(bottom, float(page.height))),
        confidence=round(seal.confidence, 4),
        shape="oval" if seal.oval else "round",
        colour=seal.colour,
    )


def read_pages(
    pages: Sequence[Page], *, settings: OcrSettings, progress: Progress | None = None
) -> tuple[tuple[ReadPage, ...], tuple[Alert, ...]]:
    """Read every page, by its text layer or by OCR, and return them in the order given.

    A page that cannot be read comes back without lines (``PageReader.NONE``) and with an alert; it never stops the
    others. ``progress(done, total)`` is called in the calling thread after each page.
    """
    with Reader(settings) as reader:
        return reader.read(pages, progress=progress)


@cache
def _paddleocr_version() -> str:
    return version("paddleocr")


def _choose(page: Page) -> Choice:
    if not page.text_layer:
        return choose_reader(page, None)
    try:
        image = load(page.image)
    except TaskError:
        image = None
    return choose_reader(page, image)


def _where(page: Page, many: Counter[str]) -> str:
    return f"第{page.number}页" if many[page.file] > 1 else "这张图片"


def _from_layer(page: Page, choice: Choice, seconds: float) -> ReadPage:
    return ReadPage(
        page=page,
        lines=choice.lines,
        reader=PageReader.TEXT_LAYER,
        why=choice.why,
        width=page.width,
        height=page.height,
        seconds=round(seconds, 3),
    )


def _spots(choice: Choice) -> tuple[tuple[Quad, str], ...]:
    return tuple((line.shown, line.text) for line in choice.spots)


def _with_seals(read: ReadPage, result: Done[_Read]) -> ReadPage:
    """A page read by its text layer, and the seals that its picture shows."""
    reading, _ = result.value
    seals = tuple(_seal(seal, reading.angle, read.page) for seal in reading.seals)
    return replace(read, seals=seals, seconds=round(read.seconds + result.seconds, 3))


def _unread(page: Page, choice: Choice, failed: Failed, where: str) -> ReadPage:
    return ReadPage(
        page=page,
        lines=(),
        reader=PageReader.NONE,
        why=f"{choice.why}; OCR failed: {failed.code}",
        width=page.width,
        height=page.height,
        quality=(QualityIssue(code="not_read", message=f"{where}无法识别，请重拍后再传", score=0.0),),
    )


_REASONS = {
    FailureKind.TIMEOUT: "识别超时",
    FailureKind.MEMORY: "识别所需内存超过上限",
    FailureKind.CRASHED: "识别程序意外中断",
    FailureKind.CANCELLED: "识别被取消",
}


_NOT_READY = frozenset({"ocr_models_missing", "worker_start_failed", "worker_not_started"})


def _alert(page: Page, failed: Failed, where: str) -> Alert:
    if failed.code in _NOT_READY:
        message = "文字识别模型未安装或已损坏，图片无法识别；请管理员运行 yushen doctor 查看处理办法"
    elif failed.code in MACHINE_CODES:
        message = f"{where}暂时未能读取：机器读写不了文件，不是材料的问题，请稍后再试"
    else:
        message = f"{where}未能读取（{_REASONS.get(failed.kind, '识别出错')}），其余材料不受影响；请重拍或换一份再传"
    code = failed.code if failed.kind is FailureKind.ERROR else f"page_{failed.kind.value}"
    return Alert(code=code, severity=Severity.ERROR, message=message, file=page.file, page=page.number)
