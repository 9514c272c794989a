"""Who judges the chunks: this process, processes of this machine, or (:mod:`.cluster`) other machines."""

from __future__ import annotations

import gc
import multiprocessing
import signal
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from typing import Protocol

from pipeline.audit.replay.judging import ChunkJudge
from pipeline.audit.replay.parts import Part
from pipeline.audit.replay.plan import Plan, make_plan
from pipeline.audit.replay.records import Chunk
from rules.engine.rules_at import RulesAt

__all__ = ["Here", "Processes", "Runner"]

Done = tuple[int, Part]
"""Number of a chunk and what it came to."""


class Runner(Protocol):
    """Judges chunks and gives them back as they are done, in any order."""

    def run(self, chunks: Iterable[Chunk]) -> Iterator[Done]: ...


@dataclass(frozen=True, slots=True)
class Here:
    """In this process, one after another."""

    plan: Plan
    everything: bool = False

    def run(self, chunks: Iterable[Chunk]) -> Iterator[Done]:
        judging = ChunkJudge(self.plan, everything=self.everything)
        for chunk in chunks:
            yield chunk.number, judging.part(chunk)


# One per process: set by _start, never changed.
_JUDGE: ChunkJudge


def _start(old: RulesAt, new: RulesAt, everything: bool) -> None:
    global _JUDGE
    # Ctrl+C is for the process that has started this one; it ends the others when the chunks under way are kept.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _JUDGE = ChunkJudge(make_plan(old.load(), new.load()), everything=everything)
    # What lives as long as the process need not be looked through for garbage again and again.
    gc.freeze()


def _judge(chunk: Chunk) -> Done:
    return chunk.number, _JUDGE.part(chunk)


@dataclass(frozen=True, slots=True)
class Processes:
    """In ``count`` processes of this machine. Only as many chunks are held as can be worked on."""

    old: RulesAt
    new: RulesAt
    count: int
    everything: bool = False

    def run(self, chunks: Iterable[Chunk]) -> Iterator[Done]:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(
            self.count, mp_context=context, initializer=_start, initargs=(self.old, self.new, self.everything)
        ) as pool:
            try:
                yield from _bounded(pool, chunks, 2 * self.count)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def _bounded(pool: ProcessPoolExecutor, chunks: Iterable[Chunk], most: int) -> Iterator[Done]:
    waiting: set[Future[Done]] = set()
    for chunk in chunks:
        waiting.add(pool.submit(_judge, chunk))
        if len(waiting) >= most:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)
    while waiting:
        done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        yield from (future.result() for future in done)
