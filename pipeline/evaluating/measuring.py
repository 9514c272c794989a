"""What a review takes: wall and CPU seconds by stage over all its processes, and their memory at its highest."""

from __future__ import annotations

import contextlib
import os
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType

import psutil

from pipeline.evaluating.kept import KeptCost
from pipeline.review import Clock

__all__ = ["Meter", "cpu_seconds"]


def cpu_seconds() -> float:
    """CPU time of this process, of its living descendants and of all children that have ended."""
    own, ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    total = own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            times = child.cpu_times()
            total += float(times.user + times.system)
    return total


@dataclass(slots=True)
class _MeterClock(Clock):
    cpu: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started, cpu = time.perf_counter(), cpu_seconds()
        try:
            yield
        finally:
            self.seconds[name] = round(time.perf_counter() - started, 3)
            # A child may end between the two counts and is then seen twice or not at all; never below zero.
            self.cpu[name] = round(max(0.0, cpu_seconds() - cpu), 3)


class Meter:
    """Context manager around one review; hand ``clock`` to it and ask :meth:`cost` afterwards."""

    def __init__(self, *, every: float = 0.25) -> None:
        self.clock = _MeterClock()
        self._every = every
        self._peak = self._worker = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory-meter", daemon=True)

    def __enter__(self) -> Meter:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        self._look()

    def cost(self, *, cold: bool) -> KeptCost:
        return KeptCost(
            seconds=dict(self.clock.seconds),
            cpu_seconds=dict(self.clock.cpu),
            peak_bytes=self._peak,
            peak_worker_bytes=self._worker,
            cold=cold,
        )

    def _watch(self) -> None:
        while not self._ended.wait(self._every):
            self._look()

    def _look(self) -> None:
        total = 0
        me = psutil.Process(os.getpid())
        with contextlib.suppress(psutil.Error):
            total = int(me.memory_info().rss)
            for child in me.children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    size = int(child.memory_info().rss)
                    total += size
                    self._worker = max(self._worker, size)
        self._peak = max(self._peak, total)
