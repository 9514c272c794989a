"""A process that opens strangers' files: what it has given up, tried one by one in a real one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.doctor.system import check_sandbox
from pipeline.workers import Done, Failed, FailureKind, Sandbox, WorkerPool
from pipeline.workers.sandbox import EVERYTHING
from tests.workers.shut_in_tasks import attempt

Pool = WorkerPool[tuple[str, str], str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shut")
    (folder / "own").mkdir()
    (folder / "given").mkdir()
    for name in ("own/a", "given/a", "secret"):
        (folder / name).write_text(name)
    return folder


@pytest.fixture(scope="module")
def pool(folder: Path) -> Iterator[Pool]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YUSHEN_MASTER_KEYS", "told to nobody")
        sandbox = Sandbox(
            writable=(str(folder / "own"),),
            readable=(str(folder / "given"),),
            cpu_seconds=2.0,
            file_bytes=1_000_000,
            open_files=100,
        )
        with WorkerPool(attempt, workers=1, timeout=60.0, sandbox=sandbox) as opened:
            yield opened


def tried(pool: Pool, what: str, argument: Path | str = "") -> str:
    result = pool.run((what, str(argument)))
    assert isinstance(result, Done), result
    return result.value


@pytest.mark.parametrize("what", ["socket", "pair", "program", "fork", "signal"])
def test_sandbox_no_network_and_no_other_program(pool: Pool, what: str) -> None:
    assert tried(pool, what) == "PermissionError"


@pytest.mark.parametrize("what", ["write", "append", "delete", "move", "mode"])
def test_sandbox_nothing_is_changed_outside_its_folder(pool: Pool, folder: Path, what: str) -> None:
    assert tried(pool, what, folder / "given" / "a") == "PermissionError"
    assert (folder / "given" / "a").read_text() == "given/a"
    assert tried(pool, "write", folder / "new") == "PermissionError"
    assert tried(pool, "link", folder / "given" / "a") == "PermissionError"


def test_sandbox_reads_what_it_is_given_and_nothing_else_of_the_user(pool: Pool, folder: Path) -> None:
    assert tried(pool, "read", folder / "given" / "a") == "done given/a"
    assert tried(pool, "read", folder / "secret") == "PermissionError"
    assert tried(pool, "read", "/etc/passwd") == "PermissionError"


def test_sandbox_works_in_its_own_folder(pool: Pool, folder: Path) -> None:
    assert tried(pool, "write", folder / "own" / "b") == "done 1"
    assert tried(pool, "move", folder / "own" / "b").startswith("done")
    assert tried(pool, "thread", "said") == "done said"


def test_sandbox_is_told_no_secret_of_the_environment(pool: Pool) -> None:
    assert tried(pool, "environment", "YUSHEN_MASTER_KEYS") == "done None"
    assert tried(pool, "environment", "PATH") != "done None"


def test_sandbox_ceilings_of_files(pool: Pool, folder: Path) -> None:
    assert tried(pool, "large", folder / "own" / "large") == "OSError"
    assert tried(pool, "files", folder / "given" / "a") == "OSError"


def test_sandbox_holds_for_threads_that_start_later(pool: Pool) -> None:
    assert tried(pool, "in thread") == "done PermissionError"


def test_sandbox_ends_a_task_that_only_computes(pool: Pool) -> None:
    result = pool.run(("spin", ""))
    assert isinstance(result, Failed)
    assert result.kind is FailureKind.TIMEOUT
    assert tried(pool, "thread", "the next") == "done the next"


def test_doctor_tells_what_of_it_holds_here() -> None:
    check = check_sandbox()
    assert check.state == "ok"
    assert all(word in check.detail for word in EVERYTHING)
