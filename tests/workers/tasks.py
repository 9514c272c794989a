"""Functions that worker tests run in other processes; hostile on purpose."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from pipeline.workers import TaskError

STATE: dict[str, int] = {}


def prepare(value: int) -> None:
    STATE["prepared"] = value


def prepare_from(path: str) -> None:
    if not Path(path).exists():
        raise FileNotFoundError(path)


def broken_prepare() -> None:
    raise RuntimeError("secret patient name")


def act(order: tuple[str, object]) -> object:
    """Do what the order says."""
    what, value = order
    if what == "echo":
        return value
    if what == "pid":
        time.sleep(0.05)
        return os.getpid()
    if what == "prepared":
        return STATE.get("prepared")
    if what == "threads":
        return os.environ.get("OMP_NUM_THREADS")
    if what == "sleep":
        time.sleep(float(str(value)))
        return "woke"
    if what == "crowded":
        return crowded(float(str(value)))
    if what == "burn":
        return burn(float(str(value)))
    if what == "abort":
        os.abort()
    if what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "exit0":
        os._exit(0)
    if what == "abort_once":
        marker = Path(str(value))
        if not marker.exists():
            marker.touch()
            os.abort()
        return "second try"
    if what == "hoard":
        return len(bytearray(int(str(value))))
    if what == "grow":
        STATE["kept"] = 0
        KEPT.append(bytearray(os.urandom(1024)) * (int(str(value)) // 1024))
        return os.getpid()
    if what == "grow_forever":
        while True:
            KEPT.append(bytearray(os.urandom(1024)) * 20_000)
            time.sleep(0.05)
    if what == "print":
        print(value, flush=True)
        sys.stderr.write(f"{value}\n")
        return "printed"
    if what == "raise":
        raise ValueError("张三 360000199001011234")
    if what == "code":
        raise TaskError("encrypted", "pdf")
    if what == "unpicklable":
        return lambda: None
    raise AssertionError(what)


def burn(seconds: float) -> str:
    """Use the processor for so many seconds of it."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return "burnt"


def crowded(seconds: float) -> float:
    """The same beside two others that want the same processor and go first; returns seconds on the wall."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    try:
        os.nice(8)
        started = time.monotonic()
        burn(seconds)
        return time.monotonic() - started
    finally:
        for other in others:
            other.kill()


KEPT: list[bytearray] = []
