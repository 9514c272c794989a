"""Intake: from paths to pages. Folders and archives opened, every file decoded in a guarded worker, duplicates marked.

One broken file never stops the others: it becomes an alert with a plain Chinese reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from pipeline.intake.collect import collect
from pipeline.intake.decode import Decoded, DecodeTask, decode
from pipeline.intake.decoded import DecodedPage
from pipeline.intake.duplicates import mark_duplicates, settle_duplicates
from pipeline.intake.problems import Problem, alert_for
from pipeline.nouns import Alert, Page, SourceFile
from pipeline.settings import IntakeLimits
from pipeline.workers import Done, FailureKind, Result, WorkerPool

__all__ = ["Decoder", "Intake", "mark_duplicates", "settle_duplicates", "take_in"]

FILES_PER_WORKER = 40


class Decoder:
    """Processes that open files, each under limits of memory and time; kept over many cases they start once.

    Safe to share between threads. Use as a context manager.
    """

    def __init__(self, limits: IntakeLimits, *, workers: int = 2) -> None:
        self.pool: WorkerPool[DecodeTask, Decoded] = WorkerPool(
            decode,
            workers=workers,
            max_tasks=FILES_PER_WORKER,
            timeout=limits.decode_seconds,
            memory_limit_bytes=limits.decode_memory_bytes,
        )

    def close(self) -> None:
        """End the processes."""
        self.pool.close()

    def __enter__(self) -> Decoder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What arrived: usable files, their pages in order, and an alert for everything that could not be used."""

    files: tuple[SourceFile, ...]
    pages: tuple[Page, ...]
    alerts: tuple[Alert, ...]


def take_in(
    paths: Sequence[Path],
    work: Path,
    *,
    limits: IntakeLimits,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
    decoder: Decoder | None = None,
    opened: Callable[[Sequence[Page]], None] | None = None,
) -> Intake:
    """Decode every file below ``paths`` into pages stored below ``work``.

    Args:
        paths: files and folders, in the order in which pages shall be numbered.
        work: private folder of this case; the caller deletes it.
        limits: ceilings on bytes, pages, pixels, time and memory.
        workers: decoding processes.
        progress: called with (files done, files in all).
        decoder: one that is kept warm over many cases, instead of ``workers`` fresh ones.
        opened: called with the pages of a file as soon as it is open, in whatever order files are. What they are called
            in the case and whom they repeat is known only in the end.
    """
    found = collect(paths, work / "unpacked", limits)
    problems = list(found.problems)
    tasks = [
        DecodeTask(path=file.path, media_type=file.media_type, target=work / "pages" / f"f{number}", limits=limits)
        for number, file in enumerate(found.files, start=1)
    ]
    announced = 0

    def note(index: int, outcome: Decoded, finished: int) -> None:
        nonlocal announced
        if progress is not None:
            progress(finished, len(tasks))
        if opened is not None and announced + len(outcome.pages) <= limits.max_pages:
            announced += len(outcome.pages)
            opened([_page(found.files[index], page, f"{index}-{page.number}") for page in outcome.pages])

    pages: list[Page] = []
    for file, outcome in zip(found.files, _decode_all(tasks, limits, workers, note, decoder), strict=True):
        if outcome.problem is not None:
            problems.append(Problem(code=outcome.problem, file=file.name))
        problems.extend(Problem(code=code, file=file.name, page=number) for number, code in outcome.page_problems)
        for page in outcome.pages:
            if len(pages) >= limits.max_pages:
                problems.append(Problem(code="too_many_pages", file=file.name))
                break
            pages.append(_page(file, page, f"p{len(pages) + 1}"))
    return Intake(
        files=tuple(found.files),
        pages=mark_duplicates(pages),
        alerts=tuple(alert_for(problem) for problem in problems),
    )


def _page(file: SourceFile, page: DecodedPage, name: str) -> Page:
    return Page(
        id=name,
        file=file.name,
        file_sha256=file.sha256,
        number=page.number,
        width=page.width,
        height=page.height,
        image=page.image,
        text_layer=page.text_layer,
        text_layer_hidden=page.text_layer_hidden,
        text_layer_spots=page.text_layer_spots,
        has_raster=page.has_raster,
        dpi=page.dpi,
        perceptual_hash=page.perceptual_hash,
    )


def _decode_all(
    tasks: Sequence[DecodeTask],
    limits: IntakeLimits,
    workers: int,
    note: Callable[[int, Decoded, int], None],
    decoder: Decoder | None,
) -> list[Decoded]:
    """Open every file; ``note(index, what came out, files done)`` is called as each ends."""
    if not tasks:
        return []
    if decoder is None:
        with Decoder(limits, workers=max(1, min(workers, len(tasks)))) as own:
            return _decode_all(tasks, limits, workers, note, own)
    done: dict[int, Decoded] = {}

    def ended(index: int, result: Result[Decoded]) -> None:
        if isinstance(result, Done):
            done[index] = result.value
        else:
            done[index] = Decoded(problem=_FAILURES.get(result.kind, "decode_crashed"))
        note(index, done[index], len(done))

    decoder.pool.map(tasks, on_done=ended)
    return [done[index] for index in range(len(tasks))]


_FAILURES = {FailureKind.TIMEOUT: "decode_timeout", FailureKind.MEMORY: "decode_memory"}
