"""``yushen serve`` and ``yushen worker`` as processes: what they refuse, and how they end."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from pipeline.cli import main
from pipeline.service.office import open_office
from pipeline.service.tables import WorkerRow
from pipeline.settings import load_settings


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "yushen.toml"
    path.write_text(f'[service]\ndata_dir = "{tmp_path / "data"}"\nport = 0\n', encoding="utf-8")
    return path


def test_serve_refuses_a_port_that_is_taken(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert main(["serve", "--no-worker", "--port", port, "--config", str(config)]) == 2
    assert "端口已被占用" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "url", "told"),
    [
        (["serve", "--no-worker"], "postgresql+psycopg://u:geheim@127.0.0.1:1/x", "数据库连不上"),
        (["worker"], "postgresql+psycopg://u:geheim@127.0.0.1:1/x", "数据库连不上"),
        (["serve", "--no-worker"], "kaputt", "数据库地址写得不对"),
    ],
)
def test_serve_says_why_the_database_cannot_be_used(
    command: list[str], url: str, told: str, config: Path, tmp_path: Path
) -> None:
    environment = {**os.environ, "YUSHEN_SERVICE__DATABASE_URL": f'"{url}"'}
    ended = subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *command, "--config", str(config)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert told in ended.stderr
    assert "geheim" not in ended.stderr + ended.stdout


def test_serve_refuses_an_address_that_is_not_here(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--no-worker", "--host", "192.0.2.1", "--config", str(config)]) == 2
    assert "没有这个地址" in capsys.readouterr().err


def test_worker_refuses_a_machine_that_is_set_to_read_nothing(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with config.open("a", encoding="utf-8") as more:
        more.write("readers = 0\n")
    assert main(["worker", "--config", str(config)]) == 2
    assert "service.readers" in capsys.readouterr().err


def test_worker_refuses_to_start_without_models(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with config.open("a", encoding="utf-8") as more:
        more.write('[ocr]\ndetection_dir = "/nowhere"\n')
    assert main(["worker", "--config", str(config)]) == 2
    assert "模型不能用" in capsys.readouterr().err


@contextmanager
def serving(config: Path, log: Path, *more: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with log.open("ab") as out:
        command = [sys.executable, "-m", "pipeline.cli", "serve", "--config", str(config), *more]
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        yield process, _address(process, log)
    finally:
        process.kill()
        process.wait()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + 90
    while time.monotonic() < until and process.poll() is None:
        found = re.search(r"预审服务已启动：(\S+)", log.read_text(encoding="utf-8"))
        if found:
            return found[1]
        time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8"))


def until(true: object, seconds: float = 90.0) -> None:
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.2)


@pytest.mark.slow
def test_serve_without_worker_answers_and_ends(config: Path, tmp_path: Path) -> None:
    with serving(config, tmp_path / "log", "--no-worker") as (process, address):
        with urllib.request.urlopen(f"{address}/healthz", timeout=30) as answer:
            assert answer.status == 200
        assert psutil.Process(process.pid).children() == []
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


@pytest.mark.slow
def test_serve_starts_its_worker_again_and_ends_it_with_itself(config: Path, tmp_path: Path) -> None:
    office = open_office(load_settings(config))

    def workers() -> list[int]:
        with office.database.read() as session:
            return [row.pid for row in session.query(WorkerRow)]

    with serving(config, tmp_path / "log") as (process, _):
        until(workers)
        (first,) = workers()
        assert psutil.Process(first).nice() == 10
        os.kill(first, signal.SIGKILL)
        until(lambda: workers() and first not in workers())
        (second,) = workers()
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        assert workers() == []
        assert not psutil.pid_exists(second)
    office.close()


@pytest.mark.slow
def test_serve_killed_takes_its_worker_with_it(config: Path, tmp_path: Path) -> None:
    with serving(config, tmp_path / "log") as (process, _):
        until(lambda: psutil.Process(process.pid).children())
        (worker,) = psutil.Process(process.pid).children()
        time.sleep(15)
    gone, alive = psutil.wait_procs([worker], timeout=60)
    assert gone
    assert not alive
