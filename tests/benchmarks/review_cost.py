"""Measures what a review costs: wall and CPU seconds, per page, and the memory of the largest process.

    python -m tests.benchmarks.review_cost data_samples/uremia_meets data_samples/diabetes_no_complication

Each case is reviewed once by the command line in a process of its own, start and loading of models included.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

PROGRAM = "import sys; from pipeline.cli import main; sys.exit(main(sys.argv[1:]))"


def measure(case: Path) -> tuple[int, float, float, float]:
    """Return pages, wall seconds, CPU seconds of all processes, and MiB of the largest process."""
    with tempfile.TemporaryDirectory() as out:
        started = time.perf_counter()
        command = [sys.executable, "-c", PROGRAM, "review", str(case), "--as-of", "2026-03-15", "--out", out]
        devnull = os.open(os.devnull, os.O_WRONLY)
        child = os.posix_spawn(sys.executable, command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, devnull, 2)])
        _, status, usage = os.wait4(child, 0)
        wall = time.perf_counter() - started
        if status != 0:
            raise SystemExit(f"{case}: review failed with status {os.waitstatus_to_exitcode(status)}")
        report = json.loads((Path(out) / "report.json").read_text(encoding="utf-8"))
    pages = sum(len(document["pages"]) for document in report["documents"])
    # ru_maxrss of wait4 covers the command and every process it waited for; the largest one counts.
    return pages, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> None:
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print("| case | pages | wall s | wall s a page | CPU s a page | largest process MiB |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in sys.argv[1:]:
        pages, wall, cpu, memory = measure(Path(name))
        print(f"| {Path(name).name} | {pages} | {wall:.1f} | {wall / pages:.1f} | {cpu / pages:.1f} | {memory:.0f} |")


if __name__ == "__main__":
    main()
