"""The pool keeps every failure to its own task and leaves no process behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from pipeline.workers import Done, Failed, FailureKind, Result, WorkerPool, patience
from pipeline.workers import pool as pool_module
from tests.workers import tasks


def value(result: Result[object]) -> object:
    assert isinstance(result, Done), result
    return result.value


def failure(result: Result[object]) -> Failed:
    assert isinstance(result, Failed), result
    return result


def children() -> list[psutil.Process]:
    return [c for c in psutil.Process().children() if c.status() != psutil.STATUS_ZOMBIE]


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool[tuple[str, object], object]]:
    with WorkerPool(tasks.act, workers=2, timeout=20.0, initializer=tasks.prepare, initargs=(7,)) as opened:
        yield opened


def test_pool_returns_values_in_order_and_reports_each(pool: WorkerPool[tuple[str, object], object]) -> None:
    seen: dict[int, object] = {}
    thread = threading.get_ident()

    def note(index: int, result: Result[object]) -> None:
        assert threading.get_ident() == thread
        seen[index] = value(result)

    results = pool.map([("echo", n) for n in range(12)], on_done=note)
    assert [value(r) for r in results] == list(range(12))
    assert seen == {n: n for n in range(12)}
    assert pool.map([]) == []


def test_pool_prepares_each_process_and_pins_threads(pool: WorkerPool[tuple[str, object], object]) -> None:
    assert value(pool.run(("prepared", None))) == 7
    assert value(pool.run(("threads", None))) == "1"


def test_pool_runs_what_was_begun_once(pool: WorkerPool[tuple[str, object], object]) -> None:
    begun = {item: pool.begin(item) for item in [("pid", 1), ("echo", 2), ("abort", 3)]}
    early = value(begun["pid", 1].result())
    results = pool.map([("echo", 0), ("pid", 1), ("abort", 3)], begun=begun)
    assert [value(r) for r in results[:2]] == [0, early]
    assert failure(results[2]).kind is FailureKind.CRASHED
    assert list(begun) == [("echo", 2)]


@pytest.mark.parametrize("death", ["abort", "kill", "exit0"])
def test_pool_contains_a_crash(pool: WorkerPool[tuple[str, object], object], death: str) -> None:
    first, dead, last = pool.map([("echo", "a"), (death, None), ("echo", "b")])
    assert (value(first), value(last)) == ("a", "b")
    assert failure(dead).kind is FailureKind.CRASHED


def test_pool_retries_a_crash_once_in_a_fresh_process(
    pool: WorkerPool[tuple[str, object], object], tmp_path: Path
) -> None:
    assert value(pool.run(("abort_once", str(tmp_path / "marker")))) == "second try"


def test_pool_reports_errors_without_their_message(pool: WorkerPool[tuple[str, object], object]) -> None:
    plain, coded, odd = (failure(r) for r in pool.map([("raise", 0), ("code", 0), ("unpicklable", 0)]))
    assert (plain.kind, plain.code) == (FailureKind.ERROR, "ValueError")
    assert "张" not in plain.detail
    assert plain.detail.startswith("tasks.py:")
    assert (coded.code, coded.detail) == ("encrypted", "pdf")
    assert odd.kind is FailureKind.ERROR


def test_pool_stops_a_task_over_time() -> None:
    with WorkerPool(tasks.act, workers=2, timeout=1.0) as pool:
        slow, quick = pool.map([("sleep", 30), ("echo", 1)])
        assert failure(slow).kind is FailureKind.TIMEOUT
        assert value(quick) == 1
        assert value(pool.run(("echo", 2))) == 2


def test_pool_does_not_count_time_in_which_others_hold_the_processor() -> None:
    with WorkerPool(tasks.act, workers=1, timeout=1.0) as pool:
        wall = value(pool.run(("crowded", 0.15)))
        assert isinstance(wall, float)
        assert wall > 1.1, "nobody was in the way"


def test_pool_stops_a_task_that_holds_the_processor_too_long() -> None:
    with WorkerPool(tasks.act, workers=1, timeout=0.5) as pool:
        assert failure(pool.run(("burn", 20))).kind is FailureKind.TIMEOUT


def test_patience_ends_even_on_a_machine_that_never_gives_a_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    monkeypatch.setattr(patience, "_waited", lambda _: now)
    waiting = patience.Patience(1, seconds=10.0)
    now += 100.0
    assert waiting.left() == pytest.approx(10.0)
    now += 15.0
    assert waiting.left() == pytest.approx(5.0)
    now += 6.0
    assert waiting.left() < 0


def test_pool_holds_the_memory_ceiling() -> None:
    with WorkerPool(tasks.act, workers=1, timeout=20.0, memory_limit_bytes=1024**3) as pool:
        hoard, after = pool.map([("hoard", 2 * 1024**3), ("echo", 1)])
        assert failure(hoard).kind is FailureKind.MEMORY
        assert value(after) == 1


def test_pool_kills_a_process_whose_memory_runs_away() -> None:
    with WorkerPool(tasks.act, workers=1, timeout=20.0, max_rss_bytes=100 * 1024**2) as pool:
        assert failure(pool.run(("grow_forever", None))).kind is FailureKind.MEMORY


def test_pool_replaces_processes_by_count_and_by_memory() -> None:
    with WorkerPool(tasks.act, workers=1, timeout=20.0, max_tasks=2) as pool:
        pids = [value(r) for r in pool.map([("pid", None)] * 4)]
        assert pids[0] == pids[1] != pids[2] == pids[3]
    with WorkerPool(tasks.act, workers=1, timeout=20.0, max_rss_bytes=100 * 1024**2) as pool:
        grown = value(pool.run(("grow", 120 * 1024**2)))
        assert value(pool.run(("pid", None))) != grown


def test_pool_gives_each_process_one_task_at_a_time_across_threads() -> None:
    before = {child.pid for child in children()}  # other pools, a database of the service's tests
    with WorkerPool(tasks.act, workers=2, timeout=20.0) as pool:
        answers: list[object] = []
        threads = [
            threading.Thread(target=lambda n=n: answers.extend(value(r) for r in pool.map([("echo", n)] * 5)))
            for n in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers, key=str) == sorted([n for n in range(4) for _ in range(5)], key=str)
        assert len({child.pid for child in children()} - before) <= 2


def test_pool_reports_a_start_that_fails() -> None:
    with WorkerPool(tasks.act, workers=1, timeout=20.0, initializer=tasks.broken_prepare) as pool:
        broken = failure(pool.run(("echo", 1)))
    assert (broken.kind, broken.code) == (FailureKind.ERROR, "worker_start_failed")
    assert "secret" not in broken.detail


def test_pool_tries_another_process_once_what_kept_it_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tmp_path / "model"
    with WorkerPool(tasks.act, workers=1, timeout=20.0, initializer=tasks.prepare_from, initargs=(str(model),)) as pool:
        assert failure(pool.run(("echo", 1))).code == "worker_start_failed"
        model.touch()
        assert failure(pool.run(("echo", 2))).code == "worker_start_failed"
        monkeypatch.setattr(pool_module, "_UNFIT_SECONDS", 0.0)
        assert failure(pool.run(("echo", 3))).code == "worker_start_failed"
        assert value(pool.run(("echo", 4))) == 4


def test_pool_close_ends_tasks_and_processes() -> None:
    before = {child.pid for child in children()}
    pool = WorkerPool(tasks.act, workers=1, timeout=60.0)
    threading.Timer(1.5, pool.close).start()
    started = time.monotonic()
    assert failure(pool.run(("sleep", 50))).kind is FailureKind.CANCELLED
    assert time.monotonic() - started < 20
    assert {child.pid for child in children()} <= before
    assert failure(pool.run(("echo", 1))).kind is FailureKind.CANCELLED
    assert failure(pool.begin(("echo", 1)).result()).kind is FailureKind.CANCELLED


def test_pool_leaves_no_orphan_when_the_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import threading, time\n"
        "from pathlib import Path\n"
        "from pipeline.workers import WorkerPool\n"
        "from tests.workers import tasks\n"
        "if __name__ == '__main__':\n"
        "    pool = WorkerPool(tasks.act, workers=1, timeout=60.0)\n"
        f"    Path({str(tmp_path / 'pid')!r}).write_text(str(pool.run(('pid', None)).value))\n"
        "    pool.run(('sleep', 50))\n",
        encoding="utf-8",
    )
    root = Path(__file__).resolve().parents[2]
    parent = subprocess.Popen([sys.executable, str(script)], env={**os.environ, "PYTHONPATH": str(root)})
    try:
        deadline = time.monotonic() + 30
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        worker = psutil.Process(int((tmp_path / "pid").read_text()))
        time.sleep(0.5)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        deadline = time.monotonic() + 10
        while worker.is_running() and worker.status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < deadline, "worker outlived its parent"
            time.sleep(0.2)
    except psutil.NoSuchProcess:
        pass
    finally:
        parent.kill()


def test_pool_refuses_functions_of_the_main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    def local(item: int) -> int:
        return item

    monkeypatch.setattr(local, "__module__", "__main__")
    with pytest.raises(ValueError, match="__main__"):
        WorkerPool(local, workers=1, timeout=1.0)


def test_pool_keeps_what_workers_print_to_itself(
    pool: WorkerPool[tuple[str, object], object], capfd: pytest.CaptureFixture[str]
) -> None:
    assert value(pool.run(("print", "张三 360000199001011234"))) == "printed"
    assert capfd.readouterr() == ("", "")
