"""The side of the pool that runs inside a worker process.

This module imports nothing heavy: limits must stand before numpy, OpenCV or ONNX Runtime load, so the function to run
arrives as bytes and is unpickled only after they are set.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import resource
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from pipeline.workers.result import Done, Failed, FailureKind, TaskError
from pipeline.workers.sandbox import Sandbox, more_cpu, shut_in

__all__ = ["EXIT_MEMORY", "Orders", "Reply", "main"]

EXIT_MEMORY = 87
"""Exit status of a worker that found itself over its memory ceiling."""

_WATCH_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Orders:
    """What a worker is told when it starts."""

    work: bytes
    """Pickled ``(function, initializer or None, initializer arguments)``."""
    parent: int
    memory_limit_bytes: int | None
    kill_rss_bytes: int | None
    sandbox: Sandbox | None = None
    """What the process gives up before anything else."""
    yields: int = 0
    """By how much it is nicer to other processes than its parent."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer to one task: a pickled result, and the resident memory of the process afterwards."""

    result: bytes
    rss: int
    unfit: bool = False
    """True where the process could not be made ready: another one may fare better, once the cause is mended."""


class _State:
    function: Callable[[Any], Any] | None = None
    failure: Failed | None = None
    sandbox: Sandbox | None = None


def main(descriptor: int) -> None:
    """Serve the parent over the socket ``descriptor`` until it closes its end; never returns."""
    # Ctrl-C reaches the whole terminal group; the parent decides what ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent: Connection[bytes, bytes] = Connection(descriptor)
    try:
        start(pickle.loads(parent.recv_bytes()))  # noqa: S301 - bytes of our own parent
        parent.send_bytes(b"ready")
        while True:
            parent.send_bytes(pickle.dumps(run(parent.recv_bytes())))
    except (EOFError, OSError):
        # The parent is done with this process. Leaving at once spares the slow tear-down of the engines.
        os._exit(0)


def start(orders: Orders) -> None:
    """Set limits, load the function and prepare it; a failure is kept and answers every task."""
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if orders.yields:
        os.nice(orders.yields)
    if orders.memory_limit_bytes is not None:
        _limit_memory(orders.memory_limit_bytes)
    if orders.sandbox is not None:
        _State.sandbox = orders.sandbox
        shut_in(orders.sandbox)  # before any thread: what one gives up, those keep that are there already
    threading.Thread(target=_watch, args=(orders.parent, orders.kill_rss_bytes), daemon=True).start()
    try:
        function, initializer, arguments = pickle.loads(orders.work)  # noqa: S301 - bytes of our own parent
        if initializer is not None:
            initializer(*arguments)
        _State.function = function
    except Exception as error:
        cause = describe(error)
        code = cause.code if isinstance(error, TaskError) else "worker_start_failed"
        _State.failure = Failed(FailureKind.ERROR, code, f"{cause.code} {cause.detail}".strip())


def run(item: bytes) -> Reply:
    """Run the function on one pickled item; never raises for a failure of the function."""
    started = time.perf_counter()
    answer: Done[Any] | Failed
    try:
        if _State.function is None:
            answer = _State.failure or Failed(FailureKind.ERROR, "worker_not_started")
        else:
            if _State.sandbox is not None:
                more_cpu(_State.sandbox)
            value = _State.function(pickle.loads(item))  # noqa: S301 - bytes of our own parent
            answer = Done(value, time.perf_counter() - started)
        packed = pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        packed = pickle.dumps(Failed(FailureKind.MEMORY, "memory", "MemoryError"))
    except Exception as error:
        packed = pickle.dumps(describe(error))
    return Reply(packed, _rss(), unfit=_State.function is None)


def describe(error: BaseException) -> Failed:
    """Turn an exception into a failure without its message, which may quote the document."""
    if isinstance(error, TaskError):
        return Failed(FailureKind.ERROR, error.code, error.detail)
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""  # noqa: PTH119
    return Failed(FailureKind.ERROR, type(error).__name__, place)


def _limit_memory(ceiling: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        ceiling = min(ceiling, hard)
    # macOS refuses RLIMIT_AS; there the resident memory watch is the only ceiling.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))


def _rss() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - called every half second
            return int(statm.read().split()[1]) * resource.getpagesize()
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def _watch(parent: int, kill_rss_bytes: int | None) -> None:
    """Leave when the parent is gone (no orphans) or when memory runs away in the middle of a task."""
    while True:
        if os.getppid() != parent:
            os._exit(1)
        if kill_rss_bytes is not None and _rss() > kill_rss_bytes:
            os._exit(EXIT_MEMORY)
        time.sleep(_WATCH_SECONDS)
