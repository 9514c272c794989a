"""A worker that dies is started again; it ends with the supervisor."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from pipeline.service.work.supervisor import Supervisor

SLEEPS = [sys.executable, "-c", "import time; time.sleep(600)"]


def until(true: object, seconds: float = 20.0) -> None:
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_supervisor_starts_a_killed_worker_again_and_ends_it_with_itself() -> None:
    with Supervisor(SLEEPS, first_delay=0.1) as supervisor:
        until(lambda: supervisor.pid)
        first = supervisor.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        until(lambda: supervisor.pid not in (None, first))
        second = supervisor.pid
        assert second is not None
    assert not Path(f"/proc/{second}").exists()
    assert supervisor.starts == 2


def test_supervisor_waits_longer_each_time_a_worker_dies_at_once() -> None:
    with Supervisor([sys.executable, "-c", "raise SystemExit(1)"], first_delay=0.2) as supervisor:
        time.sleep(3.0)
        assert 2 <= supervisor.starts <= 5  # at 0.2, 0.4, 0.8, 1.6 s and the starts themselves
