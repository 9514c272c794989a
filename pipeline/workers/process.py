"""One worker process as its parent sees it.

A plain child interpreter on a socket pair. Not :mod:`multiprocessing`: its spawned children run the parent's main
module once more, which would load the whole program into every worker, and its locks need a writable ``/dev/shm``,
which a bare chroot or a locked-down container does not have.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from multiprocessing.connection import Connection

from pipeline.workers.child import EXIT_MEMORY, Orders, Reply
from pipeline.workers.patience import Patience

__all__ = ["Lost", "TimedOut", "WorkerProcess"]

_START_SECONDS = 120.0
"""Grace for a fresh process to import and initialise before its first task; slow disks load models slowly."""
_PROGRAM = "import sys; from pipeline.workers.child import main; main(int(sys.argv[1]))"
# One thread each: the pool already uses every core.
_THREADS = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NUMEXPR_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
    ),
    "1",
)


class TimedOut(Exception):  # noqa: N818 - an outcome, not a defect
    """The task ran longer than allowed."""


class Lost(Exception):  # noqa: N818 - an outcome, not a defect
    """The process ended without an answer."""

    def __init__(self, status: int | None) -> None:
        super().__init__(f"exit status {status}")
        self.over_memory = status == EXIT_MEMORY
        self.over_time = status == -signal.SIGXCPU


class WorkerProcess:
    """Starts the process at once; the first :meth:`ask` waits until it is ready."""

    def __init__(self, orders: Orders) -> None:
        ours, theirs = socket.socketpair()
        path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)  # noqa: PTH100 - "" means here
        # What libraries print may quote the document; it goes nowhere. Failures travel over the socket.
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
                [sys.executable, "-c", _PROGRAM, str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**_environment(orders), **_THREADS, "PYTHONPATH": path},
            )
        self._connection: Connection[bytes, bytes] = Connection(ours.detach())
        self._orders: Orders | None = orders
        self._ending = threading.Lock()

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def ask(self, item: bytes, timeout: float) -> Reply:
        """Run one task.

        Raises:
            TimedOut: no answer within ``timeout`` seconds, without those in which the process had to wait for a
                processor; the caller must :meth:`kill`.
            Lost: the process ended, or was killed by another thread.
        """
        try:
            if self._orders is not None:
                self._connection.send_bytes(pickle.dumps(self._orders))
                self._receive(_START_SECONDS, "start")
                self._orders = None
            self._connection.send_bytes(item)
            reply: Reply = pickle.loads(self._receive(timeout, "task"))  # noqa: S301 - bytes of our own worker
            return reply
        except (EOFError, OSError) as error:
            raise Lost(self._status()) from error

    def kill(self) -> None:
        """End the process and wait until it is gone; safe to call twice and from another thread."""
        with self._ending:
            self._process.kill()
            self._process.wait()
            with contextlib.suppress(OSError):
                self._connection.close()

    def _receive(self, seconds: float, what: str) -> bytes:
        # A short poll at a time: closing the socket in another thread does not wake a waiting one.
        patience = Patience(self.pid, seconds)
        while not self._connection.poll(min(0.5, max(0.0, patience.left()))):
            if patience.left() <= 0:
                raise TimedOut(f"{what}: limit {seconds:g} s")
        return self._connection.recv_bytes()

    def _status(self) -> int | None:
        try:
            return self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            return None


def _environment(orders: Orders) -> dict[str, str]:
    """The environment of the process. One that opens strangers' files is told no secret: no key, no password."""
    if orders.sandbox is None:
        return dict(os.environ)
    return {name: value for name, value in os.environ.items() if name in _TOLD or name.startswith(("LC_", "PYTHON"))}


_TOLD = frozenset({"PATH", "HOME", "LANG", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV"})
