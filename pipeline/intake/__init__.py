"""Intake: from paths to pages. Folders and archives opened, every file decoded in a guarded worker, duplicates marked.

One broken file never stops the others: it becomes an alert with a plain Chinese reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from pipeline.intake.collect import collect
from pipeline.intake.decode import Decoded, DecodeTask, Unpacked, UnzipTask, open_file
from pipeline.intake.decoded import DecodedPage
from pipeline.intake.duplicates import mark_duplicates, settle_duplicates
from pipeline.intake.problems import FileProblem, Problem, alert_for
from pipeline.intake.unzip import Member
from pipeline.nouns import Alert, Page, SourceFile
from pipeline.settings import IntakeLimits
from pipeline.workers import Done, FailureKind, Result, Sandbox, WorkerPool

__all__ = ["YIELDS", "Decoder", "Intake", "mark_duplicates", "settle_duplicates", "take_in"]

FILES_PER_WORKER = 40
YIELDS = 5
"""How much nicer files are opened than pages are read, where both are one application's."""


class Decoder:
    """Processes that open files, each under limits of memory and time; kept over many cases they start once.

    They have no network, start no other program, are told no secret of the environment, and write and read where they
    are allowed to (:mod:`pipeline.workers.sandbox`). Safe to share between threads. Use as a context manager.

    Args:
        yields: by how much opening files is nicer than whatever else runs. Where one application is looked at, reading
            its first pages goes before opening its last files.
        writable: folders that pages are kept in; None: anywhere that this user may write.
        readable: folders that the files lie in, besides; None: anywhere that this user may read.
    """

    def __init__(
        self,
        limits: IntakeLimits,
        *,
        workers: int = 2,
        yields: int = 0,
        writable: Sequence[Path] | None = None,
        readable: Sequence[Path] | None = None,
    ) -> None:
        for folder in writable or ():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.pool: WorkerPool[DecodeTask | UnzipTask, Decoded | Unpacked] = WorkerPool(
            open_file,
            workers=workers,
            max_tasks=FILES_PER_WORKER,
            timeout=limits.decode_seconds,
            memory_limit_bytes=limits.decode_memory_bytes,
            yields=yields,
            sandbox=Sandbox(
                writable=_named(writable),
                readable=_named(readable),
                cpu_seconds=limits.decode_seconds,
            ),
        )

    def unpack(self, path: Path, target: Path, limits: IntakeLimits) -> tuple[Member, ...]:
        """Unpack an archive in a process of its own.

        Raises:
            FileProblem: nothing of it can be used.
        """
        result = self.pool.run(UnzipTask(path=path, target=target, limits=limits))
        if not isinstance(result, Done) or not isinstance(result.value, Unpacked):
            kind = result.kind if not isinstance(result, Done) else FailureKind.ERROR
            raise FileProblem(_FAILURES.get(kind, "decode_crashed"))
        if result.value.problem is not None:
            raise FileProblem(result.value.problem)
        return result.value.members

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
    if decoder is None:
        with Decoder(limits, workers=max(1, workers), yields=YIELDS if opened else 0, writable=(work,)) as own:
            return take_in(paths, work, limits=limits, workers=workers, progress=progress, decoder=own, opened=opened)
    found = collect(paths, work / "unpacked", limits, decoder.unpack)
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
    for file, outcome in zip(found.files, _decode_all(tasks, note, decoder), strict=True):
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
    tasks: Sequence[DecodeTask], note: Callable[[int, Decoded, int], None], decoder: Decoder
) -> list[Decoded]:
    """Open every file; ``note(index, what came out, files done)`` is called as each ends."""
    if not tasks:
        return []
    done: dict[int, Decoded] = {}

    def ended(index: int, result: Result[Decoded | Unpacked]) -> None:
        if isinstance(result, Done) and isinstance(result.value, Decoded):
            done[index] = result.value
        elif isinstance(result, Done):
            done[index] = Decoded(problem="decode_crashed")
        else:
            done[index] = Decoded(problem=_FAILURES.get(result.kind, "decode_crashed"))
        note(index, done[index], len(done))

    decoder.pool.map(tasks, on_done=ended)
    return [done[index] for index in range(len(tasks))]


def _named(folders: Sequence[Path] | None) -> tuple[str, ...] | None:
    return None if folders is None else tuple(str(folder.resolve()) for folder in folders)


_FAILURES = {FailureKind.TIMEOUT: "decode_timeout", FailureKind.MEMORY: "decode_memory"}
