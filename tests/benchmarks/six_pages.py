"""How long an applicant waits: six photographed pages on two cores, with a program that is already warm.

    python -m tests.benchmarks.six_pages            # an application that the factory draws, development families
    python -m tests.benchmarks.six_pages DIR        # the first six files of one's own

Prints wall seconds until the first page's reading is back (what the applicant can be told first), until all pages are
read, and until the application is judged; the middle of the rounds counts. Exit status 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from data_samples.factory.make import make
from pipeline.evaluating.measuring import cpu_seconds
from pipeline.evaluating.truth import Truth, load_truth
from pipeline.intake import YIELDS, Decoder
from pipeline.reading import Reader
from pipeline.review import Request, review
from pipeline.settings import Settings
from tests.benchmarks.machine import machine, on_cores

PAGES = 6
FIRST_GOAL, ALL_GOAL = 3.0, 12.0
_SEED = 6
_CASES = 40


@dataclass(frozen=True)
class Waits:
    """Wall seconds since the files were handed in."""

    intake: float
    first: float
    read: float
    judged: float
    cpu: float
    """CPU seconds of all processes together: what a busy machine leaves comparable."""


def photographs(truth: Truth) -> tuple[Path, ...]:
    """The files of a case that hold one photographed page each, in order."""
    by_file: dict[str, list[str]] = {}
    for page in truth.pages:
        by_file.setdefault(page.file, []).append("unusable" if page.unusable else page.medium)
    files = (truth.folder / name for name, media in by_file.items() if media == ["photo"])
    return tuple(path for path in files if path.is_file())


def draw_application(out: Path) -> tuple[tuple[Path, ...], dt.date]:
    """Make cases of the development split until one has six photographed pages."""
    for count in range(1, _CASES + 1):
        truth = load_truth(make(out, cases=count, seed=_SEED, split="development", quiet=True)[-1])
        files = photographs(truth)
        if len(files) >= PAGES:
            return files[:PAGES], truth.as_of
    raise SystemExit(f"no case with {PAGES} photographed pages among {_CASES}")


def measure(files: Sequence[Path], as_of: dt.date, reader: Reader, decoder: Decoder, settings: Settings) -> Waits:
    """Review the application once with warm processes.

    Raises:
        pipeline.review.NothingToReviewError: no file could be opened.
    """
    marks: dict[str, float] = {}

    def progress(stage: str, done: int, total: int) -> None:
        now = time.perf_counter() - started
        if stage == "reading" and done == 1:
            marks["first"] = now
        if done == total:
            marks[stage] = now

    request = Request(paths=tuple(files), as_of=as_of)
    with tempfile.TemporaryDirectory(prefix="yushen-six-") as work:
        started, cpu = time.perf_counter(), cpu_seconds()
        review(request, settings=settings, work=Path(work), progress=progress, reader=reader, decoder=decoder)
        judged = time.perf_counter() - started
        spent = cpu_seconds() - cpu
    return Waits(marks["intake"], marks["first"], marks["reading"], judged, spent)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.six_pages", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", help="folder of photographs; left out, they are drawn")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="yushen-six-") as folder:
        if options.folder is None:
            files, as_of = draw_application(Path(folder) / "cases")
        else:
            files = tuple(sorted(path for path in options.folder.iterdir() if path.is_file()))[:PAGES]
            as_of = dt.date.today()
        kept = tuple(Path(shutil.copy(path, Path(folder) / f"{n}-{path.name}")) for n, path in enumerate(files, 1))
        on_cores(2)
        print(machine())
        settings = Settings()
        with Reader(settings.ocr) as reader, Decoder(settings.intake, yields=YIELDS) as decoder:
            measure(kept, as_of, reader, decoder, settings)  # starts processes, loads models and rules
            print(f"| {len(kept)} pages, warm | files open s | first page read s | all read s | judged s | CPU s |")
            print("| --- | --- | --- | --- | --- | --- |")
            rounds = []
            for number in range(1, options.rounds + 1):
                rounds.append(measure(kept, as_of, reader, decoder, settings))
                values = " | ".join(f"{value:.1f}" for value in astuple(rounds[-1]))
                print(f"| round {number}, load {os.getloadavg()[0]:.1f} | {values} |", flush=True)
    middle = Waits(*(statistics.median(values) for values in zip(*map(astuple, rounds), strict=True)))
    missed = middle.first > FIRST_GOAL or middle.judged > ALL_GOAL
    said = "missed" if missed else "reached"
    print(f"first {middle.first:.1f} s (goal {FIRST_GOAL:g}), all {middle.judged:.1f} s (goal {ALL_GOAL:g}): {said}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
