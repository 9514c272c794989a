"""Does a reader that is kept warm grow? Pages of many sizes, over and over, and the memory of each worker after them.

    python -m tests.benchmarks.steady_memory --pages 500
    python -m tests.benchmarks.steady_memory --pages 60 --workers 1

Prints resident memory over time, and for each worker the slope after warm-up by least squares, in MiB per 100 pages of
the run. Workers are replaced as installed (`pages_per_worker`); `--keep` never replaces them, which shows what one
process gathers by itself. Exit status 1 when a slope exceeds the bound.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

from data_samples.factory.make import make
from pipeline.intake import take_in
from pipeline.nouns import Page
from pipeline.reading import Reader
from pipeline.settings import OcrSettings, Settings
from tests.benchmarks.machine import machine

BOUND = 10.0
"""MiB per 100 pages: at most 50 MiB over 500 pages."""
_SEED = 11
_SCALES = (1.0, 0.62, 0.8, 1.15, 0.7)
"""Sizes by which the pages differ, besides what camera and scanner make of them."""
_LONGEST = 3200
_EACH = 2
"""Pages for each worker between two looks, which are taken while all workers rest."""
_MIB = 1024**2


@dataclass
class Worker:
    """One place in the pool: the processes that held it, and their memory."""

    pids: list[int] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    mib: list[float] = field(default_factory=list)

    def slope(self, warm_up: int) -> float:
        """MiB per 100 pages of the run after ``warm_up`` pages; 0 where there are too few looks."""
        points = [(page, size) for page, size in zip(self.pages, self.mib, strict=True) if page > warm_up]
        if len(points) < 3:
            return 0.0
        pages, sizes = np.array(points, dtype=float).T
        return float(np.polyfit(pages, sizes, 1)[0] * 100)


def distinct_pages(count: int, work: Path) -> list[Page]:
    """``count`` different pages of the factory's development families, each at a size of its own, all to be OCRed."""
    found: list[Page] = []
    cases = 0
    while len(found) < count:
        cases += 1
        folder = make(work / "cases", cases=cases, seed=_SEED, split="development", quiet=True)[-1]
        found += take_in([folder], work / f"pages-{cases}", limits=Settings().intake).pages
    return [_sized(page, _SCALES[n % len(_SCALES)], work / f"sized-{n}.png") for n, page in enumerate(found[:count])]


def _sized(page: Page, scale: float, path: Path) -> Page:
    with Image.open(page.image) as image:
        factor = min(scale, _LONGEST / max(image.size))
        sized = image.convert("RGB").resize((round(image.width * factor), round(image.height * factor)))
    sized.save(path)
    return replace(page, image=path, width=sized.width, height=sized.height, text_layer=(), duplicate_of=None)


def look(workers: list[Worker], done: int) -> None:
    """Note the memory of every worker; a process that was not there before took the place of one that is gone."""
    sizes = {child.pid: child.memory_info().rss / _MIB for child in psutil.Process().children()}
    held = {worker.pids[-1] for worker in workers if worker.pids}
    fresh: Iterator[int] = iter(sorted(pid for pid in sizes if pid not in held))
    for worker in workers:
        if not worker.pids or worker.pids[-1] not in sizes:
            pid = next(fresh, None)
            if pid is None:
                continue  # it is replaced with its next page
            worker.pids.append(pid)
        worker.pages.append(done)
        worker.mib.append(sizes[worker.pids[-1]])


def run(pages: Sequence[Page], count: int, settings: OcrSettings, workers: int) -> list[Worker]:
    """Read ``count`` pages with one warm reader, cycling over ``pages``."""
    places = [Worker() for _ in range(workers)]
    said = 0
    with Reader(settings) as reader:
        endless, done = cycle(pages), 0
        while done < count:
            batch = list(islice(endless, min(_EACH * workers, count - done)))
            read, alerts = reader.read(batch)
            if alerts or len(read) != len(batch):
                raise SystemExit(f"not read: {[alert.code for alert in alerts]}")
            done += len(batch)
            look(places, done)
            if done * 10 // count > said or done == len(batch):
                said = done * 10 // count
                sizes = " | ".join(f"{worker.mib[-1]:.0f}" if worker.mib else "–" for worker in places)
                print(f"| {done} | {sizes} |", flush=True)
    return places


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.steady_memory", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--distinct", type=int, default=12, help="different pages that are cycled over")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--bound", type=float, default=BOUND, help="MiB per 100 pages")
    parser.add_argument("--keep", action="store_true", help="never replace a worker")
    options = parser.parse_args()
    settings = OcrSettings(workers=options.workers)
    if options.keep:
        settings = settings.model_copy(update={"pages_per_worker": 10**9})
    print(machine())
    with tempfile.TemporaryDirectory(prefix="yushen-memory-") as work:
        pages = distinct_pages(options.distinct, Path(work))
        sizes = sorted(max(page.width, page.height) for page in pages)
        print(f"{options.pages} pages, {len(pages)} distinct of {sizes[0]} to {sizes[-1]} pixels")
        print("| pages read | " + " | ".join(f"worker {n} MiB" for n in range(1, options.workers + 1)) + " |")
        print("| --- " * (options.workers + 1) + "|")
        workers = run(pages, options.pages, settings, options.workers)
    # Every worker has met every page about once.
    warm_up = min(options.distinct * options.workers, options.pages // 2)
    slopes = [worker.slope(warm_up) for worker in workers]
    for number, (worker, slope) in enumerate(zip(workers, slopes, strict=True), start=1):
        print(
            f"worker {number}: slope {slope:+.1f} MiB per 100 pages after {warm_up}, "
            f"largest {max(worker.mib):.0f} MiB, replaced {len(worker.pids) - 1} times"
        )
    grows = max(slopes) > options.bound
    print(f"bound {options.bound:g} MiB per 100 pages: {'exceeded' if grows else 'held'}")
    return int(grows)


if __name__ == "__main__":
    sys.exit(main())
