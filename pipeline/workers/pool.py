"""A pool of single-minded processes: one function, one task at a time per process, every failure contained.

Each slot owns one process and talks to it over a socket of its own (:mod:`pipeline.workers.process`), so a worker that
is killed in the middle of an answer cannot stall its neighbours.
"""

from __future__ import annotations

import os
import pickle
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import Any, Generic, TypeVar

from pipeline.workers.child import Orders
from pipeline.workers.process import Lost, TimedOut, WorkerProcess
from pipeline.workers.result import Failed, FailureKind, Result
from pipeline.workers.sandbox import Sandbox

__all__ = ["WorkerPool", "default_workers"]

_UNFIT_SECONDS = 30.0
"""A process that could not be made ready says so for each task for so long; then another tries, for what kept it (a
damaged model) may be mended meanwhile."""

A = TypeVar("A")
T = TypeVar("T")


def default_workers(bytes_each: int) -> int:
    """Return how many workers of ``bytes_each`` fit this machine: one per usable core, as free memory allows."""
    import psutil

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, int(psutil.virtual_memory().available * 0.8 // bytes_each)))


class _Slot:
    """One worker process and its replacement when it has to go."""

    def __init__(self, orders: Orders, max_tasks: int, max_rss_bytes: int | None) -> None:
        self._orders = orders
        self._max_tasks = max_tasks
        self._max_rss = max_rss_bytes
        self._process: WorkerProcess | None = None
        self._tasks, self._started = 0, 0.0
        self._lock = threading.Lock()
        self._closed = False

    def call(self, item: bytes, timeout: float) -> bytes | Failed:
        """Run one task; a process that died gets one more try in a fresh one."""
        first = self._attempt(item, timeout)
        if isinstance(first, Failed) and first.kind is FailureKind.CRASHED and not self._closed:
            return self._attempt(item, timeout)
        return first

    def close(self) -> None:
        """Kill the process; a task under way ends as cancelled."""
        self._closed = True
        self._drop()

    def _attempt(self, item: bytes, timeout: float) -> bytes | Failed:
        process = self._ready()
        if process is None:
            return Failed(FailureKind.CANCELLED, "cancelled", "pool closed")
        try:
            reply = process.ask(item, timeout)
        except TimedOut as error:
            self._drop()
            return Failed(FailureKind.TIMEOUT, "timeout", str(error))
        except Lost as error:
            self._drop()
            if self._closed:
                return Failed(FailureKind.CANCELLED, "cancelled", "pool closed")
            if error.over_time:
                return Failed(FailureKind.TIMEOUT, "timeout", str(error))
            if error.over_memory:
                return Failed(FailureKind.MEMORY, "memory", str(error))
            return Failed(FailureKind.CRASHED, "crashed", str(error))
        self._tasks += 1
        grown = self._max_rss is not None and reply.rss > self._max_rss
        unfit = reply.unfit and time.monotonic() - self._started > _UNFIT_SECONDS
        if grown or unfit or self._tasks >= self._max_tasks:
            self._drop()
        return reply.result

    def _ready(self) -> WorkerProcess | None:
        with self._lock:
            if self._closed:
                return None
            if self._process is None:
                self._process = WorkerProcess(self._orders)
                self._tasks, self._started = 0, time.monotonic()
            return self._process

    def _drop(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()


class WorkerPool(Generic[A, T]):
    """Processes that run ``function`` on items, safe to share between threads.

    Args:
        function: a function of one argument in an importable module (not ``__main__``); it, the items and the values
            must pickle.
        workers: processes at most; they start when needed.
        initializer: called once per fresh process with ``initargs``, e.g. to load a model.
        max_tasks: a process is replaced after this many tasks.
        max_rss_bytes: a process above this resident memory is replaced after its task; at twice this it is killed in
            the middle of it (failure ``memory``).
        timeout: seconds a task may run before it is killed; starting a process does not count, nor does time in which
            others held the processor (:mod:`pipeline.workers.patience`).
        memory_limit_bytes: address-space ceiling (RLIMIT_AS) of each process. Sane for decoders, not for OCR engines,
            which reserve far more than they use.
        yields: by how much the processes are nicer than this one (0 to 19): others then go first where cores are few.
        sandbox: what each process gives up before it begins, for functions that open strangers' files.

    Use as a context manager, or call :meth:`close`; processes also leave by themselves when the parent dies.
    """

    def __init__(
        self,
        function: Callable[[A], T],
        *,
        workers: int,
        timeout: float,
        initializer: Callable[..., None] | None = None,
        initargs: tuple[Any, ...] = (),
        max_tasks: int = 100,
        max_rss_bytes: int | None = None,
        memory_limit_bytes: int | None = None,
        yields: int = 0,
        sandbox: Sandbox | None = None,
    ) -> None:
        if workers < 1 or max_tasks < 1 or timeout <= 0:
            raise ValueError("workers, max_tasks and timeout must be positive")
        if any(getattr(f, "__module__", None) == "__main__" for f in (function, initializer)):
            raise ValueError("functions for workers must live in an importable module, not in __main__")
        orders = Orders(
            work=pickle.dumps((function, initializer, initargs)),
            parent=os.getpid(),
            memory_limit_bytes=memory_limit_bytes,
            kill_rss_bytes=None if max_rss_bytes is None else 2 * max_rss_bytes,
            sandbox=sandbox,
            yields=yields,
        )
        self._timeout = timeout
        self._slots = [_Slot(orders, max_tasks, max_rss_bytes) for _ in range(workers)]
        self._ahead = ThreadPoolExecutor(workers, thread_name_prefix="worker-slot")
        # Last in, first out: a short job reuses the warm process instead of starting another.
        self._idle: queue.LifoQueue[_Slot] = queue.LifoQueue()
        for slot in self._slots:
            self._idle.put(slot)

    def begin(self, item: A) -> Future[Result[T]]:
        """Run one item without waiting for it; what begins first is run first."""
        return self._ahead.submit(self._one, item)

    def map(
        self,
        items: Sequence[A],
        *,
        on_done: Callable[[int, Result[T]], None] | None = None,
        begun: dict[A, Future[Result[T]]] | None = None,
    ) -> list[Result[T]]:
        """Run every item and return the results in the order of ``items``.

        ``on_done(index, result)`` is called in the calling thread as each item ends, in order of ending. A failure
        fails its own item only.

        Args:
            begun: what :meth:`begin` returned of items, which are taken out of it instead of being run again.
        """
        if not items:
            return []
        results: dict[int, Result[T]] = {}
        # An interrupt must not wait for the tasks under way, so the executor is no context manager here.
        threads = ThreadPoolExecutor(min(len(items), len(self._slots)), thread_name_prefix="worker-slot")
        futures: dict[Future[Result[T]], int] = {}
        try:
            for index, item in enumerate(items):
                early = begun.pop(item, None) if begun else None
                futures[early or threads.submit(self._one, item)] = index
            for future in as_completed(futures):
                index = futures[future]
                results[index] = future.result()
                if on_done is not None:
                    on_done(index, results[index])
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            self.close()
            raise
        threads.shutdown()
        return [results[index] for index in range(len(items))]

    def run(self, item: A) -> Result[T]:
        """Run one item."""
        return self.map([item])[0]

    def close(self) -> None:
        """Kill all processes. Tasks under way end as ``cancelled``; the pool cannot be used again."""
        for slot in self._slots:
            slot.close()

    def __enter__(self) -> WorkerPool[A, T]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _one(self, item: A) -> Result[T]:
        try:
            packed = pickle.dumps(item, protocol=pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            return Failed(FailureKind.ERROR, "item_not_picklable", type(error).__name__)
        slot = self._idle.get()
        try:
            answer = slot.call(packed, self._timeout)
        finally:
            self._idle.put(slot)
        if isinstance(answer, Failed):
            return answer
        result: Result[T] = pickle.loads(answer)  # noqa: S301 - bytes of our own worker
        return result
