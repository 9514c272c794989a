"""What the benchmarks of waiting and memory count by."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.machine import machine
from tests.benchmarks.six_pages import photographs
from tests.benchmarks.steady_memory import Worker, look
from tests.evaluating.made import truth, truth_page


def test_steady_slope_is_told_per_hundred_pages_after_warm_up() -> None:
    pages = list(range(2, 102, 2))
    flat = Worker(pages=pages, mib=[900.0 if page <= 20 else 500.0 for page in pages])
    grows = Worker(pages=pages, mib=[500 + 0.25 * page for page in pages])

    assert flat.slope(20) == pytest.approx(0.0, abs=1e-6)
    assert flat.slope(0) < -100
    assert grows.slope(20) == pytest.approx(25.0)
    assert Worker(pages=[2, 4], mib=[1.0, 9.0]).slope(0) == 0.0


def test_steady_replaced_processes_keep_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    class Child:
        def __init__(self, pid: int, mib: int) -> None:
            self.pid, self.rss = pid, mib * 1024**2

        def memory_info(self) -> Child:
            return self

    class Me:
        children: object = None

    alive: list[Child] = []
    monkeypatch.setattr(Me, "children", lambda self: list(alive))
    monkeypatch.setattr("tests.benchmarks.steady_memory.psutil.Process", Me)
    workers = [Worker(), Worker()]

    for pids in ((11, 12), (11, 13), (13,), (13, 15)):
        alive[:] = [Child(pid, pid) for pid in pids]
        look(workers, len(workers[1].pages) + 1)

    assert [worker.pids for worker in workers] == [[11, 15], [12, 13]]
    assert workers[0].mib == [11, 11, 15]
    assert workers[1].mib == [12, 13, 13, 13]


def test_six_pages_takes_files_of_one_usable_photograph_each(tmp_path: Path) -> None:
    from dataclasses import replace

    pages = [
        truth_page(file="a.jpg"),
        truth_page(file="b.pdf", medium="scan"),
        truth_page(file="c.jpg"),
        truth_page(file="c.jpg", page=2),
        truth_page(file="d.jpg", unusable=("blurred",)),
        truth_page(file="e.jpg"),
    ]
    for page in pages:
        (tmp_path / page.file).touch()

    found = photographs(replace(truth(pages=pages), folder=tmp_path))

    assert [path.name for path in found] == ["a.jpg", "e.jpg"]
    assert "cores in use" in machine()
