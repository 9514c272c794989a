"""H2: reading page after page must not grow without end: engines leak a little, so workers are replaced."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import pytest

from pipeline.reading.worker import Job, prepare, read
from pipeline.settings import OcrSettings
from pipeline.workers import Done, WorkerPool
from tests.drawn_pages import draw

pytestmark = pytest.mark.slow

PAGES = 24


@dataclass(frozen=True)
class Seen:
    rss: int
    pid: int


def read_and_weigh(job: Job) -> Seen:
    read(job)
    process = psutil.Process()
    return Seen(process.memory_info().rss, process.pid)


def jobs(folder: Path) -> list[Job]:
    made = []
    for number in range(6):
        size = (420 + 60 * number, 200 + 50 * number)
        path = folder / f"{number}.png"
        draw([(30, 30 + 50 * row, f"肌酐 {100 + 7 * number + row}.5") for row in range(3)], size=size).save(path)
        made.append(Job(path, "第1页"))
    return made * (PAGES // 6)


def weigh(folder: Path, **limits: int) -> list[Seen]:
    settings = OcrSettings(workers=1)
    with WorkerPool(
        read_and_weigh, workers=1, timeout=120.0, initializer=prepare, initargs=(settings,), **limits
    ) as pool:
        results = pool.map(jobs(folder))
    seen = []
    for result in results:
        assert isinstance(result, Done), result
        seen.append(result.value)
    return seen


def test_memory_of_one_worker_levels_off(tmp_path: Path) -> None:
    seen = weigh(tmp_path, max_tasks=PAGES + 1)
    assert len({s.pid for s in seen}) == 1
    later = np.array([s.rss for s in seen[PAGES // 3 :]]) / 1024**2
    slope = float(np.polyfit(np.arange(len(later)), later, 1)[0])
    assert slope < 2.0, f"{slope:.2f} MiB a page"


def test_workers_are_replaced_by_count(tmp_path: Path) -> None:
    seen = weigh(tmp_path, max_tasks=8)
    assert len({s.pid for s in seen}) == 3
    assert max(s.rss for s in seen) < OcrSettings().worker_memory_bytes
