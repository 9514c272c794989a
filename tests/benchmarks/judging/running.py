"""Judges a store of cases in several processes, chunk by chunk, and adds up what came out."""

from __future__ import annotations

import gc
import hashlib
import json
import multiprocessing
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.pool import Pool
from pathlib import Path

from rules.engine import Region, judge, load_region
from rules.engine.judgement import Judgement
from rules.engine.stored_facts import facts_from_data
from tests.benchmarks.judging.making import Base, bases, stored_lines

__all__ = ["CHUNK", "Measured", "judge_store", "make_store", "told"]

RULES = Path(__file__).resolve().parents[3] / "rules"
CHUNK = 1000
"""Cases in one file."""


@dataclass(slots=True)
class Part:
    """What one chunk came to."""

    digest: str
    conclusions: Counter[str]
    documents: int = 0
    decoding: float = 0.0
    """CPU seconds."""
    judging: float = 0.0
    """CPU seconds."""


@dataclass(slots=True)
class Measured:
    """What the whole store came to."""

    wall: float
    """Seconds from before the first process starts until the last result is in: rules loaded, facts decoded."""
    cpu: float
    """Seconds of all processes together."""
    peak_mib: float
    """Of the largest process."""
    decoding: float = 0.0
    judging: float = 0.0
    documents: int = 0
    conclusions: Counter[str] = field(default_factory=Counter)
    checksum: str = ""

    @property
    def cases(self) -> int:
        return self.conclusions.total()


# One per process: set by _start, never changed.
_REGION: Region
_BASES: list[Base]


def _start(with_bases: bool) -> None:
    global _REGION, _BASES
    _REGION = load_region(RULES, "jiangxi")
    _BASES = bases(_REGION) if with_bases else []
    # What lives as long as the process need not be looked through for garbage again and again.
    gc.freeze()


@contextmanager
def _pool(processes: int, *, with_bases: bool) -> Iterator[Pool]:
    pool = multiprocessing.get_context("spawn").Pool(processes, _start, (with_bases,))
    try:
        yield pool
        pool.close()
    except BaseException:
        pool.terminate()
        raise
    finally:
        # To wait for them is what adds their CPU time and memory to this process's children.
        pool.join()


def make_store(folder: Path, cases: int, *, seed: int, processes: int) -> list[Path]:
    """Write ``cases`` stored cases into ``folder``, CHUNK to a file; return the files in order."""
    parts = [
        (folder / f"{number:04d}.jsonl", seed, first, min(CHUNK, cases - first))
        for number, first in enumerate(range(0, cases, CHUNK))
    ]
    with _pool(processes, with_bases=True) as pool:
        return pool.map(_write, parts, chunksize=1)


def _write(part: tuple[Path, int, int, int]) -> Path:
    path, seed, first, count = part
    path.write_text("".join(f"{line}\n" for line in stored_lines(_BASES, seed, first, count)), encoding="utf-8")
    return path


def judge_store(files: list[Path], *, processes: int) -> Measured:
    """Judge every case of ``files``. The checksum does not depend on the number of processes."""
    started, before = time.perf_counter(), _children_cpu()
    own = time.process_time()
    with _pool(processes, with_bases=False) as pool:
        parts = pool.map(_judge, files, chunksize=1)
        wall = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    measured = Measured(wall, _children_cpu() - before + time.process_time() - own, peak)
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part.digest.encode())
        measured.conclusions += part.conclusions
        measured.documents += part.documents
        measured.decoding += part.decoding
        measured.judging += part.judging
    measured.checksum = whole.hexdigest()
    return measured


def _children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _judge(path: Path) -> Part:
    rules = {rule.id: rule for rule in _REGION.rules}
    clock = time.process_time
    digest = hashlib.sha256()
    part = Part("", Counter())
    with path.open("rb") as lines:
        for line in lines:
            began = clock()
            row = json.loads(line)
            facts = facts_from_data(row["facts"])
            decoded = clock()
            judgement = judge(facts, rules[row["disease"]], _REGION)
            part.judging += clock() - decoded
            part.decoding += decoded - began
            part.documents += len(facts.documents)
            part.conclusions[judgement.conclusion.value] += 1
            digest.update(told(judgement).encode())
    part.digest = digest.hexdigest()
    return part


def told(judgement: Judgement) -> str:
    """All that a report says of a case, for the checksum: a change of one word of it changes the sum."""
    items = [
        (c.id, c.status.value, c.reason, c.message, c.readings, [e.box for e in c.evidence], [e.box for e in c.against])
        for c in judgement.criteria
    ]
    missing = [(n.criterion, n.need, n.why, n.alternatives, n.alternative_criteria) for n in judgement.missing]
    return repr((judgement.disease.id, judgement.conclusion.value, items, missing, judgement.notices))
