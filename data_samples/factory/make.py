"""Making many cases: seeded, in parallel, and resumable.

A case is written into a folder with a passing name and renamed when it is whole, so that a killed run leaves no half
case; cases that are there already are kept.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path

from data_samples.factory.casework import case_name, write_case
from data_samples.factory.family import Split

__all__ = ["make"]

_PASSING = ".making-"


def make(
    out: Path,
    *,
    cases: int,
    seed: int,
    split: Split,
    workers: int = 1,
    quiet: bool = False,
    kinds: frozenset[str] | None = None,
    habit: str | None = None,
) -> list[Path]:
    """Write cases 0 to ``cases`` - 1 of ``seed`` into ``out`` and return their folders.

    Args:
        kinds: only papers of these types; see :func:`.casework.write_case`.
        habit: how they are handed in, likewise.

    Raises:
        FileExistsError: a folder of a case's name is there without its truth.
    """
    out.mkdir(parents=True, exist_ok=True)
    for left in out.glob(f"{_PASSING}*"):
        if not _alive(left):
            shutil.rmtree(left, ignore_errors=True)
    wanted = [k for k in range(cases) if not (out / case_name(k, seed, split) / "truth.json").is_file()]
    kept = cases - len(wanted)
    if kept and not quiet:
        print(f"{kept} of {cases} cases are there already", file=sys.stderr)
    started, told = time.monotonic(), 0.0
    for done, _ in enumerate(_each(out, wanted, seed, split, workers, kinds, habit), start=1):
        now = time.monotonic()
        if not quiet and (now - told > 2 or done == len(wanted)):
            told = now
            each = (now - started) / done
            minutes = each * (len(wanted) - done) / 60
            print(f"{done + kept}/{cases} cases, {each:.1f} s each, {minutes:.1f} min left", file=sys.stderr)
    return [out / case_name(k, seed, split) for k in range(cases)]


def _each(
    out: Path, wanted: list[int], seed: int, split: Split, workers: int, kinds: frozenset[str] | None, habit: str | None
) -> Iterator[int]:
    if workers <= 1:
        for number in wanted:
            yield _one(out, number, seed, split, kinds, habit)
        return
    # Fresh processes: libraries with threads of their own do not survive a fork.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_single_threaded) as pool:
        futures: list[Future[int]] = [pool.submit(_one, out, number, seed, split, kinds, habit) for number in wanted]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _single_threaded() -> None:
    import cv2

    cv2.setNumThreads(1)


def _one(out: Path, number: int, seed: int, split: Split, kinds: frozenset[str] | None, habit: str | None) -> int:
    name = case_name(number, seed, split)
    passing = out / f"{_PASSING}{name}-{os.getpid()}"
    shutil.rmtree(passing, ignore_errors=True)
    passing.mkdir()
    try:
        write_case(number, seed, split, passing, kinds=kinds, habit=habit)
        if (out / name).exists():
            raise FileExistsError(f"{name} is there without its truth")
        passing.rename(out / name)
    finally:
        shutil.rmtree(passing, ignore_errors=True)
    return number


def _alive(folder: Path) -> bool:
    """Whether the process that writes ``folder`` still runs."""
    process = folder.name.rpartition("-")[2]
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return int(process) != os.getpid()
