"""Who works on the chunks: this process, processes of this machine, or (:mod:`.cluster`) other machines."""

from __future__ import annotations

import gc
import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from pipeline.audit.replay.judging import ChunkJudge
from pipeline.audit.replay.parts import Part
from pipeline.audit.replay.plan import make_plan
from pipeline.audit.replay.records import Chunk
from rules.engine.rules_at import RulesAt

__all__ = ["Here", "Job", "Processes", "ReplayJob", "Runner", "WorkError"]

PartT = TypeVar("PartT")
PartT_co = TypeVar("PartT_co", covariant=True)


class WorkError(Exception):
    """The work cannot go on; the message is Chinese."""


class Job(Protocol[PartT_co]):
    """Work on chunks that can be sent to another process."""

    def ready(self) -> Callable[[Chunk], PartT_co]:
        """Load what it needs; called once in each process."""


class Runner(Protocol[PartT_co]):
    """Works on chunks and gives what they came to, with their numbers, as they are done, in any order."""

    def run(self, chunks: Iterable[Chunk]) -> Iterator[tuple[int, PartT_co]]: ...


@dataclass(frozen=True, slots=True)
class ReplayJob:
    """Judging by both versions."""

    old: RulesAt
    new: RulesAt
    everything: bool = False

    def ready(self) -> Callable[[Chunk], Part]:
        return ChunkJudge(make_plan(self.old.load(), self.new.load()), everything=self.everything).part


@dataclass(frozen=True, slots=True)
class Here(Generic[PartT]):
    """In this process, one after another."""

    work: Callable[[Chunk], PartT]

    def run(self, chunks: Iterable[Chunk]) -> Iterator[tuple[int, PartT]]:
        for chunk in chunks:
            yield chunk.number, self.work(chunk)


# One per process: set by _start, never changed.
_WORK: Callable[[Chunk], Any]


def _start(job: Job[Any]) -> None:
    global _WORK
    # Ctrl+C is for the process that has started this one; it ends the others when the chunks under way are kept.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _WORK = job.ready()
    # What lives as long as the process need not be looked through for garbage again and again.
    gc.freeze()


def _do(chunk: Chunk) -> tuple[int, Any]:
    return chunk.number, _WORK(chunk)


@dataclass(frozen=True, slots=True)
class Processes(Generic[PartT]):
    """In ``count`` processes of this machine. Only as many chunks are held as can be worked on."""

    job: Job[PartT]
    count: int

    def run(self, chunks: Iterable[Chunk]) -> Iterator[tuple[int, PartT]]:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(self.count, mp_context=context, initializer=_start, initargs=(self.job,)) as pool:
            try:
                yield from _bounded(pool, chunks, 2 * self.count)
            except BrokenProcessPool:
                raise WorkError("一个进程被系统结束了（多半是内存不够），再运行同一命令会接着判") from None
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


@contextmanager
def _deaf() -> Iterator[None]:
    """Without Ctrl+C; processes started meanwhile inherit that."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, heard)


def _bounded(pool: ProcessPoolExecutor, chunks: Iterable[Chunk], most: int) -> Iterator[tuple[int, Any]]:
    waiting: set[Future[tuple[int, Any]]] = set()
    for chunk in chunks:
        # The first one starts the processes: deaf from their birth, or Ctrl+C would catch them at their imports.
        with _deaf() if not waiting else nullcontext():
            waiting.add(pool.submit(_do, chunk))
        if len(waiting) >= most:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)
    while waiting:
        done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        yield from (future.result() for future in done)
