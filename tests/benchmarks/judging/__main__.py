"""Judges 100,000 stored cases (facts only) and says what it cost.

    python -m tests.benchmarks.judging [--cases 100000] [--processes 2] [--seed 1] [--zen]

The cases are written to a temporary folder first; that is not measured. Measured is the whole of the rest: processes
start, load the rules, decode each case and judge it. Two runs with the same checksum said the same of every case, to
the word. Where other work shares the machine, compare CPU seconds rather than wall.

``--zen`` compares with zen-engine (see tests.benchmarks.zen) on the cases of ten diseases in the same run.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from pathlib import Path

from tests.benchmarks.judging.running import Measured, judge_store, make_store


def report(measured: Measured, processes: int) -> None:
    m = measured
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, load {os.getloadavg()[0]:.1f} (of others too)")
    print(f"{m.cases} cases, {m.documents / m.cases:.1f} documents each, {processes} processes")
    print(f"wall {m.wall:.1f} s, {m.cases / m.wall:.0f} cases/s; CPU {m.cpu:.1f} s, {m.cases / m.cpu:.0f} cases/CPU-s")
    a_case = 1e6 / m.cases
    print(f"a case: decoding {m.decoding * a_case:.0f} µs, judging {m.judging * a_case:.0f} µs of CPU")
    print(f"largest process {m.peak_mib:.0f} MiB")
    print("conclusions: " + ", ".join(f"{name} {count}" for name, count in sorted(m.conclusions.items())))
    print(f"checksum of outcomes {m.checksum}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--zen", action="store_true", help="compare with zen-engine on ten diseases")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = make_store(Path(folder), chosen.cases, seed=chosen.seed, processes=chosen.processes)
        size = sum(file.stat().st_size for file in files)
        print(f"store of {size / 1e6:.0f} MB, {size / chosen.cases:.0f} bytes a case, seed {chosen.seed}")
        report(judge_store(files, processes=chosen.processes), chosen.processes)
        if chosen.zen:
            from tests.benchmarks.zen.comparing import compare_store

            print(compare_store(files))


if __name__ == "__main__":
    main()
