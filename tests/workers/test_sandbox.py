"""A process that opens strangers' files: what it has given up, tried one by one in a real one."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from functools import cache, wraps
from pathlib import Path

import pytest

from pipeline.doctor.check import Check
from pipeline.doctor.system import check_sandbox
from pipeline.workers import Done, Failed, FailureKind, Sandbox, WorkerPool
from pipeline.workers.sandbox import EVERYTHING
from tests.workers.shut_in_tasks import attempt

Pool = WorkerPool[tuple[str, str], str]
Test = Callable[..., None]


@cache
def told() -> Check:
    return check_sandbox()


def needs(what: str) -> Callable[[Test], Test]:
    """Of a kernel that has no ``what`` it is proved instead that the operator is told so."""

    def wrap(test: Test) -> Test:
        @wraps(test)
        def either(*args: object, **kwargs: object) -> None:
            if what in told().detail:
                test(*args, **kwargs)
            else:
                assert told().state == "warn"
                assert what in (told().advice or "")

        return either

    return wrap


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


@needs("seccomp")
@pytest.mark.parametrize("what", ["socket", "pair", "program", "fork", "signal"])
def test_sandbox_no_network_and_no_other_program(pool: Pool, what: str) -> None:
    assert tried(pool, what) == "PermissionError"


@needs("landlock")
@pytest.mark.parametrize("what", ["write", "append", "delete", "move", "mode"])
def test_sandbox_nothing_is_changed_outside_its_folder(pool: Pool, folder: Path, what: str) -> None:
    assert tried(pool, what, folder / "given" / "a") == "PermissionError"
    assert (folder / "given" / "a").read_text() == "given/a"
    assert tried(pool, "write", folder / "new") == "PermissionError"
    assert tried(pool, "link", folder / "given" / "a") == "PermissionError"


@needs("landlock")
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


@needs("seccomp")
def test_sandbox_holds_for_threads_that_start_later(pool: Pool) -> None:
    assert tried(pool, "in thread") == "done PermissionError"


def test_sandbox_ends_a_task_that_only_computes(pool: Pool) -> None:
    result = pool.run(("spin", ""))
    assert isinstance(result, Failed)
    assert result.kind is FailureKind.TIMEOUT
    assert tried(pool, "thread", "the next") == "done the next"


def test_doctor_tells_what_of_it_holds_here() -> None:
    held = [word for word in EVERYTHING if word in told().detail]
    assert {"limits", "no_new_privs"} <= set(held)
    assert told().state == ("ok" if len(held) == len(EVERYTHING) else "warn")
    assert all(word in (told().advice or "") for word in EVERYTHING if word not in held)


def test_doctor_warns_of_a_kernel_without_landlock(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = subprocess.CompletedProcess([], 0, "limits no_new_privs seccomp", "")
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: answer)
    check = check_sandbox()
    assert check.state == "warn"
    assert "landlock" in (check.advice or "")
