"""Keeps one worker process running beside the web server, and ends it with it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from types import TracebackType

from pipeline.service.logs import event

__all__ = ["Supervisor", "worker_command"]

_LOG = logging.getLogger(__name__)

_FIRST, _LONGEST = 1.0, 60.0
_STEADY = 60.0
"""Seconds after which a worker that ran counts as healthy again."""
_END_SECONDS = 60.0
"""A worker finishes or hands back its page within this, else it is killed: nothing is lost by that either."""


def worker_command(config: str | None) -> list[str]:
    """Return the command of a worker that ends with this process."""
    named = ["--config", config] if config else []
    return [sys.executable, "-m", "pipeline.cli", "worker", "--parent", str(os.getpid()), *named]


class Supervisor:
    """Starts ``command`` and starts it again, later each time, when it dies. Use as a context manager."""

    def __init__(self, command: Sequence[str], *, first_delay: float = _FIRST) -> None:
        self._command = list(command)
        self._delay = self._first = first_delay
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self.starts = 0

    def __enter__(self) -> Supervisor:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        with self._lock:
            process = self._process
        if process is not None:
            process.terminate()
            try:
                process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                event(_LOG, "worker.killed", level=logging.WARNING, pid=process.pid)
                process.kill()
                process.wait()
        self._thread.join(timeout=5.0)

    @property
    def pid(self) -> int | None:
        """Process number of the worker that runs now."""
        with self._lock:
            return self._process.pid if self._process is not None and self._process.poll() is None else None

    def _watch(self) -> None:
        while not self._ending.is_set():
            started = time.monotonic()
            with self._lock:
                if self._ending.is_set():
                    return
                # Its own session: Ctrl-C in a terminal is told to the worker by us, in order.
                self._process = subprocess.Popen(self._command, start_new_session=True)  # noqa: S603 - our own program
                self.starts += 1
            status = self._process.wait()
            if self._ending.is_set():
                return
            if time.monotonic() - started > _STEADY:
                self._delay = self._first
            event(_LOG, "worker.died", level=logging.ERROR, status=status, again_in=self._delay)
            self._ending.wait(self._delay)
            self._delay = min(self._delay * 2, _LONGEST)
