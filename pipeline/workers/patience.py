"""How long a task is waited for: by what the machine gave its process, not by the clock on the wall.

A limit in wall seconds loses pages on a machine that does more than it should: a worker that others crowd out stands
still through no fault of its page. The system knows how long a process was ready to run and had to wait for a
processor; that time is not counted. A task that hangs, sleeps or waits for a disk is ready for nothing, and its time
counts in full.
"""

from __future__ import annotations

import time
from pathlib import Path

__all__ = ["Patience"]

_LONGEST = 12.0
"""In any case a task ends after this many times its limit on the wall."""


class Patience:
    """Measures from its making on.

    Args:
        pid: the process that does the task in its main thread.
        seconds: what the task may take.
    """

    def __init__(self, pid: int, seconds: float) -> None:
        self._pid = pid
        self._seconds = seconds
        self._started = time.monotonic()
        self._waited = _waited(pid)

    def left(self) -> float:
        """Seconds that the task still has, at the least; 0 or less: it is over its limit."""
        passed = time.monotonic() - self._started
        had = passed - max(_waited(self._pid) - self._waited, 0.0)
        return min(self._seconds - had, _LONGEST * self._seconds - passed)


def _waited(pid: int) -> float:
    """Seconds that the main thread of a process was ready to run and did not; 0 where the system does not tell."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0
