"""How fast stored cases are judged again by another version of the rules.

    python -m tests.benchmarks.replaying [--cases 100000] [--processes 2] [--seed 1] [--change policy|item|all]

``policy`` changes a policy of the region, so that every case is judged by both versions: the dearest replay there is.
``item`` changes one threshold of one disease: what provably stays the same is skipped. ``all`` is ``item`` with every
case judged. The cases are written to a temporary folder first; that is not measured. Measured is the whole of the
rest: rules loaded and compared, processes started, cases judged, the page and the tables written. Where other work
shares the machine, compare CPU seconds rather than wall.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import tempfile
import time
from pathlib import Path

from pipeline.audit.replay import open_facts, replay
from pipeline.audit.replay.writing import write_replay
from rules.engine.rules_at import RulesAt
from tests.benchmarks.judging.running import RULES, make_store

OLD = RulesAt(rules_dir=RULES, region="jiangxi")


def changed(folder: Path, what: str) -> RulesAt:
    """The shipped rules with one change."""
    target = folder / "jiangxi"
    shutil.copytree(RULES / "jiangxi", target)
    file, old, new = target / "07-uremia/rule.yaml", "at_least: 707 μmol/L", "at_least: 600 μmol/L"
    if what == "policy":
        file, old, new = target / "region.yaml", "value: 0.6\n", "value: 0.7\n"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    return RulesAt(rules_dir=folder, region="jiangxi")


def cpu() -> float:
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--change", choices=("policy", "item", "all"), nargs="*", default=["policy", "item"])
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        store.mkdir()
        make_store(store, chosen.cases, seed=chosen.seed, processes=chosen.processes)
        for what in chosen.change:
            new = changed(Path(folder) / what, what)
            started, before = time.perf_counter(), cpu()
            found = replay(open_facts(store), OLD, new, processes=chosen.processes, everything=what == "all")
            judged = time.perf_counter() - started
            write_replay(found, Path(folder) / "out", seconds=judged)
            wall, used = time.perf_counter() - started, cpu() - before
            load = f"load {os.getloadavg()[0]:.1f} (of others too)"
            print(f"{what}: {chosen.cases} cases, {chosen.processes} processes, {load}")
            print(f"  judged by both {found.judged}, skipped {found.whole.skipped.total()}, changed {found.changed}")
            print(f"  wall {wall:.1f} s ({judged:.1f} s before writing), CPU {used:.1f} s")


if __name__ == "__main__":
    main()
