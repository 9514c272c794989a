"""What a measurement was taken on: processor, cores that may be used, load before it began."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path

__all__ = ["machine", "on_cores"]


def on_cores(count: int) -> None:
    """Keep this process, and those it starts from now on, to ``count`` cores."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


def machine() -> str:
    """One line: processor, cores in use, load over one and five minutes."""
    one, five, _ = os.getloadavg()
    return f"{_processor()}, {_cores()} cores in use, Python {platform.python_version()}, load {one:.1f} {five:.1f}"


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> str:
    try:
        lines: Sequence[str] = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = ()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())
